"""What a check of duties wants somebody to do: one alert for each kind of finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.finding import Severity
from labelqa.records.people import Duty
from labelqa.records.summary import Alert
from labelqa.workflows.desk import Desk
from labelqa.workflows.duties.check import check_duties

_SAID: Final = {
    "two-duties": N_("{n} {n:person|people} held two duties in one labeling task"),
    "not-assigned": N_("{n} {n:time|times} somebody worked in a duty without being assigned to it then"),
    "suspended-working": N_("{n} {n:time|times} somebody worked while suspended or cancelled"),
    "after-leaving": N_("{n} {n:time|times} somebody worked or signed in after leaving"),
}


def duty_alerts(desk: Desk) -> Iterator[Alert]:
    """Duties that were not kept apart, work without an assignment, while suspended, or after leaving."""
    counts = Counter(each.code for each in check_duties(desk).findings)
    for code, text in _SAID.items():
        if counts[code]:
            yield Alert(
                code=code, severity=Severity.ERROR, message=Message(text, {"n": counts[code]}), duty=Duty.SUPERVISOR,
                command="labelqa duties check", subject="duties",
            )  # fmt: skip
