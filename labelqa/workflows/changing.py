"""Somebody who is registered gets a further account, other duties, or works for another organizer from now on.

What was so before stays on record and counts for the time before. An account that labels came from under a pseudonym of
its own is not joined to somebody else: nobody can tell here whose those labels were.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from labelqa.errors import BadInput, Refused
from labelqa.i18n import N_
from labelqa.ledger.view import Facts
from labelqa.people.absence import Absence
from labelqa.people.fold import fold_people, in_force
from labelqa.records.facts import Draft, PersonAdded, PersonLeft
from labelqa.records.names import PersonId
from labelqa.records.people import Duty, Person
from labelqa.workflows.desk import Desk
from labelqa.workflows.people import find_person, registered
from labelqa.workflows.state import read_state, shown_names


def change_person(
    desk: Desk,
    person: str,
    *,
    by: str,
    accounts: Mapping[str, str] | None = None,
    duties: Collection[Duty] = (),
    organizer: str = "",
) -> Person:
    """Record further accounts, other duties (all of them; () leaves them) or another organizer, from now on.

    Refused for somebody who left, for duties that people give themselves, for an account that is somebody else's, and
    where all of it is on record already. BadInput for nobody and for nothing to change.
    """
    who, decider, own = find_person(desk, person), registered(desk, by), dict(accounts or {})
    if not (own or duties or organizer.strip()):
        raise BadInput("nothing is to change: name --account, --duties or --organizer")
    if duties and decider == who:
        raise Refused("nobody gives oneself a duty: somebody else decides it")
    facts = desk.ledger.view()
    body = replace(_body(desk, facts, who, own, duties, organizer), by=decider)

    def unless(facts: Facts) -> None:
        if replace(_body(desk, facts, who, own, duties, organizer), by=decider) != body:
            raise Refused("{person} was changed meanwhile: try again", person=_shown(desk, who))

    subjects = tuple(dict.fromkeys((f"person:{who}", f"person:{decider}")))
    draft = Draft(body=body, subjects=subjects, actor=desk.actor, identity=desk.identity)
    desk.ledger.append([draft], now=desk.clock(), unless=unless, beside=desk.ledger.identities.own(who, own))
    return read_state(desk).people[who]


def _body(
    desk: Desk, facts: Facts, who: PersonId, own: Mapping[str, str], duties: Collection[Duty], organizer: str
) -> PersonAdded:
    """The registration as it is to be; raises where it cannot be, or is so already."""
    told = [fact for fact in facts.about(f"person:{who}", PersonAdded, PersonLeft) if fact.body.person == who]
    known = fold_people(told).get(who)
    if known is None:
        raise BadInput("{person} is not registered: labelqa people add first", person=_shown(desk, who))
    if Absence(told).gone(who, desk.clock()):
        raise Refused("{name} is no longer here: register them again first", name=_shown(desk, who))
    _check_own(desk, facts, who, own)
    if known.model and duties and set(duties) != {Duty.EXECUTOR}:
        text = N_("{name} is a model: it may label (executor), never review, arbitrate or supervise")
        raise Refused(text, name=_shown(desk, who))
    servers = {server for _, body in in_force(told, PersonAdded) for server in body.servers}
    body = PersonAdded(
        person=who, organizer=organizer.strip() or known.organizer, duties=sorted(duties or known.duties),
        servers=sorted(servers | own.keys()), model=known.model,
    )  # fmt: skip
    mine = {key for key, owner in desk.ledger.identities.accounts().items() if owner == who}
    same = body.organizer == known.organizer and set(body.duties) == set(known.duties)
    if same and set(own.items()) <= mine:
        raise Refused("{name} is on record like this already", name=_shown(desk, who))
    return body


def _check_own(desk: Desk, facts: Facts, who: PersonId, own: Mapping[str, str]) -> None:
    accounts = desk.ledger.identities.accounts()
    strangers = ((key, accounts[key]) for key in own.items() if accounts.get(key, who) != who)
    for (server, account), owner in strangers:
        values = {"server": server, "account": account, "person": _shown(desk, owner)}
        if owner in fold_people(facts.about(f"person:{owner}", PersonAdded)):
            raise Refused("the account {server}={account} belongs to {person} already", **values)
        raise Refused(
            "labels from the account {server}={account} arrived before it was anybody's, and stay under the pseudonym "
            "{pseudonym}: register it under a name of its own with labelqa people add",
            server=server, account=account, pseudonym=owner,
        )  # fmt: skip


def _shown(desk: Desk, person: PersonId) -> str:
    return shown_names(desk).get(person, person)
