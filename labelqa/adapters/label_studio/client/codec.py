"""A server's own tasks and a webhook's payloads as rows: the codec as the following of projects wants it, without network."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from labelqa.adapters.files.columns import item_batch
from labelqa.adapters.label_studio.config import read_config
from labelqa.adapters.label_studio.tasks import Collected, take_task
from labelqa.adapters.label_studio.told import is_number, marks_of
from labelqa.errors import LabelqaError
from labelqa.records.annotation import ITEM_COLUMNS, Chunk, ControlSpec
from labelqa.records.finding import Finding, Place
from labelqa.records.servers import TaskMarks


class ServerCodec:
    """Stateless; one serves all projects."""

    def chunk(self, tasks: Sequence[Mapping[str, Any]], *, config: str, item_key: str, told: bool = False) -> Chunk:
        """The items and annotations of tasks; of what is only ``told`` the items are not taken."""
        into = Collected(path="", item_key=item_key, specs=_specs(config), live=True)
        for entry, task in enumerate(tasks, 1):
            take_task(task, entry, into)
        made = into.chunk()
        if not told:
            return replace(made, refused=_placed(made.refused, tasks), notes=_placed(made.notes, tasks))
        nothing = item_batch({name: [] for name, _ in ITEM_COLUMNS})
        return replace(made, items=nothing, refused=(), notes=(), told=True)

    def marks(self, task: Mapping[str, Any]) -> TaskMarks:
        """What a sweep would see of a task."""
        return marks_of(task)

    def told(self, body: bytes) -> list[dict[str, Any]]:
        """The tasks with the annotations that a payload holds whole; empty where it holds none."""
        try:
            payload = json.loads(body)
        except (ValueError, RecursionError):
            return []
        if not isinstance(payload, dict):
            return []
        tasks = {each["id"]: each for each in _listed(payload.get("task")) if is_number(each.get("id"))}
        given: dict[int, list[dict[str, Any]]] = {}
        for annotation in _listed(payload.get("annotation")):
            task = annotation.get("task", next(iter(tasks)) if len(tasks) == 1 else None)
            if is_number(task) and task in tasks and is_number(annotation.get("id")):
                given.setdefault(task, []).append(annotation)
        return [
            {"id": number, "data": tasks[number].get("data"), "meta": tasks[number].get("meta"), "annotations": each}
            for number, each in given.items()
        ]


def _placed(found: Sequence[Finding], tasks: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """The findings with their task in place of its row among those that were read together."""
    made = []
    for each in found:
        task = f"task:{tasks[each.place.row - 1].get('id')}"
        there = each.place.subject
        made.append(replace(each, place=Place(subject=task if there in ("", task) else f"{task} {there}")))
    return made


@lru_cache(maxsize=16)
def _specs(config: str) -> dict[str, ControlSpec]:
    try:
        return {spec.name: spec for spec in read_config(config)[0]}
    except LabelqaError:  # without a form the results are read as they are, and each unknown thing is a finding
        return {}


def _listed(told: Any) -> list[dict[str, Any]]:
    """What stands alone in some payloads and in a list in others."""
    return [each for each in (told if isinstance(told, list) else [told]) if isinstance(each, dict)]
