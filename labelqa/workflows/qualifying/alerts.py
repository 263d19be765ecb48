"""What the qualifications want somebody to do: proposals and appeals still open."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from labelqa.errors import Message
from labelqa.people.appeals import fold_appeals
from labelqa.records.facts import AppealFiled, AppealRuled
from labelqa.records.finding import Severity
from labelqa.records.names import PersonId
from labelqa.records.people import Duty
from labelqa.records.summary import Alert
from labelqa.workflows.desk import Desk
from labelqa.workflows.qualifying.proposals import suspension_proposals
from labelqa.workflows.state import State


def qualification_alerts(desk: Desk, state: State, names: Mapping[PersonId, str]) -> Iterator[Alert]:
    """One alert a proposal to suspend somebody, and an appeal against a decision."""
    for each in suspension_proposals(desk, state):
        values = {"name": names.get(each.person, each.person), "line": each.line, "right": each.right, "n": each.n}
        yield Alert(
            code="suspension-proposed", severity=Severity.WARNING, duty=Duty.SUPERVISOR,
            message=Message("a suspension of {name} on {line} is proposed: {right} of {n} {n:gold answer|gold answers} right", values),
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
