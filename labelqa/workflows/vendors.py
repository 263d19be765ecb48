"""A vendor's records of people, trainings and exams: taken in from a file that somebody signed for, or handed out.

What is taken in stays the vendor's record: it is imported, never counts as held by the provider, and its people stand
here under pseudonyms of our own. Its servers are its own too, unless a name of ours is given for one. One's own acceptance of the vendor's batches rests on none of it.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from labelqa.errors import BadInput, LabelqaError, Message, Refused
from labelqa.i18n import N_
from labelqa.ledger.ledger import salted
from labelqa.ledger.view import Facts
from labelqa.records.facts import Draft, ExamRecorded, PersonAdded, TrainingRecorded, VendorImported
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.names import PersonId
from labelqa.records.people import Duty
from labelqa.records.review import Identity
from labelqa.records.training import ExamRow
from labelqa.records.vendor import VendorFile, VendorPerson, VendorTaken, VendorTraining
from labelqa.workflows.desk import Desk
from labelqa.workflows.people import check_name, registered
from labelqa.workflows.state import State, read_state
from labelqa.workflows.training.checks import Taught, check_past, check_topics, told_before, trained
from labelqa.workflows.training.exam_lists import check_exam, check_once, exam_body, on_record

SERVER = "vendor:"  # under which the vendor's own pseudonyms are kept as accounts


def import_vendor(
    desk: Desk, file: VendorFile, *, vendor: str, signed_by: str, servers: Mapping[str, str] | None = None
) -> VendorTaken:
    """Take in a vendor's file; what stands here already adds nothing, rows that cannot be taken become findings.

    ``signed_by`` is registered here and answers for the file. ``servers`` says which of the vendor's servers is which
    of ours: accounts on these are ours, and who holds one here for this vendor already is that person. A release that
    is not here is one finding, whatever names it; where none of those named is here, nothing is taken in.
    """
    check_name(vendor, ())
    if not vendor.strip() or "=" in vendor:
        raise BadInput("a vendor needs a name, without an equals sign")
    state, signer = read_state(desk), registered(desk, signed_by)
    taking = _Taking(desk, state, file, vendor.strip(), dict(servers or {}))
    named = Counter([*(each.release for each in file.trainings), *(each.release for each in file.exams)])
    missing = {name: n for name, n in named.items() if name not in state.releases}
    taking.findings += [
        *file.findings, *_changed(desk, state.facts, file, taking.vendor), *_unreleased(file, missing)
    ]  # fmt: skip
    if not named or named.keys() - missing.keys():
        _take(taking, file, missing)
    fact = taking.record(signer)
    counts = {name: taking.counts[name] for name in ("people", "trainings", "exams")}
    return VendorTaken(
        vendor=taking.vendor, **counts, unchanged=taking.counts["unchanged"], fact=fact,
        findings=tuple(taking.findings),
    )  # fmt: skip


def _take(taking: _Taking, file: VendorFile, missing: Mapping[str, int]) -> None:
    """Everything that can be taken; what names a missing release was told before."""
    for person in file.people:
        taking.person(person)
    for training in (each for each in file.trainings if each.release not in missing):
        taking.training(training)
    for exam in (each for each in file.exams if each.release not in missing):
        taking.exam(exam)


def _unreleased(file: VendorFile, missing: Mapping[str, int]) -> list[Finding]:
    """One finding for each release that is not here."""
    return [
        finding(
            "vendor-release-missing",
            "{release} is not released in this workspace, and {n} {n:training or exam names|trainings and exams name} it",
            mend=Message(N_("release it here first (labelqa rulebook release), then import the file again")),
            place=Place(file=file.name), release=release, n=n,
        )
        for release, n in sorted(missing.items())
    ]  # fmt: skip


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
    servers: Mapping[str, str]
    drafts: list[Draft] = field(default_factory=list)
    writes: list[Callable[[Connection], None]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    known: dict[str, PersonId] = field(default_factory=dict)
    attempts: dict[tuple[str, str], int] = field(default_factory=dict)
    seen: set[tuple[PersonId, str, datetime]] = field(default_factory=set)
    taught: dict[tuple[PersonId, str, datetime], list[Taught]] = field(default_factory=dict)
    told: dict[tuple[str, str, datetime], list[ExamRow]] = field(default_factory=dict)
    counts: dict[str, int] = field(
        default_factory=lambda: {"people": 0, "trainings": 0, "exams": 0, "unchanged": 0}
    )  # fmt: skip

    def __post_init__(self) -> None:
        server = SERVER + self.vendor
        self.known = {account: who for (_, account), who in self.desk.ledger.identities.accounts(server).items()}
        for each in self.file.exams:
            self.told.setdefault((each.person, each.release, each.at), []).append(each)

    def person(self, row: VendorPerson) -> None:
        """A person of the vendor, under a pseudonym of ours."""
        try:
            if strange := sorted(set(row.duties) - set(Duty)) or (not row.duties and ["–"]):
                raise BadInput("{word} is no duty: there are {duties}", word=strange[0], duties=", ".join(Duty))
            who = self.known.get(row.person) or self._owner(row)
            if who in self.state.people:
                self._same(row, who)
                return
        except LabelqaError as error:
            self._refused(row.place, error.message)
            return
        accounts = {**self._accounts(row), SERVER + self.vendor: row.person}
        body = PersonAdded(
            person=who, organizer=row.organizer or self.vendor, duties=sorted(Duty(each) for each in row.duties),
            servers=sorted(accounts.keys() - {SERVER + self.vendor}),
        )  # fmt: skip
        self.known[row.person] = who
        self.writes.append(self.desk.ledger.identities.register(who, f"{self.vendor}/{row.person}", accounts))
        self._add("people", body, who)

    def _accounts(self, row: VendorPerson) -> dict[str, str]:
        """The accounts by our names of servers; one that has none is the vendor's own."""
        return {self.servers.get(each, f"{each}@{SERVER}{self.vendor}"): on for each, on in row.accounts.items()}

    def _same(self, row: VendorPerson, who: PersonId) -> None:
        """Somebody who is here already: under the vendor's pseudonym, or by an account or name of ours."""
        if set(map(str, self.state.people[who].duties)) != set(row.duties):
            raise Refused("{person} is on record with other duties", person=f"{self.vendor}/{row.person}")
        if row.person not in self.known:
            self.known[row.person] = who
            self.writes.append(self.desk.ledger.identities.own(who, {SERVER + self.vendor: row.person}))
        self.counts["unchanged"] += 1

    def _owner(self, row: VendorPerson) -> PersonId:
        """Whom the row is about: somebody registered for the vendor, or known by labels only, or nobody yet."""
        identities = self.desk.ledger.identities
        names, accounts = identities.names(), identities.accounts()
        owners = {accounts[key]: "=".join(key) for key in self._accounts(row).items() if key in accounts}
        owners |= {who: row.person for who in self.state.people if row.person in {who, names.get(who, "")}}
        owners |= {who: row.person for who, name in names.items() if name == f"{self.vendor}/{row.person}"}
        if len(owners) > 1:
            raise Refused(
                "{name} stands for several people here: {accounts}", name=f"{self.vendor}/{row.person}",
                accounts=", ".join(f"{key} → {names.get(who, who)}" for who, key in sorted(owners.items())),
            )  # fmt: skip
        who = next(iter(owners), None)
        if who is None:
            return PersonId(self.desk.new_id("p"))
        here = self.state.people.get(who)
        ours = {self.vendor, row.organizer} - {""}
        taken = any(mine == who and server.startswith(SERVER) for (server, _), mine in accounts.items())
        taken = taken or who in self.known.values()
        if taken or (here is not None and (here.organizer not in ours or here.model)):
            raise Refused(
                "{account} of {name} belongs to {person} here already, whom this row is not about",
                account=owners[who], name=f"{self.vendor}/{row.person}", person=names.get(who, who),
            )  # fmt: skip
        return who

    def training(self, row: VendorTraining) -> None:
        """A training of the vendor: never one that the provider held."""
        try:
            who = self._checked(row.person, row.release, row.at)
            topics = check_topics(row.topics)
            organizer = row.organizer or self.vendor
            known = trained(self.state, who, row.release, row.at) + self.taught.get((who, row.release, row.at), [])
            if told_before(known, topics, organizer, None):
                self.counts["unchanged"] += 1
                return
        except LabelqaError as error:
            self._refused(row.place, error.message)
            return
        self.taught.setdefault((who, row.release, row.at), []).append(Taught(frozenset(topics), organizer, False))
        body = TrainingRecorded(
            person=who, release=row.release, organizer=organizer, topics=topics,
            material=row.material, provider=False, source=self.file.digest,
        )  # fmt: skip
        self._add("trainings", body, who, f"release:{row.release}", at=row.at)

    def exam(self, row: ExamRow) -> None:
        """An exam of the vendor."""
        try:
            who = self._checked(row.person, row.release, row.at)
            check_exam(self.desk, self.state, row)
            check_once(self.told[row.person, row.release, row.at])
            if on_record(self.state, who, row) or self._twice(who, row):
                self.counts["unchanged"] += 1
                return
        except LabelqaError as error:
            self._refused(row.place, error.message)
            return
        body = exam_body(self.state, row, who, self.attempts, origin="import", source=self.file.digest)
        self._add("exams", body, who, f"release:{row.release}", at=row.at)

    def _twice(self, who: PersonId, row: ExamRow) -> bool:
        """Whether the file held the same exam before."""
        key = (who, row.release, row.at)
        before = key in self.seen
        self.seen.add(key)
        return before

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
