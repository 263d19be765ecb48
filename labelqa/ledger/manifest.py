"""Write down what the ledger is today, and say later whether anything of it was altered.

Every fact is hashed again each time, never a part of them. What a manifest does not know (columns and indexes that are
worked out from the facts, erasable texts, frozen files) is left to the full verification.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import msgspec

from labelqa.errors import BadInput, Message
from labelqa.ledger import chain
from labelqa.ledger.altered import RESTORE, about, altered, missing
from labelqa.ledger.found import MOST, Found
from labelqa.ledger.ranges import Source, opened
from labelqa.ledger.rehash import block_digests, rehash
from labelqa.records.clock import moment_text
from labelqa.records.finding import Finding, Place, finding
from labelqa.records.manifest import Manifest

FORMAT: Final = 1
BLOCK: Final = 1_000
NOT_MANIFEST: Final = Message("it is no manifest of a ledger")


def counted(source: Source) -> tuple[int, str, str]:
    """How many facts there are, the head, and the workspace's name as the first fact tells it."""
    with opened(source) as base:
        count, head = base.head()
        first = next((text for _, _, text in base.rows(1, 1)), b"{}")
    return count, head, _name(first)


def _name(text: bytes) -> str:
    try:
        told: Any = json.loads(text)
        return str(told["body"]["name"])
    except (ValueError, KeyError, TypeError):
        return ""


def chain_findings(source: Source, count: int) -> Found:
    """What is wrong with the chain of the first ``count`` facts, each of them hashed again."""
    wrong, gaps = rehash(source, count)
    found = Found()
    with opened(source) as base:
        for seq in sorted({*wrong[:MOST], *sorted(gaps)[:MOST]}):
            told = next((about(text.decode(errors="replace")) for _, _, text in base.rows(seq, seq)), "")
            found.add([missing(seq, gaps[seq], told) if seq in gaps else altered(seq, told)])
    found.count("LG001", max(0, len(wrong) - MOST))
    found.count("LG002", max(0, len(gaps) - MOST))
    return found


def made(source: Source, *, count: int, head: str, workspace: str, now: datetime) -> Manifest:
    """The manifest of the first ``count`` facts; the caller has verified them."""
    blocks = block_digests(source, count, BLOCK)
    told = Manifest(
        format=FORMAT, workspace=workspace, facts=count, head=head, made_at=moment_text(now), block=BLOCK, blocks=blocks
    )  # fmt: skip
    return replace(told, digest=_digest(msgspec.to_builtins(told)))


def _digest(values: dict[str, Any]) -> str:
    return chain.link(chain.GENESIS, chain.canonical({name: each for name, each in values.items() if name != "digest"}))


def written(told: Manifest) -> bytes:
    """The file of a manifest: JSON, a line a block."""
    return (json.dumps(msgspec.to_builtins(told), indent=1, ensure_ascii=False) + "\n").encode()


def read(content: bytes, *, name: str) -> Manifest:
    """The manifest in a file; BadInput when it is none, or not as it was written."""
    try:
        told = msgspec.json.decode(content, type=Manifest, strict=True)
        values = msgspec.to_builtins(told)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise BadInput("{name} cannot be used: {why}", name=name, why=NOT_MANIFEST) from None
    if told.format != FORMAT:
        raise BadInput(
            "{name} has manifest format {got}, and this labelqa reads format {want}: install a newer labelqa",
            name=name, got=told.format, want=FORMAT,
        )  # fmt: skip
    if _digest(values) != told.digest:
        raise BadInput("{name} was altered after it was written: use an untouched copy of the manifest", name=name)
    if told.facts < 1 or told.block < 1 or len(told.blocks) != -(-told.facts // told.block):
        raise BadInput("{name} cannot be used: {why}", name=name, why=NOT_MANIFEST)
    return told


def compared(source: Source, told: Manifest, count: int, *, whole: bool) -> Iterator[Finding]:
    """Where the ledger is not what the manifest tells; ``whole``: the chain was looked at before and holds."""
    if count < told.facts:
        yield finding(
            "LG010", "the ledger ends with fact {count}, and the manifest of {made_at} knows {facts}: its end was cut off",
            mend=RESTORE, place=Place(subject=f"fact:{count}"), count=count, facts=told.facts, made_at=told.made_at,
        )  # fmt: skip
    else:
        with opened(source) as base:
            stands = base.hash(told.facts)[0].decode("ascii", "replace") == told.head
        if stands and whole:
            return  # in a whole chain this head stands on the same facts and on no others
        if not stands:
            yield finding(
                "LG008", "fact {seq} does not have the head that the manifest of {made_at} tells: the chain was rewritten",
                mend=RESTORE, place=Place(subject=f"fact:{told.facts}"), seq=told.facts, made_at=told.made_at,
            )  # fmt: skip
    yield from _blocks(source, told, min(count, told.facts))


def _blocks(source: Source, told: Manifest, upto: int) -> Iterator[Finding]:
    whole = upto if upto == told.facts else upto // told.block * told.block
    for number, digest in enumerate(block_digests(source, whole, told.block)):
        if digest != told.blocks[number]:
            first = number * told.block + 1
            last = min(first + told.block - 1, told.facts)
            yield finding(
                "LG009", "facts {first} to {last} do not say what they said when the manifest of {made_at} was made",
                mend=RESTORE, place=Place(subject=f"fact:{first}"), first=first, last=last, made_at=told.made_at,
            )  # fmt: skip
