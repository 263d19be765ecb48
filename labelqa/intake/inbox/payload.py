"""What a webhook's body says: read within limits, rid of what must not be kept, and asked which annotations it is about.

The project that a payload carries holds the project's share token and the login of its data: only its number is kept.
Nothing is stored here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import isinf
from typing import Any, Final

import msgspec

from labelqa.errors import BadInput
from labelqa.i18n import N_

LONGEST: Final = 32 * 1024 * 1024  # bytes of one body
DEEPEST: Final = 64  # containers within containers
_MANY: Final = 2_000_000  # commas and opening brackets: what a body may unfold to
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_ACTION: Final = re.compile(r"[A-Z][A-Z_]{0,63}")
_OTHERS: Final = frozenset({"data", "meta", "result", "value"})  # people's own content: looked at for depth alone
_PROJECTS: Final = frozenset({"project", "projects"})
_SECRET: Final = frozenset({"token", "task_data_login", "task_data_password"})
_PROJECT: Final = frozenset({"label_config", "task_data_login", "task_data_password"})  # beside a token: a project
_ONCE: Final = frozenset({"ANNOTATIONS_DELETED", "TASKS_DELETED", "TASKS_CREATED"})  # happen once to the same numbers


class Unreadable(BadInput):
    """A body that is not what a webhook sends; ``reason`` is a stable code: ``json``, ``deep``, ``large``, ``shape``."""

    def __init__(self, reason: str, text: str, /, **values: Any) -> None:
        super().__init__(text, **values)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A body that was read, ready to be kept.

    ``sure``: the same content can only be the same event again (it holds the time of the change, or tells of something
    that happens once); else the same words may tell of a second change.
    """

    server: str
    project: int
    action: str
    received_at: datetime
    body: bytes = field(repr=False)
    digest: bytes = field(repr=False)
    annotations: tuple[tuple[int, datetime | None], ...]
    tasks: tuple[int, ...]
    marks: tuple[tuple[int, int, int], ...]  # annotation, microseconds since 1970, task (0 where it is not told)
    sure: bool


def arrival(server: str, raw: bytes, received_at: datetime) -> Arrival:
    """Read a body; raises Unreadable.

    >>> arrival("s", b'{"action": "TASKS_DELETED", "tasks": [{"id": 7}], "project": {"id": 2, "token": "x"}}', _EPOCH).body
    b'{"action":"TASKS_DELETED","tasks":[{"id":7}],"project":{"id":2}}'
    """
    payload = _read(raw)
    _strip(payload)
    body = msgspec.json.encode(payload)
    told, keys = action_of(payload), keys_of(payload)
    timed = bool(keys.marks) and len(keys.marks) == len(keys.annotations)
    return Arrival(
        server=server, project=keys.project, action=told, received_at=received_at, body=body,
        digest=hashlib.sha256(server.encode() + b"\x1f" + body).digest(),
        annotations=keys.annotations, tasks=keys.tasks, marks=keys.marks,
        sure=timed or (told in _ONCE and bool(keys.annotations or keys.tasks)),
    )  # fmt: skip


def decoded(raw: bytes) -> Any:
    """JSON as values; raises MsgspecError, RecursionError or UnicodeError.

    Fractions go through Python's own reader: msgspec takes twenty times as long for those near the ends of the range,
    and a body can be full of them.
    """
    return _DECODER.decode(raw)


def _fraction(told: str) -> float:
    if isinf(value := float(told)):
        raise ValueError(told[:20])
    return value


_DECODER: Final = msgspec.json.Decoder(float_hook=_fraction)


def _read(raw: bytes) -> dict[str, Any]:
    if len(raw) > LONGEST or raw.count(b",") + raw.count(b"[") + raw.count(b"{") > _MANY:
        raise Unreadable("large", N_("the body is too large"))
    try:
        payload = decoded(raw)
    except RecursionError:
        raise Unreadable("deep", N_("the body is nested too deeply")) from None
    except (msgspec.MsgspecError, UnicodeError):
        raise Unreadable("json", N_("the body is no JSON")) from None
    if not isinstance(payload, dict):
        raise Unreadable("shape", N_("the body is no JSON object"))
    return payload


def _strip(payload: dict[str, Any]) -> None:
    """Projects become their numbers, wherever the server put them; raises Unreadable for what is nested too deeply."""
    waiting: list[tuple[Any, int, bool]] = [(payload, 1, True)]
    while waiting:
        value, depth, ours = waiting.pop()
        if depth > DEEPEST:
            raise Unreadable("deep", N_("the body is nested too deeply"))
        if isinstance(value, dict) and (ours or ("token" in value and not _PROJECT.isdisjoint(value))):
            _bare(value)
        parts = value.items() if isinstance(value, dict) else ((None, each) for each in value)
        waiting += [
            (each, depth + 1, ours and name not in _OTHERS) for name, each in parts if isinstance(each, dict | list)
        ]


def _bare(value: dict[str, Any]) -> None:
    for name in _PROJECTS & value.keys():
        there = value[name]
        value[name] = [_number_only(each) for each in there] if isinstance(there, list) else _number_only(there)
    for name in _SECRET & value.keys():
        del value[name]


def _number_only(project: Any) -> Any:
    if isinstance(project, dict):
        return {"id": _id(project.get("id"))}
    return _id(project)


@dataclass(frozen=True, slots=True)
class Keys:
    """What a payload is about."""

    project: int  # 0 where it does not say
    annotations: tuple[tuple[int, datetime | None], ...]
    tasks: tuple[int, ...]
    marks: tuple[tuple[int, int, int], ...]


def action_of(payload: Any) -> str:
    """The action's name; "" where there is none, or one of an impossible spelling."""
    told = payload.get("action") if isinstance(payload, dict) else None
    return told if isinstance(told, str) and _ACTION.fullmatch(told) else ""


def keys_of(payload: Any) -> Keys:
    """The project, annotations and tasks of a payload, whatever its shape: singular, plural, empty, unknown."""
    payload = payload if isinstance(payload, dict) else {}
    whole = [*_objects(payload, "annotation", "annotations")]
    shown = [number for each in _objects(payload, "task", "tasks") if (number := _id(each.get("id")))]
    alone = shown[0] if len(shown) == 1 else 0
    annotations: dict[int, datetime | None] = {}
    marks: dict[tuple[int, int], int] = {}
    tasks = dict.fromkeys(shown)
    for each in whole:
        if number := _id(each.get("id")):
            task = _id(each.get("task")) or alone
            annotations[number] = moment = _moment(each.get("updated_at"))
            if moment is not None:
                marks[number, micros_of(moment)] = task
            tasks |= dict.fromkeys([task] if task else [])
    project = next((found for each in _projects(payload, whole) if (found := _id(each))), 0)
    return Keys(
        project, tuple(annotations.items()), tuple(tasks), tuple((a, m, task) for (a, m), task in marks.items())
    )


def _projects(payload: dict[str, Any], annotations: list[dict[str, Any]]) -> Iterator[Any]:
    told = payload.get("project")
    yield told.get("id") if isinstance(told, dict) else told
    for each in (*annotations, *_objects(payload, "task", "tasks"), *_objects(payload, "label_link", "label")):
        yield each.get("project")


def _objects(payload: dict[str, Any], *names: str) -> Iterator[dict[str, Any]]:
    """The objects under these names, one or a list of them."""
    for name in names:
        there = payload.get(name)
        yield from (each for each in (there if isinstance(there, list) else [there]) if isinstance(each, dict))


def _id(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63 else 0


def _moment(value: Any) -> datetime | None:
    try:
        told = datetime.fromisoformat(value) if isinstance(value, str) and len(value) < 64 else None
        if told is None:
            return None
        return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def micros_of(moment: datetime) -> int:
    """Microseconds since 1970, exactly.

    >>> micros_of(datetime(1970, 1, 1, 0, 0, 1, 5, tzinfo=UTC))
    1000005
    """
    return (moment - _EPOCH) // _MICROSECOND


def moment_of(micros: int) -> datetime:
    """The time of so many microseconds since 1970."""
    return _EPOCH + micros * _MICROSECOND
