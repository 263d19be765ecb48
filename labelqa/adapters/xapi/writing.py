"""Writes learning records as xAPI statements (1.0.3): the same records give the same bytes, ids included.

Whoever acted stands in them by account, which is a home page and the pseudonym; a name only where it was asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from labelqa.adapters.report.names import ENUMS
from labelqa.adapters.xapi import words
from labelqa.i18n import translate
from labelqa.records.clock import moment_text
from labelqa.workflows.training.exported import Event, LearningRecord
from labelqa.workflows.training.statements import Said

VERSION: Final = "1.0.3"
_MEETING: Final = "http://adlnet.gov/expapi/activities/meeting"
_ASSESSMENT: Final = "http://adlnet.gov/expapi/activities/assessment"
_FILE: Final = "http://adlnet.gov/expapi/activities/file"


def statements(records: Iterable[LearningRecord], *, home: str = words.HOME) -> Iterator[dict[str, Any]]:
    """A statement for each record, in their order; ``home`` is the home page of the accounts and of the activities."""
    base = home if home.endswith("/") else f"{home}/"
    return (_statement(each, base) for each in records)


def statements_text(records: Iterable[LearningRecord], *, home: str = words.HOME) -> str:
    """The statements as a JSON array, one a line."""
    told = (json.dumps(each, ensure_ascii=False, sort_keys=True) for each in statements(records, home=home))
    return "[" + ",\n".join(told) + "]\n"


def _statement(record: LearningRecord, base: str) -> dict[str, Any]:
    said = _said(record)
    told: dict[str, Any] = {
        "id": str(uuid5(NAMESPACE_URL, f"{base}facts/{record.hash}")),
        "actor": _actor(record, base),
        "verb": {"id": words.WRITTEN[said], "display": _map(*words.DISPLAY[said])},
        "object": _activity(record, base),
        "context": {"platform": "labelqa", "extensions": _context(record)},
        "timestamp": moment_text(record.at),
        "version": VERSION,
    }
    if result := _result(record):
        told["result"] = result
    return told


def _said(record: LearningRecord) -> Said:
    if record.exam is not None:
        return Said.PASSED if record.exam.passed else Said.FAILED
    return Said.ATTENDED if record.event is Event.TRAINED else Said.ACKNOWLEDGED


def _map(zh: str, en: str) -> dict[str, str]:
    return {"zh-CN": zh, "en": en}


def _actor(record: LearningRecord, base: str) -> dict[str, Any]:
    actor: dict[str, Any] = {"objectType": "Agent", "account": {"homePage": base, "name": record.person}}
    return actor | ({"name": record.name} if record.name else {})


def _activity(record: LearningRecord, base: str) -> dict[str, Any]:
    """What it was about; its id ends with the release, so that another labelqa knows it again."""
    release = quote(record.release, safe="@")
    if record.event is Event.TRAINED:
        part, kind = quote(record.session, safe="") or "training", _MEETING
        name = _map(record.title or f"{record.release} 培训", record.title or f"Training on {record.release}")
        about = _map(_topics(record, "zh"), _topics(record, "en"))
    elif record.event is Event.EXAMINED:
        part, kind = "exams", _ASSESSMENT
        name = _map(record.title or f"{record.release} 考核", record.title or f"Exam on {record.release}")
        about = {}
    else:
        part, kind, about = "releases", _FILE, {}
        name = _map(f"标注规则 {record.release}", f"Labeling rules {record.release}")
    definition: dict[str, Any] = {"type": kind, "name": name} | ({"description": about} if any(about.values()) else {})
    return {"objectType": "Activity", "id": f"{base}{part}/{release}", "definition": definition}


def _topics(record: LearningRecord, lang: Any) -> str:
    named = ENUMS.get("Topic", {})
    return ("、" if lang == "zh" else ", ").join(translate(named.get(each, each), lang) for each in record.topics)


def _context(record: LearningRecord) -> dict[str, Any]:
    told: dict[str, Any] = {words.RELEASE: record.release, words.FACT: record.hash}
    named: Mapping[str, Any] = {
        words.TOPICS: list(record.topics), words.SESSION: record.session, words.ORGANIZER: record.organizer,
        words.PAPER: record.paper,
    }  # fmt: skip
    told |= {name: value for name, value in named.items() if value}
    if record.event is Event.TRAINED:
        told[words.PROVIDER] = record.provider
    if record.exam is not None:
        told[words.PASS_MARK] = record.exam.pass_mark
        told |= {words.ABILITIES: dict(record.exam.abilities)} if record.exam.abilities else {}
    return told


def _result(record: LearningRecord) -> dict[str, Any]:
    if record.exam is not None:
        return {"score": {"scaled": record.exam.score}, "success": record.exam.passed, "completion": True}
    return {"duration": duration(record.minutes)} if record.minutes else {}


def duration(minutes: float) -> str:
    """A time span as ISO 8601 has it.

    >>> duration(90), duration(0.5)
    ('PT5400S', 'PT30S')
    """
    return f"PT{round(minutes * 60)}S"


def whole_seconds(moment: datetime) -> str:
    """A time in UTC without fractions, as credentials have it.

    >>> whole_seconds(datetime.fromisoformat("2026-11-16T10:00:00.5+08:00"))
    '2026-11-16T02:00:00Z'
    """
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
