"""What has been waiting for more than a week: problems that nobody answered, and rules found unclear."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from labelqa.batches.corrections import SAID_OF_PROBLEMS, completeness
from labelqa.batches.step import LEAD
from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.facts import AppealRuled, ProposalClosed, ProposalOpened
from labelqa.records.finding import Severity
from labelqa.records.summary import Alert, BatchLine
from labelqa.workflows.proposals import pairs
from labelqa.workflows.state import State

WEEK: Final = timedelta(days=7)


def waiting_alerts(state: State, batches: Sequence[BatchLine], end: datetime) -> Iterator[Alert]:
    """Open problems and proposals older than a week at ``end``, and rulings that cite no rule."""
    for line in batches:
        if line.settled_at is None:
            yield from _problems(state, line, end)
            yield from _rulings(state, line)
    yield from _proposals(state, end)


def _problems(state: State, line: BatchLine, end: datetime) -> Iterator[Alert]:
    batch = state.batch(line.name)
    if batch.freeze is None:
        return
    told = [*state.facts.about(f"batch:{line.name}", *SAID_OF_PROBLEMS), *state.facts.of(AppealRuled)]
    late = [each for each in completeness(told, batch.name).items if each.open and each.since < end - WEEK]
    if late:
        first = min(late, key=lambda each: each.since)
        values = {"batch": line.name, "n": len(late), "days": (end - first.since).days}
        text = N_("batch {batch}: {n} items found wrong have been open for more than a week, the first for {days} days")
        yield Alert(
            code="problems-open", severity=Severity.WARNING, message=Message(text, values), duty=first.acts or LEAD,
            command=f"labelqa correct list {shlex.quote(line.name)}", subject=f"batch:{line.name}",
        )  # fmt: skip


def _rulings(state: State, line: BatchLine) -> Iterator[Alert]:
    """A ruling says which rule decides; of a batch without a release nobody can."""
    if not state.batch(line.name).release:
        return
    bare = sum(not each.rule for each in state.rulings.get(state.batch(line.name).name, {}).values())
    if bare:
        text = N_("batch {batch}: {n} rulings cite no rule")
        yield Alert(
            code="rulings-without-rule", severity=Severity.NOTE, message=Message(text, {"batch": line.name, "n": bare}),
            duty=LEAD, command=f"labelqa dispute list {shlex.quote(line.name)}", subject=f"batch:{line.name}",
        )  # fmt: skip


def _proposals(state: State, end: datetime) -> Iterator[Alert]:
    found = pairs(state.facts.of(ProposalOpened, ProposalClosed))
    late = Counter(fact.body.rulebook for fact, ended in found if ended is None and fact.effective_at < end - WEEK)
    for rulebook, count in sorted(late.items()):
        text = N_("rulebook {rulebook}: {n} proposals on unclear rules have been open for more than a week")
        yield Alert(
            code="proposals-open", severity=Severity.WARNING, message=Message(text, {"rulebook": rulebook, "n": count}),
            duty=LEAD, command=f"labelqa proposal list --rulebook {shlex.quote(rulebook)}", subject=f"rulebook:{rulebook}",
        )  # fmt: skip
