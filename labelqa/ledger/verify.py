"""Does the chain hold, do the projections match it, does it still contain a head printed earlier?

Each answer is a finding that names the fact; no finding means that nothing was altered.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from labelqa.errors import Altered, Message
from labelqa.ledger import chain
from labelqa.ledger.ledger import Ledger, salted
from labelqa.records.finding import Finding, Place, finding

RESTORE: Final = Message("restore the ledger from a backup made before it was altered, and find out who had access")


def _fact(seq: int, subjects: str = "") -> Place:
    return Place(subject=f"fact:{seq} {subjects}".strip())


def _raw(text: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.MsgspecError, ValueError):
        return {}


def _subjects(raw: dict[str, Any]) -> list[str]:
    told = raw.get("subjects")
    return [each for each in told if isinstance(each, str)] if isinstance(told, list) else []


def _row_findings(row: tuple[Any, ...], expected_seq: int, *, chained: bool) -> Iterator[Finding]:
    seq, kind, actor, recorded_at, effective_at, supersedes, text, _ = row
    raw = _raw(text)
    about = " ".join([str(kind), *_subjects(raw)])
    if seq != expected_seq:
        yield finding(
            "LG002", "facts are missing before fact {seq}: fact {want} should stand there", mend=RESTORE,
            place=_fact(seq, about), seq=seq, want=expected_seq,
        )  # fmt: skip
    elif not chained:
        yield finding(
            "LG001", "fact {seq} ({about}) was altered: its text does not give its hash", mend=RESTORE,
            place=_fact(seq, about), seq=seq, about=about,
        )  # fmt: skip
    projected = {
        "seq": seq, "kind": kind, "actor": actor, "recorded_at": recorded_at, "effective_at": effective_at,
        "supersedes": supersedes,
    }  # fmt: skip
    wrong = sorted(name for name, value in projected.items() if raw.get(name) != value)
    if wrong:
        yield finding(
            "LG003", "fact {seq} ({about}): the columns {columns} do not say what its text says", mend=RESTORE,
            place=_fact(seq, about), seq=seq, about=about, columns=", ".join(wrong),
        )  # fmt: skip


def verify(ledger: Ledger, *, head: str = "") -> tuple[int, str, list[Finding]]:
    """Number of facts, head, and everything that is wrong with the chain."""
    found: list[Finding] = []
    count, last, heads = 0, chain.GENESIS, set[str]()
    before: tuple[str, ...] = (last,)
    told: set[tuple[int, str]] = set()
    try:
        for row in ledger.rows():
            # A fact may stand on the stored hash before it or on the one worked out: so only the altered one is named.
            links = [chain.link(each, row[6]) for each in before]
            found += _row_findings(row, count + 1, chained=row[7] in links)
            count, last = row[0], row[7]
            before = (last,) if last in links else (last, links[-1])
            heads.add(last)
            told.update((count, subject) for subject in _subjects(_raw(row[6])))
        found += _beside_findings(ledger, told)
    except Altered as error:
        found.append(finding("LG006", "{why}", mend=RESTORE, place=Place(subject="ledger"), why=error.message))
    if head and head.strip().lower() not in heads:
        found.append(
            finding(
                "LG004",
                "the ledger does not contain the head {head} that was printed earlier: it was rewritten or cut",
                mend=RESTORE, place=Place(subject=f"head:{head}"), head=head,
            )
        )  # fmt: skip
    return count, last, found


def _beside_findings(ledger: Ledger, told: set[tuple[int, str]]) -> Iterator[Finding]:
    """What lies beside the chain: the index of subjects, and the erasable texts that are still there."""
    for seq, subject in sorted(told ^ set(ledger.subject_rows())):
        yield finding(
            "LG005", "fact {seq}: the index of subjects is wrong about {subject}", mend=RESTORE, place=_fact(seq),
            seq=seq, subject=subject,
        )  # fmt: skip
    for digest, salt, text in ledger.text_rows():
        if text and salted(text, salt)[0] != digest:
            yield finding(
                "LG007", "the text {digest} was altered: it does not give the digest that a fact holds", mend=RESTORE,
                place=Place(subject=f"text:{digest}"), digest=digest,
            )  # fmt: skip
