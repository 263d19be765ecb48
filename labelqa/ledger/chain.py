"""How facts are written and chained: RFC 8785 text, hashed together with the hash before.

``hash(n) = sha256(hash(n - 1) + "\\n" + text(n))`` in lower-case hex; before the first fact stands :data:`GENESIS`.
Pure: values in, text and digests out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
import rfc8785

from labelqa.errors import Altered
from labelqa.records.clock import moment_of, moment_text
from labelqa.records.facts import BODIES, KINDS, Draft, Fact
from labelqa.records.review import Identity

GENESIS: Final = "0" * 64


def envelope(draft: Draft, *, seq: int, now: datetime) -> dict[str, Any]:
    """The whole fact as plain JSON values, before it is written."""
    kind = KINDS[type(draft.body)]
    return {
        "seq": seq,
        "kind": kind,
        "format": BODIES[kind][0],
        "actor": draft.actor,
        "identity": str(draft.identity),
        "recorded_at": moment_text(now),
        "effective_at": moment_text(draft.effective_at or now),
        "subjects": sorted(set(draft.subjects)),
        "supersedes": draft.supersedes,
        "body": msgspec.to_builtins(draft.body),
    }


def canonical(values: Mapping[str, Any]) -> str:
    """The RFC 8785 text of JSON values."""
    return rfc8785.dumps(dict(values)).decode()


def link(before: str, text: str) -> str:
    """The hash of a fact's text after the hash before it.

    >>> link(GENESIS, "{}")[:16]
    '5649d09ed68c1715'
    """
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()


def read(text: str, digest: str) -> Fact:
    """The fact that a text tells; raises Altered when it does not have the shape of one."""
    try:
        raw: dict[str, Any] = msgspec.json.decode(text, type=dict[str, Any])
        number, body = BODIES[raw["kind"]]
        if raw["format"] != number:
            raise Altered(
                "fact {seq} has format {got}, and this labelqa reads format {want}: install a newer labelqa",
                seq=raw["seq"], got=raw["format"], want=number,
            )  # fmt: skip
        return Fact(
            seq=raw["seq"],
            kind=raw["kind"],
            format=raw["format"],
            actor=raw["actor"],
            identity=Identity(raw["identity"]),
            recorded_at=moment_of(raw["recorded_at"]),
            effective_at=moment_of(raw["effective_at"]),
            subjects=tuple(raw["subjects"]),
            supersedes=raw["supersedes"],
            body=msgspec.convert(raw["body"], type=body),
            hash=digest,
        )
    except (msgspec.MsgspecError, KeyError, ValueError, TypeError) as error:
        raise Altered(
            "a fact in the ledger cannot be read ({why}): run labelqa ledger verify to find it", why=str(error)
        ) from None
