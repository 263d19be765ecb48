"""Signing in: from a name and a password to a session, and from a session to who is there now.

Nothing that is said tells whether a name exists, neither by its words nor by the time it takes. A session is known by
a random token of 256 bits of which only the sha256 is kept; it ends when it is not used, when its time is up, when the
password changes, and as soon as its owner has no login any more or has left.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from labelqa.errors import BadInput, Busy, Message
from labelqa.i18n import N_
from labelqa.ledger.logins import Delay
from labelqa.people.logins import FREE_ADDRESS, LOCKED, LOCKED_HERE, delay, fold_logins, roles_held
from labelqa.people.retention import after, months_kept
from labelqa.records.facts import LoginChanged
from labelqa.records.logins import Ending, NotSignedIn, Role, SignedIn, StoredLogin, StoredSession
from labelqa.records.names import PersonId
from labelqa.records.policy import Retention
from labelqa.workflows.desk import Desk
from labelqa.workflows.identity.hashes import fits, hashed, outdated
from labelqa.workflows.identity.logins import Given, change_password, left
from labelqa.workflows.people import find_person
from labelqa.workflows.policies import policies_at
from labelqa.workflows.state import read_state

SEEN_EVERY: Final = timedelta(minutes=1)  # how exactly the last use is known
WRONG: Final = N_("Name and password do not belong together.")
WAIT: Final = N_("This was tried too often. Wait {seconds} {seconds:second|seconds}, then try again.")
OVER: Final = {
    Ending.SIGNED_OUT: N_("You are signed out."),
    Ending.IDLE: N_("You were signed out because nothing was done for {minutes} {minutes:minute|minutes}."),
    Ending.ENDED: N_("You were signed out because a session lasts {hours} {hours:hour|hours} at most."),
    Ending.PASSWORD: N_("You were signed out because the password was changed."),
    Ending.REMOVED: N_("You were signed out because this login is no longer there."),
}


def sign_in(desk: Desk, who: str, password: str, *, address: str = "") -> SignedIn | NotSignedIn:
    """Begin a session for somebody who knows the password, or say in one sentence that it did not work.

    ``who`` is a name, an account or a pseudonym; ``address`` where the browser is, "" for this machine. Tries are
    counted per login and per address before the password is looked at; after some wrong ones nothing is looked at for
    a while that grows.
    """
    now = desk.clock()
    login = _login(desk, who)
    keys = _keys(who, login, address)
    wait = desk.ledger.logins.attempt(keys, now=now)
    if wait is not None:
        return NotSignedIn(message=Message(WAIT, {"seconds": max(1, round((wait - now).total_seconds()))}))
    right = fits(login.hash if login else None, password)
    roles = _roles(desk, login.person) if login and right else frozenset()  # nothing more is asked of a wrong one
    if login is None or not roles:
        return NotSignedIn(message=Message(WRONG))
    desk.ledger.logins.forgive(*keys, now=now)
    if outdated(login.hash):
        desk.ledger.logins.rehash(login.person, login.hash, hashed(password))
    return _begun(desk, login.person, roles, now)


def resume(desk: Desk, token: str) -> SignedIn | NotSignedIn:
    """Who a session belongs to now, and in which roles; why it is over, where it is. Asked at every rerun of a page."""
    now, digest = desk.clock(), digest_of(token)
    session = desk.ledger.logins.session(digest)
    if session is None:
        return NotSignedIn(message=Message(OVER[Ending.SIGNED_OUT]))
    why = session.ending if session.over else _why_over(desk, session, now)
    roles = frozenset() if why else _roles(desk, session.person)
    if why is None and not roles:
        why = Ending.REMOVED
    if why is not None:
        desk.ledger.logins.end(digest, why, now=now)
        return NotSignedIn(message=_over(desk, why))
    if now - session.seen >= SEEN_EVERY:
        with suppress(Busy):  # somebody writes: it is noted next time
            desk.ledger.logins.touch(digest, now=now)
    return SignedIn(person=session.person, roles=roles, ends=session.ends, token=token)


def sign_out(desk: Desk, token: str) -> None:
    """End a session."""
    desk.ledger.logins.end(digest_of(token), Ending.SIGNED_OUT, now=desk.clock())


def change_own_password(desk: Desk, signed: SignedIn, before: str, after: str) -> Given | NotSignedIn:
    """Somebody's own new password; all other sessions of the person end. Wrong tries count as at the door."""
    now, login = desk.clock(), desk.ledger.logins.of(signed.person)
    if login is None or isinstance(resume(desk, signed.token), NotSignedIn):
        return NotSignedIn(message=Message(OVER[Ending.REMOVED]))
    keys = _keys(signed.person, login, "")
    mine = {key: each for key, each in keys.items() if key.startswith("person:")}
    wait = desk.ledger.logins.attempt(mine, now=now)
    if wait is not None:
        return NotSignedIn(message=Message(WAIT, {"seconds": max(1, round((wait - now).total_seconds()))}))
    if not fits(login.hash, before):
        return NotSignedIn(message=Message("This is not the password in force."))
    desk.ledger.logins.forgive(*mine, now=now)
    return change_password(desk, signed.person, after, by=signed.person, spare=digest_of(signed.token))


def digest_of(token: str) -> str:
    """The sha256 of a token, as it is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def _login(desk: Desk, who: str) -> StoredLogin | None:
    try:
        return desk.ledger.logins.of(find_person(desk, who.strip()))
    except BadInput:
        return None


def _keys(who: str, login: StoredLogin | None, address: str) -> Mapping[str, Delay]:
    """What counts a try, and how long each then waits. A name nobody has waits exactly as one that somebody has."""
    # sixteen bits of the name: enough to make it wait, too little to read out what was typed by mistake
    unknown = hashlib.sha256(who.strip().encode()).hexdigest()[:4]
    place = partial(delay, free=FREE_ADDRESS, longest=LOCKED if address else LOCKED_HERE)
    return {f"person:{login.person}" if login else f"unknown:{unknown}": delay, f"address:{address}": place}


def _roles(desk: Desk, person: PersonId) -> frozenset[Role]:
    """The roles that count now; none for somebody without a login, or who has left."""
    state = read_state(desk)
    if desk.ledger.logins.of(person) is None or left(desk, person):
        return frozenset()
    given = fold_logins(state.facts.of(LoginChanged)).get(person, frozenset())
    return roles_held(given, state.people.get(person))


def _begun(desk: Desk, person: PersonId, roles: frozenset[Role], now: datetime) -> SignedIn:
    token = secrets.token_urlsafe(32)
    ends = now + timedelta(hours=desk.settings.session_hours)
    session = StoredSession(token=digest_of(token), person=person, made=now, seen=now, ends=ends)
    kept = months_kept(policies_at(desk, desk.ledger.view()), Retention.LOG)
    desk.ledger.logins.begin(session, forget=after(now, months=-kept))
    return SignedIn(person=person, roles=roles, ends=ends, token=token)


def _why_over(desk: Desk, session: StoredSession, now: datetime) -> Ending | None:
    if now >= session.ends:
        return Ending.ENDED
    if now - session.seen >= timedelta(minutes=desk.settings.session_idle_minutes):
        return Ending.IDLE
    return None


def _over(desk: Desk, why: Ending) -> Message:
    told = {"minutes": desk.settings.session_idle_minutes, "hours": desk.settings.session_hours}
    return Message(OVER[why], {name: value for name, value in told.items() if f"{{{name}}}" in OVER[why]})
