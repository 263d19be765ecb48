"""Review projects in Label Studio: the tasks of a drawn sample on their way out, the verdicts on their way back.

The original answer travels as a prediction that is already filled in; who gave it does not travel at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from labelqa.adapters.files import words
from labelqa.adapters.files.columns import canonical
from labelqa.adapters.files.json_stream import elements
from labelqa.adapters.files.source import LABEL_STUDIO, look, open_utf8
from labelqa.adapters.label_studio import review_form as form
from labelqa.adapters.label_studio.codec import decode
from labelqa.adapters.label_studio.encode import encode
from labelqa.adapters.label_studio.tasks import account_of, text, utc_of
from labelqa.errors import BadInput, Message
from labelqa.records.annotation import ControlKind, FileFacts
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.work import RawVerdict, ReviewItem

ORIGINAL: Final = "labelqa-original"
LIMIT: Final = 512 << 20  # bytes
_OURS: Final = (form.VERDICT, form.LABEL, form.SEVERITY, form.RULE, form.UNSAFE, form.COMMENT)


def review_tasks(
    items: Iterable[ReviewItem],
    *,
    sample: str,
    kinds: Mapping[str, ControlKind] | None = None,
    to_names: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """The tasks of a review project, to be written as JSON and imported into Label Studio.

    ``kinds`` and ``to_names`` come from the labeling config (`config.read_config`, `config.to_names`); without them
    texts and lists of texts are taken for choices about the first field of the data.
    """
    return [_task(item, sample, kinds or {}, to_names or {}) for item in items]


def _task(
    item: ReviewItem, sample: str, kinds: Mapping[str, ControlKind], to_names: Mapping[str, str]
) -> dict[str, Any]:
    known = {name: kinds.get(name) or _kind(answer) for name, answer in item.answers.items()}
    first = next(iter(item.data), "text")
    result = encode(item.answers, kinds=known, to_names={name: to_names.get(name, first) for name in item.answers})
    return {
        "data": dict(item.data),
        "meta": {"labelqa": {"sample": sample, "item": item.item_id, "verifier": item.verifier}},
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
                verdict = _verdict(task, ours, annotation, place, found)
                verdicts += [verdict] if verdict else []
    found += _without(sum(not each.verdict for each in verdicts), facts)
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


def _verdict(
    task: Mapping[str, Any], ours: Mapping[str, Any], annotation: Mapping[str, Any], place: Place, found: list[Finding]
) -> RawVerdict | None:
    place = Place(file=place.file, row=place.row, subject=f"item:{ours['item']}")
    decoded = decode(annotation.get("result") or [], place=place)
    found += decoded.findings
    if any(each.message.values.get("control") in _OURS for each in decoded.findings):
        return None  # part of the verdict itself was left out
    answers = decoded.answers
    said = _word(answers.get(form.VERDICT))
    known = words.verdict(said) if said else None
    if known is None:
        found.append(_no_verdict(said, place))
        return None
    severity = _offered(answers, form.SEVERITY, words.SEVERITIES, place, found)
    unsafe = _offered(answers, form.UNSAFE, words.UNSAFE, place, found)
    if severity is None or unsafe is None:  # without its risk class an unsafe item would count as safe
        return None
    return RawVerdict(
        sample=text(ours["sample"]),
        item_id=ours["item"],
        verdict=known[0],
        verifier=text(ours.get("verifier")),
        rule=_word(answers.get(form.RULE)),
        severity=severity or known[1],
        correct_label=_word(answers.get(form.LABEL)) or _changed(task, annotation, answers),
        unsafe=unsafe,
        comment=_word(answers.get(form.COMMENT)),
        at=_moment(annotation),
        account=account_of(annotation.get("completed_by")) or "",
        place=place,
    )


def _word(answer: Any) -> str:
    """A choice or what was typed, as one text."""
    if isinstance(answer, list):
        return "\n".join(str(each).strip() for each in answer)
    return text(answer).strip()


def _offered(
    answers: Mapping[str, Any], control: str, known: words.Words, place: Place, found: list[Finding]
) -> str | None:
    """The stored spelling of a choice, "" for none; None, and a finding, for a word nobody offered."""
    said = _word(answers.get(control))
    word = words.stored(known, said) if said else ""
    if word is None:
        found.append(
            finding(
                "RV004",
                '{cell}: "{word}" is not one of the words offered; the row was not taken',
                cell=control,
                word=said,
                mend=Message("Choose a word from the drop-down"),
                place=place,
            )
        )
    return word


def _changed(task: Mapping[str, Any], annotation: Mapping[str, Any], answers: Mapping[str, Any]) -> str:
    """The answer in the original form if the verifier changed it, else ""; a set or region as its JSON text."""
    before = _original(task, annotation)
    marked = {
        item.get("from_name")
        for item in annotation.get("result") or []
        if isinstance(item, dict) and item.get("origin") == "prediction-changed"
    }
    now = {name: answer for name, answer in answers.items() if name not in _OURS}
    changed = {
        name: answer for name, answer in now.items() if name in marked or (before and before.get(name) != answer)
    }
    if len(changed) > 1:
        return canonical(changed)
    answer = next(iter(changed.values()), "")
    return answer if isinstance(answer, str) else canonical(answer)


def _original(task: Mapping[str, Any], annotation: Mapping[str, Any]) -> Mapping[str, Any]:
    """The answers that were sent out, where the export still has them."""
    predictions = [annotation.get("prediction"), *(task.get("predictions") or [])]
    for prediction in predictions:
        if isinstance(prediction, dict) and prediction.get("model_version") == ORIGINAL:
            return decode(prediction.get("result")).answers
    return {}


def _moment(annotation: Mapping[str, Any]) -> datetime | None:
    try:
        return utc_of(annotation.get("updated_at") or annotation.get("created_at"))
    except ValueError:
        return None


def _stranger(place: Place) -> Finding:
    return finding(
        "RV008",
        "the task does not belong to a sample of labelqa (meta.labelqa is missing)",
        mend=Message("Import the tasks that labelqa wrote, and export that project"),
        place=place,
    )


def _no_verdict(said: str, place: Place) -> Finding:
    if not said:
        return finding(
            "RV002",
            "{cell}: the row is filled in but has no verdict; it was not taken",
            cell=form.VERDICT,
            mend=Message("Choose a verdict"),
            place=place,
        )
    return finding(
        "RV001",
        '{cell}: "{word}" is not a verdict; the row was not taken',
        cell=form.VERDICT,
        word=said,
        mend=Message("Choose a word from the drop-down"),
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
