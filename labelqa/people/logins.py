"""Who may sign in, in which roles, and how long somebody waits after wrong tries: pure rules over facts.

Roles are said by facts alone; of the four that are duties only those count for which the duty is on record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.people.duties import NAMES
from labelqa.people.fold import in_force
from labelqa.records.facts import Fact, LoginChanged
from labelqa.records.logins import DUTY_OF, Role
from labelqa.records.names import PersonId
from labelqa.records.people import Person

FREE: Final = 2  # wrong tries that cost nothing
FREE_ADDRESS: Final = 10  # from one address: several people may sit behind it
FIRST: Final = timedelta(seconds=2)
LOCKED: Final = timedelta(minutes=15)  # the longest wait: somebody else must not lock a person out for good
LOCKED_HERE: Final = timedelta(seconds=30)  # for this machine, which may be a proxy for everybody


def fold_logins(facts: Iterable[Fact]) -> dict[PersonId, frozenset[Role]]:
    """The roles that were given to each person who has a login; nobody whose login was taken away."""
    found: dict[PersonId, frozenset[Role]] = {}
    for _, body in in_force(facts, LoginChanged):
        found[PersonId(body.person)] = frozenset(map(Role, body.roles))
    return {person: roles for person, roles in found.items() if roles}


def roles_held(roles: Iterable[Role], person: Person | None) -> frozenset[Role]:
    """The roles that count: those that are duties need the duty on record; a model, or nobody, has none."""
    if person is None or person.model:
        return frozenset()
    return frozenset(role for role in roles if role not in DUTY_OF or DUTY_OF[role] in person.duties)


def why_not_login(name: str, person: Person | None, roles: Iterable[Role], *, left: bool) -> list[Message]:
    """Why somebody cannot have a login in these roles. Empty: nothing stands against it."""
    wanted = frozenset(roles)
    if person is None:
        return [Message("{person} is not registered: labelqa people add first", {"person": name})]
    if person.model:
        return [Message("{name} is a model: only people sign in", {"name": name})]
    if left:
        return [Message("{name} is no longer here: register them again first", {"name": name})]
    if not wanted:
        return [Message("a login needs a role at least")]
    lacking = sorted(DUTY_OF[role] for role in wanted - roles_held(wanted, person))
    text = N_(
        "{name} does not have the duty {duty} on record: a role that is a duty needs it (labelqa people change --duties)"
    )
    return [Message(text, {"name": name, "duty": Message(NAMES[duty])}) for duty in lacking]


def delay(failures: int, *, free: int = FREE, longest: timedelta = LOCKED) -> timedelta:
    """How long nothing more is tried after so many wrong tries in a row: nothing, then doubling up to ``longest``.

    >>> [delay(n).total_seconds() for n in (1, 2, 3, 4, 5, 60)]
    [0.0, 0.0, 2.0, 4.0, 8.0, 900.0]
    """
    if failures <= free:
        return timedelta(0)
    doublings = min(failures - free - 1, 30)
    return min(FIRST * (1 << doublings), longest)


def lacking_roles(
    roles: Mapping[PersonId, frozenset[Role]], people: Mapping[PersonId, Person]
) -> dict[PersonId, frozenset[Role]]:
    """The roles given that do not count, by person: the duty is no longer on record."""
    return {person: given - roles_held(given, people.get(person)) for person, given in roles.items()}
