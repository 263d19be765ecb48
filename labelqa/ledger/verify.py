"""Does the chain hold, do the projections match it, does it still contain a head printed earlier?

Each answer is a finding that names the fact; no finding means that nothing was altered.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from labelqa.errors import Message
from labelqa.ledger import chain
from labelqa.ledger.ledger import Ledger
from labelqa.records.finding import Finding, Place, finding

RESTORE: Final = Message("restore the ledger from a backup made before it was altered, and find out who had access")


def _fact(seq: int, subjects: str = "") -> Place:
    return Place(subject=f"fact:{seq} {subjects}".strip())


def _raw(text: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.MsgspecError:
        return {}


def _row_findings(row: tuple[Any, ...], expected_seq: int, before: str) -> Iterator[Finding]:
    seq, kind, actor, recorded_at, effective_at, supersedes, text, digest = row
    raw = _raw(text)
    about = f"{kind} {' '.join(raw.get('subjects', []))}".strip()
    if seq != expected_seq:
        yield finding(
            "LG002", "facts are missing before fact {seq}: fact {want} should stand there", mend=RESTORE,
            place=_fact(seq, about), seq=seq, want=expected_seq,
        )  # fmt: skip
    if chain.link(before, text) != digest:
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
    before, count, seen_head = chain.GENESIS, 0, not head
    wanted_subjects: set[tuple[int, str]] = set()
    for row in ledger.rows():
        found.extend(_row_findings(row, count + 1, before))
        count, before = row[0], row[7]
        seen_head = seen_head or before == head
        wanted_subjects.update((row[0], subject) for subject in _raw(row[6]).get("subjects", []))
    for seq, subject in sorted(wanted_subjects ^ set(ledger.subject_rows())):
        found.append(
            finding(
                "LG005",
                "fact {seq}: the index of subjects is wrong about {subject}",
                mend=RESTORE,
                place=_fact(seq),
                seq=seq,
                subject=subject,
            )  # fmt: skip
        )
    if not seen_head:
        found.append(
            finding(
                "LG004",
                "the ledger does not contain the head {head} that was printed earlier: it was rewritten or cut",
                mend=RESTORE,
                place=Place(subject=f"head:{head}"),
                head=head,
            )  # fmt: skip
        )
    return count, before, found
