"""A ledger in a file goes over to PostgreSQL as it is: facts with their hashes, names, accounts, texts and logins.

Nothing is worked out anew, and nothing is deleted: the file stays as it was, but takes nothing in any more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import Connection, Table, select

from labelqa.errors import Altered
from labelqa.ledger.ledger import Ledger
from labelqa.ledger.rows import insert_rows
from labelqa.ledger.store import MOVED
from labelqa.ledger.tables import accounts, fact_subjects, facts, hands, logins, names, sessions, texts, throttles
from labelqa.ledger.verify import verify

TABLES: Final = (facts, fact_subjects, hands, names, accounts, texts, logins, sessions, throttles)
_PAGE: Final = 5_000  # rows


def move(old: Ledger, new: Ledger, *, to: str, then: Callable[[], None]) -> tuple[int, str]:
    """Copy everything from a file to an empty ledger, verify it there, and close the old one; number of facts and head.

    Nobody writes to the old ledger meanwhile. ``then`` makes the new one the workspace's own, before the old one is
    closed. Raises Altered, with the old ledger as it was, when either of them is not whole.
    """
    with old.writing() as source:
        count, head, found = verify(old)
        if found:
            raise Altered("the ledger is not whole, so it is not moved: labelqa ledger verify names what was altered")
        with new.writing() as target:
            for table in TABLES:
                _copy(table, source, target)
        if verify(new) != (count, head, []):
            raise Altered("what was copied to {to} is not what stands in the file: the ledger was not moved", to=to)
        then()
        for table in TABLES:
            told = (MOVED + to).replace("'", "''")
            source.exec_driver_sql(
                f"CREATE TRIGGER {table.name}_moved BEFORE INSERT ON {table.name} BEGIN SELECT RAISE(ABORT, '{told}'); END"
            )
    return count, head


def _copy(table: Table, source: Connection, target: Connection) -> None:
    """Every row of a table, some thousand at a time."""
    columns = [column.name for column in table.c]
    rows = source.execute(select(table).order_by(*table.primary_key))
    for page in rows.partitions(_PAGE):
        insert_rows(target, table, columns, [tuple(row) for row in page])
