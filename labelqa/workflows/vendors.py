"""A vendor's records of people, trainings and exams: taken in from a file that somebody signed for, or handed out.

What is taken in stays the vendor's record: it is imported, never counts as held by the provider, and its people stand
here under pseudonyms of our own. One's own acceptance of the vendor's batches rests on none of it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from labelqa.errors import BadInput, LabelqaError, Message, Refused
from labelqa.i18n import N_
from labelqa.ledger.ledger import salted
from labelqa.ledger.view import Facts
from labelqa.people.fold import in_force
from labelqa.records.facts import Draft, ExamRecorded, PersonAdded, TrainingRecorded, VendorImported
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.names import Digest, PersonId
from labelqa.records.people import Duty
from labelqa.records.review import Identity
from labelqa.records.vendor import VendorExam, VendorFile, VendorPerson, VendorTaken, VendorTraining
from labelqa.workflows.desk import Desk
from labelqa.workflows.duties.assign import registered
from labelqa.workflows.people import check_name
from labelqa.workflows.state import State, read_state
from labelqa.workflows.training.checks import check_past, check_share, check_topics

SERVER = "vendor:"  # under which the vendor's own pseudonyms are kept as accounts


def import_vendor(desk: Desk, file: VendorFile, *, vendor: str, signed_by: str) -> VendorTaken:
    """Take in a vendor's file; what stands here already adds nothing, rows that cannot be taken become findings.

    ``signed_by`` is registered here and answers for the file.
    """
    check_name(vendor, ())
    if not vendor.strip() or "=" in vendor:
        raise BadInput("a vendor needs a name, without an equals sign")
    state, signer = read_state(desk), registered(desk, signed_by)
    taking = _Taking(desk, state, file, vendor.strip())
    taking.findings += [*file.findings, *_changed(desk, state.facts, file, taking.vendor)]
    for person in file.people:
        taking.person(person)
    for training in file.trainings:
        taking.training(training)
    for exam in file.exams:
        taking.exam(exam)
    fact = taking.record(signer)
    counts = {name: taking.counts[name] for name in ("people", "trainings", "exams")}
    return VendorTaken(
        vendor=taking.vendor, **counts, unchanged=taking.counts["unchanged"], fact=fact,
        findings=tuple(taking.findings),
    )  # fmt: skip


def _changed(desk: Desk, facts: Facts, file: VendorFile, vendor: str) -> list[Finding]:
    """That another file came from the vendor before, and when."""
    before = list(facts.about(f"vendor:{vendor}", VendorImported))
    if not before or any(fact.body.file_digest == file.digest for fact in before):
        return []
    day = before[-1].effective_at.astimezone(desk.settings.zone).date().isoformat()
    return [
        finding(
            "vendor-file-changed", "this file differs from the one that {vendor} handed over on {day} (fact {fact})",
            mend=Message(N_("ask the vendor what changed; only what is new is taken in")), severity=Severity.NOTE,
            place=Place(file=file.name), vendor=vendor, day=day, fact=before[-1].seq,
        )
    ]  # fmt: skip


@dataclass(slots=True)
class _Taking:
    """What is being put together from a vendor's file."""

    desk: Desk
    state: State
    file: VendorFile
    vendor: str
    drafts: list[Draft] = field(default_factory=list)
    writes: list[Callable[[Connection], None]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    known: dict[str, PersonId] = field(default_factory=dict)
    counts: dict[str, int] = field(
        default_factory=lambda: {"people": 0, "trainings": 0, "exams": 0, "unchanged": 0}
    )  # fmt: skip

    def __post_init__(self) -> None:
        server = SERVER + self.vendor
        self.known = {account: who for (_, account), who in self.desk.ledger.identities.accounts(server).items()}

    def person(self, row: VendorPerson) -> None:
        """A person of the vendor, under a pseudonym of ours."""
        try:
            if row.person in self.known:
                self._same(row)
                return
            who = self._owner(row)
        except LabelqaError as error:
            self._refused(row.place, error.message)
            return
        body = PersonAdded(
            person=who, organizer=row.organizer or self.vendor, duties=sorted(Duty(each) for each in row.duties),
            servers=sorted(row.accounts),
        )  # fmt: skip
        accounts = {**row.accounts, SERVER + self.vendor: row.person}
        self.known[row.person] = who
        self.writes.append(self.desk.ledger.identities.register(who, f"{self.vendor}/{row.person}", accounts))
        self._add("people", body, who)

    def _same(self, row: VendorPerson) -> None:
        here = self.state.people.get(self.known[row.person])
        if here is not None and set(map(str, here.duties)) != set(row.duties):
            raise Refused("{person} is on record with other duties", person=f"{self.vendor}/{row.person}")
        self.counts["unchanged"] += 1

    def _owner(self, row: VendorPerson) -> PersonId:
        if strange := sorted(set(row.duties) - set(Duty)) or (not row.duties and ["–"]):
            raise BadInput("{word} is no duty: there are {duties}", word=strange[0], duties=", ".join(Duty))
        accounts = self.desk.ledger.identities.accounts()
        owners = {accounts[each] for each in row.accounts.items() if each in accounts}
        taken = owners & (self.state.people.keys() | set(self.known.values()))
        if taken or len(owners) > 1:
            raise Refused("an account of {name} belongs to somebody else already", name=f"{self.vendor}/{row.person}")
        return next(iter(owners), None) or PersonId(self.desk.new_id("p"))

    def training(self, row: VendorTraining) -> None:
        """A training of the vendor: never one that the provider held."""
        try:
            who = self._checked(row.person, row.release, row.at)
            topics = check_topics(row.topics)
        except LabelqaError as error:
            self._refused(row.place, error.message)
            return
        if any(each.release == row.release and each.at == row.at for each in self.state.trainings.get(who, ())):
            self.counts["unchanged"] += 1
            return
        body = TrainingRecorded(
            person=who, release=row.release, organizer=row.organizer or self.vendor, topics=topics,
            material=row.material, provider=False, source=self.file.digest,
        )  # fmt: skip
        self._add("trainings", body, who, f"release:{row.release}", at=row.at)

    def exam(self, row: VendorExam) -> None:
        """An exam of the vendor."""
        try:
            who = self._checked(row.person, row.release, row.at)
            check_share(row.score, Message(N_("score")))
            check_share(row.pass_mark, Message(N_("pass mark")), least=1e-9)
            for here in self.state.exams.get(who, ()):
                if here.release == row.release and here.at == row.at:
                    if (here.score, here.pass_mark) != (row.score, row.pass_mark):
                        raise Refused(
                            "the exam is on record with {score} of {mark} (fact {fact}), and the file says otherwise",
                            score=here.score, mark=here.pass_mark, fact=here.fact,
                        )  # fmt: skip
                    self.counts["unchanged"] += 1
                    return
        except LabelqaError as error:
            self._refused(row.place, error.message)
            return
        body = ExamRecorded(
            person=who, release=row.release, score=row.score, pass_mark=row.pass_mark, paper=row.paper,
            reason=row.reason, abilities=dict(row.abilities), least=dict(row.least), origin="import",
            source=self.file.digest,
        )  # fmt: skip
        self._add("exams", body, who, f"release:{row.release}", at=row.at)

    def _checked(self, person: str, release: str, at: datetime) -> PersonId:
        if person not in self.known:
            raise BadInput("{person} is not among the people of the vendor", person=person)
        self.state.release(release)
        check_past(at, self.desk.clock())
        return self.known[person]

    def _add(self, name: str, body: object, who: PersonId, *more: str, at: datetime | None = None) -> None:
        self.counts[name] += 1
        self.drafts.append(Draft(
            body=body, subjects=(f"person:{who}", f"vendor:{self.vendor}", *more), actor=self.desk.actor,
            identity=Identity.IMPORTED, effective_at=at,
        ))  # fmt: skip

    def _refused(self, place: Place, why: Message) -> None:
        self.findings.append(finding(
            "vendor-row-refused", "the row is not taken: {why}", place=place, why=why,
            mend=Message(N_("ask the vendor to correct it and hand the file over again; what was taken is not doubled")),
        ))  # fmt: skip

    def record(self, signer: PersonId) -> int:
        """Write it all in one transaction; the number of the fact that says so, 0 where nothing was new."""
        if not self.drafts:
            return 0
        name = salted(self.file.name, secrets.token_hex(16))
        told = {key: self.counts[key] for key in ("people", "trainings", "exams")}
        body = VendorImported(
            vendor=self.vendor, file=name[0], file_digest=self.file.digest, signed_by=signer, counts=told
        )
        draft = Draft(
            body=body, subjects=(f"vendor:{self.vendor}", f"person:{signer}"), actor=self.desk.actor,
            identity=Identity.IMPORTED,
        )  # fmt: skip
        last = self.state.facts.last

        def unless(facts: Facts) -> None:
            if any(fact.seq > last for fact in facts.of(PersonAdded, TrainingRecorded, ExamRecorded)):
                raise Refused("people, trainings or exams were recorded meanwhile: import the file again")

        def beside(connection: Connection) -> None:
            for write in self.writes:
                write(connection)

        written = self.desk.ledger.append(
            [*self.drafts, draft], now=self.desk.clock(), erasable=[name], unless=unless, beside=beside
        )
        return written[-1].seq


def vendor_records(desk: Desk) -> dict[str, Any]:
    """What this workspace hands out about its people: by pseudonym with accounts, no names; trainings, exams, the head.

    People who were taken in from vendors, and their records, are left out: they are not its own.
    """
    state = read_state(desk)
    accounts: dict[str, dict[str, str]] = {}
    for (server, account), who in sorted(desk.ledger.identities.accounts().items()):
        accounts.setdefault(who, {})[server] = account
    mine = {
        who: person for who, person in sorted(state.people.items())
        if not person.model and not any(server.startswith(SERVER) for server in accounts.get(who, {}))
    }  # fmt: skip
    count, head = desk.ledger.head()
    return {
        "people": [
            {
                "person": who, "organizer": person.organizer, "duties": [each for each in Duty if each in person.duties],
                "accounts": accounts.get(who, {}),
            }
            for who, person in mine.items()
        ],
        "trainings": [
            {
                "person": body.person, "release": body.release, "at": fact.effective_at.isoformat(),
                "organizer": body.organizer, "topics": body.topics, "material": body.material,
            }
            for fact, body in in_force(state.facts.of(TrainingRecorded), TrainingRecorded) if body.person in mine
        ],
        "exams": [
            {
                "person": body.person, "release": body.release, "at": fact.effective_at.isoformat(),
                "score": body.score, "pass_mark": body.pass_mark, "paper": body.paper, "reason": body.reason,
                "abilities": body.abilities, "least": body.least,
            }
            for fact, body in in_force(state.facts.of(ExamRecorded), ExamRecorded) if body.person in mine
        ],
        "ledger": {"workspace": desk.settings.name, "head": Digest(head), "facts": count},
    }  # fmt: skip
