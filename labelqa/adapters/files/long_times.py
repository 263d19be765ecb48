"""Times of a long table, whole columns at a time: all in UTC, and what is no possible time is named, never guessed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)  # what lies outside is a slip that no calendar could show
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
_ZONE: Final = r"(?i)(z|[+-]\d{2}:?\d{2}|[+-]\d{2})$"
_HAS_TIME: Final = r"\d:\d"


@dataclass(frozen=True, slots=True)
class Times:
    """A column in UTC with nulls for empty and impossible cells, which ones are impossible, and if any lacks a zone."""

    utc: pa.Array
    wrong: NDArray[np.bool_]
    zoneless: bool


def read_times(column: pa.Array | None, count: int, timezone: str) -> Times:
    """The times of a column of texts or of times; those without an offset are read in ``timezone``."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    utc = pa.timestamp("us", tz="UTC")
    if column is None:
        return Times(pa.nulls(count, utc), np.zeros(count, dtype=np.bool_), zoneless=False)
    if pa.types.is_timestamp(column.type):
        moments, wrong = _moments(column, timezone)
        return Times(pa.array(moments, type=utc, from_pandas=True), wrong, zoneless=column.type.tz is None)
    cells = pc.utf8_trim_whitespace(pc.fill_null(column, ""))
    empty = _numpy(pc.equal(cells, ""))
    zoned = _numpy(pc.and_(pc.match_substring_regex(cells, _ZONE), pc.match_substring_regex(cells, _HAS_TIME)))
    parsed, wrong = _parsed(cells, zoned, timezone)
    return Times(
        pa.array(parsed, type=utc, from_pandas=True), wrong & ~empty, zoneless=bool((~zoned & ~empty & ~wrong).any())
    )


def _numpy(mask: pa.Array) -> NDArray[np.bool_]:
    result: NDArray[np.bool_] = mask.to_numpy(zero_copy_only=False)
    return result


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
    read = pd.to_datetime(held.where(held.abs() < most), unit=column.type.unit, errors="coerce")
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
