"""Which old labels a changed rulebook can touch: what is looked at again, and what must be labelled anew."""

from __future__ import annotations

from dataclasses import dataclass

from labelqa.records.batch import Batch
from labelqa.records.names import BatchName, ReleaseName


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckSource:
    """One batch labelled under an earlier release, and its items by what the change does to them.

    ``frame`` are looked at again; ``relabel`` have a label that was taken away or split, so no verdict can carry it
    over; ``untouched`` keep their label; ``unsettled`` have no label of record.
    """

    batch: BatchName
    release: ReleaseName
    items: int
    frame: int
    relabel: int
    untouched: int
    unsettled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """A frame of old labels under a new release; ``batch`` is None where nothing was declared."""

    release: ReleaseName
    touched: tuple[str, ...]  # labels whose meaning the change can touch, in the stored spelling of their release
    sources: tuple[RecheckSource, ...]
    batch: Batch | None = None

    @property
    def frame(self) -> int:
        """Items that are looked at again."""
        return sum(each.frame for each in self.sources)

    @property
    def relabel(self) -> int:
        """Items that must be labelled anew."""
        return sum(each.relabel for each in self.sources)
