"""What one verifier answered to one task of a review project, as a verdict.

Words are those of the work sheets; an answer nobody offered is a finding, and no verdict is ever guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from labelqa.adapters.files import words
from labelqa.adapters.files.columns import canonical
from labelqa.adapters.label_studio import review_form as form
from labelqa.adapters.label_studio.codec import decode
from labelqa.adapters.label_studio.tasks import account_of, text
from labelqa.adapters.label_studio.told import moment_of
from labelqa.errors import Message
from labelqa.records.finding import Finding, Place, finding
from labelqa.records.work import RawVerdict

ORIGINAL: Final = "labelqa-original"
_OURS: Final = (
    form.VERDICT, form.LABEL, form.SEVERITY, form.RULE, form.DEFECT, form.SAFETY, form.UNSAFE, form.COMMENT,
    *(form.CHECK + name for name in words.CHECKS),
)  # fmt: skip


def verdict_of(
    task: Mapping[str, Any], ours: Mapping[str, Any], annotation: Mapping[str, Any], place: Place, found: list[Finding]
) -> RawVerdict | None:
    """The verdict of an annotation, or None and a finding; ``ours`` is labelqa's own mark on the task."""
    place = Place(file=place.file, row=place.row, subject=f"item:{ours['item']}")
    decoded = decode(annotation.get("result") or [], place=place)
    found += decoded.findings
    if any(is_ours(str(each.message.values.get("control"))) for each in decoded.findings):
        return None  # part of the verdict itself was left out
    answers, blind = decoded.answers, ours.get("blind") is True
    said = _word(answers.get(form.VERDICT))
    known = words.verdict(said) if said else None
    answer = _answer(answers) if blind else ""
    scores = {
        name.removeprefix(form.SCORE): _word(score) for name, score in answers.items() if name.startswith(form.SCORE)
    }
    if known is None and (said or not (answer or scores)):
        found.append(_no_verdict(said, place))
        return None
    problems = len(found)
    severity, unsafe, safety, checks = _choices(answers, place, found)
    if len(found) > problems:  # without its risk class an unsafe item would count as safe
        return None
    changed = "" if blind else _changed(task, annotation, answers)
    return RawVerdict(
        sample=text(ours["sample"]), item_id=ours["item"], verdict=known.verdict if known else "",
        verifier=text(ours.get("verifier")), rule=_word(answers.get(form.RULE)), defect=_word(answers.get(form.DEFECT)),
        severity=severity or (known.severity if known else ""), correct_label=_word(answers.get(form.LABEL)) or changed,
        unsafe=unsafe, safety=safety, checks=checks, scores=scores, answer=answer,
        obstacle=known.obstacle if known else "", comment=_word(answers.get(form.COMMENT)), at=moment_of(annotation.get("updated_at") or annotation.get("created_at")),
        account=account_of(annotation.get("completed_by")) or "", place=place,
    )  # fmt: skip


def is_ours(control: str) -> bool:
    """Whether a control is one that labelqa put into the form."""
    return control in _OURS or control.startswith(form.SCORE)


def _choices(
    answers: Mapping[str, Any], place: Place, found: list[Finding]
) -> tuple[str, str, str, dict[str, str]]:  # fmt: skip
    """Severity, risk, safety verdict and checks; a finding for each word that nobody offered."""

    def read(control: str, known: Callable[[str], str | None]) -> str:
        return _offered(answers, control, known, place, found)

    severity, safety = read(form.SEVERITY, _in(words.SEVERITIES)), read(form.SAFETY, _in(words.SAFETY))
    checks = {name: read(form.CHECK + name, _in(words.CHECK_RESULTS)) for name in words.CHECKS}
    unsafe = read(form.UNSAFE, words.risk)
    return severity, unsafe, safety, {name: result for name, result in checks.items() if result}


def _in(known: words.Words) -> Callable[[str], str | None]:
    return lambda said: words.stored(known, said)


def _answer(answers: Mapping[str, Any]) -> str:
    """The verifier's own label, where the original was hidden; "" where none was given."""
    own = [answer for name, answer in answers.items() if not is_ours(name)]
    if not own:
        return ""
    return own[0] if isinstance(own[0], str) else canonical(own[0])


def _word(answer: Any) -> str:
    """A choice or what was typed, as one text."""
    if isinstance(answer, list):
        return "\n".join(str(each).strip() for each in answer)
    return text(answer).strip()


def _offered(
    answers: Mapping[str, Any], control: str, known: Callable[[str], str | None], place: Place, found: list[Finding]
) -> str:
    """The stored spelling of a choice, "" for none; "" and a finding for a word nobody offered."""
    said = _word(answers.get(control))
    word = known(said) if said else ""
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
    return word or ""


def _changed(task: Mapping[str, Any], annotation: Mapping[str, Any], answers: Mapping[str, Any]) -> str:
    """The answer in the original form if the verifier changed it, else ""; a set or region as its JSON text."""
    before = _original(task, annotation)
    marked = {
        item.get("from_name")
        for item in annotation.get("result") or []
        if isinstance(item, dict) and item.get("origin") == "prediction-changed"
    }
    now = {name: answer for name, answer in answers.items() if not is_ours(name)}
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
