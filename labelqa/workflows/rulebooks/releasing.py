"""Makes a version final once two people have approved exactly its bytes: a file, a line in the lock, and a fact.

A draft of one's own is released; a release that ships with labelqa is adopted, which is the same with its text as it
came. What is released never changes again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from labelqa.errors import Refused
from labelqa.ledger.view import Facts
from labelqa.records.facts import Draft
from labelqa.records.finding import Finding, Severity, worst
from labelqa.records.governance import Bump, Meaning, RulebookReleased, Signature
from labelqa.records.names import PersonId
from labelqa.records.summary import RulebookLine
from labelqa.rulebook.clarification import open_clarifications
from labelqa.rulebook.diff import check_changes, diff, material, needed, question_changes
from labelqa.rulebook.lock import LOCK_FILE, Locked, is_reserved, release_path, render_lock
from labelqa.rulebook.model import Rulebook
from labelqa.rulebook.release import check_release, outline
from labelqa.workflows.desk import Desk
from labelqa.workflows.rulebooks.dates import Dates, check_dates
from labelqa.workflows.rulebooks.files import folder_of, latest_book, lock_of, write
from labelqa.workflows.rulebooks.lines import lines_of
from labelqa.workflows.rulebooks.sources import Source, forbidden, from_file, from_shelf, unfit
from labelqa.workflows.signatures import Signing, approved_by, check_declarers, sign
from labelqa.workflows.state import read_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """From the version before to this one: what the changes ask for, and whether they touch what anything means."""

    previous: Rulebook | None
    bump: Bump | None  # None for the first
    material: bool


def sign_rulebook(desk: Desk, source: Source, person: PersonId, meaning: Meaning) -> Signing:
    """Sign a rulebook's exact bytes. An approval is refused where the text could not be released."""
    if (released := read_state(desk).releases.get(source.release)) is not None:
        if released[1].digest != source.digest:
            raise Refused(
                "{release} was released already, with another text: give the draft a later version",
                release=source.release,
            )
    elif meaning is Meaning.APPROVAL:
        _step(desk, source)
    return sign(desk, source.document, source.digest, person, meaning)


def questions(desk: Desk, source: Source) -> tuple[Finding, ...]:
    """What those who approve the text should ask about: the lint's warnings, what changed unsaid, open clarifications."""
    state = read_state(desk)
    if source.release in state.releases:
        return source.findings
    previous = latest_book(desk, source.book.name)
    found = question_changes(previous, source.book, source.place) if previous else []
    found += open_clarifications(source.book, state.clarifications.get(source.book.name, ()))
    return (*source.findings, *(each for each in found if each.severity is not Severity.ERROR))


def release_rulebook(
    desk: Desk, draft: Path | Source, *, effective_from: datetime | None = None, previous_until: datetime | None = None
) -> RulebookLine:
    """Release a draft that two people approved as it stands. Refused while a check, a signature or a date is missing.

    Times say their zone: the release counts from ``effective_from``, and work under the version before ends with
    ``previous_until``.
    """
    source = draft if isinstance(draft, Source) else from_file(draft)
    return _release(desk, source, Dates(effective_from=effective_from, previous_until=previous_until))


def adopt_rulebook(
    desk: Desk,
    release: str,
    *,
    shelf: Path,
    effective_from: datetime | None = None,
    previous_until: datetime | None = None,
) -> RulebookLine:
    """Release a text that ships with labelqa, byte for byte, once two people of this workspace have approved it.

    ``shelf`` is the folder of shipped rulebooks; its lock is checked. Times as in :func:`release_rulebook`.
    """
    source = from_shelf(release, shelf)
    return _release(desk, source, Dates(effective_from=effective_from, previous_until=previous_until))


def _release(desk: Desk, source: Source, dates: Dates) -> RulebookLine:
    seen, _ = desk.ledger.head()
    before = read_state(desk).releases_of(source.book.name)[-1:]
    step = _step(desk, source)
    command = f"labelqa rulebook sign {source.told} --by PERSON"
    signatures = approved_by(desk, source.document, source.digest, command=command)
    check_declarers(desk, _declared(source), signatures, command=command)
    now, zone = desk.clock(), desk.settings.zone
    check_dates(
        dates,
        release=source.release,
        previous=before[0] if before else None,
        material=step.material,
        now=now,
        zone=zone,
    )
    _publish(desk, source, _fact(source, step, dates, signatures), signatures, seen=seen, now=now)
    state = read_state(desk)
    lines = lines_of(state, at=now)
    return next(line for line in lines if (line.name, line.version) == (source.book.name, source.book.version))


def _declared(source: Source) -> list[tuple[str, str]]:
    """Who declares which part to mean the same; nobody here answers for what came with labelqa."""
    changes = source.book.changes
    return [] if changes is None or source.adopted else [(each.by.strip(), each.part) for each in changes.same_meaning]


def _step(desk: Desk, source: Source) -> Step:
    """How far the text goes beyond the version before; Refused when a check forbids to release it."""
    if is_reserved(source.book.name):
        raise Refused(
            "no rulebook can be called {name}: a folder of this name holds clarifications", name=source.book.name
        )
    if worst(source.findings) is Severity.ERROR:
        raise forbidden(source.told, source.findings)
    book, previous = source.book, latest_book(desk, source.book.name)
    found = [*check_release(book, (), previous, file=source.place), *_clarifications(desk, source)]
    if previous is not None and not found:
        found = check_changes(previous, book, source.place)
        if source.adopted:  # it was written against the version that shipped before it, not against the team's last one
            found = [each for each in found if each.code != "RB705"]
    if worst(found) is Severity.ERROR:
        raise unfit(source.told, found)
    if previous is None:
        return Step(previous=None, bump=None, material=True)
    changes = diff(previous, book)
    return Step(previous=previous, bump=needed(changes), material=material(changes))


def _clarifications(desk: Desk, source: Source) -> list[Finding]:
    """What the text says of the clarifications issued here, errors only; a shipped text knows of none of them."""
    if source.adopted:
        return []
    found = open_clarifications(source.book, read_state(desk).clarifications.get(source.book.name, ()))
    return [each for each in found if each.severity is Severity.ERROR]


def _fact(source: Source, step: Step, dates: Dates, signatures: Sequence[Signature]) -> RulebookReleased:
    facts, changes, previous = outline(source.book), source.book.changes, step.previous
    follows = changes is not None and previous is not None and changes.since == previous.version
    return RulebookReleased(
        name=facts.name, version=facts.version, kind=facts.kind, digest=source.digest, title=facts.title,
        control=facts.control, labels=facts.labels, rules=facts.rules, examples=facts.examples,
        material=step.material, previous=previous.version if previous else "", bump=step.bump or "",
        effective_from=dates.effective_from.isoformat() if dates.effective_from else "",
        previous_until=dates.previous_until.isoformat() if dates.previous_until else "",
        signatures=[each.fact for each in signatures],
        label_changes=[[list(each.before), list(each.after)] for each in changes.labels] if changes and follows else [],
        clarifications=sorted(changes.clarifications) if changes and follows and not source.adopted else [],
        adopted=source.adopted,
    )  # fmt: skip


def _publish(
    desk: Desk, source: Source, body: RulebookReleased, signatures: Sequence[Signature], *, seen: int, now: datetime
) -> None:
    """Write the file, the lock and the fact; ``seen`` is the last fact that the checks knew of."""
    folder = folder_of(desk)

    def writing(known: Facts) -> None:
        """Under the ledger's lock, so that nobody's release is written over."""
        later = [fact.body for fact in known.of(RulebookReleased) if fact.seq > seen]
        if any(each.name == body.name for each in later):
            raise Refused("another version of {name} was released meanwhile: look at it and repeat", name=body.name)
        write(folder / release_path(body.name, body.version), source.data)
        locked = Locked(
            digest=source.digest, released_at=now, by=desk.actor,
            effective_from=datetime.fromisoformat(body.effective_from) if body.effective_from else now,
            signatures=tuple(each.person for each in signatures),
        )  # fmt: skip
        write(folder / LOCK_FILE, render_lock(lock_of(desk).adding(body.name, body.version, locked)).encode())

    subjects = (f"rulebook:{body.name}", f"release:{body.name}@{body.version}")
    draft = Draft(body=body, subjects=subjects, actor=desk.actor, identity=desk.identity)
    desk.ledger.append([draft], now=now, unless=writing)
