"""What goes back to people to be labelled again, and what comes back: values, and what a server has to do for it.

Nothing is read or decided here. Who judged a label is in none of these values.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Protocol

from labelqa.records.annotation import Chunk
from labelqa.records.finding import Finding
from labelqa.records.names import BatchName, ItemId, PersonId
from labelqa.records.servers import ServerAccount, UnreadTask
from labelqa.rulebook.model import Rulebook
from labelqa.workflows.sending.seals import Seal

Key = tuple[ItemId, tuple[int, ...]]  # an item, and the facts that found it wrong: a new one is a new task
SENT_BACK: Final = "sent-back"  # by an arbitrator; verdicts and re-reviews go by their own words


class ReworkEnd(StrEnum):
    """Why a project of returned work is read no longer."""

    ANSWERED = "answered"  # nothing in it is open
    SETTLED = "settled"  # its batch is
    REASSIGNED = "reassigned"  # somebody else has its items
    GONE = "project-gone"  # it is not on the server any more


class There(StrEnum):
    """What a server has under the number of a project of returned work."""

    OURS = "ours"
    OTHER = "other"  # it does not say of itself that it is for this batch and person: it is left alone
    GONE = "gone"


def own_line(batch: str, person: str) -> str:
    """The line of a description by which a project is known, also where no record tells of it."""
    return f"labelqa:rework:{batch}:{person}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One thing that speaks against a label: a verdict, a ruling, or the re-review of an earlier correction."""

    word: str  # a Verdict, or :data:`SENT_BACK`
    again: bool = False  # said of the corrected label
    rule: str = ""
    defect: str = ""
    unsafe: str = ""
    label: str = ""  # of which it was said
    correct_label: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReworkItem:
    """An item on its way to the person who is to label it again; ``answers`` are filled in beforehand."""

    item_id: ItemId
    person: PersonId
    label: str
    answers: Mapping[str, Any]
    data: Mapping[str, Any]
    reasons: tuple[Reason, ...]
    problems: tuple[int, ...]
    returned: str = ""  # why its batch went back, where it did
    source: Mapping[str, Any] = field(
        default_factory=dict
    )  # server, project, task and time of the original, where known

    @property
    def key(self) -> Key:
        """By what its task is found again."""
        return self.item_id, self.problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one person gets of a batch, and what a project for it needs to know."""

    batch: BatchName
    person: PersonId
    control: str
    book: Rulebook
    items: tuple[ReworkItem, ...]
    sources: tuple[int, ...] = ()  # projects of the same server in which the items were labelled, or may have been


@dataclass(frozen=True, slots=True, kw_only=True)
class ReworkAnswer:
    """An annotation in a project of returned work; ``mark`` is what the task says of itself, which anybody may alter."""

    mark: Mapping[str, Any]
    task: int
    annotation: int
    account: str
    editor: str  # account of whoever saved it last, "" where the server does not say
    answers: Mapping[str, Any]
    skipped: bool
    at: datetime | None
    made_at: datetime | None = None
    seconds: float | None = None
    findings: tuple[Finding, ...] = ()
    data: Any = field(default_factory=dict, repr=False)  # what the task shows


class ReworkReading(Protocol):
    """What a server is asked."""

    def serves(self) -> bool:
        """Whether the server answers now and takes our token: if so, what failed is the matter of one project alone."""
        ...

    def accounts(self) -> list[ServerAccount]:
        """Everybody in the organisation."""
        ...

    def there(self, project: int, batch: BatchName, person: PersonId) -> There:
        """Whether a project is still there, and still the one made for this batch and person."""
        ...

    def made_before(self, batch: BatchName, person: PersonId) -> int:
        """The project made for this batch and person that no record tells of; 0 where there is none."""
        ...

    def keys(self, project: int, seal: Seal) -> Collection[Key]:
        """What has a task in a project that is as it was sent."""
        ...

    def newest(self, project: int) -> datetime | None:
        """When a task of a project was touched last, by the server's clock; None without tasks."""
        ...

    def answers(
        self, project: int, since: datetime, *, again: Collection[int], unread: list[UnreadTask]
    ) -> Iterator[ReworkAnswer]:
        """Every annotation on the tasks of a project that were touched at or after a time of the server's clock.

        Tasks to be tried ``again`` are asked for as well; those that cannot be read are added to ``unread``.
        """
        ...

    def chunk(self, answers: Sequence[ReworkAnswer]) -> Chunk:
        """The same as annotations on their way in, of the items that their marks name."""
        ...


class ReworkWriting(Protocol):
    """What is made on a server."""

    def make(self, share: Share) -> int:
        """A project for somebody's share, without tasks; its number."""
        ...

    def open(self, project: int, share: Share) -> None:
        """Say in a project that was closed that there is work in it again."""
        ...

    def add(self, project: int, share: Share, items: Sequence[ReworkItem], seal: Seal) -> None:
        """Tasks for these items, signed."""
        ...

    def close(self, project: int, batch: BatchName, person: PersonId, why: ReworkEnd) -> None:
        """Say in the project that nothing is to be done in it any more, and why."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SentProject:
    """A project of returned work as it stands after sending."""

    project: int
    person: PersonId
    items: int
    new: int  # items of it that were not out before
    tasks: int  # tasks that were made now


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What was sent, and what could not be."""

    batch: BatchName
    projects: tuple[SentProject, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectResult:
    """What came back: corrections recorded, answers that are known already, and answers that were not taken."""

    recorded: tuple[tuple[BatchName, ItemId], ...] = ()
    relabelled: int = 0  # annotations taken into open rework rounds
    imports: tuple[int, ...] = ()  # by which imports
    unchanged: int = 0
    ended: tuple[int, ...] = ()  # projects in which nothing is open any more
    findings: tuple[Finding, ...] = ()

    @classmethod
    def of(cls, parts: Iterable[CollectResult]) -> CollectResult:
        """Several results as one."""
        told = list(parts)
        return cls(
            recorded=tuple(each for one in told for each in one.recorded),
            relabelled=sum(each.relabelled for each in told), imports=tuple(each for one in told for each in one.imports),
            unchanged=sum(each.unchanged for each in told),
            ended=tuple(each for one in told for each in one.ended),
            findings=tuple(each for one in told for each in one.findings),
        )  # fmt: skip
