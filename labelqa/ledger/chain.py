"""How facts are written and chained: RFC 8785 text, hashed together with the hash before.

``hash(n) = sha256(hash(n - 1) + "\\n" + text(n))`` in lower-case hex; before the first fact stands :data:`GENESIS`.
Pure: values in, text and digests out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final

import msgspec
import rfc8785

from labelqa.errors import Altered
from labelqa.records.clock import moment_of, moment_text
from labelqa.records.facts import BODIES, KINDS, Draft, Fact
from labelqa.records.review import Identity

GENESIS: Final = "0" * 64
_SORTED: Final = msgspec.json.Encoder(order="sorted")
_LARGEST: Final = 2**53 - 1  # the largest whole number that RFC 8785 writes as it is


def envelope(draft: Draft, *, seq: int, now: datetime, recorded: datetime | None = None) -> dict[str, Any]:
    """The whole fact as plain JSON values, before it is written; ``recorded`` where it is not recorded as at ``now``."""
    kind = KINDS[type(draft.body)]
    return {
        "seq": seq,
        "kind": kind,
        "format": BODIES[kind][0],
        "actor": draft.actor,
        "identity": str(draft.identity),
        "recorded_at": moment_text(recorded or now),
        "effective_at": moment_text(draft.effective_at or now),
        "subjects": sorted(set(draft.subjects)),
        "supersedes": draft.supersedes,
        "body": msgspec.to_builtins(draft.body),
    }


def canonical(values: Mapping[str, Any]) -> str:
    """The RFC 8785 text of JSON values.

    >>> canonical({"b": 1.0, "a": "中"})
    '{"a":"中","b":1}'
    """
    if _plain(values):  # most facts: another library writes them just the same, and many times faster
        return _SORTED.encode(values).decode()
    return rfc8785.dumps(dict(values)).decode()


def _plain(value: Any) -> bool:
    """Whether there are only texts, true, false, null and small whole numbers in it, under ASCII keys."""
    if type(value) is dict:
        if not "".join(value).isascii():
            return False
        inner: Iterable[Any] = value.values()
    elif type(value) is list:
        inner = value
    else:
        return value is None or type(value) in (str, bool) or (type(value) is int and -_LARGEST <= value <= _LARGEST)
    return all(map(_plain, [each for each in inner if type(each) is not str]))  # most values are texts


def link(before: str, text: str) -> str:
    """The hash of a fact's text after the hash before it.

    >>> link(GENESIS, "{}")[:16]
    '5649d09ed68c1715'
    """
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()


class _Told(msgspec.Struct):
    """A fact as its text has it; the body stays text until it is known what it is."""

    seq: int
    kind: str
    format: int
    actor: str
    identity: str
    recorded_at: str
    effective_at: str
    subjects: tuple[str, ...]
    supersedes: int | None
    body: msgspec.Raw


_TOLD: Final = msgspec.json.Decoder(_Told)


@cache
def _reader(body: type) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(body)


def read(text: str, digest: str) -> Fact:
    """The fact that a text tells; raises Altered when it does not have the shape of one."""
    try:
        told = _TOLD.decode(text)
        number, body = BODIES[told.kind]
        if told.format != number:
            raise ValueError(f"format {told.format}")
        return Fact(
            seq=told.seq, kind=told.kind, format=number, actor=told.actor, identity=Identity(told.identity),
            recorded_at=moment_of(told.recorded_at), effective_at=moment_of(told.effective_at), subjects=told.subjects,
            supersedes=told.supersedes, body=_reader(body).decode(told.body), hash=digest,
        )  # fmt: skip
    except (msgspec.MsgspecError, KeyError, ValueError, TypeError) as error:
        raise _unreadable(text, str(error)) from None


def _unreadable(text: str, why: str) -> Altered:
    """Why a text is no fact to this labelqa: it was written by a newer one, or it was altered."""
    try:
        raw: dict[str, Any] = msgspec.json.decode(text, type=dict[str, Any])
        number, _ = BODIES[raw["kind"]]
        if raw["format"] != number:
            return Altered(
                "fact {seq} has format {got}, and this labelqa reads format {want}: install a newer labelqa",
                seq=raw["seq"], got=raw["format"], want=number,
            )  # fmt: skip
    except (msgspec.MsgspecError, KeyError, ValueError, TypeError):
        pass
    return Altered("a fact in the ledger cannot be read ({why}): run labelqa ledger verify to find it", why=why)
