"""What the qualifications want somebody to do: suspended people still at work, proposals and appeals still open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from labelqa.errors import Message
from labelqa.people.appeals import fold_appeals
from labelqa.records.facts import AppealFiled, AppealRuled
from labelqa.records.finding import Severity
from labelqa.records.names import PersonId
from labelqa.records.people import Duty, Standing
from labelqa.records.summary import Alert, PersonLine
from labelqa.workflows.desk import Desk
from labelqa.workflows.qualifying.proposals import suspension_proposals
from labelqa.workflows.state import State

_OUT = frozenset({Standing.SUSPENDED, Standing.CANCELLED})


def qualification_alerts(
    desk: Desk, state: State, names: Mapping[PersonId, str], people: Sequence[PersonLine]
) -> Iterator[Alert]:
    """One alert a person who works on although suspended or cancelled, a proposal, an appeal against a decision."""
    yield from _working(desk, people)
    for each in suspension_proposals(desk, state):
        values = {"name": names.get(each.person, each.person), "line": each.line, "right": each.right, "n": each.n}
        yield Alert(
            code="suspension-proposed", severity=Severity.WARNING, duty=Duty.SUPERVISOR,
            message=Message("a suspension of {name} on {line} is proposed: {right} of {n} gold answers right", values),
            command="labelqa qualify propose", subject=f"person:{each.person}",
        )  # fmt: skip
    for told in fold_appeals(state.facts.of(AppealFiled, AppealRuled)).values():
        if told.ruling is None and not told.batch:
            values = {"name": names.get(told.person, told.person), "appeal": told.appeal}
            yield Alert(
                code="appeal-open", severity=Severity.WARNING, duty=Duty.ARBITRATOR,
                message=Message("appeal {appeal} of {name} is not ruled on yet", values),
                command="labelqa appeal list", subject=f"person:{told.person}",
            )  # fmt: skip


def _working(desk: Desk, people: Sequence[PersonLine]) -> Iterator[Alert]:
    """People who answered after the suspension or cancellation of the qualification that is told."""
    for line in people:
        if line.standing not in _OUT or line.since is None:
            continue
        last = desk.intake.hands(line.person).get(PersonId(line.person), (0, None, None))[2]
        if last is not None and last >= line.since:
            values = {"name": line.name, "release": line.release}
            yield Alert(
                code="suspended-working", severity=Severity.ERROR, duty=Duty.SUPERVISOR,
                message=Message("{name} works on although suspended or cancelled under {release}", values),
                command="labelqa qualify show", subject=f"person:{line.person}",
            )  # fmt: skip
