"""Checks of a stretch of a long table, whole columns at a time; what fails is a finding with its row.

Nothing is corrected: a cell that cannot be understood is refused, not guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from labelqa.adapters.files.columns import canonical
from labelqa.adapters.files.long_times import read_times
from labelqa.errors import Message
from labelqa.records.annotation import LABEL, Origin
from labelqa.records.finding import Finding, Place, finding

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

TRUE: Final = frozenset({"1", "true", "yes", "y", "t", "是", "对"})
FALSE: Final = frozenset({"", "0", "false", "no", "n", "f", "否", "错"})
_CONTROL: Final = r"[\x00-\x1f]"

Say = Callable[[str, Place], Finding]  # the cell and its place -> what is wrong with it


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The columns of the good rows, which rows those are, findings for the others, and whether times lacked a zone."""

    columns: Mapping[str, Any]
    good: pa.Array
    refused: list[Finding]
    zoneless: bool


def check(
    named: Mapping[str, pa.Array], rows: NDArray[np.int64], *, path: str, timezone: str, multiple: str
) -> Checked:
    """Check one stretch; ``named`` has the columns by canonical name, ``rows`` their numbers in the file."""
    import numpy as np
    import pyarrow as pa

    count = len(rows)
    faults: list[tuple[NDArray[np.bool_], str, Say]] = []
    yes = {name: _flags(named.get(name), count, _FLAG[name], faults, name) for name in _FLAG}
    item, account = named["item_id"], named["annotator_id"]
    faults += [
        (_blank(item), "item_id", _no_item),
        (_unprintable(item), "item_id", _control),
        (_blank(account), "annotator_id", _nobody),
    ]
    value, empty = _values(named["label"], multiple)
    faults.append((empty & ~yes["skipped"], "label", _no_label))
    times = {name: read_times(named.get(name), count, timezone) for name in ("created_at", "updated_at")}
    faults += [(read.wrong, name, _bad_time) for name, read in times.items()]
    seconds = _seconds(named.get("seconds"), count, faults)
    origin = _origins(named.get("origin"), count, faults)
    bad = np.logical_or.reduce([mask for mask, _, _ in faults])
    columns = {
        "row": pa.array(rows),
        "item_id": item,
        "source_id": _text(named.get("annotation_id"), count),
        "account": account,
        "value": _skip_value(value, yes["skipped"]),
        "created_at": times["created_at"].utc,
        "updated_at": times["updated_at"].utc,
        "seconds": seconds,
        "skipped": pa.array(yes["skipped"]),
        "ground_truth": pa.array(yes["ground_truth"]),
        "release": _text(named.get("release"), count),
        "edited_by": _text(None, count),
        "origin": origin,
    }
    good = pa.array(~bad)
    if bad.any():
        columns = {name: column.filter(good) for name, column in columns.items()}
    return Checked(
        columns=columns,
        good=good,
        refused=_findings(bad, faults, named, rows, path) if bad.any() else [],
        zoneless=any(read.zoneless for read in times.values()),
    )


def _findings(
    bad: NDArray[np.bool_],
    faults: list[tuple[NDArray[np.bool_], str, Say]],
    named: Mapping[str, pa.Array],
    rows: NDArray[np.int64],
    path: str,
) -> list[Finding]:
    """One finding a bad row: the first fault in the order of the checks."""
    found = []
    for at in bad.nonzero()[0].tolist():
        _, name, say = next(fault for fault in faults if fault[0][at])
        found.append(say(_shown(named[name][at]), Place(file=path, row=int(rows[at]))))
    return found


def _shown(cell: Any) -> str:
    """A cell as text; a time that no calendar has as the number that stands in the file."""
    try:
        return str(cell.as_py())
    except (ValueError, OverflowError):
        return str(cell.value)


def _numpy(mask: pa.Array) -> NDArray[np.bool_]:
    result: NDArray[np.bool_] = mask.to_numpy(zero_copy_only=False)
    return result


def _blank(column: pa.Array) -> NDArray[np.bool_]:
    import pyarrow.compute as pc

    return _numpy(pc.fill_null(pc.equal(pc.utf8_trim_whitespace(column), ""), fill_value=True))


def _unprintable(column: pa.Array) -> NDArray[np.bool_]:
    import pyarrow.compute as pc

    return _numpy(pc.fill_null(pc.match_substring_regex(column, _CONTROL), fill_value=False))


def _text(column: pa.Array | None, count: int) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    if column is None:
        return pa.repeat(pa.scalar(""), count)
    return pc.fill_null(column, "")


def _values(labels: pa.Array, multiple: str) -> tuple[pa.Array, NDArray[np.bool_]]:
    """The JSON text of every row's answer, made once a distinct label; and where there is none."""
    import numpy as np
    import pyarrow as pa

    coded = labels.dictionary_encode(null_encoding="encode")
    answers = [_answer(cell, multiple) for cell in coded.dictionary.to_pylist()]
    texts = pa.array([None if answer is None else canonical({LABEL: answer}) for answer in answers], pa.string())
    none = np.array([answer is None for answer in answers], dtype=np.bool_)
    codes = coded.indices.to_numpy(zero_copy_only=False)
    return texts.take(coded.indices), none[codes] if len(none) else np.zeros(0, dtype=np.bool_)


def _answer(cell: str | None, multiple: str) -> str | list[str] | None:
    if cell is None or not cell.strip():
        return None
    if not multiple:
        return cell
    return sorted({part.strip() for part in cell.split(multiple)} - {""}) or None


def _skip_value(value: pa.Array, skipped: NDArray[np.bool_]) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.if_else(pa.array(skipped), "{}", value) if skipped.any() else value


def _flags(
    column: pa.Array | None, count: int, say: Say, faults: list[tuple[NDArray[np.bool_], str, Say]], name: str
) -> NDArray[np.bool_]:
    import numpy as np

    if column is None:
        return np.zeros(count, dtype=np.bool_)
    coded = column.dictionary_encode(null_encoding="encode")
    words = [str(word or "").strip().lower() for word in coded.dictionary.to_pylist()]
    codes = coded.indices.to_numpy(zero_copy_only=False)
    if not count:
        return np.zeros(0, dtype=np.bool_)
    faults.append((np.array([word not in TRUE | FALSE for word in words])[codes], name, say))
    truth: NDArray[np.bool_] = np.array([word in TRUE for word in words])[codes]
    return truth


def _origins(column: pa.Array | None, count: int, faults: list[tuple[NDArray[np.bool_], str, Say]]) -> pa.Array:
    """Where each answer came from; an empty cell says nothing."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if column is None:
        return pa.nulls(count, pa.string())
    cells = pc.utf8_lower(pc.utf8_trim_whitespace(pc.fill_null(column, "")))
    known = _numpy(pc.is_in(cells, value_set=pa.array(["", *Origin])))
    faults.append((~known, "origin", _bad_origin))
    return pc.if_else(
        pa.array(np.logical_and(known, _numpy(pc.not_equal(cells, "")))), cells, pa.scalar(None, "string")
    )


def _seconds(column: pa.Array | None, count: int, faults: list[tuple[NDArray[np.bool_], str, Say]]) -> pa.Array:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if column is None:
        return pa.nulls(count, pa.float64())
    cells = pc.utf8_trim_whitespace(pc.fill_null(column, ""))
    numbers = _floats(cells)
    empty = _numpy(pc.equal(cells, ""))
    faults.append(((~np.isfinite(numbers) | (numbers < 0)) & ~empty, "seconds", _bad_number))
    return pa.array(numbers, mask=~np.isfinite(numbers))


def _floats(cells: pa.Array) -> NDArray[np.float64]:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    filled = pc.if_else(pc.equal(cells, ""), "nan", cells)
    try:
        numbers: NDArray[np.float64] = filled.cast(pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        numbers = np.array([_float(cell) for cell in filled.to_pylist()], dtype=np.float64)
    return numbers


def _float(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")


def _no_item(_: str, place: Place) -> Finding:
    return finding("IM001", "the row has no item id", mend=Message("Give every row the id of its item"), place=place)


def _control(_: str, place: Place) -> Finding:
    return finding(
        "IM002",
        "the item id holds a control character (below U+0020)",
        mend=Message("Remove line breaks, tabs and other control characters from item ids"),
        place=place,
    )


def _nobody(_: str, place: Place) -> Finding:
    return finding(
        "IM003",
        "annotation without annotator",
        mend=Message("Say who labelled it; unknown people cannot be counted"),
        place=place,
    )


def _no_label(_: str, place: Place) -> Finding:
    return finding(
        "IM004",
        "the row has no label",
        mend=Message("Give the label, or mark the row as skipped in a column skipped"),
        place=place,
    )


def _bad_time(cell: str, place: Place) -> Finding:
    return finding(
        "IM005",
        '"{cell}" is not a time between 1970 and 2200',
        cell=cell,
        mend=Message("Write times with their offset, such as 2026-11-21T09:30:00+08:00"),
        place=place,
    )


def _bad_number(cell: str, place: Place) -> Finding:
    return finding(
        "IM006",
        '"{cell}" is not a number of seconds',
        cell=cell,
        mend=Message("Write a number that is not negative"),
        place=place,
    )


def _bad_flag(cell: str, place: Place) -> Finding:
    return finding(
        "IM007", '"{cell}" is neither yes nor no', cell=cell, mend=Message("Write true or false"), place=place
    )


_FLAG: Final[Mapping[str, Say]] = {"skipped": _bad_flag, "ground_truth": _bad_flag}


def _bad_origin(cell: str, place: Place) -> Finding:
    return finding(
        "IM011",
        '"{cell}" is not where an answer can come from',
        cell=cell,
        mend=Message("Write human, prelabelled-unchanged, prelabelled-edited or machine"),
        place=place,
    )
