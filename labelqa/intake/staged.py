"""What an import leaves behind once everything of it is staged; it stages nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final, TypeAlias

from sqlalchemy import Connection, Engine

from labelqa.intake.tables import revisions
from labelqa.records.names import Digest

Writing: TypeAlias = Callable[[Engine], AbstractContextManager[Connection]]

Among: TypeAlias = Callable[[Collection[int]], Collection[int]]  # of some imports, those that the ledger tells of

COLUMNS: Final = tuple(column.name for column in revisions.columns)
ITEM_COLUMNS: Final = ("item_no", "item_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """What an import staged: the numbers that its fact will hold."""

    import_no: int
    rows: int
    added: int
    revised: int
    unchanged: int
    repeats: int
    items: int
    contents: int  # items whose content came or changed
    digest: Digest
    items_digest: Digest  # of the numbers and ids of the items that are new
    hands: frozenset[int]  # the people behind what was added, by number
    gone: int = 0  # of those added: answers that are not at their source any more
