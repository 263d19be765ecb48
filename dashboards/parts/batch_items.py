"""The items of a batch, filtered; disputes with how the votes fell."""

from __future__ import annotations

from labelqa.records.summary import BatchLine
from parts.items import annotators_in, browse, labels_in
from parts.view import View


def lay_out(view: View, line: BatchLine) -> None:
    """The browser over all items of the batch."""
    browse(view, line.name, labels=view.ask(labels_in, line.name), people=view.ask(annotators_in, line.name))
