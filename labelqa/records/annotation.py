"""Annotations and items on their way in: what a file or a server said, before anything is counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from labelqa.records.finding import Finding

if TYPE_CHECKING:
    import pyarrow as pa


class ControlKind(StrEnum):
    """What sort of answer a control of the labeling form takes."""

    CHOICE = "choice"  # one label: "正面"
    CHOICES = "choices"  # a set of labels: ["A", "B"], sorted, no repeats
    TAXONOMY = "taxonomy"  # paths: [["Animal", "Dog"], ["Plant"]], sorted
    RATING = "rating"  # a whole number
    NUMBER = "number"  # a real number
    PAIRWISE = "pairwise"  # "left" or "right"
    RANKING = "ranking"  # ordered ids, or {bucket: ids}
    SPANS = "spans"  # [{"start", "end", "labels", "text"}] in code points, sorted
    BOXES = "boxes"  # [{"x", "y", "width", "height", "rotation", "labels"}] in percent, sorted
    POLYGONS = "polygons"  # [{"points", "labels"}] in percent
    KEYPOINTS = "keypoints"  # [{"x", "y", "labels"}] in percent, sorted
    SEGMENTS = "segments"  # [{"start", "end", "labels"}] in seconds
    TEXT = "text"  # ["…"]
    RELATIONS = "relations"  # [{"from", "to", "direction", "labels"}]


class Origin(StrEnum):
    """Where an answer came from: accepting a model's suggestion is not the same as answering."""

    HUMAN = "human"  # nothing was suggested, or nobody said so
    UNCHANGED = "prelabelled-unchanged"  # a pre-label, submitted as it was
    EDITED = "prelabelled-edited"
    MACHINE = "machine"  # a model's own answer


LABEL: Final = "label"  # the control name of files that have a single label column

# Columns of an annotation chunk, in order, as pyarrow type names. ``value`` is the canonical JSON text of
# {control: answer}; ``source_id`` is the source's own id of the annotation ("" when it has none);
# ``account`` is who labelled in the source's own spelling (null: nobody is named); ``row`` counts from 1.
ANNOTATION_COLUMNS: Final[tuple[tuple[str, str], ...]] = (
    ("row", "int64"),
    ("item_id", "string"),
    ("source_id", "string"),
    ("account", "string"),
    ("value", "string"),
    ("created_at", "timestamp[us, tz=UTC]"),
    ("updated_at", "timestamp[us, tz=UTC]"),
    ("seconds", "double"),
    ("skipped", "bool"),
    ("ground_truth", "bool"),
    ("release", "string"),
    ("edited_by", "string"),
    ("origin", "string"),  # an Origin; null where the file does not say
    ("task", "string"),  # the task on its server; null where it was not read from one
)
# Columns of an item chunk: ``data`` is the canonical JSON text of what was shown, ``meta`` of what was not.
ITEM_COLUMNS: Final[tuple[tuple[str, str], ...]] = (
    ("item_id", "string"),
    ("data", "string"),
    ("meta", "string"),
    ("project", "string"),
    ("task", "string"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A stretch of a file as columns (ANNOTATION_COLUMNS, ITEM_COLUMNS), with the rows refused and why.

    ``present``: tasks that were read whole from a server, each with all its annotations; what else is known of such a task
    is gone, and a task that is gone has none. What such a task says is current, whatever its times. ``told``: somebody told
    us of these answers, and nobody read them.
    """

    annotations: pa.RecordBatch
    items: pa.RecordBatch
    refused: Sequence[Finding] = ()
    notes: Sequence[Finding] = ()
    present: Mapping[str, frozenset[str]] = field(default_factory=dict)
    told: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlSpec:
    """One control of a labeling form: its name, what it takes, and its labels in the stored spelling."""

    name: str
    kind: ControlKind
    labels: tuple[str, ...] = ()
    shown: dict[str, str] = field(default_factory=dict)  # stored spelling -> shown text, where they differ


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """What a reader found out about a file before its rows: for the messages and the ledger."""

    path: str
    format: str  # label-studio-json, label-studio-json-min, csv, parquet
    encoding: str  # utf-8, utf-8-sig, gb18030, "" for binary files
    digest: str
    size: int
    extra: dict[str, Any] = field(default_factory=dict)
