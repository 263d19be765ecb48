"""A review project on a server as it stands: whose it is, how far it is, and what a round of collecting brought.

Values only. A verifier's account and what the others said are in none of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from labelqa.records.finding import Finding
from labelqa.records.names import PersonId


class ProjectStanding(StrEnum):
    """What its verifier reads in a review project."""

    OPEN = "open"  # verdicts are wanted
    STOP = "stop"  # the rule of the check is decided: what is left needs no review
    CLOSED = "closed"  # every verdict is in, or the batch is settled
    REMOVED = "removed"  # it is no longer on the server


@dataclass(frozen=True, slots=True, kw_only=True)
class SentProject:
    """The project of one verifier after sending."""

    server: str
    project: int
    sample: str
    verifier: PersonId
    name: str  # how the verifier is called here
    mode: str  # a ReviewMode
    items: int  # tasks of the sample in it
    new: int  # of them, those sent just now
    made: bool  # whether the project itself is new
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewsSent:
    """A sample on its way: a project for each verifier, and what was odd."""

    sample: str
    projects: tuple[SentProject, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectedProject:
    """What a look at one review project brought."""

    server: str
    project: int
    sample: str
    verifier: PersonId
    standing: ProjectStanding
    tasks: int  # looked at now: all of them, or those touched since the last look
    recorded: int
    unchanged: int  # verdicts known before
    left: int  # items that still wait for this verifier's verdict, whether it is wanted or not
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectResult:
    """What a round of collecting brought, project by project."""

    projects: tuple[CollectedProject, ...] = ()

    @property
    def recorded(self) -> int:
        """Verdicts that are on record since."""
        return sum(each.recorded for each in self.projects)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything that was odd."""
        return tuple(one for each in self.projects for one in each.findings)

    @property
    def samples(self) -> tuple[str, ...]:
        """The samples looked at, each once."""
        return tuple(dict.fromkeys(each.sample for each in self.projects))
