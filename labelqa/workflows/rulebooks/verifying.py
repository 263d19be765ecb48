"""Is every rulebook still what was approved and released? Files, lock, ledger and signatures compared with each other.

Findings say what is touched, missing or never released. Nothing is mended here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from labelqa.errors import Message
from labelqa.records.facts import Fact
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.governance import APPROVALS, ClarificationIssued, DocumentSigned, Meaning, RulebookReleased
from labelqa.rulebook.lock import (
    CLARIFICATIONS,
    LOCK_FILE,
    Lock,
    Locked,
    is_reserved,
    parse_lock,
    release_path,
    verify_lock,
)
from labelqa.rulebook.release import digest
from labelqa.workflows.desk import Desk
from labelqa.workflows.rulebooks.files import folder_of
from labelqa.workflows.signatures import approved, signatures_of

RESTORE: Final = Message("restore it from a backup, and find out who had access")
_NUMBERED: Final = re.compile(rf"[^/]+/{CLARIFICATIONS}/[1-9][0-9]*\.yaml")


def verify_rulebooks(desk: Desk) -> tuple[Finding, ...]:
    """Everything that does not fit together, files first; () when all releases stand as they were approved."""
    folder = folder_of(desk)
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }
    lock, found = parse_lock(files[LOCK_FILE]) if LOCK_FILE in files else (Lock(), [])
    facts = desk.ledger.view().of(DocumentSigned, RulebookReleased, ClarificationIssued)
    if lock is not None:
        found += [*verify_lock(lock, files), *_against_ledger(lock, files, facts)]
    by_number = {fact.seq: fact for fact in facts}
    for fact in facts:
        if isinstance(fact.body, RulebookReleased):
            release = f"{fact.body.name}@{fact.body.version}"
            found += _approved(f"rulebook:{release}", release, fact, by_number)
    return (*found, *_clarified(files, facts, by_number))


def _against_ledger(lock: Lock, files: Mapping[str, bytes], facts: Sequence[Fact]) -> Iterator[Finding]:
    """Where lock and ledger name different releases, or tell different things of the same one."""
    told = {(fact.body.name, fact.body.version): fact for fact in facts if isinstance(fact.body, RulebookReleased)}
    locked = {(name, version): each for name, held in lock.entries.items() for version, each in held.items()}
    persons = {fact.seq: fact.body.person for fact in facts if isinstance(fact.body, DocumentSigned)}
    for name, version in sorted(told.keys() | locked.keys()):
        path, release = release_path(name, version), f"{name}@{version}"
        place = Place(file=path)
        if (name, version) not in told:
            mend = Message("release it, or take the file and its line in the lock away")
            yield finding("RB715", "{release} is in the lock, but the ledger knows of no such release",
                          mend=mend, place=place, release=release)  # fmt: skip
        elif (name, version) not in locked:
            yield finding("RB715", "{release} was released, but is not in the lock", mend=RESTORE, place=place,
                          release=release)  # fmt: skip
            if path not in files or digest(files[path]) != told[name, version].body.digest:
                yield finding("RB711", "{path} is not what was released", mend=RESTORE, place=place, path=path)
        elif others := _differing(locked[name, version], told[name, version], persons):
            yield finding("RB715", "the lock tells something else of {release} than the ledger: {fields}",
                          mend=RESTORE, place=place, release=release, fields=", ".join(others))  # fmt: skip


def _differing(locked: Locked, fact: Fact, persons: Mapping[int, str]) -> tuple[str, ...]:
    """The fields, as the lock file spells them, in which an entry is not what the fact of its release says."""
    body = fact.body
    counts = datetime.fromisoformat(body.effective_from) if body.effective_from else fact.effective_at
    pairs: dict[str, tuple[object, object]] = {
        "digest": (locked.digest, body.digest),
        "released_at": (locked.released_at, fact.effective_at),
        "by": (locked.by, fact.actor),
        "effective_from": (locked.effective_from or locked.released_at, counts),
        "signatures": (sorted(locked.signatures), sorted(persons.get(seq, "") for seq in body.signatures)),
    }
    return tuple(name for name, (held, said) in pairs.items() if held != said)


def _approved(document: str, shown: str, fact: Fact, facts: Mapping[int, Fact]) -> Iterator[Finding]:
    """Whether the signatures that a fact names are approvals of exactly its bytes, by two people, and older than it.

    A fact that names none, as older workspaces have them, stands once two people have approved its bytes afterwards.
    """
    place = Place(subject=f"fact:{fact.seq}")
    if not fact.body.signatures:
        if approved(signatures_of(tuple(facts.values()), document, fact.body.digest)):  # signed afterwards: mended
            return
        mend = Message("have two people sign it now: labelqa rulebook sign")
        yield finding("RB717", "{document} came into force without signatures", mend=mend, place=place,
                      severity=Severity.WARNING, document=shown)  # fmt: skip
        return
    people = set()
    for seq in fact.body.signatures:
        held = facts.get(seq)
        body = held.body if held else None
        wanted = (document, fact.body.digest, Meaning.APPROVAL.value)
        if (
            not isinstance(body, DocumentSigned)
            or (body.document, body.digest, body.meaning) != wanted
            or seq > fact.seq
        ):
            yield finding("RB716", "fact {fact} is no approval of the bytes of {document}", mend=RESTORE, place=place,
                          fact=seq, document=shown)  # fmt: skip
        else:
            people.add(body.person)
    if len(people) < APPROVALS:
        yield finding("RB716", "{document} is not approved by two different people", mend=RESTORE, place=place,
                      document=shown)  # fmt: skip


def _clarified(files: Mapping[str, bytes], facts: Sequence[Fact], by_number: Mapping[int, Fact]) -> Iterator[Finding]:
    """Clarifications against their files, and files against the clarifications that were issued."""
    issued = set()
    for fact in facts:
        if not isinstance(fact.body, ClarificationIssued):
            continue
        body = fact.body
        path, shown = f"{body.rulebook}/{CLARIFICATIONS}/{body.number}.yaml", f"{body.rulebook}#{body.number}"
        issued.add(path)
        yield from _approved(f"clarification:{shown}", shown, fact, by_number)
        if path not in files:
            yield finding("RB722", "{path} was issued, but the file is missing", mend=RESTORE, place=Place(file=path),
                          path=path)  # fmt: skip
        elif digest(files[path]) != body.digest:
            yield finding("RB721", "{path} is not what was issued", mend=RESTORE, place=Place(file=path), path=path)
    for path in files:
        if _NUMBERED.fullmatch(path) and not is_reserved(path.partition("/")[0]) and path not in issued:
            mend = Message("issue it, or take it away")
            yield finding("RB723", "{path} was never issued", mend=mend, place=Place(file=path), path=path)
