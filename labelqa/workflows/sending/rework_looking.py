"""What a project of returned work is asked for this time, nothing, what came since, or everything; and what stands in it.

A project is gone where the server says so of the project itself, and left alone where it does not say that it is ours;
whatever else stands in the way of one project is said, passes, and keeps no other one from being read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from labelqa.errors import LabelqaError, NotThere, Refused
from labelqa.records.finding import Finding, Severity
from labelqa.records.names import ItemId, PersonId
from labelqa.records.servers import ProjectRole, UnreadTask
from labelqa.workflows.desk import Desk
from labelqa.workflows.sending import rework_findings as odd
from labelqa.workflows.sending.pace import NEVER, Pace, pace_of
from labelqa.workflows.sending.review_taking import Owners
from labelqa.workflows.sending.rework_sent import ReworkProject
from labelqa.workflows.sending.rework_values import ReworkAnswer, ReworkReading, There
from labelqa.workflows.sending.seals import Seal, known_seal
from labelqa.workflows.servers.connecting import Server


def without_moved(project: ReworkProject, has: Mapping[ItemId, ReworkProject]) -> ReworkProject:
    """A project with those of its items that nobody got since."""
    return replace(project, items=frozenset(item for item in project.items if has[item].fact == project.fact))


@dataclass(slots=True, kw_only=True)
class Look:
    """What a project is asked for this time, and what was found."""

    project: ReworkProject
    pace: Pace
    at: datetime  # by our clock
    newest: datetime | None = None
    rests: bool = False  # nothing can have come since the last look
    gone: bool = False  # the server says that there is no such project
    other: bool = False  # what the server has under the number is not ours
    over: bool = False  # and nothing is open in ours
    unread: Finding | None = None
    lost: list[UnreadTask] = field(default_factory=list)  # tasks that could not be read
    mine: list[ReworkAnswer] = field(default_factory=list)  # the last answer to each item by whose project it is
    strange: list[Finding] = field(default_factory=list)  # what else stands in it

    @property
    def since(self) -> datetime:
        """From which time on its tasks are read."""
        return self.pace.since(self.at)

    @property
    def whole(self) -> bool:
        """Whether everything in it is known: only then it may be closed, or when it is not ours to be read."""
        return self.other or not (self.gone or self.unread or self.lost)

    def done(self) -> None:
        """Remember that it was read, once what was found is handed over."""
        if not (self.rests or self.gone or self.other or self.unread):
            self.pace.read(self.newest, self.at, whole=self.since == NEVER)
            self.pace.unread = frozenset(each.task for each in self.lost)

    def told(self) -> list[Finding]:
        """What is odd about the project itself."""
        if self.gone:
            return [odd.missing(self.project)]
        if self.other:
            return [odd.not_ours(self.project)]
        return [self.unread] if self.unread else [odd.lost(self.project, self.lost)] if self.lost else []


class Looking:
    """Looks at the projects of one server."""

    def __init__(self, desk: Desk, reading: ReworkReading, server: Server) -> None:
        self._desk, self.reading, self.server = desk, reading, server
        self._owners = Owners(desk, reading, server)
        self._accounts = desk.ledger.identities.accounts(server.name)

    def look(self, project: ReworkProject, *, reads: bool) -> Look:
        """Whether a project is there, whether anything in it may be new, and (``reads``) what."""
        pace = pace_of(self._desk, project.server, project.project)
        look = Look(project=project, pace=pace, at=self._desk.clock())
        try:
            seal = known_seal(self._desk.settings.workspace, project.seal, project.server, ProjectRole.REWORK)
        except Refused as error:
            look.unread = odd.unread(project, error.message)
            return look
        try:
            look.newest = self.reading.newest(project.project)
            look.rests = pace.rests(look.newest, look.at)
            if reads and not look.rests:
                self._read(look, seal)
        except LabelqaError as error:
            if not self.reading.serves():
                raise
            look.mine, look.strange = [], []
            look.gone = isinstance(error, NotThere) and self._is_gone(project)
            look.unread = None if look.gone else odd.unread(project, error.message)
        return look

    def _is_gone(self, project: ReworkProject) -> bool:
        try:
            return self.reading.there(project.project, project.batch, project.person) is There.GONE
        except LabelqaError:
            return False

    def _read(self, look: Look, seal: Seal) -> None:
        project = look.project
        there = self.reading.there(project.project, project.batch, project.person)
        look.gone, look.other = there is There.GONE, there is There.OTHER
        if there is There.OURS:
            told = self.reading.answers(project.project, look.since, again=look.pace.unread, unread=look.lost)
            look.mine, look.strange = self._sorted(project, seal, told)

    def _sorted(
        self, project: ReworkProject, seal: Seal, told: Iterable[ReworkAnswer]
    ) -> tuple[list[ReworkAnswer], list[Finding]]:
        """The last answer to each item by the person whose project it is, and what else stands in the project."""
        found: list[Finding] = []
        others: list[tuple[str, Finding]] = []
        mine: dict[str, ReworkAnswer] = {}
        for each in told:
            item, place = str(each.mark.get("item", "")), odd.place_of(project, each)
            hands = {self._owners.of(account) for account in (each.account, each.editor) if account}
            if each.mark.get("rework") != project.batch or item not in project.items:
                found += [odd.stranger(place)] if each.answers and not each.skipped else []
            elif not seal.holds(each.mark, each.data) or (seal.name and each.mark.get("person") != project.person):
                found.append(odd.altered(place, item))
            elif not (
                each.account and each.editor and hands == {project.person}
            ):  # what nobody saved, anybody can bring
                others.append((item, odd.other_hand(place, item)))
            elif each.at is None:
                found.append(odd.timeless(place, item))
            elif item not in mine or _later(each, mine[item]):
                mine[item] = self._under_known(each, project.person)
        notes = (replace(each, severity=Severity.NOTE) if item in mine else each for item, each in others)
        return list(mine.values()), [*found, *notes]

    def _under_known(self, each: ReworkAnswer, person: PersonId) -> ReworkAnswer:
        """The answer under an account by which the person is registered: theirs may be known by its e-mail alone."""
        if self._accounts.get((self.server.name, each.account)) == person:
            return each
        return replace(each, account=next(account for (_, account), who in self._accounts.items() if who == person))


def _later(one: ReworkAnswer, other: ReworkAnswer) -> bool:
    return other.at is None or (one.at is not None and (one.at, one.annotation) > (other.at, other.annotation))
