"""Entries of the registers: platforms, assessments, fixes, sites, channels, isolation, assisting models, contracts.

An entry is small and dated; a later one of the same id supersedes it, and both stay. People stand in it by pseudonym.
Whether what an entry claims is true nobody checks here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from labelqa.batches.checks import in_force
from labelqa.errors import BadInput, Refused
from labelqa.ledger.view import Facts
from labelqa.records.facts import Draft, Fact, RegisterEntered
from labelqa.records.names import PersonId
from labelqa.records.registers import Register
from labelqa.records.review import Identity
from labelqa.workflows.desk import Desk
from labelqa.workflows.people import find_person
from labelqa.workflows.refusals import joined
from labelqa.workflows.registers.attachments import kept
from labelqa.workflows.registers.fields import PEOPLE, wrong
from labelqa.workflows.state import read_state, shown_names


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry as a fact tells it."""

    register: Register
    entry: str
    title: str
    data: Mapping[str, str]
    about: str
    since: date | None
    until: date | None
    attachments: tuple[tuple[str, str], ...]  # title, digest
    by: PersonId
    by_name: str
    identity: Identity
    recorded_at: datetime
    fact: int

    def people(self) -> tuple[str, ...]:
        """The pseudonyms of whom it names."""
        return tuple(part for part in self.data.get(PEOPLE, "").split(",") if part)

    def ended(self, day: date) -> bool:
        """Whether its last day lies before a day."""
        return self.until is not None and self.until < day

    def begun(self, day: date) -> bool:
        """Whether it holds on a day already."""
        return self.since is None or self.since <= day


@dataclass(frozen=True, slots=True, kw_only=True)
class Entering:
    """An entry as it is handed in; ``by`` is a pseudonym, a name or SERVER=ACCOUNT."""

    register: Register
    entry: str
    title: str
    data: Mapping[str, str]
    by: str
    about: str = ""
    since: date | None = None
    until: date | None = None
    attach: Sequence[tuple[str, Path]] = ()


def fold_entries(facts: Iterable[Fact], names: Mapping[PersonId, str] | None = None) -> dict[str, Entry]:
    """The entries in force by id, in the order in which they were entered."""
    return {fact.body.entry: entry_of(fact, names or {}) for fact, _ in in_force(facts, RegisterEntered)}


def entry_of(fact: Fact, names: Mapping[PersonId, str]) -> Entry:
    """One entry as its fact tells it; people in it by the names given."""
    body: RegisterEntered = fact.body
    by = PersonId(body.by)
    return Entry(
        register=Register(body.register), entry=body.entry, title=body.title, data=dict(body.data), about=body.about,
        since=_day(body.since), until=_day(body.until), by=by, by_name=names.get(by, by),
        attachments=tuple((title, digest) for title, digest in body.attachments), identity=fact.identity,
        recorded_at=fact.recorded_at, fact=fact.seq,
    )  # fmt: skip


def enter(desk: Desk, told: Entering, *, start: Path) -> Entry:
    """Record an entry; one of the same id is superseded. Attachments are kept, their paths read from ``start``.

    Raises BadInput that names everything that is missing or wrong, Refused where the id belongs to another register.
    """
    facts = read_state(desk).facts
    before, about = _one(facts, told.entry), _one(facts, told.about) if told.about else None
    _check_ids(told, before, about)
    data = _with_pseudonyms(desk, told.data)
    since = told.since or desk.clock().astimezone(desk.settings.zone).date()
    said = about.register if about else None
    if reasons := wrong(told.register, told.entry, told.title, data, about=said, since=since, until=told.until):
        whole = joined(reasons)
        raise BadInput(whole.text, **whole.values)
    by = find_person(desk, told.by)
    body = RegisterEntered(
        register=str(told.register), entry=told.entry, title=told.title.strip(), data=dict(data), about=told.about,
        since=since.isoformat(), until=told.until.isoformat() if told.until else "", by=by,
        attachments=kept(desk, told.attach, start=start),
    )  # fmt: skip

    def unless(facts: Facts) -> None:
        now = _one(facts, told.entry)
        if (now and now.fact) != (before and before.fact):
            raise Refused("entry {entry} was changed meanwhile: look at it again and repeat", entry=told.entry)

    now = desk.clock()
    begins = datetime.combine(since, time(), desk.settings.zone)
    draft = Draft(
        body=body, subjects=_subjects(body, data, read_state(desk).people), actor=desk.actor, identity=desk.identity,
        effective_at=min(begins, now), supersedes=before.fact if before else None,
    )  # fmt: skip
    (fact,) = desk.ledger.append([draft], now=now, unless=unless)
    return entry_of(fact, shown_names(desk))


def entries(
    desk: Desk, register: Register | None = None, *, at: datetime | None = None, known: datetime | None = None
) -> tuple[Entry, ...]:
    """The entries in force, of one register or of all, as of a time."""
    found = fold_entries(read_state(desk, at=at, known=known).facts.of(RegisterEntered), shown_names(desk))
    return tuple(each for each in found.values() if register is None or each.register is register)


def history(desk: Desk, entry: str) -> tuple[Entry, ...]:
    """Everything ever entered under an id, the last one in force; BadInput when there is nothing."""
    facts, names = read_state(desk).facts, shown_names(desk)
    told = [fact for fact in facts.about(f"register:{entry}", RegisterEntered) if fact.body.entry == entry]
    if not told:
        raise BadInput("no entry is called {entry}: labelqa register list shows what there is", entry=entry)
    return tuple(entry_of(fact, names) for fact in told)


def shown_data(entry: Entry, names: Mapping[PersonId, str]) -> dict[str, str]:
    """The fields of an entry with people by name."""
    return {
        key: ", ".join(names.get(PersonId(part), part) for part in value.split(","))
        if key == PEOPLE
        else names.get(PersonId(value), value)
        for key, value in entry.data.items()
    }


def _one(facts: Facts, entry: str) -> Entry | None:
    told = facts.about(f"register:{entry}", RegisterEntered)
    return fold_entries(fact for fact in told if fact.body.entry == entry).get(entry)


def _check_ids(told: Entering, before: Entry | None, about: Entry | None) -> None:
    if before is not None and before.register is not told.register:
        raise Refused(
            "{entry} is an entry of {register} already: take another id", entry=told.entry,
            register=str(before.register),
        )  # fmt: skip
    if told.about and about is None:
        raise BadInput("no entry is called {entry}: labelqa register list shows what there is", entry=told.about)


def _with_pseudonyms(desk: Desk, data: Mapping[str, str]) -> dict[str, str]:
    """The fields with every registered person by pseudonym; BadInput for somebody in ``people`` who is unknown."""
    names = {name: person for person, name in desk.ledger.identities.names().items()}
    made = {key.strip(): names.get(value.strip(), value.strip()) for key, value in data.items()}
    if PEOPLE in made:
        parts = [part.strip() for part in data[PEOPLE].split(",")]
        made[PEOPLE] = ",".join(dict.fromkeys(find_person(desk, part) for part in parts if part))
    return made


def _subjects(body: RegisterEntered, data: Mapping[str, str], known: Collection[str]) -> tuple[str, ...]:
    about = [f"register:{body.about}"] if body.about else []
    named = [body.by, *data.get(PEOPLE, "").split(","), *data.values()]
    return tuple(dict.fromkeys([f"register:{body.entry}", *about, *(f"person:{one}" for one in named if one in known)]))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
