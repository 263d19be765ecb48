"""Where an arriving answer belongs: to which open batch, and under which release it was made.

The release stamped on an answer decides; else the open batch that it belongs to; else what was pushed to its project.
Nothing is guessed: an answer bound to no release is told as such.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from labelqa.batches.where import Record
from labelqa.intake import AnnotationRow, ItemContent
from labelqa.intake.alerts import moment_at
from labelqa.records.batch import Batch
from labelqa.records.clock import micros
from labelqa.records.facts import BatchFrozen, BatchSettled
from labelqa.records.names import BatchName, ReleaseName
from labelqa.records.servers import ReleasePushed
from labelqa.workflows.desk import Desk
from labelqa.workflows.matching import ANNOTATION_FIELDS, Matching, item_record
from labelqa.workflows.rounds.returned import returned_of
from labelqa.workflows.servers.bindings import Bindings
from labelqa.workflows.splits import split_of
from labelqa.workflows.state import State

NO_RELEASE: Final = ReleaseName("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where an answer belongs: the open batches, the release that binds it ("" for none), and what stands against it.

    ``wanted`` is the release that ``where`` is labelled under, given only where another one is stamped on the answer.
    """

    batches: tuple[Batch, ...] = ()
    release: ReleaseName = NO_RELEASE
    wanted: str = ""
    where: str = ""  # batch:NAME, or server:NAME/PROJECT


class Placing:
    """The open batches of a workspace, and what was pushed to which project."""

    def __init__(self, desk: Desk, state: State) -> None:
        self._state = state
        said = state.facts.of(BatchFrozen, BatchSettled)
        closed = {BatchName(fact.body.batch) for fact in said}
        batches = [state.batches[name] for name in state.batches if name not in closed]
        self._open = [_Open(desk, state, each) for each in batches if not each.recheck]
        told = (fact.body for fact in state.facts.of(ReleasePushed))
        self._bindings = Bindings(state.facts)
        self._projects = frozenset((body.server, str(body.project)) for body in told)

    @property
    def by_content(self) -> bool:
        """Whether any batch asks for what items show."""
        return any(each.by_content for each in self._open)

    def of(self, row: AnnotationRow, item: ItemContent) -> Placed:
        """Where an answer belongs."""
        record: Record = item_record(item) if self._open else {}
        mine = [each.batch for each in self._open if each.takes(row, item, record)]
        pushed = self._pushed(row, item)
        if not row.release:
            release = mine[0].release if mine else ReleaseName(pushed)
            return Placed(batches=tuple(mine), release=release)
        stamped = ReleaseName(row.release)
        fitting = tuple(each for each in mine if each.release == stamped)
        if mine and not fitting:
            first = mine[0]
            return Placed(batches=tuple(mine), release=stamped, wanted=first.release, where=f"batch:{first.name}")
        if pushed and pushed != stamped:
            place = f"server:{row.server}/{item.project}"
            return Placed(batches=fitting, release=stamped, wanted=pushed, where=place)
        return Placed(batches=fitting, release=stamped)

    def _pushed(self, row: AnnotationRow, item: ItemContent) -> str:
        """The release that was in force in the answer's project when it was made; "" where none was pushed."""
        made = moment_at(row.created_at)
        if made is None or (row.server, item.project) not in self._projects:
            return ""
        return self._bindings.at(row.server, int(item.project), micros(made))


class _Open:
    """An open batch and the answers that it takes."""

    def __init__(self, desk: Desk, state: State, batch: Batch) -> None:
        self.batch = batch
        self._matching = Matching(desk, batch.where)
        self._returned = returned_of(desk, state, batch)
        self._split = split_of(state, batch) if self._returned is None else None
        fields = {each.field for each in batch.where}
        self._of_rows = bool(fields & ANNOTATION_FIELDS)
        self.by_content = self._returned is None and any(each.startswith(("data.", "meta.")) for each in fields)

    def takes(self, row: AnnotationRow, item: ItemContent, record: Record) -> bool:
        """Whether an answer belongs to the batch as it stands; one that a judge of an earlier round gave does, too."""
        if self._returned is not None:
            return item.item_id in self._returned.items and self._returned.why_out(row) != "before-return"
        if not self._matching.takes(record) or (self._of_rows and not self._matching.holds(row)):
            return False
        return self._split is None or bool(row.release) or not self._split.leaves(row, item.item_id)
