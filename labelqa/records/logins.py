"""Who may sign in to the dashboard, in which roles, and how a sign-in stands.

Values only: a password is in none of them, and its hash is never shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from labelqa.errors import Message
from labelqa.records.names import PersonId
from labelqa.records.people import Duty


class Role(StrEnum):
    """What somebody may do on the dashboard; four of them are duties and need the duty on record."""

    LEAD = "lead"
    REVIEWER = "reviewer"
    ARBITRATOR = "arbitrator"
    SUPERVISOR = "supervisor"
    EXECUTOR = "executor"
    AUTHOR = "author"
    INSPECTOR = "inspector"  # reads everything, records nothing


DUTY_OF: Final = {
    Role.REVIEWER: Duty.REVIEWER,
    Role.ARBITRATOR: Duty.ARBITRATOR,
    Role.SUPERVISOR: Duty.SUPERVISOR,
    Role.EXECUTOR: Duty.EXECUTOR,
}
WRITING: Final = frozenset(Role) - {Role.INSPECTOR}


class LoginChange(StrEnum):
    """What was done to a login."""

    ADDED = "added"
    ROLES = "roles"
    PASSWORD = "password"  # noqa: S105 - the name of an event
    REMOVED = "removed"


class Ending(StrEnum):
    """Why a session is over."""

    SIGNED_OUT = "signed-out"
    IDLE = "idle"
    ENDED = "ended"  # its time was up
    PASSWORD = "password-changed"  # noqa: S105 - the name of an event
    REMOVED = "login-removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLogin:
    """A login as it is kept beside the chain; times are UTC."""

    person: PersonId
    hash: str = field(repr=False)  # argon2id, with its parameters
    failures: int  # wrong passwords since the last right one
    locked_until: datetime | None
    changed_at: datetime  # of the password


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSession:
    """A session as it is kept beside the chain: ``token`` is the sha256 of what the browser session holds."""

    token: str = field(repr=False)
    person: PersonId
    made: datetime
    seen: datetime
    ends: datetime
    over: datetime | None = None
    ending: Ending | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Throttle:
    """How often somebody, or some address, was wrong in a row, and until when nothing is tried any more."""

    failures: int = 0
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Who uses the dashboard now. ``token`` belongs into the memory of one browser session and nowhere else."""

    person: PersonId
    roles: frozenset[Role]
    ends: datetime
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSignedIn:
    """Why nobody is signed in; the sentence never tells whether a name exists."""

    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginLine:
    """One login as a lead sees it."""

    person: PersonId
    name: str
    roles: tuple[Role, ...]
    lacking: tuple[Role, ...]  # roles that do not count: the duty is not on record
    since: datetime  # of the password
    failures: int
    locked_until: datetime | None
    sessions: int  # open now
    seen: datetime | None  # when last
    left: bool  # no longer here: the login opens nothing
