"""The intake's door: stage an import, count it, read what is current.

An import is staged in short transactions. Its rows count from the moment the ledger holds a fact about them; rows of an
import that never came so far (the process was killed) are swept away when the next import begins.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout
from sqlalchemy import Engine, delete, func, insert, inspect, select, update

from labelqa.errors import Busy, LabelqaError, NoWorkspace
from labelqa.intake.activity import Activity
from labelqa.intake.formats import EARLIER, bring_up, index_all, lacks_index
from labelqa.intake.read import Reading, parts
from labelqa.intake.staged import Among, Staged, Writing
from labelqa.intake.synced import Synced, server_number
from labelqa.intake.tables import FORMAT, about, gold, imports, item_revisions, items, metadata, revisions, staged
from labelqa.intake.tallies import recount
from labelqa.records.names import ItemId

if TYPE_CHECKING:
    from labelqa.intake.stage import Staging


class Intake(Reading):
    """An open intake; one process writes at a time, any number read."""

    def __init__(self, engine: Engine, writing: Writing, *, lock: Path, busy_seconds: float) -> None:
        super().__init__(engine)
        self._writing = writing
        self.synced = Synced(engine, writing)
        self.accounts = Activity(engine)
        self._lock = FileLock(lock, timeout=busy_seconds)
        found = self._format() or self._made()  # opening one that is there must not wait for an import
        if found in EARLIER:
            bring_up(engine, writing)
            found = FORMAT
        elif found == FORMAT:
            with suppress(LabelqaError):  # they make it faster, nothing else: a copy that is only for reading has none
                self._indexed()
        if found != FORMAT:
            raise NoWorkspace(
                "the intake was made by another labelqa (format {got}, not {want})", got=found, want=FORMAT
            )

    def _format(self) -> int | None:
        with self._engine.connect() as connection:
            if not inspect(connection).has_table(about.name):
                return None
            return connection.execute(select(about.c.format)).scalar()

    def _made(self) -> int:
        with self._writing(self._engine) as connection:
            metadata.create_all(connection)
            if connection.execute(select(about.c.format)).first() is None:
                connection.execute(insert(about), {"format": FORMAT})
            return int(connection.execute(select(about.c.format)).scalar_one())

    def _indexed(self) -> None:
        """An intake that was made before an index was thought of gets it."""
        with self._engine.connect() as connection:
            lacking = lacks_index(connection)
        if lacking:
            with self._writing(self._engine) as connection:
                index_all(connection)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else imports or freezes meanwhile; Busy when somebody does."""
        try:
            with self._lock:
                yield
        except Timeout:
            raise Busy("another import or freeze is running in this workspace: try again when it is done") from None

    @contextmanager
    def staging(
        self, *, server: str, file_digest: str, options: str, counted: Among, last: Callable[[], int]
    ) -> Iterator[Staging]:
        """Stage one import under the lock; ``counted`` and ``last`` tell which imports the ledger knows, and its last one."""
        from labelqa.intake.stage import Staging  # here, as most commands import nothing

        with self.locked():
            self.reconcile(counted)
            with self._writing(self._engine) as connection:
                server_no = server_number(connection, server, make=True)
                here = connection.execute(select(func.max(imports.c.import_no))).scalar() or 0
                number = max(here, last()) + 1
                first_item = (connection.execute(select(func.max(items.c.item_no))).scalar() or 0) + 1
                first_rev = (connection.execute(select(func.max(revisions.c.rev))).scalar() or 0) + 1
                row = {
                    "import_no": number, "server_no": server_no, "file_digest": file_digest, "options": options,
                    "first_item": first_item, "first_rev": first_rev, "counted": 0,
                }  # fmt: skip
                connection.execute(insert(imports), row)
            yield Staging(
                self._engine,
                self._writing,
                number=number,
                server_no=server_no,
                first_item=first_item,
                first_rev=first_rev,
            )

    def secure(self, import_no: int) -> None:
        """Bring everything staged so far onto the disk; call it before the ledger gets its fact.

        Staging itself does not wait for the disk at every commit. One that does takes all before it along, so that no
        power cut leaves a fact about rows that are not there.
        """
        raw = self._engine.raw_connection()
        try:
            cursor = raw.cursor()
            cursor.execute("PRAGMA synchronous=FULL")
            cursor.execute(
                f"PRAGMA user_version = {int(import_no)}"
            )  # a change, or there would be no commit to wait for
            cursor.execute("PRAGMA synchronous=NORMAL")
        finally:
            raw.close()

    def count(self, what: Staged) -> None:
        """From now on the rows of this import count; call it once the ledger has its fact."""
        self._count(what.import_no)

    def discard(self, import_no: int) -> None:
        """Sweep away an import that was never counted."""
        with self._writing(self._engine) as connection:
            mine = imports.c.import_no == import_no
            row = connection.execute(select(imports.c.first_item, imports.c.counted).where(mine)).first()
            if row is None or row.counted:
                return
            connection.execute(delete(revisions).where(revisions.c.import_no == import_no))
            connection.execute(delete(item_revisions).where(item_revisions.c.import_no == import_no))
            connection.execute(delete(items).where(items.c.item_no >= row.first_item))
            connection.execute(delete(imports).where(mine))

    def reconcile(self, counted: Among) -> None:
        """Make ``counted`` agree with the ledger and sweep away what was staged and abandoned."""
        waiting = self._staged()
        told = set(counted(waiting)) if waiting else set()
        for number in reversed(waiting):
            if number in told:
                self._count(number)
            else:
                self.discard(number)

    def catch_up(self, counted: Among) -> None:
        """Count what was staged by a process that was killed between the ledger's fact and :meth:`count`.

        Nothing happens while an import or a freeze is running.
        """
        if not self._staged():
            return
        with suppress(Timeout), self._lock.acquire(timeout=0):
            waiting = self._staged()
            for number in set(waiting) & set(counted(waiting)):
                self._count(number)

    def counted(self) -> set[int]:
        """The numbers of the imports whose rows count."""
        with self._engine.connect() as connection:
            return set(connection.execute(select(imports.c.import_no).where(imports.c.counted == 1)).scalars())

    def _staged(self) -> list[int]:
        """The numbers of the imports whose rows do not count, in order."""
        with self._engine.connect() as connection:
            query = select(imports.c.import_no).where(staged).order_by(imports.c.import_no)
            return list(connection.execute(query).scalars())

    def _count(self, number: int) -> None:
        with self._writing(self._engine) as connection:
            connection.execute(update(imports).where(imports.c.import_no == number).values(counted=1))
            recount(connection, number)

    def known_file(self, file_digest: str, options: str) -> int:
        """The import that counted the same file under the same options; 0 for none."""
        query = select(imports.c.import_no).where(
            (imports.c.file_digest == file_digest) & (imports.c.options == options) & (imports.c.counted == 1)
        )
        with self._engine.connect() as connection:
            return int(connection.execute(query).scalar() or 0)

    def gold(self, items: Collection[str] | None = None) -> dict[ItemId, str]:
        """The gold register: item -> the answer fixed beforehand; of these items, if told."""
        query = select(gold.c.item_id, gold.c.label)
        queries = [query] if items is None else [query.where(gold.c.item_id.in_(part)) for part in parts(items)]
        with self._engine.connect() as connection:
            return {ItemId(item): label for each in queries for item, label in connection.execute(each)}

    def add_gold(self, rows: dict[str, str], *, record: Callable[[int], None] = lambda _new: None) -> int:
        """Put answers into the gold register; those that stand there already stay. Returns how many are new.

        ``record`` is told how many before they count, so that none ever counts without a fact.
        """
        with self._writing(self._engine) as connection:
            known = {item for (item,) in connection.execute(select(gold.c.item_id))}
            fresh = [{"item_id": item, "label": label} for item, label in rows.items() if item not in known]
            if fresh:
                connection.execute(insert(gold), fresh)
                record(len(fresh))
        return len(fresh)
