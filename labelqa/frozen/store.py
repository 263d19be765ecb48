"""A folder of Parquet files, each named by the sha256 of its bytes.

A file appears whole or not at all, and reading a batch of record first checks that its bytes still give its name.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from labelqa.errors import Altered, NoWorkspace
from labelqa.records.names import Digest

if TYPE_CHECKING:
    import pyarrow as pa

# Columns of a frozen batch, in order, as pyarrow type names; "dictionary" is a dictionary-coded text.
ANNOTATIONS: Final[tuple[tuple[str, str], ...]] = (
    ("item_no", "int32"),  # dense from 0 in the order of item ids; the file is sorted by it, then by annotator_no
    ("item_id", "string"),
    ("annotator_no", "int32"),
    ("person", "dictionary"),
    ("label_no", "int32"),  # index into the batch's labels; -1 where the answer is not a single label
    ("label", "dictionary"),
    ("value", "dictionary"),  # the whole answer, all controls, as canonical JSON
    ("week", "dictionary"),
    ("created_at", "timestamp[us, tz=UTC]"),
    ("seconds", "double"),
    ("qualified", "bool"),
    ("standing", "dictionary"),
    ("release", "dictionary"),
    ("server", "dictionary"),
    ("editor", "dictionary"),  # who changed the answer last, where that is somebody else
    ("annotation", "int64"),
    ("rev", "int64"),
    ("origin", "dictionary"),  # human, prelabelled-unchanged, prelabelled-edited, machine
    ("prelabelled", "bool"),  # whether anybody began this item from a pre-label
)
ITEMS: Final[tuple[tuple[str, str], ...]] = (
    ("item_no", "int32"),
    ("item_id", "string"),
    ("project", "dictionary"),
    ("task", "string"),
    ("data", "string"),
    ("meta", "string"),
    ("label", "dictionary"),  # of record; null while disputed
    ("label_no", "int32"),
    ("annotations", "int32"),
    ("disputed", "bool"),
    ("gold", "dictionary"),  # the answer fixed beforehand, null where there is none
)


def _type(name: str) -> Any:
    import pyarrow as pa

    if name == "dictionary":
        return pa.dictionary(pa.int32(), pa.string())
    if name.startswith("timestamp"):
        return pa.timestamp("us", tz="UTC")
    return {
        "int32": pa.int32(),
        "int64": pa.int64(),
        "string": pa.string(),
        "double": pa.float64(),
        "bool": pa.bool_(),
    }[name]


def schema(columns: Sequence[tuple[str, str]]) -> Any:
    """The Arrow schema of a column list above."""
    import pyarrow as pa

    return pa.schema([pa.field(name, _type(kind)) for name, kind in columns])


class FrozenStore:
    """The folder of frozen files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, digest: str) -> Path:
        """Where the file of a digest stands."""
        return self._folder / f"{digest}.parquet"

    def write(self, columns: Sequence[tuple[str, str]], values: Mapping[str, Sequence[Any]]) -> Digest:
        """Write a table once; the same content gives the same file."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        form = schema(columns)
        table = pa.table([_array(values[field.name], field.type) for field in form], schema=form)
        self._folder.mkdir(parents=True, exist_ok=True)
        staged = self._folder / f".staged-{os.getpid()}.parquet"
        pq.write_table(table, staged, compression="zstd", version="2.6", store_schema=True, row_group_size=1 << 18)
        with staged.open("rb+") as written:
            os.fsync(written.fileno())
        digest = file_digest(staged)
        staged.replace(self.path(digest))
        self._settle()
        return digest

    def _settle(self) -> None:
        """Make the new name durable before a fact speaks of it, where folders can be synchronised."""
        if os.name == "posix":
            folder = os.open(self._folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def checked(self, digest: str) -> Path:
        """The path of a frozen file whose bytes are still what was frozen."""
        path = self.path(digest)
        if not path.is_file():
            raise Altered("the frozen file {file} is missing: restore it from a backup", file=path.name)
        if file_digest(path) != digest:
            raise Altered(
                "the frozen file {file} was altered after the freeze: restore it from a backup", file=path.name
            )
        return path

    def read(self, digest: str, columns: Sequence[str] | None = None, *, where: Any = None) -> pa.Table:
        """A frozen table, or some of its columns and rows, its bytes checked first; ``where`` is pyarrow's expression."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        path = self.checked(digest)
        try:
            if where is not None:
                return pq.read_table(path, columns=None if columns is None else list(columns), filters=where)
            with pq.ParquetFile(path) as file:  # read_table would load much more than this needs
                table = file.read(columns=None if columns is None else list(columns))
            return table if columns is None else table.select(list(columns))
        except (pa.ArrowInvalid, pa.ArrowKeyError, KeyError) as error:
            raise NoWorkspace(
                "the frozen file {file} was written by another labelqa ({why}): use that one, or make the workspace anew",
                file=path.name, why=str(error).splitlines()[0],
            ) from None  # fmt: skip

    def first(self, digest: str, column: str, rows: int) -> list[Any]:
        """The first values of one column, its bytes checked first; what follows is not read."""
        import pyarrow.parquet as pq

        with pq.ParquetFile(self.checked(digest)) as file:
            batches = file.iter_batches(batch_size=rows, columns=[column])
            return next((batch.column(0).to_pylist() for batch in batches), [])

    def stream(self, digest: str, columns: Sequence[str], *, rows: int = 1 << 14) -> Iterator[pa.RecordBatch]:
        """A frozen table stretch by stretch in its own order, its bytes checked first; it is never held whole."""
        import pyarrow.parquet as pq

        with pq.ParquetFile(self.checked(digest)) as file:
            yield from file.iter_batches(batch_size=rows, columns=list(columns))

    def sweep(self) -> Iterator[Path]:
        """Remove what a killed process left half-written; yields what it removed."""
        for left in sorted(self._folder.glob(".staged-*.parquet")):
            left.unlink(missing_ok=True)
            yield left


def _array(values: Sequence[Any], kind: Any) -> Any:
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        return pa.array(values, pa.string()).dictionary_encode().cast(kind)
    return pa.array(values, kind)


def file_digest(path: Path) -> Digest:
    """The sha256 of a file's bytes."""
    with path.open("rb") as content:
        return Digest(hashlib.file_digest(content, "sha256").hexdigest())
