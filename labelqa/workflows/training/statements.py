"""Learning statements of other programs (xAPI): what of them is a training, an exam or an acknowledgement here.

A statement counts once: its id stands among the subjects of the fact that it became, so that reading it again adds
nothing. Who is meant is found by account, never guessed; what cannot be taken is a finding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from labelqa.errors import BadInput, LabelqaError, Message, Refused
from labelqa.i18n import N_
from labelqa.ledger.view import Facts
from labelqa.records.facts import Draft, ExamRecorded, ReleaseAcknowledged, TrainingRecorded
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.names import PersonId
from labelqa.records.results import PeopleImported
from labelqa.workflows.desk import Desk
from labelqa.workflows.state import State, read_state
from labelqa.workflows.training.checks import check_past, check_person, check_topics, draft_of, subjects_of
from labelqa.workflows.training.results import attempts_before
from labelqa.workflows.training.sessions import acknowledged


class Said(StrEnum):
    """What a statement says, whichever vocabulary its verb is from."""

    ATTENDED = "attended"
    COMPLETED = "completed"
    PASSED = "passed"
    FAILED = "failed"
    SCORED = "scored"
    ACKNOWLEDGED = "acknowledged"


EXAMS = frozenset({Said.PASSED, Said.FAILED, Said.SCORED})


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRow:
    """One statement, read and checked for its shape only; "" and None where it does not say."""

    id: str
    said: Said
    at: datetime
    home: str = ""  # home page of the actor's account
    account: str = ""  # the account's name
    mail: str = ""  # address of the actor's mailbox
    release: str = ""
    topics: tuple[str, ...] = ()
    session: str = ""
    organizer: str = ""
    provider: bool = False
    paper: str = ""
    score: float | None = None  # share of points, 0–1
    success: bool | None = None
    pass_mark: float | None = None
    place: Place = field(default_factory=Place)

    @property
    def actor(self) -> str:
        """The actor as a person would look for it."""
        return f"{self.home}={self.account}" if self.account else self.mail


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementTerms:
    """What the reader of a file adds: whose accounts a home page's are, and what statements leave out.

    ``servers`` maps home pages to the servers of accounts here; ``release`` and ``topics`` are used where a statement
    names none, ``pass_mark`` where an exam's statement has none.
    """

    servers: Mapping[str, str] = field(default_factory=dict)
    release: str = ""
    topics: tuple[str, ...] = ()
    organizer: str = ""
    pass_mark: float | None = None
    reason: str = ""
    source: str = ""  # digest of the file


def import_statements(desk: Desk, rows: Sequence[StatementRow], terms: StatementTerms) -> PeopleImported:
    """Record what the statements say, in one append."""
    reading = _Reading(desk, read_state(desk), terms)
    drafts: list[Draft] = []
    findings: list[Finding] = []
    taken: set[str] = set()
    unchanged = 0
    for row in rows:
        if row.id in taken or reading.known(row.id):
            unchanged += 1
            continue
        try:
            draft = reading.draft(row)
        except LabelqaError as error:
            findings.append(_refused(row, error.message))
            continue
        taken.add(row.id)
        if draft is None:
            unchanged += 1
        else:
            drafts.append(draft)
    if drafts:
        desk.ledger.append(drafts, now=desk.clock(), unless=lambda facts: _still_new(facts, taken))
    return PeopleImported(added=len(drafts), unchanged=unchanged, findings=tuple(findings))


def statement_subject(statement: str) -> str:
    """The subject under which a statement's fact is found."""
    return f"statement:{statement}"


def _still_new(facts: Facts, ids: set[str]) -> None:
    if any(facts.about(statement_subject(each)) for each in ids):
        raise Refused("statements of this file were recorded meanwhile: import it again")


def _refused(row: StatementRow, why: Message) -> Finding:
    return finding(
        "XA004", "the statement {id} is not taken: {why}", id=row.id, why=why, place=row.place,
        mend=Message("register the account (labelqa people add, or people change --account) or name what is missing, and import the file again"),
        severity=Severity.ERROR,
    )  # fmt: skip


class _Reading:
    """What is needed to tell whose statement it is and whether it is new."""

    def __init__(self, desk: Desk, state: State, terms: StatementTerms) -> None:
        self._desk, self._state, self._terms = desk, state, terms
        self._accounts = desk.ledger.identities.accounts()
        self._attempts: dict[tuple[str, str], int] = {}
        self._read: set[tuple[str, str]] = set()

    def known(self, statement: str) -> bool:
        """Whether a fact came from this statement."""
        return bool(self._state.facts.about(statement_subject(statement)))

    def draft(self, row: StatementRow) -> Draft | None:
        """The fact that a statement becomes; None for what is known otherwise. Raises BadInput or Refused."""
        person = self._person(row)
        release = row.release or self._terms.release
        if not release:
            raise BadInput("it names no release, and none was given with --release")
        self._state.release(release)
        check_person(self._desk, self._state, person)
        check_past(row.at, self._desk.clock())
        if row.said is Said.ACKNOWLEDGED:
            return self._acknowledgement(row, person, release)
        return self._exam(row, person, release) if row.said in EXAMS else self._training(row, person, release)

    def _person(self, row: StatementRow) -> PersonId:
        """Whose account it is; by the pseudonym itself where a statement was written here."""
        if PersonId(row.account) in self._state.people:
            return PersonId(row.account)
        account = row.account or row.mail
        server = self._terms.servers.get(row.home)
        places = [server] if server else [row.home] if (row.home, account) in self._accounts else []
        found = {person for (where, name), person in self._accounts.items()
                 if name == account and (not places or where in places)}  # fmt: skip
        if len(found) == 1:
            return found.pop()
        if found:
            raise BadInput(
                "the account {actor} belongs to several people: name its server with --server", actor=row.actor
            )
        raise BadInput("nobody here has the account {actor}", actor=row.actor)

    def _training(self, row: StatementRow, person: PersonId, release: str) -> Draft:
        body = TrainingRecorded(
            person=person, release=release, organizer=row.organizer or self._terms.organizer,
            topics=check_topics(row.topics or self._terms.topics), material="", session=row.session,
            provider=row.provider, source=self._terms.source,
        )  # fmt: skip
        return self._draft(body, row, person, release, f"session:{row.session}" if row.session else "")

    def _exam(self, row: StatementRow, person: PersonId, release: str) -> Draft:
        mark = self._terms.pass_mark if row.pass_mark is None else row.pass_mark
        if row.score is None:
            raise BadInput("it has no score, so nobody can say how well the exam went")
        if mark is None or not 0 < mark <= 1:
            raise BadInput("it has no pass mark: give one with --pass-mark")
        claimed = {Said.PASSED: True, Said.FAILED: False}.get(row.said, row.success)
        if claimed is not None and claimed != (row.score >= mark):
            raise BadInput(
                "its score {score} and the pass mark {mark} contradict what it says ({said})", score=row.score, mark=mark,
                said=Message(_SAID[claimed]),
            )  # fmt: skip
        before = self._attempts.get((person, release)) or attempts_before(self._state.facts, person, release)
        self._attempts[person, release] = before + 1
        body = ExamRecorded(
            person=person, release=release, score=row.score, pass_mark=mark, paper=row.paper, attempt=before + 1,
            reason=self._terms.reason, origin="import", source=self._terms.source,
        )  # fmt: skip
        return self._draft(body, row, person, release)

    def _acknowledgement(self, row: StatementRow, person: PersonId, release: str) -> Draft | None:
        if (person, release) in self._read or release in acknowledged(self._state.facts, person):
            return None
        self._read.add((person, release))
        body = ReleaseAcknowledged(person=person, release=release, digest=self._state.release(release).digest)
        return self._draft(body, row, person, release)

    def _draft(self, body: object, row: StatementRow, person: PersonId, release: str, *more: str) -> Draft:
        subjects = subjects_of(person, release, statement_subject(row.id), *more)
        return draft_of(self._desk, body, subjects, row.at)


_SAID = {True: N_("passed"), False: N_("not passed")}
