"""Labels from a notebook: a data frame, an Arrow table or a Parquet file, one row an annotation, as coded columns.

Texts are coded once; a cell without a label, annotator or item is left out and counted. A label that is called "nan" is
a label.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from labelqa.errors import BadInput
from labelqa.records.reductions import Answers

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """The answers as numbers, what the numbers mean, and how many rows were left out and why."""

    answers: Answers
    items: Sequence[str]
    annotators: Sequence[str]
    missing: int  # rows without item, annotator or label
    repeats: int  # later answers of an annotator to an item; the first counts


def coded(data: Any, *, item: str, annotator: str, label: str, labels: Sequence[str] | None = None) -> Coded:
    """The first answer of each annotator to each item.

    ``data`` is a pandas or polars frame, an Arrow table, or the path of a Parquet file; ``item``, ``annotator`` and
    ``label`` name its columns; ``labels`` is the declared label set, else the labels that occur, in code-point order.
    Raises BadInput for a column that is not there or a label that was not declared.
    """
    table = _table(data, (item, annotator, label))
    columns = [_codes(table.column(name)) for name in (item, annotator, label)]
    present = np.logical_and.reduce([codes >= 0 for codes, _ in columns])
    (item_no, items), (who, people), (said, texts) = columns
    declared = tuple(sorted(texts)) if labels is None else tuple(labels)
    said = _declared(said, texts, declared)
    item_no, who, said = (values[present] for values in (item_no, who, said))
    key = item_no * max(1, len(people)) + who
    if (np.diff(key) < 0).any():  # a frozen batch is sorted already
        order = np.argsort(key, kind="stable")
        item_no, who, said, key = item_no[order], who[order], said[order], key[order]
    first = np.diff(key, prepend=-1) != 0
    return Coded(
        answers=Answers(
            labels=declared, item=item_no[first].astype(np.int32), annotator=who[first].astype(np.int32),
            label=said[first].astype(np.int32),
        ),
        items=items, annotators=people, missing=int((~present).sum()), repeats=int((~first).sum()),
    )  # fmt: skip


def _table(data: Any, names: Sequence[str]) -> pa.Table:
    """The named columns as Arrow, whatever they came in."""
    import pyarrow as pa

    if isinstance(data, str | Path):
        return _parquet(Path(data), names)
    held = list(data.column_names if isinstance(data, pa.Table) else getattr(data, "columns", ()))
    if not held:
        raise BadInput("give a pandas or polars frame, an Arrow table, or the path of a Parquet file")
    _present(names, held, "the data")
    if isinstance(data, pa.Table):
        return data.select(list(names))
    if hasattr(data, "to_arrow"):
        return data.select(list(dict.fromkeys(names))).to_arrow()
    return pa.table({name: pa.array(data[name], from_pandas=True) for name in dict.fromkeys(names)})


def _parquet(path: Path, names: Sequence[str]) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        _present(names, pq.read_schema(path).names, str(path))
        return pq.read_table(path, columns=list(dict.fromkeys(names)))
    except (OSError, pa.ArrowInvalid) as error:
        raise BadInput("{path} is no Parquet file that can be read ({why})", path=path, why=error) from None


def _present(names: Sequence[str], held: Sequence[str], where: str) -> None:
    for name in names:
        if name not in held:
            raise BadInput(
                "{where} has no column {name}; it has {held}: name it with item=, annotator= or label=",
                where=where, name=name, held=", ".join(map(str, held)),
            )  # fmt: skip


def _codes(column: Any) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Each cell's number (-1 where it is missing or an empty text) and the texts, in code-point order."""
    import pyarrow as pa
    import pyarrow.compute as pc

    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if not pa.types.is_dictionary(whole.type):
        whole = whole.dictionary_encode()
    texts = [_text(each) for each in whole.dictionary.to_pylist()]
    codes = pc.fill_null(whole.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    ordered = sorted({each for each in texts if each is not None})
    place = {text: number for number, text in enumerate(ordered)}
    table = np.array([-1 if text is None else place[text] for text in texts] + [-1], dtype=np.int64)
    return table[codes], ordered


def _text(cell: Any) -> str | None:
    """A cell as a text: 1.0 from a column that has gaps is still 1; nothing and "not a number" are missing."""
    if cell is None or (isinstance(cell, float) and np.isnan(cell)):
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell) or None


def _declared(said: npt.NDArray[np.int64], texts: Sequence[str], labels: Sequence[str]) -> npt.NDArray[np.int64]:
    """The same answers as places in the declared labels."""
    place = {label: number for number, label in enumerate(labels)}
    outside = [text for text in texts if text not in place]
    if outside:
        raise BadInput(
            "the label {label} is not among the declared labels; {n} are like it", label=outside[0], n=len(outside)
        )
    return np.array([*(place[text] for text in texts), -1], dtype=np.int64)[said]
