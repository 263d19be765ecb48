"""What items showed, read from the frozen batch."""

from __future__ import annotations

from collections.abc import Iterable

from labelqa.records.batch import Batch
from labelqa.records.names import ItemId
from labelqa.workflows.desk import Desk
from labelqa.workflows.labels import shown_content
from labelqa.workflows.population import frozen_of


def contents(desk: Desk, batch: Batch, items: Iterable[ItemId]) -> dict[ItemId, dict[str, str]]:
    """The content of some items of a frozen batch, field by field."""
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted = list(items)
    table = desk.frozen.read(frozen_of(batch).items, ["item_id", "data"])
    table = table.filter(pc.is_in(table.column("item_id"), value_set=pa.array(wanted, pa.string())))
    rows = zip(table.column("item_id").to_pylist(), table.column("data").to_pylist(), strict=True)
    return {ItemId(item): shown_content(data) for item, data in rows}
