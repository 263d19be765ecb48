"""Everything that is known of one person: gathered for the person, and to see how long it has to stay."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from labelqa.ledger.personal import words_in
from labelqa.people.logins import fold_logins
from labelqa.people.retention import keepings, last_records
from labelqa.records.facts import Fact, ImportCounted, LoginChanged
from labelqa.records.names import Digest, PersonId
from labelqa.records.personal import Keeping, KnownText, PersonalData
from labelqa.workflows.desk import Desk
from labelqa.workflows.people import find_person
from labelqa.workflows.policies import policies_at

SHARED: Final = 2  # a fact with more people as subjects is a record of all of them: minutes of a session
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the stores hold of one person at one state of the ledger."""

    person: PersonId
    name: str
    accounts: tuple[tuple[str, str], ...]
    facts: tuple[Fact, ...]  # every one in which the pseudonym stands
    annotations: int
    first: datetime | None
    last: datetime | None  # annotation
    head: int
    keeping: tuple[Keeping, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """What would name the person in a text: the name, and accounts that are more than a number."""
        named = {self.name, *(account for _, account in self.accounts)}
        return tuple(sorted(word for word in named if len(word) > 1 and not word.isdigit()))


def known_of(desk: Desk, person: str) -> Known:
    """Everything about a person (pseudonym, name or SERVER=ACCOUNT); BadInput when nobody is meant."""
    who = find_person(desk, person)
    identities = desk.ledger.identities
    head = desk.ledger.head()[0]
    facts = desk.ledger.personal.facts_naming(who)
    count, first, last = desk.intake.hands(who).get(who, (0, None, None))
    log, work = last_records(facts)
    seen = [each.seen for each in desk.ledger.logins.sessions(who)]
    if count:
        # an answer without a time is as old as the latest import, since nobody can say that it is older
        moments = [last] if last else [fact.recorded_at for fact in desk.ledger.view().of(ImportCounted)[-1:]]
        work = max([*moments, *([work] if work else [])], default=None)
    traces = [*seen, *(each for each in (log, work) if each)]
    return Known(
        person=who, name=identities.names().get(who, ""),
        accounts=tuple(sorted(each for each, owner in identities.accounts().items() if owner == who)),
        facts=facts, annotations=count, first=first, last=last, head=head,
        keeping=keepings(policies_at(desk, desk.ledger.view()), log=max(traces, default=None), work=work),
    )  # fmt: skip


def texts_of(desk: Desk, known: Known) -> tuple[KnownText, ...]:
    """The erasable texts by or about somebody: of facts with this person as subject or author.

    A fact about more than two people, such as a session with its minutes, is the others' record as well: its texts are
    not in here, unless the name stands in them (:func:`texts_naming`).
    """
    wanted: dict[str, int] = {}
    for fact in known.facts:
        about = f"person:{known.person}" in fact.subjects or fact.actor == known.person
        if about and sum(each.startswith("person:") for each in fact.subjects) <= SHARED:
            wanted.update((word, fact.seq) for word in words_in(fact.body) if _DIGEST.fullmatch(word))
    return _texts(desk, wanted)


def texts_naming(desk: Desk, known: Known) -> tuple[KnownText, ...]:
    """The texts of other people's facts in which the name, or an account, stands."""
    own = {each.digest for each in texts_of(desk, known)}
    return _texts(desk, {each: 0 for each in desk.ledger.personal.texts_with(known.words) if each not in own})


def _texts(desk: Desk, wanted: Mapping[str, int]) -> tuple[KnownText, ...]:
    found = desk.ledger.personal.texts(wanted)
    return tuple(KnownText(digest=Digest(each), fact=wanted[each], text=text) for each, text in found.items())


def personal_data(desk: Desk, person: str) -> PersonalData:
    """Everything for the person's own eyes; nothing of it is a secret of somebody else, and no hash is in it."""
    known = known_of(desk, person)
    return PersonalData(
        person=known.person, name=known.name, accounts=known.accounts, login=_login(desk, known.person),
        sessions=tuple(_sessions(desk, known.person)), facts=tuple(map(_fact, known.facts)),
        texts=(*texts_of(desk, known), *texts_naming(desk, known)), annotations=known.annotations, first_annotation=known.first,
        last_annotation=known.last, made_at=desk.clock(), head=desk.ledger.head()[1],
    )  # fmt: skip


def _login(desk: Desk, person: PersonId) -> Mapping[str, Any]:
    login = desk.ledger.logins.of(person)
    if login is None:
        return {}
    roles = fold_logins(desk.ledger.view().of(LoginChanged)).get(person, frozenset())
    return {
        "roles": sorted(roles), "password_changed_at": login.changed_at, "wrong_tries": login.failures,
        "locked_until": login.locked_until,
    }  # fmt: skip


def _sessions(desk: Desk, person: PersonId) -> Iterable[Mapping[str, Any]]:
    for each in desk.ledger.logins.sessions(person):
        yield {"made": each.made, "seen": each.seen, "ends": each.ends, "over": each.over, "ending": each.ending}


def _fact(fact: Fact) -> Mapping[str, Any]:
    return {
        "seq": fact.seq, "kind": fact.kind, "recorded_at": fact.recorded_at, "effective_at": fact.effective_at,
        "actor": fact.actor, "identity": fact.identity, "body": fact.body,
    }  # fmt: skip
