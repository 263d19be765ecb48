"""The vocabulary of learning statements: verbs as programs spell them, and the extensions that labelqa writes.

Verbs are told by their IRIs alone; a verb that is not here is unknown, whatever its display says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from labelqa.workflows.training.statements import Said

# A name under .invalid belongs to nobody and leads nowhere (RFC 2606, section 2): it only tells our terms apart.
TERMS: Final = "https://labelqa.invalid/xapi/"
HOME: Final = "https://labelqa.invalid/"
_ADL: Final = "http://adlnet.gov/expapi/verbs/"
_STREAMS: Final = "http://activitystrea.ms/schema/1.0/"

VERBS: Final[Mapping[str, Said]] = {
    f"{_ADL}attended": Said.ATTENDED,
    f"{_STREAMS}attend": Said.ATTENDED,
    f"{_ADL}completed": Said.COMPLETED,
    f"{_STREAMS}complete": Said.COMPLETED,
    f"{_ADL}passed": Said.PASSED,
    f"{_ADL}failed": Said.FAILED,
    f"{_ADL}scored": Said.SCORED,
    f"{_ADL}acknowledged": Said.ACKNOWLEDGED,
    f"{_STREAMS}acknowledge": Said.ACKNOWLEDGED,
    f"{TERMS}verbs/acknowledged": Said.ACKNOWLEDGED,
}
VOIDED: Final = f"{_ADL}voided"
WRITTEN: Final[Mapping[Said, str]] = {
    Said.ATTENDED: f"{_ADL}attended",
    Said.PASSED: f"{_ADL}passed",
    Said.FAILED: f"{_ADL}failed",
    Said.ACKNOWLEDGED: f"{_STREAMS}acknowledge",
}
DISPLAY: Final[Mapping[Said, tuple[str, str]]] = {  # Chinese, English
    Said.ATTENDED: ("参加", "attended"),
    Said.PASSED: ("通过", "passed"),
    Said.FAILED: ("未通过", "failed"),
    Said.ACKNOWLEDGED: ("已阅读并确认", "acknowledged"),
}
RELEASE: Final = f"{TERMS}release"
TOPICS: Final = f"{TERMS}topics"
SESSION: Final = f"{TERMS}session"
ORGANIZER: Final = f"{TERMS}organizer"
PROVIDER: Final = f"{TERMS}provider"
PAPER: Final = f"{TERMS}paper"
PASS_MARK: Final = f"{TERMS}pass-mark"
ABILITIES: Final = f"{TERMS}abilities"
FACT: Final = f"{TERMS}fact"
