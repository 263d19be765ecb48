"""Logins: give somebody one, change its roles or password, take it away, list who has one.

Who has which roles is a fact; the hash lies beside the chain. A password is never part of a fact, a sentence or an
error.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from labelqa.errors import BadInput, Refused
from labelqa.ledger.view import Facts
from labelqa.people.absence import Absence
from labelqa.people.fold import fold_people
from labelqa.people.logins import fold_logins, roles_held, why_not_login
from labelqa.people.passwords import why_not_password
from labelqa.records.facts import Draft, LoginChanged, PersonAdded, PersonLeft
from labelqa.records.logins import LoginChange, LoginLine, Role
from labelqa.records.names import PersonId
from labelqa.workflows.desk import Desk
from labelqa.workflows.identity.hashes import hashed
from labelqa.workflows.people import find_person, registered
from labelqa.workflows.refusals import refuse
from labelqa.workflows.state import read_state, shown_names


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A login that was made or changed."""

    person: PersonId
    name: str
    roles: tuple[Role, ...]
    change: LoginChange
    fact: int


def has_logins(desk: Desk) -> bool:
    """Whether anybody has a login: from then on the dashboard asks who comes."""
    return desk.ledger.logins.any()


def check_new_login(desk: Desk, person: str, roles: Iterable[Role], *, by: str) -> PersonId:
    """The person who may be given a login in these roles; raises before a password is asked for."""
    who = find_person(desk, person)
    decider = registered(desk, by)
    if decider == who and has_logins(desk):
        raise _oneself()
    if desk.ledger.logins.of(who) is not None:
        raise Refused("{name} has a login already: change its password or its roles", name=_shown(desk, who))
    _check(desk, desk.ledger.view(), who, roles)
    return who


def add_login(desk: Desk, person: str, roles: Collection[Role], password: str, *, by: str) -> Given:
    """Give somebody a login; Refused for a model, somebody who left, a duty that is not on record, a weak password.

    Nobody gives oneself one but the first, as nobody else is there to decide it.
    """
    who = check_new_login(desk, person, roles, by=by)
    check_password(desk, who, password)
    now, alone = desk.clock(), registered(desk, by) == who

    def unless(facts: Facts) -> None:
        _check(desk, facts, who, roles)
        if alone and fold_logins(facts.of(LoginChanged)):
            raise _oneself()
        if who in fold_logins(facts.of(LoginChanged)):
            raise Refused("{name} has a login already: change its password or its roles", name=_shown(desk, who))

    kept = desk.ledger.logins.kept(who, hashed(password), now=now)
    return _record(desk, who, roles, LoginChange.ADDED, by=by, unless=unless, beside=kept)


def change_roles(desk: Desk, person: str, roles: Collection[Role], *, by: str) -> Given:
    """Give a login other roles; they count from the next click on. Refused for a role that people give themselves."""
    who = _with_login(desk, person)
    alone = registered(desk, by) == who

    def unless(facts: Facts) -> None:
        _check(desk, facts, who, roles)
        if alone and set(roles) - fold_logins(facts.of(LoginChanged)).get(who, frozenset()):
            raise _oneself()

    unless(desk.ledger.view())
    return _record(desk, who, roles, LoginChange.ROLES, by=by, unless=unless)


def change_password(desk: Desk, person: str, password: str, *, by: str, spare: str = "") -> Given:
    """Set a new password; every session of the person ends, but for the one whose token has the sha256 ``spare``."""
    who = _with_login(desk, person)
    check_password(desk, who, password)
    roles = fold_logins(desk.ledger.view().of(LoginChanged)).get(who, frozenset())
    kept = desk.ledger.logins.kept(who, hashed(password), now=desk.clock(), spare=spare)
    return _record(desk, who, roles, LoginChange.PASSWORD, by=by, unless=_still(desk, who), beside=kept)


def remove_login(desk: Desk, person: str, *, by: str) -> Given:
    """Take a login away; every session of the person ends."""
    who = _with_login(desk, person)
    dropped = desk.ledger.logins.dropped(who, now=desk.clock())
    return _record(desk, who, (), LoginChange.REMOVED, by=by, unless=_still(desk, who), beside=dropped)


def login_lines(desk: Desk) -> tuple[LoginLine, ...]:
    """Everybody with a login, by name."""
    state, names, now = read_state(desk), shown_names(desk), desk.clock()
    given = fold_logins(state.facts.of(LoginChanged))
    lines = []
    for person, login in desk.ledger.logins.all().items():
        roles = given.get(person, frozenset())
        held = roles_held(roles, state.people.get(person))
        known = desk.ledger.logins.sessions(person)
        lines.append(LoginLine(
            person=person, name=names.get(person, person), roles=_ordered(held), lacking=_ordered(roles - held),
            since=login.changed_at, failures=login.failures,
            locked_until=login.locked_until if login.locked_until and login.locked_until > now else None,
            sessions=sum(each.over is None and each.ends > now for each in known),
            seen=max((each.seen for each in known), default=None), left=left(desk, person),
        ))  # fmt: skip
    return tuple(sorted(lines, key=lambda line: (line.name, line.person)))


def left(desk: Desk, person: PersonId) -> bool:
    """Whether somebody is no longer here."""
    return Absence(desk.ledger.view().about(f"person:{person}", PersonAdded, PersonLeft)).gone(person, desk.clock())


def check_password(desk: Desk, person: PersonId, password: str) -> None:
    """Refused, with every reason, for a password that somebody else would guess."""
    accounts = [account for (_, account), who in desk.ledger.identities.accounts().items() if who == person]
    own = [desk.ledger.identities.names().get(person, ""), person, *accounts, desk.settings.name]
    refuse(why_not_password(password, own=own))


def _check(desk: Desk, facts: Facts, who: PersonId, roles: Iterable[Role]) -> None:
    known = facts.about(f"person:{who}", PersonAdded, PersonLeft)
    gone = Absence(known).gone(who, desk.clock())
    refuse(why_not_login(_shown(desk, who), fold_people(known).get(who), roles, left=gone))


def _oneself() -> Refused:
    return Refused("nobody gives oneself a role: somebody else decides it, --by names them")


def _still(desk: Desk, who: PersonId) -> Callable[[Facts], None]:
    def unless(facts: Facts) -> None:
        if who not in fold_logins(facts.of(LoginChanged)):
            raise Refused("{name} has no login any more", name=_shown(desk, who))

    return unless


def _with_login(desk: Desk, person: str) -> PersonId:
    who = find_person(desk, person)
    if desk.ledger.logins.of(who) is None:
        raise BadInput("{name} has no login: labelqa login list shows who has", name=_shown(desk, who))
    return who


def _record(
    desk: Desk,
    who: PersonId,
    roles: Collection[Role],
    change: LoginChange,
    *,
    by: str,
    unless: Callable[[Facts], None],
    beside: Callable[[Connection], None] = lambda _connection: None,
) -> Given:
    decider, told = registered(desk, by), _ordered(roles)
    body = LoginChanged(person=who, roles=[str(role) for role in told], by=decider, change=str(change))
    subjects = tuple(dict.fromkeys((f"person:{who}", f"person:{decider}")))
    draft = Draft(body=body, subjects=subjects, actor=desk.actor, identity=desk.identity)
    (fact,) = desk.ledger.append([draft], now=desk.clock(), unless=unless, beside=beside)
    return Given(person=who, name=_shown(desk, who), roles=told, change=change, fact=fact.seq)


def _ordered(roles: Iterable[Role]) -> tuple[Role, ...]:
    return tuple(sorted(set(roles), key=list(Role).index))


def _shown(desk: Desk, person: PersonId) -> str:
    return shown_names(desk).get(person, person)


def signed_desk(desk: Desk, person: PersonId) -> Desk:
    """The same workspace for somebody who is signed in: what is recorded at it says so, and who it was."""
    from labelqa.records.review import Identity

    return replace(desk, actor=person, identity=Identity.AUTHENTICATED)
