"""The items of a batch, filtered; disputes with how the votes fell."""

from __future__ import annotations

from labelqa.records.summary import BatchLine
from labelqa.workflows.agreement import agreement_report
from labelqa.workflows.batches import batch_detail
from parts.items import browse
from parts.view import View


def lay_out(view: View, line: BatchLine) -> None:
    """The browser over all items of the batch."""
    labels = view.ask(batch_detail, line.name).batch.labels
    report = view.ask(agreement_report, line.name)
    known = {each.person: each.name for each in view.summary.annotators}
    ids = dict.fromkeys(person for pair in report.pairs for person in (pair.first, pair.second))
    browse(view, line.name, labels=labels, people={person: view.name(person) for person in ids} or known)
