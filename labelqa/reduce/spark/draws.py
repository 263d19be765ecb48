"""The smallest tickets by Spark: every machine keeps its own smallest, only the drawn ones come together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from labelqa.records.names import ItemId
from labelqa.records.review import Ticket
from labelqa.reduce.draws import CELLS, DIGITS, SEPARATOR, Total, check_totals, checked, cutoffs, raised

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def drawn(frame: DataFrame, seed: str, n: Sequence[int], stratum: str, size: str) -> tuple[Ticket, ...]:
    """What :class:`labelqa.reduce.protocol.Reducer` promises of ``tickets``."""
    from pyspark.sql import functions as F  # noqa: N812

    checked(n, stratum)
    ticket = F.sha2(F.concat(F.lit(seed + SEPARATOR), F.col("item_id")).cast("binary"), 256)
    if not stratum and not size:
        found = frame.select(ticket.alias("ticket"), "item_id").orderBy("ticket", "item_id").limit(n[0]).collect()
        return tuple(Ticket(row[0], ItemId(row[1])) for row in found)
    number = F.col(stratum).cast("int") if stratum else F.lit(0)
    p = F.col(size).cast("double") if size else F.lit(1.0)
    keyed = frame.select(number.alias("at"), p.alias("p"), ticket.alias("ticket"), "item_id")
    totals = _totals(keyed)
    check_totals(totals, n)
    cut = cutoffs(totals, n)
    while True:
        rows = _below(keyed, cut, n)
        wider = raised(cut, Counter(row[0] for row in rows), totals, n)
        if wider == cut:
            return tuple(Ticket(drew, ItemId(item), at) for at, drew, item in rows)
        cut = wider


def _totals(keyed: DataFrame) -> dict[int, Total]:
    from pyspark.sql import functions as F  # noqa: N812

    good = (F.col("p") > 0) & ~F.isnan("p") & (F.col("p") < float("inf"))
    found = keyed.groupBy("at").agg(F.count("*"), F.sum("p"), F.count_if(~good | F.col("p").isNull()))
    return {at: Total(items, float(size or 0), bad) for at, items, size, bad in found.collect()}


def _below(keyed: DataFrame, cut: Sequence[float], n: Sequence[int]) -> list[tuple[int, str, str]]:
    """(stratum, ticket, item) of the n with the smallest u/p below each cutoff, in order."""
    from pyspark.sql import Window
    from pyspark.sql import functions as F  # noqa: N812

    cuts = keyed.sparkSession.createDataFrame(
        [(at, *each) for at, each in enumerate(zip(map(float, cut), map(int, n), strict=True))],
        "at int, cut double, n bigint",
    )
    cell = F.conv(F.substring("ticket", 1, DIGITS), 16, 10).cast("bigint").cast("double")
    order = ("place", "ticket", "item_id")
    near = keyed.withColumn("place", (cell + F.lit(0.5)) / F.lit(float(CELLS)) / F.col("p"))
    near = near.join(F.broadcast(cuts), "at").where("place < cut")
    ranked = near.withColumn("rank", F.row_number().over(Window.partitionBy("at").orderBy(*order)))
    found = ranked.where("rank <= n").orderBy("at", *order).select("at", "ticket", "item_id").collect()
    return [tuple(row) for row in found]
