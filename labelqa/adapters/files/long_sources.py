"""Where the rows of a long table come from: text tables and Parquet, as stretches of text columns with row numbers.

All cells stay text: "NA", "null" and "nan" are labels like any other, and an empty cell is an empty cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any, Final, Protocol

from labelqa.adapters.files.source import open_bytes, open_utf8
from labelqa.errors import BadInput, Message
from labelqa.records.annotation import FileFacts
from labelqa.records.finding import Finding, Place, finding

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    Stretch = tuple[NDArray[np.int64], pa.RecordBatch]

_BLOCK: Final = 1 << 22  # bytes; also the longest row that can be read


class Source(Protocol):
    """Rows in stretches: the header, the batches of the wanted columns, and the rows that had no right shape."""

    header: tuple[str, ...]

    def batches(self, wanted: set[str], chunk_rows: int) -> Iterator[Stretch]: ...

    def refused(self) -> list[Finding]: ...

    def nothing(self) -> Stretch: ...


def of_text(facts: FileFacts) -> Source:
    """A CSV or TSV file, through gzip if need be, in its own encoding."""
    return _Text(facts)


def of_parquet(facts: FileFacts) -> Source:
    """A Parquet file with flat columns."""
    return _Parquet(facts)


class _Quotes:
    """A stream that counts quotation marks, to notice one that is never closed."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.count = 0
        self.closed = False

    def read(self, size: int = -1) -> bytes:
        piece = self._stream.read(size)
        self.count += piece.count(b'"')
        return piece

    def close(self) -> None:
        self._stream.close()
        self.closed = True


class _Text:
    def __init__(self, facts: FileFacts) -> None:
        self._facts = facts
        self._delimiter = str(facts.extra.get("delimiter", ","))
        self._bad: list[Any] = []  # rows of another width, as pyarrow reports them
        self._said = 0
        self.header = self._read_header()

    def _read_header(self) -> tuple[str, ...]:
        import csv
        import io

        with io.TextIOWrapper(open_bytes(self._facts)(), encoding=self._facts.encoding, newline="") as text:
            rows = csv.reader(text, delimiter=self._delimiter)
            return tuple(next((row for row in rows if row), []))

    def batches(self, wanted: set[str], chunk_rows: int) -> Iterator[Stretch]:
        import pyarrow as pa

        tap = _Quotes(open_utf8(self._facts))
        done, last = 0, ""
        try:
            for block in self._blocks(tap, wanted):
                if block.num_rows:
                    last = str(block.column(block.num_columns - 1)[-1].as_py())
                for start in range(0, block.num_rows, chunk_rows):
                    batch = block.slice(start, chunk_rows)
                    rows = self._numbers(done, batch.num_rows)
                    done = int(rows[-1])
                    yield rows, batch
        except pa.ArrowInvalid as error:
            raise self._broken(error, done) from error
        finally:
            tap.close()
        self._closed_quotes(tap.count, done, last)

    def _blocks(self, tap: _Quotes, wanted: set[str]) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa
        from pyarrow import csv

        names = [*sorted(wanted - {self.header[-1]}), self.header[-1]]  # the last one tells an open quotation mark
        return csv.open_csv(  # type: ignore[no-any-return]
            pa.PythonFile(tap, mode="r"),
            read_options=csv.ReadOptions(block_size=_BLOCK, use_threads=False),
            parse_options=csv.ParseOptions(
                delimiter=self._delimiter, newlines_in_values=True, invalid_row_handler=self._other_width
            ),
            convert_options=csv.ConvertOptions(
                include_columns=names, column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )

    def _other_width(self, row: Any) -> str:
        self._bad.append(row)
        return "skip"

    def _numbers(self, done: int, count: int) -> NDArray[np.int64]:
        """Row numbers of the next ``count`` good rows; pyarrow counts the header as row 1."""
        import numpy as np

        skipped = np.array([row.number - 1 for row in self._bad if row.number - 1 > done], dtype=np.int64)
        candidates = np.arange(done + 1, done + 1 + count + len(skipped), dtype=np.int64)
        return candidates[~np.isin(candidates, skipped)][:count] if len(skipped) else candidates

    def refused(self) -> list[Finding]:
        new, self._said = self._bad[self._said :], len(self._bad)
        return [
            finding(
                "IM009",
                "the row has {found} cells, the header {expected}",
                found=row.actual_columns,
                expected=row.expected_columns,
                mend=Message("Put cells that hold the delimiter or a line break in quotation marks"),
                place=Place(file=self._facts.path, row=row.number - 1),
            )
            for row in new
        ]

    def nothing(self) -> Stretch:
        return _nothing(self.header)

    def _closed_quotes(self, marks: int, done: int, last: str) -> None:
        """An open quotation mark swallows the rest of the file into the last cell; that must not pass for a label."""
        swallowed = "\n" in last or "\r" in last or any('"' in row.text for row in self._bad[-1:])
        if marks % 2 and swallowed:
            raise BadInput(
                "{path}: a quotation mark opened in or after row {row} is never closed; mend the row or export again",
                path=self._facts.path,
                row=max(done, self._bad[-1].number - 1 if self._bad else 0),
            )

    def _broken(self, error: Exception, done: int) -> BadInput:
        if "straddl" in str(error):
            return BadInput(
                "{path}: a row after row {row} is longer than {limit} bytes; a quotation mark may be missing",
                path=self._facts.path,
                row=done,
                limit=_BLOCK,
            )
        return BadInput(
            "{path}: the table breaks after row {row} ({why}); export it again",
            path=self._facts.path,
            row=done,
            why=str(error),
        )


class _Parquet:
    def __init__(self, facts: FileFacts) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        self._path = facts.path
        try:
            self._file = parquet.ParquetFile(facts.path)
        except (pa.ArrowException, OSError) as error:
            raise self._broken(error, 0) from error
        self.header = tuple(self._file.schema_arrow.names)

    def batches(self, wanted: set[str], chunk_rows: int) -> Iterator[Stretch]:
        import numpy as np
        import pyarrow as pa

        names = [name for name in self.header if name in wanted]
        done = 0
        try:
            for batch in self._file.iter_batches(batch_size=chunk_rows, columns=names):
                columns = [self._text(name, batch.column(name)) for name in names]
                rows = np.arange(done + 1, done + 1 + batch.num_rows, dtype=np.int64)
                done += batch.num_rows
                yield rows, pa.RecordBatch.from_arrays(columns, names=names)
        except (pa.ArrowException, OSError) as error:
            raise self._broken(error, done) from error

    def _text(self, name: str, column: pa.Array) -> pa.Array:
        """The column as text; times stay times, not-a-number becomes an empty cell."""
        import pyarrow as pa
        import pyarrow.compute as pc

        kind = column.type
        if pa.types.is_string(kind) or pa.types.is_timestamp(kind):
            return column
        if pa.types.is_nested(kind) or pa.types.is_binary(kind):
            raise BadInput(
                '{path}: the column "{column}" holds {type}; text or numbers are wanted',
                path=self._path,
                column=name,
                type=str(kind),
            )
        if pa.types.is_floating(kind):
            column = pc.if_else(pc.is_nan(column), pa.scalar(None, kind), column)
        return column.cast(pa.string())

    def refused(self) -> list[Finding]:
        return []

    def nothing(self) -> Stretch:
        return _nothing(self.header)

    def _broken(self, error: Exception, done: int) -> BadInput:
        return BadInput(
            "{path}: the table breaks after row {row} ({why}); export it again",
            path=self._path,
            row=done,
            why=str(error),
        )


def _nothing(header: tuple[str, ...]) -> Stretch:
    import numpy as np
    import pyarrow as pa

    empty = pa.RecordBatch.from_pydict({name: pa.array([], pa.string()) for name in header})
    return np.array([], dtype=np.int64), empty
