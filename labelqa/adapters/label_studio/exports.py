"""Exports of Label Studio projects, JSON and JSON_MIN, read task by task whatever their size.

Drafts and predictions are nobody's answers and are left alone; all else is either taken or named in a finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from labelqa.adapters.files.json_stream import elements
from labelqa.adapters.files.source import LABEL_STUDIO, LABEL_STUDIO_MIN, open_utf8
from labelqa.adapters.label_studio.config import read_config
from labelqa.adapters.label_studio.minimal import MinimalReader
from labelqa.adapters.label_studio.tasks import Collected, take_task
from labelqa.errors import BadInput
from labelqa.records.annotation import Chunk, FileFacts

Take = Callable[[Any, int, Collected], None]


def read_export(
    facts: FileFacts, *, item_key: str = "", config: str | None = None, chunk_rows: int = 5_000
) -> Iterator[Chunk]:
    """The export in chunks of about ``chunk_rows`` rows.

    ``item_key`` says what makes tasks one item: "" the task's id, "data.id" a field of its data, "meta.x" of its meta.
    ``config`` is the labeling config's XML: with it single choices are told from sets of one, and answers are held
    against the form. ``row`` numbers annotations from 1; the row of a finding is the entry in the file, from 1.
    Raises BadInput with the entry and byte when the file breaks off or is not JSON.
    """
    specs, strange = read_config(config, file="config") if config else ((), [])
    known = {spec.name: spec for spec in specs}
    into = Collected(path=facts.path, item_key=item_key, specs=known)
    into.notes += strange
    take = _reader(facts)
    entry = 0
    with open_utf8(facts) as stream:
        for entry, element in enumerate(elements(stream, path=facts.path), start=1):
            take(element, entry, into)
            if into.size() >= chunk_rows:
                yield into.chunk()
    if not entry:
        raise BadInput("{path}: the list in it holds no task; export it again", path=facts.path)
    if into.size():
        yield into.chunk()


def _reader(facts: FileFacts) -> Take:
    if facts.format == LABEL_STUDIO:
        return take_task
    if facts.format == LABEL_STUDIO_MIN:
        return MinimalReader().take
    raise BadInput(
        "{path}: a {format} file is not a Label Studio export; give JSON or JSON_MIN",
        path=facts.path,
        format=facts.format,
    )
