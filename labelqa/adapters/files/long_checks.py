"""Checks of a stretch of a long table, whole columns at a time; what fails is a finding with its row.

Nothing is corrected: a cell that cannot be understood is refused, not guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from labelqa.adapters.files.columns import canonical
from labelqa.errors import Message
from labelqa.records.annotation import LABEL
from labelqa.records.finding import Finding, Place, finding

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

TRUE: Final = frozenset({"1", "true", "yes", "y", "t", "是", "对"})
FALSE: Final = frozenset({"", "0", "false", "no", "n", "f", "否", "错"})
_CONTROL: Final = r"[\x00-\x1f]"
_ZONE: Final = r"(?i)(z|[+-]\d{2}:?\d{2}|[+-]\d{2})$"
_HAS_TIME: Final = r"\d:\d"
EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)  # what lies outside is a slip, and no store or page can show it all
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)

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
    times = {name: _times(named.get(name), count, timezone, faults, name) for name in ("created_at", "updated_at")}
    seconds = _seconds(named.get("seconds"), count, faults)
    bad = np.logical_or.reduce([mask for mask, _, _ in faults])
    columns = {
        "row": pa.array(rows),
        "item_id": item,
        "source_id": _text(named.get("annotation_id"), count),
        "account": account,
        "value": _skip_value(value, yes["skipped"]),
        "created_at": times["created_at"][0],
        "updated_at": times["updated_at"][0],
        "seconds": seconds,
        "skipped": pa.array(yes["skipped"]),
        "ground_truth": pa.array(yes["ground_truth"]),
        "release": _text(named.get("release"), count),
        "edited_by": _text(None, count),
    }
    good = pa.array(~bad)
    if bad.any():
        columns = {name: column.filter(good) for name, column in columns.items()}
    return Checked(
        columns=columns,
        good=good,
        refused=_findings(bad, faults, named, rows, path) if bad.any() else [],
        zoneless=any(zoneless for _, zoneless in times.values()),
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


def _times(
    column: pa.Array | None, count: int, timezone: str, faults: list[tuple[NDArray[np.bool_], str, Say]], name: str
) -> tuple[pa.Array, bool]:
    """The times in UTC, and whether some had no offset; empty cells are null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    utc = pa.timestamp("us", tz="UTC")
    if column is None:
        return pa.nulls(count, utc), False
    if pa.types.is_timestamp(column.type):
        moments, wrong = _moments(column, timezone)
        faults.append((wrong, name, _bad_time))
        return pa.array(moments, type=utc, from_pandas=True), column.type.tz is None
    cells = pc.utf8_trim_whitespace(pc.fill_null(column, ""))
    empty = _numpy(pc.equal(cells, ""))
    zoned = _numpy(pc.and_(pc.match_substring_regex(cells, _ZONE), pc.match_substring_regex(cells, _HAS_TIME)))
    parsed, wrong = _parsed(cells, zoned, timezone)
    faults.append((wrong & ~empty, name, _bad_time))
    return pa.array(parsed, type=utc, from_pandas=True), bool((~zoned & ~empty & ~wrong).any())


def _parsed(cells: pa.Array, zoned: NDArray[np.bool_], timezone: str) -> tuple[Any, NDArray[np.bool_]]:
    import pandas as pd

    text = pd.Series(cells.to_pylist(), dtype=object)
    aware = _sensible(pd.to_datetime(text.where(zoned), format="ISO8601", utc=True, errors="coerce"))
    naive = pd.to_datetime(text.where(~zoned), format="ISO8601", utc=True, errors="coerce")
    both = aware.where(zoned, _local(naive.dt.tz_localize(None), timezone))
    return both, both.isna().to_numpy()


def _moments(column: pa.Array, timezone: str) -> tuple[Any, NDArray[np.bool_]]:
    """Times that the file holds as times: in UTC, and which of them are impossible."""
    import pandas as pd

    held = pd.Series(column.cast("int64").to_numpy(zero_copy_only=False)).astype("Int64")
    most = {"s": 10**10, "ms": 10**13, "us": 10**16, "ns": 8 * 10**18}[column.type.unit]  # within the year 2286
    numbers = held.where(held.abs() < most).astype("float64" if False else "Int64")
    read = pd.to_datetime(numbers, unit=column.type.unit, errors="coerce")
    both = _local(read, timezone) if column.type.tz is None else _sensible(read.dt.tz_localize("UTC"))
    return both, (both.isna() & held.notna()).to_numpy(dtype=bool)


def _local(naive: Any, timezone: str) -> Any:
    """Times of the wall clock in ``timezone`` as UTC; what the clock never showed or showed twice is NaT."""
    day = naive.dt.year.between(EARLIEST.year - 1, LATEST.year)
    zoned = naive.where(day).dt.tz_localize(timezone, ambiguous="NaT", nonexistent="NaT")
    return _sensible(zoned.dt.tz_convert("UTC"))


def _sensible(moments: Any) -> Any:
    """The moments with NaT for what lies before 1970 or after 2200."""
    return moments.where((moments >= EARLIEST) & (moments <= LATEST)).astype("datetime64[us, UTC]")


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
        '"{cell}" is not a time',
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
