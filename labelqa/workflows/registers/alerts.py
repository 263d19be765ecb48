"""What the registers want somebody to do: open incidents and risks, what is overdue, what no entry shows."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from labelqa.batches.step import LEAD
from labelqa.errors import Message
from labelqa.records.facts import IncidentNoted, RiskNoted
from labelqa.records.finding import Severity
from labelqa.records.people import Duty
from labelqa.records.registers import IncidentStep
from labelqa.records.summary import Alert
from labelqa.workflows.registers.incidents import incident_state
from labelqa.workflows.registers.risks import fold_risks
from labelqa.workflows.state import State

_SAID: Final[Mapping[IncidentStep | None, Message]] = {
    IncidentStep.OPENED: Message("open"),
    IncidentStep.CONTAINED: Message("contained, not resolved"),
    IncidentStep.RESOLVED: Message("resolved, not closed"),
}


def register_alerts(state: State, end: datetime) -> Iterator[Alert]:
    """Incidents that are not closed and risks that nobody handled, as they stood at ``end``."""
    steps: dict[str, list[IncidentNoted]] = {}
    for fact in state.facts.of(IncidentNoted):
        if fact.effective_at < end:
            steps.setdefault(fact.body.incident, []).append(fact.body)
    for name, told in steps.items():
        stands = incident_state(each.step for each in told)
        if stands is not IncidentStep.CLOSED:
            yield Alert(
                code="incident", severity=Severity.ERROR, duty=LEAD, subject=f"incident:{name}",
                message=Message(
                    "incident {incident} ({title}) is {state}",
                    {"incident": name, "title": told[0].title, "state": _SAID.get(stands, "")},
                ),
                command=f"labelqa incident show {shlex.quote(name)}",
            )  # fmt: skip
    facts = [fact for fact in state.facts.of(RiskNoted) if fact.effective_at < end]
    for risk in fold_risks(facts, {}, lambda _digest: ""):
        if risk.open:
            yield Alert(
                code="risk", severity=Severity.WARNING, duty=Duty.SUPERVISOR, subject=f"risk:{risk.risk}",
                message=Message("risk {risk} ({title}) is open", {"risk": risk.risk, "title": risk.title}),
                command="labelqa risk list",
            )  # fmt: skip
