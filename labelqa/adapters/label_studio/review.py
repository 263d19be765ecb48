"""Review projects in Label Studio: the tasks of a drawn sample on their way out, the verdicts on their way back.

The original answer travels as a prediction that is already filled in, or not at all where the verifier labels again
blind; who gave it never travels.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from labelqa.adapters.files.json_stream import elements
from labelqa.adapters.files.source import LABEL_STUDIO, look, open_utf8
from labelqa.adapters.label_studio.encode import encode
from labelqa.adapters.label_studio.review_answers import ORIGINAL, verdict_of
from labelqa.adapters.label_studio.tasks import text
from labelqa.errors import BadInput, Message
from labelqa.records.annotation import ControlKind, FileFacts
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.work import RawVerdict, ReviewItem

LIMIT: Final = 512 << 20  # bytes


def review_tasks(
    items: Iterable[ReviewItem],
    *,
    sample: str,
    kinds: Mapping[str, ControlKind] | None = None,
    to_names: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """The tasks of a review project, to be written as JSON and imported into Label Studio.

    Items without an answer are to be labelled again blind: nothing is filled in.
    ``kinds`` and ``to_names`` come from the labeling config (`config.read_config`, `config.to_names`); without them
    texts and lists of texts are taken for choices about the first field of the data.
    """
    return [_task(item, sample, kinds or {}, to_names or {}) for item in items]


def _task(
    item: ReviewItem, sample: str, kinds: Mapping[str, ControlKind], to_names: Mapping[str, str]
) -> dict[str, Any]:
    known = {name: kinds.get(name) or _kind(answer) for name, answer in item.answers.items()}
    first = next(iter(item.data), "text")
    mark: dict[str, Any] = {"sample": sample, "item": item.item_id, "verifier": item.verifier}
    if not item.answers:
        return {"data": dict(item.data), "meta": {"labelqa": {**mark, "blind": True}}}
    result = encode(item.answers, kinds=known, to_names={name: to_names.get(name, first) for name in item.answers})
    return {
        "data": dict(item.data),
        "meta": {"labelqa": mark},
        "predictions": [{"model_version": ORIGINAL, "score": 1.0, "result": result}],
    }


def _kind(answer: Any) -> ControlKind:
    if isinstance(answer, str):
        return ControlKind.CHOICE
    if isinstance(answer, list) and all(isinstance(each, str) for each in answer):
        return ControlKind.CHOICES
    raise BadInput(
        "a review project for {kind} answers needs the labeling config; give it with --config",
        kind=type(answer).__name__,
    )


def read_reviews(path: str | Path, *, limit: int = LIMIT) -> tuple[list[RawVerdict], list[Finding]]:
    """The verdicts in a JSON export of a review project, in its order, and what was odd.

    Several answers to one task all come back. Skipped tasks and tasks without an answer come back with the verdict ""
    and are counted in a note.
    Raises BadInput when the file is no JSON export.
    """
    facts = look(path, limit=limit)
    if facts.format != LABEL_STUDIO:
        raise BadInput(
            "{path}: a review project comes back as a JSON export; this is {format}",
            path=str(path),
            format=facts.format,
        )
    verdicts: list[RawVerdict] = []
    found: list[Finding] = []
    with open_utf8(facts) as stream:
        for entry, task in enumerate(elements(stream, path=facts.path), start=1):
            place = Place(file=facts.path, row=entry)
            ours = _ours(task)
            if ours is None:
                found.append(_stranger(place))
                continue
            annotations = [
                each
                for each in task.get("annotations") or []
                if isinstance(each, dict) and each.get("was_cancelled") is not True
            ]
            if not annotations:
                verdicts.append(_open_item(ours, place))
            for annotation in annotations:
                verdict = verdict_of(task, ours, annotation, place, found)
                verdicts += [verdict] if verdict else []
    found += _without(sum(not each.said for each in verdicts), facts)
    return verdicts, found


def _open_item(ours: Mapping[str, Any], place: Place) -> RawVerdict:
    return RawVerdict(
        sample=text(ours["sample"]), item_id=ours["item"], verdict="", verifier=text(ours.get("verifier")), place=place
    )


def _ours(task: Any) -> Mapping[str, Any] | None:
    """Our own mark on the task; older forms name the source's task where newer ones name the item."""
    meta = task.get("meta") if isinstance(task, dict) else None
    ours = meta.get("labelqa") if isinstance(meta, dict) else None
    if not isinstance(ours, dict) or not ours.get("sample"):
        return None
    item = text(ours.get("item")) or text(ours.get("source_task"))
    return {**ours, "item": item} if item else None


def _stranger(place: Place) -> Finding:
    return finding(
        "RV008",
        "the task does not belong to a sample of labelqa (meta.labelqa is missing)",
        mend=Message("Import the tasks that labelqa wrote, and export that project"),
        place=place,
    )


def _without(empty: int, facts: FileFacts) -> list[Finding]:
    if not empty:
        return []
    return [
        finding(
            "RV007",
            "{count} items have no verdict yet",
            count=empty,
            mend=Message("Fill them in and import the sheet again"),
            severity=Severity.NOTE,
            place=Place(file=facts.path),
        )
    ]
