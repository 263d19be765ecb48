"""Clarifications (答疑): asked, written, approved by two people, issued as a file that never changes, acknowledged.

A clarification explains a rule of one release to those who work under it. It changes no expected label; what would, is
refused and belongs in a release. The next release takes it in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from labelqa.errors import Altered, BadInput, Refused
from labelqa.ledger.view import Facts
from labelqa.records.facts import Draft
from labelqa.records.finding import Finding, Severity
from labelqa.records.governance import (
    Clarification,
    ClarificationAcknowledged,
    ClarificationIssued,
    Meaning,
    Signature,
)
from labelqa.records.names import Digest, PersonId, ReleaseName
from labelqa.records.people import Standing
from labelqa.rulebook.clarification import (
    ClarificationFile,
    ClarificationText,
    clarification_path,
    draft_clarification,
    parse_clarification,
)
from labelqa.rulebook.clarified import check_clarification
from labelqa.rulebook.fold import fold_clarifications
from labelqa.rulebook.force import ends, in_force
from labelqa.rulebook.release import digest
from labelqa.workflows.desk import Desk
from labelqa.workflows.rulebooks.dates import zoned
from labelqa.workflows.rulebooks.files import content, draft_bytes, folder_of, released_book, write
from labelqa.workflows.signatures import Signing, approved_by, sign
from labelqa.workflows.state import State, read_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A clarification about to be signed or issued: its exact bytes, and what the checks say of them."""

    path: str
    data: bytes
    text: ClarificationText
    findings: tuple[Finding, ...]

    @property
    def digest(self) -> Digest:
        """sha256 of the bytes."""
        return digest(self.data)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClarificationLine:
    """A clarification with those whom it concerns: everybody qualified under the release's line, or who has read it."""

    clarification: Clarification
    text: ClarificationText
    read: tuple[tuple[PersonId, datetime], ...]
    unread: tuple[PersonId, ...]  # concerned, and has not acknowledged it


def new_clarification(desk: Desk, name: str, rule: str, *, release: str = "") -> Path:
    """Write the draft of a rulebook's next clarification; its path. ``release`` is the one in force where none is told.

    BadInput for a rulebook or rule that is not there; Refused where a draft is under way.
    """
    state = read_state(desk)
    explained = release or _current(desk, state, name)
    state.release(explained)
    if explained not in {each.release for each in state.releases_of(name)}:
        raise BadInput("{release} is no release of {name}", release=explained, name=name)
    if rule not in {each.id for each in released_book(desk, explained).rules}:
        raise BadInput("{release} has no rule {rule}", release=explained, rule=rule)
    path = folder_of(desk) / clarification_path(name, None)
    if path.exists() and not _issued_already(state, name, path):
        raise Refused("{path} is under way: issue it first, or delete it", path=str(path))
    write(path, draft_clarification(ReleaseName(explained), rule, _next(state, name)).encode())
    return path


def _current(desk: Desk, state: State, name: str) -> ReleaseName:
    found = in_force(state.releases_of(name), desk.clock())
    if found is None:
        raise BadInput("no release of {name} is known here: labelqa rulebook list shows what is", name=name)
    return found.release


def _issued_already(state: State, name: str, path: Path) -> bool:
    made = digest(draft_bytes(path))
    return any(each.digest == made for each in state.clarifications.get(name, ()))


def _next(state: State, name: str) -> int:
    return max((each.number for each in state.clarifications.get(name, ())), default=0) + 1


def read_clarification(desk: Desk, path: Path) -> tuple[Written | None, list[Finding]]:
    """A draft with everything the checks say of it; None when it cannot be read as one."""
    data = draft_bytes(path)
    document = parse_clarification(data, file=str(path))
    if document.clarification is None:
        return None, list(document.findings)
    found = [*document.findings, *_checked(desk, document)]
    return Written(path=str(path), data=data, text=document.clarification, findings=tuple(found)), found


def _checked(desk: Desk, document: ClarificationFile) -> list[Finding]:
    state, told = read_state(desk), document.clarification
    if told is None:
        return []
    book = released_book(desk, told.explains)
    return check_clarification(told, book, number=_next(state, told.rulebook), positions=document.positions)


def sign_clarification(desk: Desk, path: Path, person: PersonId, meaning: Meaning = Meaning.APPROVAL) -> Signing:
    """Sign a draft's exact bytes; Refused for an approval of what could not be issued."""
    written = _readable(desk, path)
    if meaning is Meaning.APPROVAL:
        _refuse_errors(written)
    return sign(desk, written.text.document, written.digest, person, meaning)


def issue_clarification(desk: Desk, path: Path, *, effective_from: datetime | None = None) -> ClarificationLine:
    """Issue a draft that two people approved as it stands: an immutable file and a fact.

    It counts from ``effective_from`` (with its time zone; now where nothing is told). Refused while a check or an approval is missing,
    and where the release that it explains serves no work any more.
    """
    zoned("effective_from", effective_from)
    written = _readable(desk, path)
    _refuse_errors(written)
    text, now = written.text, desk.clock()
    start = effective_from or now
    if start < now:
        raise BadInput("a clarification counts from now on at the earliest, got {at}", at=start.isoformat())
    service = ends(read_state(desk).releases_of(text.rulebook))[text.explains]
    if service.ended(start):
        raise Refused("no work is done under {release} any more: clarify the release in force", release=text.explains)
    signatures = approved_by(
        desk, text.document, written.digest, command=f"labelqa clarification sign {written.path} --by PERSON"
    )
    _publish(desk, written, signatures, start, now)
    return clarification_line(desk, text.rulebook, text.number)


def _publish(desk: Desk, written: Written, signatures: Sequence[Signature], start: datetime, now: datetime) -> None:
    text = written.text
    body = ClarificationIssued(
        rulebook=text.rulebook, number=text.number, rule=text.rule, release=text.explains, digest=written.digest,
        effective_from=start.isoformat(), signatures=[each.fact for each in signatures],
    )  # fmt: skip

    def writing(known: Facts) -> None:
        """Under the ledger's lock, so that no number is given twice."""
        if any(
            each.number >= text.number
            for each in fold_clarifications(known.of(ClarificationIssued)).get(text.rulebook, ())
        ):
            raise Refused("another clarification was issued meanwhile: write the next number and sign again")
        write(folder_of(desk) / clarification_path(text.rulebook, text.number), written.data)

    subjects = (text.document, f"rulebook:{text.rulebook}", f"release:{text.explains}")
    draft = Draft(body=body, subjects=subjects, actor=desk.actor, identity=desk.identity)
    desk.ledger.append([draft], now=now, unless=writing)


def _readable(desk: Desk, path: Path) -> Written:
    written, findings = read_clarification(desk, path)
    if written is None:
        raise _forbidden(path, findings)
    return written


def _refuse_errors(written: Written) -> None:
    if any(each.severity is Severity.ERROR for each in written.findings):
        raise _forbidden(Path(written.path), written.findings)


def _forbidden(path: Path, findings: Sequence[Finding]) -> Refused:
    errors = [each for each in findings if each.severity is Severity.ERROR]
    return Refused(
        "{path} cannot be issued: {n} errors, the first at {place}: {first}",
        path=str(path), n=len(errors), place=str(errors[0].place), first=errors[0].message,
    )  # fmt: skip


def acknowledge(desk: Desk, name: str, number: int, person: PersonId) -> bool:
    """Record that somebody has read a clarification; False where that was recorded before."""
    state = read_state(desk)
    found = _known(state, name, number)
    known = state.people.get(person)
    if known is None:
        raise BadInput("{person} is not registered: labelqa people add first", person=person)
    if known.model:
        raise Refused("{person} is a model: only people acknowledge a clarification", person=person)
    if person in dict(found.acknowledged):
        return False
    body = ClarificationAcknowledged(rulebook=name, number=number, person=person)
    subjects = (f"clarification:{name}#{number}", f"rulebook:{name}", f"person:{person}")
    draft = Draft(body=body, subjects=subjects, actor=desk.actor, identity=desk.identity)
    desk.ledger.append([draft], now=desk.clock())
    return True


def clarification_lines(desk: Desk, name: str) -> tuple[ClarificationLine, ...]:
    """Every clarification of a rulebook, by number, with those whom it concerns now."""
    state = read_state(desk)
    if not state.releases_of(name):
        raise BadInput("no release of {name} is known here: labelqa rulebook list shows what is", name=name)
    return tuple(_line(desk, state, each) for each in state.clarifications.get(name, ()))


def clarification_line(desk: Desk, name: str, number: int) -> ClarificationLine:
    """One clarification; BadInput when it was never issued, Altered when its file is not what was issued."""
    state = read_state(desk)
    return _line(desk, state, _known(state, name, number))


def _line(desk: Desk, state: State, each: Clarification) -> ClarificationLine:
    read, now = dict(each.acknowledged), desk.clock()
    unread = () if each.taken_in else tuple(sorted(concerned(state, each.release, now) - read.keys()))
    return ClarificationLine(
        clarification=each, text=issued_text(desk, each), read=tuple(sorted(read.items())), unread=unread
    )


def concerned(state: State, release: ReleaseName, at: datetime) -> frozenset[PersonId]:
    """Everybody who is qualified at a time under the line of a release."""
    covered = state.standing(release)
    return frozenset(person for person in state.people if covered(person, at) is Standing.QUALIFIED)


def issued_text(desk: Desk, clarification: Clarification) -> ClarificationText:
    """What an issued clarification says, its file checked against the digest in the ledger."""
    path = folder_of(desk) / clarification_path(clarification.rulebook, clarification.number)
    data = content(path)
    text = parse_clarification(data, file=str(path)).clarification
    if digest(data) != clarification.digest or text is None:
        raise Altered("the issued clarification {path} was changed: restore it from a backup", path=str(path))
    return text


def _known(state: State, name: str, number: int) -> Clarification:
    found = next((each for each in state.clarifications.get(name, ()) if each.number == number), None)
    if found is None:
        raise BadInput("{name} has no clarification {number}", name=name, number=number)
    return found
