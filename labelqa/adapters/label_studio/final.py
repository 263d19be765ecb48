"""Final labels as tasks of Label Studio, to be imported there or read by labelqa again.

Every task has the final label as its one annotation, with nobody named: whoever imports it is taken for its author. The
item id stands in the task's ``meta.item_id``. Written task by task.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from labelqa.adapters.files.final_labels import durable, value_of
from labelqa.adapters.label_studio.encode import encode
from labelqa.records.handed import FinalLabel


class Tasks:
    """A JSON list of tasks. ``to_names``: control -> the object tag that it is about, else the first field shown."""

    def __init__(self, path: Path, *, to_names: Mapping[str, str] | None = None) -> None:
        self.path, self._to_names = path, dict(to_names or {})
        self._out = path.open("x", encoding="utf-8", newline="\n")
        self._before = "[\n"

    def add(self, row: FinalLabel) -> None:
        """See :class:`labelqa.adapters.files.final_labels.Writer`."""
        told = json.dumps(task_of(row, self._to_names), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        self._out.write(self._before + told)
        self._before = ",\n"

    def close(self) -> None:
        """See :class:`labelqa.adapters.files.final_labels.Writer`."""
        self._out.write("[]\n" if self._before == "[\n" else "\n]\n")
        durable(self._out)


def task_of(row: FinalLabel, to_names: Mapping[str, str]) -> dict[str, Any]:
    """One item as a task with its final label."""
    data = _read(row.data)
    shown = to_names.get(row.control, next(iter(data), "text"))
    result = encode({row.control: value_of(row)}, kinds={row.control: row.kind}, to_names={row.control: shown})
    said = {
        "release": row.release, "batch": row.batch, "round": row.round, "source": str(row.source),
        "posterior": row.posterior, "annotations": row.annotations, "organizer": row.organizer,
        "model_assisted": row.model_assisted, "models": list(row.models), "card": f"fact:{row.card}",
        "forced": row.forced, "conclusion": row.conclusion,
    }  # fmt: skip
    return {
        "data": data,
        "meta": {**_read(row.meta), "item_id": row.item_id, "labelqa": said},
        "annotations": [{"result": result, "was_cancelled": False, "ground_truth": False}],
    }


def _read(text: str) -> dict[str, Any]:
    """What an item showed, or {} where nothing is known of it."""
    try:
        told = json.loads(text or "{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
