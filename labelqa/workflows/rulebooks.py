"""Rulebooks: check a draft, release it as an immutable file, list what is released."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from labelqa.errors import Altered, BadInput, Refused
from labelqa.records.batch import Kind
from labelqa.records.facts import Draft, Fact
from labelqa.records.finding import Finding, Severity
from labelqa.records.governance import RulebookReleased
from labelqa.records.summary import RulebookLine
from labelqa.rulebook.document import LIMIT, parse
from labelqa.rulebook.lint import lint
from labelqa.rulebook.lock import LOCK_FILE, Lock, Locked, parse_lock, release_path, render_lock
from labelqa.rulebook.model import Rulebook
from labelqa.rulebook.release import check_release, digest, material_change, outline, release_bytes
from labelqa.workflows.desk import Desk
from labelqa.workflows.state import State, read_state

FOLDER: Final = "rulebooks"


def lint_rulebook(path: Path) -> tuple[Rulebook | None, list[Finding]]:
    """The rulebook of a file (None when it cannot be read as one) and everything the checks say of it."""
    return _linted(_bytes(path), path)


def _linted(data: bytes, path: Path) -> tuple[Rulebook | None, list[Finding]]:
    document = parse(data, file=str(path))
    found = list(document.findings)
    if document.rulebook is not None:
        found += lint(document.rulebook, document.positions)
    return document.rulebook, found


def release_rulebook(desk: Desk, path: Path) -> RulebookLine:
    """Release a draft: write the immutable file, lock its digest, append the fact. Refused while a check forbids it."""
    draft = _bytes(path)
    book, findings = _linted(draft, path)
    if book is None:
        raise _forbidden(path, findings)
    seen, _ = desk.ledger.head()
    previous = _released(desk, _lock(desk), book.name)
    blocking = check_release(book, findings, previous, file=str(path))
    if blocking:
        raise _forbidden(path, blocking)
    _publish(desk, book, previous, release_bytes(draft), seen=seen)
    state = read_state(desk)
    return next(line for line in lines_of(state) if (line.name, line.version) == (book.name, book.version))


def _publish(desk: Desk, book: Rulebook, previous: Rulebook | None, data: bytes, *, seen: int) -> None:
    """Write the file, the lock and the fact; ``seen`` is the last fact that the checks knew of."""
    facts, now, folder = outline(book), desk.clock(), desk.settings.workspace / FOLDER
    body = RulebookReleased(
        name=facts.name, version=facts.version, kind=facts.kind, digest=digest(data), title=facts.title,
        control=facts.control, labels=facts.labels, rules=facts.rules, examples=facts.examples,
        material=previous is None or material_change(previous, book), previous=previous.version if previous else "",
    )  # fmt: skip

    def write(known: Sequence[Fact]) -> None:
        """Under the ledger's lock, so that nobody's release is written over."""
        later = [fact.body for fact in known if fact.seq > seen and isinstance(fact.body, RulebookReleased)]
        if any(each.name == book.name for each in later):
            raise Refused("another version of {name} was released meanwhile: look at it and repeat", name=book.name)
        _write(folder / release_path(book.name, book.version), data)
        locked = Locked(digest=digest(data), released_at=now, by=desk.actor)
        _write(folder / LOCK_FILE, render_lock(_lock(desk).adding(book.name, book.version, locked)).encode())

    subjects = (f"rulebook:{book.name}", f"release:{book.name}@{book.version}")
    draft = Draft(body=body, subjects=subjects, actor=desk.actor, identity=desk.identity)
    desk.ledger.append([draft], now=now, unless=write)


def rulebook_lines(desk: Desk) -> tuple[RulebookLine, ...]:
    """Every release, by name and then in the order in which they were released."""
    return lines_of(read_state(desk))


def lines_of(state: State) -> tuple[RulebookLine, ...]:
    """The releases that a state knows."""
    return tuple(
        RulebookLine(
            name=body.name, version=body.version, title=body.title, kind=Kind(body.kind), digest=body.digest,
            released_at=fact.effective_at, released_by=fact.actor, labels=len(body.labels), rules=body.rules,
            examples=body.examples,
            batches=tuple(sorted(batch.name for batch in state.batches.values() if batch.release == release)),
        )
        for release, (fact, body) in sorted(state.releases.items(), key=lambda each: (each[1][1].name, each[1][0].seq))
    )  # fmt: skip


def released_book(desk: Desk, release: str) -> Rulebook:
    """The rulebook of a release, its file checked against the digest in the ledger."""
    body = read_state(desk).release(release)
    path = desk.settings.workspace / FOLDER / release_path(body.name, body.version)
    data = _bytes(path)
    book = parse(data, file=str(path)).rulebook
    if digest(data) != body.digest or book is None:
        raise Altered("the released rulebook {path} was changed: restore it from a backup", path=str(path))
    return book


def _released(desk: Desk, lock: Lock, name: str) -> Rulebook | None:
    version = lock.latest(name)
    return released_book(desk, f"{name}@{version}") if version else None


def _lock(desk: Desk) -> Lock:
    path = desk.settings.workspace / FOLDER / LOCK_FILE
    if not path.is_file():
        return Lock()
    lock, findings = parse_lock(path.read_bytes(), file=str(path))
    if lock is None:
        raise Altered(
            "{path} cannot be read ({why}): restore it from a backup", path=str(path), why=str(findings[0].message)
        )
    known = read_state(desk).releases
    ours = {
        name: {v: each for v, each in versions.items() if f"{name}@{v}" in known}
        for name, versions in lock.entries.items()
    }
    return Lock({name: versions for name, versions in ours.items() if versions})


def _forbidden(path: Path, findings: list[Finding]) -> Refused:
    errors = [each for each in findings if each.severity is Severity.ERROR]
    return Refused(
        "{path} cannot be released: {n} errors, the first at {place}: {first}; labelqa rulebook lint {path} lists them all",
        path=str(path), n=len(errors), place=str(errors[0].place), first=errors[0].message,
    )  # fmt: skip


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LIMIT:
            with path.open("rb") as content:
                return content.read(LIMIT + 1)
        return path.read_bytes()
    except OSError as error:
        raise BadInput("{path} cannot be read: {why}", path=str(path), why=error.strerror or "?") from None


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}.{os.getpid()}")
    with staged.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    staged.replace(path)
