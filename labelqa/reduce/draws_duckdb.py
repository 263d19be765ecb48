"""The smallest tickets by DuckDB: one reading of the file, and memory for little more than what is drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from labelqa.records.names import ItemId
from labelqa.records.reductions import EVERYTHING
from labelqa.records.review import Ticket
from labelqa.reduce.draws import CELLS, DIGITS, SEPARATOR, Total, check_totals, checked, cutoffs, raised
from labelqa.reduce.protocol import Source
from labelqa.reduce.reading import Batch

# Strata and sizes are our own names of columns, never a user's.
_TICKET = "sha256(? || item_id)"
_SHARE = f"(cast(cast('0x' || drawn_ticket[1:{DIGITS}] as bigint) as double) + cast(0.5 as double)) / cast({CELLS} as double)"


def drawn(connection: Any, source: Source, seed: str, n: Sequence[int], stratum: str, size: str) -> tuple[Ticket, ...]:
    """What :class:`labelqa.reduce.protocol.Reducer` promises of ``tickets``."""
    checked(n, stratum)
    batch = Batch(connection, source, EVERYTHING)
    prefix = seed + SEPARATOR
    if not stratum and not size:
        then = f"order by 1, 2 limit {int(n[0])}"
        found = batch.ask(f"{_TICKET}, item_id", then=then, given=[prefix]).fetchall()
        return tuple(Ticket(ticket, ItemId(item)) for ticket, item in found)
    number, p = stratum or "0", f"cast({size} as double)" if size else "cast(1 as double)"
    totals = _totals(batch, number, p)
    check_totals(totals, n)
    cut = cutoffs(totals, n)
    while True:
        rows = _below(batch, (number, p), prefix, cut, n)
        wider = raised(cut, Counter(row[0] for row in rows), totals, n)
        if wider == cut:
            return tuple(Ticket(ticket, ItemId(item), at) for at, ticket, item in rows)
        cut = wider


def _totals(batch: Batch, number: str, p: str) -> dict[int, Total]:
    what = f"{number} as at, count(*), sum({p}), count_if(not ({p} > 0 and isfinite({p})))"
    found = batch.ask(what, then="group by 1").fetchall()
    return {at: Total(items, float(size or 0), bad) for at, items, size, bad in found}


def _below(
    batch: Batch, by: tuple[str, str], prefix: str, cut: Sequence[float], n: Sequence[int]
) -> list[tuple[int, str, str]]:
    """(stratum, ticket, item) of the n with the smallest u/p below each cutoff, in order."""
    number, p = by
    cuts = {"cut_at": range(len(n)), "cut_place": cut, "cut_n": n}
    kinds = (pa.int32(), pa.float64(), pa.int64())
    batch.register(
        "cuts", pa.table({name: pa.array(said, kind) for (name, said), kind in zip(cuts.items(), kinds, strict=True)})
    )
    order = "drawn_place, drawn_ticket, item_id"
    found = batch.ask(
        f"{number} as drawn_at, {_TICKET} as drawn_ticket, item_id, {_SHARE} / {p} as drawn_place",
        join=f"join cuts on cut_at = {number}",
        where="drawn_place < cut_place",
        then=f"qualify row_number() over (partition by drawn_at order by {order}) <= cut_n order by drawn_at, {order}",
        given=[prefix],
    )
    return [row[:3] for row in found.fetchall()]
