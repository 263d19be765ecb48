"""What the registers do not show yet: platforms without assessment, open vulnerabilities, people without a site …

GB/T 45674—2025, 5 a) to e). A finding says what no entry shows; it never says that something is unsafe.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from labelqa.errors import Message
from labelqa.records.batch import Batch, Kind
from labelqa.records.facts import PersonLeft, RegisterEntered
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.names import PersonId
from labelqa.records.people import Person
from labelqa.records.registers import Register
from labelqa.workflows.desk import Desk
from labelqa.workflows.registers.entries import Entry, fold_entries
from labelqa.workflows.registers.fields import EVERY, OPEN, REMOTE
from labelqa.workflows.state import State, read_state, shown_names

_ENTER = Message("labelqa register enter records it")


def register_check(desk: Desk, *, at: datetime | None = None, known: datetime | None = None) -> tuple[Finding, ...]:
    """Everything that the registers leave open, as of a time; () when they show all that is asked."""
    state = read_state(desk, at=at, known=known)
    day = (at or desk.clock()).astimezone(desk.settings.zone).date()
    return tuple(register_findings(state, day, shown_names(desk)))


def register_findings(state: State, day: date, names: Mapping[PersonId, str]) -> Iterator[Finding]:
    """The same of a state, on a day."""
    held = [each for each in fold_entries(state.facts.of(RegisterEntered)).values() if each.begun(day)]
    of = {register: [each for each in held if each.register is register] for register in Register}
    yield from _platforms(of, bool(state.batches), day)
    yield from _fixes(of[Register.FIX])
    yield from _people(state, of, day, names)
    yield from _isolation(state, of[Register.ISOLATION], day)
    yield from _models(state, of[Register.MODEL], day)
    for each in of[Register.CONTRACT]:
        if each.ended(day):
            yield _at(each, finding(
                "RG009", "contract {entry} ended on {day}", mend=Message("enter the one that follows, or its end"),
                severity=Severity.WARNING, entry=each.entry, day=each.until,
            ))  # fmt: skip


def _at(entry: Entry, found: Finding) -> Finding:
    return Finding(
        code=found.code, severity=found.severity, message=found.message, mend=found.mend,
        place=Place(subject=f"register:{entry.entry}"),
    )  # fmt: skip


def _platforms(of: Mapping[Register, list[Entry]], work: bool, day: date) -> Iterator[Finding]:
    """5 a) and b)."""
    if work and not of[Register.PLATFORM]:
        yield finding("RG001", "there are batches, and no platform on which they are labelled is entered", mend=_ENTER)
    for each in of[Register.PLATFORM]:
        if each.ended(day):
            continue
        made = [one for one in of[Register.ASSESSMENT] if one.about == each.entry]
        last = max((one.until for one in made if one.until), default=None)
        if not made:
            yield _at(each, finding("RG002", "platform {entry} was never assessed", mend=_ENTER, entry=each.entry))
        elif last is not None and last < day:
            yield _at(each, finding(
                "RG003", "the assessment of platform {entry} was due again on {day}",
                mend=Message("assess it again and enter the report"), entry=each.entry, day=last,
            ))  # fmt: skip


def _fixes(fixes: Iterable[Entry]) -> Iterator[Finding]:
    for each in fixes:
        if each.data.get("fixed") == OPEN:
            yield _at(each, finding(
                "RG004", "vulnerability {entry}, found on {day}, is not fixed",
                mend=Message("fix it and enter the day: --field fixed=YYYY-MM-DD"), entry=each.entry,
                day=each.data.get("found", ""),
            ))  # fmt: skip


def _people(
    state: State, of: Mapping[Register, list[Entry]], day: date, names: Mapping[PersonId, str]
) -> Iterator[Finding]:
    """5 d): where everybody who labels works, and through which channel those far away do."""
    gone = {PersonId(fact.body.person) for fact in state.facts.of(PersonLeft)}
    sites = [each for each in of[Register.SITE] if not each.ended(day)]
    channels = [each for each in of[Register.CHANNEL] if not each.ended(day)]
    linked = {PersonId(who) for each in channels for who in each.people()}
    linked_sites = {each.about for each in channels if each.about}
    for person in state.people.values():
        if person.model or person.person in gone:
            continue
        mine = [each for each in sites if _holds(each, person)]
        name, place = names.get(person.person, person.person), Place(subject=f"person:{person.person}")
        if not mine:
            yield finding(
                "RG005", "no site is entered at which {person} works", mend=_ENTER, place=place, person=name,
                severity=Severity.WARNING,
            )  # fmt: skip
        far = [each for each in mine if each.data.get("kind") == REMOTE]
        if far and person.person not in linked and not linked_sites & {each.entry for each in far}:
            yield finding(
                "RG006", "{person} works remotely, and no device and channel are entered", mend=_ENTER, place=place,
                person=name,
            )  # fmt: skip


def _holds(site: Entry, person: Person) -> bool:
    return person.person in site.people() or site.data.get("organizer", "") == person.organizer


def _isolation(state: State, entered: Iterable[Entry], day: date) -> Iterator[Finding]:
    """5 d): safety data is best kept apart."""
    valid = [each for each in entered if not each.ended(day)]
    for batch in state.batches.values():
        if batch.kind is Kind.SAFETY and not any(names_batch(each, batch, silent=True) for each in valid):
            yield finding(
                "RG007", "where the data of safety batch {batch} is kept apart is not entered", mend=_ENTER,
                severity=Severity.WARNING, place=Place(subject=f"batch:{batch.name}"), batch=batch.name,
            )  # fmt: skip


def names_batch(entry: Entry, batch: Batch, *, silent: bool = False) -> bool:
    """Whether an entry's field ``batches`` names a batch, or every one; without the field ``silent`` says."""
    told = entry.data.get("batches", "")
    named = {part.strip() for part in told.split(",") if part.strip()}
    return silent if not named else bool(named & {EVERY, str(batch.name)})


def model_entry(entered: Iterable[Entry], model: str) -> Entry | None:
    """The entry of a model by ``name@version``, by its id, or by both words as people write them."""
    for each in entered:
        name, version = each.data.get("name", ""), each.data.get("version", "")
        if _plain(model) in {_plain(f"{name}@{version}"), _plain(f"{name} {version}"), _plain(each.entry)}:
            return each
    return None


def assisting(entered: Iterable[Entry], batch: Batch) -> tuple[Entry, ...]:
    """The models whose entries say that they pre-labelled a batch."""
    return tuple(each for each in entered if names_batch(each, batch))


def _plain(text: str) -> str:
    return " ".join(text.replace("@", " ").casefold().split())


def _models(state: State, entered: list[Entry], day: date) -> Iterator[Finding]:
    """5 e): every model that labels or suggests is entered."""
    for person in state.people.values():
        if person.model and model_entry(entered, person.model) is None:
            yield finding(
                "RG008", "model {model} labels, and is not entered", mend=_ENTER,
                place=Place(subject=f"person:{person.person}"), model=person.model,
            )  # fmt: skip
    for batch in state.batches.values():
        n = batch.freeze.items_prelabelled if batch.freeze else 0
        if n and not assisting(entered, batch):
            yield finding(
                "RG010", "{n} items of batch {batch} were begun from a model's pre-label, and no entry names the model",
                mend=Message("enter the model with --field batches={batch}", {"batch": str(batch.name)}),
                place=Place(subject=f"batch:{batch.name}"), n=n, batch=batch.name,
            )  # fmt: skip
    for each in entered:
        if each.ended(day):
            yield _at(each, finding(
                "RG011", "the entry of model {entry} ended on {day}", mend=Message("enter its renewal"),
                severity=Severity.WARNING, entry=each.entry, day=each.until,
            ))  # fmt: skip
