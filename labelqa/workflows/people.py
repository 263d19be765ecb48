"""People: register them, record what they were taught and what they passed, and show who is qualified."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from labelqa.errors import BadInput, Message, Refused
from labelqa.ledger.view import Facts
from labelqa.people.absence import Absence
from labelqa.people.fold import fold_people
from labelqa.records.facts import Draft, Fact, PersonAdded, PersonLeft, TrainingRecorded
from labelqa.records.finding import Finding, Severity
from labelqa.records.names import PersonId, ReleaseName
from labelqa.records.people import Duty, Exam, Person, Standing, Training
from labelqa.records.results import PeopleImported
from labelqa.records.summary import PersonLine
from labelqa.records.training import ExamRow
from labelqa.records.work import PersonRow
from labelqa.workflows.desk import Desk
from labelqa.workflows.state import State, read_state, shown_names


def add_person(
    desk: Desk, name: str, *, organizer: str, duties: Iterable[Duty], accounts: Mapping[str, str], model: str = ""
) -> Person:
    """Register somebody; the ledger gets a pseudonym, the erasable table the name and the accounts.

    An account whose labels arrived before keeps its pseudonym. Refused when the name or an account is taken. With
    ``model`` (its name and version) it is no person: it may label, and holds no other duty.
    """
    row = PersonRow(
        name=name.strip(), organizer=organizer, duties=tuple(duties), accounts=dict(accounts), model=model.strip()
    )
    return _register(desk, row)


def import_people(desk: Desk, rows: Sequence[PersonRow]) -> PeopleImported:
    """Register a list; people who stand there already unchanged are left alone, others that clash become findings."""
    added = unchanged = 0
    found: list[Finding] = []
    for row in rows:
        names = {name: person for person, name in desk.ledger.identities.names().items()}
        person = names.get(row.name)
        if person is not None and _same(desk, person, row):
            unchanged += 1
            continue
        try:
            if _left(desk, desk.ledger.view(), row.name):
                raise Refused("{name} left: who comes back is registered with labelqa people add", name=row.name)
            _register(desk, row)
            added += 1
        except (Refused, BadInput) as error:
            mend = Message("correct the row, or leave it out")
            if person is not None:
                mend = Message(
                    "is it the same person: labelqa people change; if not, give a name that tells them apart"
                )
            found.append(
                Finding(code="people-clash", severity=Severity.ERROR, message=error.message, mend=mend, place=row.place)
            )
    return PeopleImported(added=added, unchanged=unchanged, findings=tuple(found))


def _same(desk: Desk, person: PersonId, row: PersonRow) -> bool:
    known = read_state(desk).people.get(person)
    mine = {(server, account) for (server, account), who in desk.ledger.identities.accounts().items() if who == person}
    return (
        known is not None
        and known.organizer == row.organizer
        and known.duties == frozenset(map(Duty, row.duties))
        and known.model == row.model
        and set(row.accounts.items()) <= mine
    )


def _register(desk: Desk, row: PersonRow) -> Person:
    """Name, accounts and fact are written together or not at all."""
    if not row.name:
        raise BadInput("a person needs a name")
    if row.model and set(map(Duty, row.duties)) != {Duty.EXECUTOR}:
        raise Refused("{name} is a model: it may label (executor), never review, arbitrate or supervise", name=row.name)
    back = _left(desk, desk.ledger.view(), row.name)
    if back:
        _check_accounts(desk, row, back)
    owner = back or _owner(desk, read_state(desk).people, row)
    person = owner or PersonId(desk.new_id("p"))
    body = PersonAdded(
        person=person, organizer=row.organizer, duties=sorted(row.duties), servers=sorted(row.accounts), model=row.model
    )

    def unless(facts: Facts) -> None:
        if (_left(desk, facts, row.name) or _owner(desk, fold_people(facts.of(PersonAdded)), row)) != owner:
            raise Refused("labels of {name} arrived meanwhile: register them again", name=row.name)

    draft = Draft(body=body, subjects=(f"person:{person}",), actor=desk.actor, identity=desk.identity)
    written = desk.ledger.identities.register(person, row.name, row.accounts)
    (fact,) = desk.ledger.append([draft], now=desk.clock(), unless=unless, beside=written)
    return Person(
        person=person,
        organizer=row.organizer,
        duties=frozenset(map(Duty, row.duties)),
        since=fact.effective_at,
        model=row.model,
    )


def _left(desk: Desk, facts: Facts, name: str) -> PersonId | None:
    """Somebody of this very name who left: registered again, it is the same person under the same pseudonym.

    What was taught and passed before still counts as long as it lasts; a disqualification has cancelled it.
    """
    who = next((person for person, known in desk.ledger.identities.names().items() if known == name), None)
    if who is None:
        return None
    absence = Absence(facts.about(f"person:{who}", PersonAdded, PersonLeft))
    return who if absence.gone(who, desk.clock()) else None


def _check_accounts(desk: Desk, row: PersonRow, person: PersonId) -> None:
    accounts = desk.ledger.identities.accounts()
    if any(accounts.get(each, person) != person for each in row.accounts.items()):
        raise Refused("an account of {name} belongs to somebody else already", name=row.name)


def _owner(desk: Desk, people: Mapping[PersonId, Person], row: PersonRow) -> PersonId | None:
    """The pseudonym under which the person's labels arrived before; Refused when the name or an account is taken."""
    identities = desk.ledger.identities
    check_name(row.name, identities.names().values())
    accounts = identities.accounts()
    owners = {accounts[each] for each in row.accounts.items() if each in accounts}
    if taken := sorted(owners & people.keys()):
        raise Refused(
            "an account of {name} belongs to {person} already", name=row.name, person=shown_names(desk)[taken[0]]
        )
    if len(owners) > 1:
        raise Refused("the accounts of {name} already stand for several people in imported labels", name=row.name)
    return next(iter(owners), None)


def check_name(name: str, known: Collection[str]) -> None:
    """Refused for a name that is taken, or that people cannot tell from one that is: two signatures need two people."""
    if name in known:
        raise Refused(
            "{name} is registered already: people of the same name need something that tells them apart", name=name
        )
    if same := next((each for each in known if _folded(each) == _folded(name)), ""):
        raise Refused(
            "{name} reads like {known}, who is registered already: people of the same name need something that tells them apart",
            name=name, known=same,
        )  # fmt: skip


def _folded(name: str) -> str:
    """A name without what the eye does not see: width and forms of characters, case, blanks, invisible marks."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return " ".join("".join(each for each in plain if unicodedata.category(each) != "Cf").split())


def find_person(desk: Desk, text: str) -> PersonId:
    """The pseudonym behind a pseudonym, a name, or SERVER=ACCOUNT; BadInput when nobody or several are meant."""
    names, accounts = desk.ledger.identities.names(), desk.ledger.identities.accounts()
    known = read_state(desk).people.keys() | set(accounts.values())
    if text in known:
        return PersonId(text)
    found = {person for person, name in names.items() if name == text}
    server, sign, account = text.partition("=")
    if sign and (server, account) in accounts:
        found.add(accounts[server, account])
    if not found:
        found = {person for (_, account), person in accounts.items() if account == text}
    if len(found) == 1:
        return found.pop()
    if found:
        raise BadInput("{text} means several people: name one by SERVER=ACCOUNT or by pseudonym", text=text)
    raise BadInput("nobody is known as {text}: labelqa people list shows who is registered", text=text)


def registered(desk: Desk, by: str) -> PersonId:
    """The registered person who decides; BadInput for anybody else, a model and somebody who left included."""
    who = find_person(desk, by)
    state = read_state(desk)
    known = state.people.get(who)
    if known is None or known.model:
        raise BadInput("{name} is no registered person: --by says who decides", name=by)
    if Absence(state.facts.about(f"person:{who}", PersonAdded, PersonLeft)).gone(who, desk.clock()):
        raise BadInput("{name} is no longer here: somebody who is has to decide", name=by)
    return who


def shown_name(desk: Desk, person: PersonId) -> str:
    """How a lead may see somebody."""
    return shown_names(desk).get(person, person)


def record_training(
    desk: Desk,
    person: PersonId,
    release: str,
    *,
    at: datetime,
    organizer: str,
    topics: Sequence[str] = (),
    material: str = "",
) -> Training:
    """Record that somebody was taught a release."""
    state = read_state(desk)
    state.release(release)
    _registered(state, person)
    body = TrainingRecorded(person=person, release=release, organizer=organizer, topics=list(topics), material=material)
    (fact,) = _record(desk, body, (f"person:{person}", f"release:{release}"), at)
    return Training(
        person=person, release=ReleaseName(release), at=fact.effective_at, organizer=organizer, topics=tuple(topics),
        fact=fact.seq,
    )  # fmt: skip


def record_exam(
    desk: Desk, person: PersonId, release: str, *, at: datetime, score: float, pass_mark: float, paper: str = ""
) -> Exam:
    """Record an exam's score beside the mark that was to be reached; both are shares, 0–1."""
    from labelqa.workflows.training.exam_lists import record_told  # it looks people up here

    row = ExamRow(person=person, release=release, at=at, score=score, pass_mark=pass_mark, paper=paper)
    return record_told(desk, row)


def _registered(state: State, person: PersonId) -> None:
    if person not in state.people:
        raise BadInput("{person} is not registered: labelqa people add first", person=person)
    if state.people[person].model:
        raise Refused("{person} is a model: it is validated against people, not trained or examined", person=person)


def _record(desk: Desk, body: object, subjects: tuple[str, ...], at: datetime | None) -> tuple[Fact, ...]:
    now = desk.clock()
    if at is not None and at > now:
        raise BadInput("{at} lies in the future: only what has happened is recorded", at=at.date().isoformat())
    draft = Draft(body=body, subjects=subjects, actor=desk.actor, identity=desk.identity, effective_at=at)
    return desk.ledger.append([draft], now=now)


def person_lines(desk: Desk, *, at: datetime | None = None, known: datetime | None = None) -> tuple[PersonLine, ...]:
    """Everybody under every release that concerns them (or "" when none does), as of a time."""
    state, names = read_state(desk, at=at, known=known), shown_names(desk)
    moment = at or desk.clock()
    return lines_of(state, names, moment)


def lines_of(state: State, names: Mapping[PersonId, str], at: datetime) -> tuple[PersonLine, ...]:
    """The people that a state knows, by organizer and name."""
    lines: list[PersonLine] = []
    absence = Absence(state.facts.of(PersonAdded, PersonLeft))
    for person in sorted(state.people.values(), key=lambda each: (each.organizer, names.get(each.person, each.person))):
        taught = {each.release for each in state.trainings.get(person.person, ())}
        examined = {each.release for each in state.exams.get(person.person, ())}
        lines += [
            replace(_line(state, names, person, release, at), left=absence.since(person.person, at))
            for release in sorted(taught | examined) or [ReleaseName("")]
        ]
    return tuple(lines)


def _line(
    state: State, names: Mapping[PersonId, str], person: Person, release: ReleaseName, at: datetime
) -> PersonLine:
    standing = state.qualification(person.person, release, at)
    trained = [each for each in state.trainings.get(person.person, ()) if each.release == release and each.at <= at]
    examined = [each for each in state.exams.get(person.person, ()) if each.release == release and each.at <= at]
    exam = max(examined, key=lambda each: (each.at, each.fact), default=None)
    return PersonLine(
        person=person.person, name=names.get(person.person, person.person), organizer=person.organizer,
        duties=tuple(sorted(person.duties, key=list(Duty).index)), release=release, standing=standing.standing,
        trained_at=max((each.at for each in trained), default=None), examined_at=exam.at if exam else None,
        score=exam.score if exam else None, pass_mark=exam.pass_mark if exam else None, until=standing.until,
        facts=standing.facts, replaced=standing.replaced, expiring=standing.expiring, since=standing.since,
        withheld=_withheld(state, person, release, at, standing.standing), coming=_coming(state, release, at),
    )  # fmt: skip


def _coming(state: State, release: ReleaseName, at: datetime) -> bool:
    """Whether a release is not in force yet: nobody works under it, whatever they have learned."""
    served = next((each for each in state.releases_of(release) if each.release == release), None)
    return bool(release) and (served is None or at < served.effective_from)


def _withheld(
    state: State, person: Person, release: ReleaseName, at: datetime, standing: Standing
) -> tuple[tuple[Duty, Standing], ...]:
    """The duties for which a decision says something else than for all of them."""
    duties = sorted(person.duties, key=list(Duty).index)
    told = ((duty, state.qualification(person.person, release, at, duty).standing) for duty in duties)
    return tuple((duty, each) for duty, each in told if each is not standing)
