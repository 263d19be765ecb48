"""What a verdict follows from where it is not said outright, and which of its parts contradict each other.

Scores below a declared pass line make a label incorrect; so does an answer given blind that is not the label of
record; an item that could not be reviewed is undecidable. Nothing here is looked up or recorded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final

from labelqa.errors import Message
from labelqa.records.annotation import ControlKind
from labelqa.records.defects import DIMENSIONS
from labelqa.records.facts import ReviewRecorded
from labelqa.records.review import Check, CheckResult, Obstacle, Safety, Verdict

CLOSED: Final = (ControlKind.CHOICE, ControlKind.CHOICES, ControlKind.RATING)  # may be labelled again blind
HIGHEST: Final = 100.0  # no scale in use goes further
_RISK: Final = re.compile(r"A\.?([1-5])\.?([a-z]?)", re.IGNORECASE)


def score_of(text: str) -> float | None:
    """A score as it was written; None for what is none: scores go from 0 to 100.

    >>> score_of(" 4.5 "), score_of("４"), score_of("good"), score_of("nan"), score_of("400")
    (4.5, 4.0, None, None, None)
    """
    try:
        score = float(text.strip())
    except ValueError:
        return None
    return score if 0 <= score <= HIGHEST else None


def below(scores: Mapping[str, float], lines: Mapping[str, float]) -> tuple[str, ...]:
    """The dimensions whose score is below its pass line, in the plan's order; a score on the line passes.

    >>> below({"accuracy": 3, "logic": 4}, {"logic": 4, "accuracy": 4})
    ('accuracy',)
    """
    return tuple(name for name, line in lines.items() if name in scores and scores[name] < line)


def judged(scores: Mapping[str, float], lines: Mapping[str, float]) -> str:
    """The verdict that scores give by themselves; "" where a score is missing and those given all pass.

    >>> judged({"accuracy": 3}, {"accuracy": 4, "logic": 4}), judged({"accuracy": 4}, {"accuracy": 4, "logic": 4})
    ('incorrect', '')
    """
    if below(scores, lines):
        return Verdict.INCORRECT.value
    return Verdict.CORRECT.value if lines and lines.keys() <= scores.keys() else ""


def defect_of(dimension: str) -> str:
    """The defect of a response that falls below the line in a dimension; "" where the dimension is the plan's own.

    >>> defect_of("timeliness"), defect_of("tone")
    ('R3', '')
    """
    return DIMENSIONS[dimension].defect if dimension in DIMENSIONS else ""


def answered(text: str, kind: ControlKind) -> str:
    """A label that somebody wrote, in the stored spelling: sets sorted, one label each side of ``;`` or a JSON list.

    >>> answered("b; a", ControlKind.CHOICES), answered(" 4.0", ControlKind.RATING), answered(" pos ", ControlKind.CHOICE)
    ('["a","b"]', '4', 'pos')
    """
    text = text.strip()
    if kind is ControlKind.CHOICES:
        return json.dumps(sorted(members(text)), ensure_ascii=False, separators=(",", ":"))
    score = score_of(text) if kind is ControlKind.RATING else None
    return text if score is None else f"{score:g}"


def members(text: str) -> frozenset[str]:
    """The labels of a set as it is stored or was typed.

    >>> sorted(members('["a","b"]')), sorted(members("a；b")), sorted(members(""))
    (['a', 'b'], ['a', 'b'], [])
    """
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, list):
        found = re.split(r"[;；\n]", text)
    return frozenset(stripped for each in found if (stripped := str(each).strip()))


def same_label(answer: str, label: str, kind: ControlKind) -> bool:
    """Whether an answer given blind is the label of record.

    >>> same_label("b;a", '["a","b"]', ControlKind.CHOICES), same_label("4", "5", ControlKind.RATING)
    (True, False)
    """
    return answered(answer, kind) == answered(label, kind)


def risk_code(text: str) -> str | None:
    """A group of risks (A.1 to A.5) or one of them (A1a) in the stored spelling, "" for none; None for no such code.

    >>> risk_code("a1"), risk_code("A.1"), risk_code("A.1B"), risk_code(" "), risk_code("B.1")
    ('A.1', 'A.1', 'A1b', '', None)
    """
    text = text.strip()
    if not text:
        return ""
    found = _RISK.fullmatch(text)
    if found is None:
        return None
    group, letter = found.groups()
    return f"A{group}{letter.lower()}" if letter else f"A.{group}"


def all_checked(checks: Mapping[str, str]) -> bool:
    """Whether all three checks of GB/T 45674—2025, 8.1 d) are recorded.

    >>> all_checked({"understanding": "passed", "consistency": "not-applicable", "quality": "failed"})
    True
    """
    return {str(each) for each in Check} <= checks.keys()


def unknown_words(review: ReviewRecorded) -> list[Message]:
    """Words that are none of those a verdict is made of."""
    found: list[Message] = []
    if review.safety not in ("", *Safety):
        found.append(_no_word(review.safety, ", ".join(Safety)))
    if review.obstacle not in ("", *Obstacle):
        found.append(_no_word(review.obstacle, ", ".join(Obstacle)))
    found += [_no_word(name, ", ".join(Check)) for name in review.checks if name not in tuple(Check)]
    found += [
        _no_word(said, ", ".join(CheckResult)) for said in review.checks.values() if said not in tuple(CheckResult)
    ]
    return found


def _no_word(word: str, words: str) -> Message:
    return Message("{word} is none of {words}", {"word": word, "words": words})


def contradictions(review: ReviewRecorded, lines: Mapping[str, float]) -> list[Message]:
    """Parts of a verdict that cannot both be meant; ``lines`` are the plan's pass lines."""
    item = {"item": review.item}
    found: list[Message] = []
    if review.obstacle and review.verdict != Verdict.UNDECIDABLE:
        text = Message("item {item} could not be reviewed ({obstacle}) and yet is called {verdict}",
                       {**item, "obstacle": review.obstacle, "verdict": review.verdict})  # fmt: skip
        found.append(text)
    if review.verdict == Verdict.CORRECT:
        failed = [name for name in Check if review.checks.get(name) == CheckResult.FAILED]
        found += [
            Message(
                "the verdict on item {item} is correct and yet its check of {check} failed", {**item, "check": each}
            )
            for each in map(str, failed)
        ]
        found += [
            Message("the verdict on item {item} is correct and yet {dimension} is {score:g}, below the pass line {line:g}",
                    {**item, "dimension": name, "score": review.scores[name], "line": lines[name]})
            for name in below(review.scores, lines)
        ]  # fmt: skip
    return found + _safety(review)


def _safety(review: ReviewRecorded) -> list[Message]:
    item = {"item": review.item, "safety": review.safety}
    if review.safety == Safety.UNSAFE and not review.unsafe:
        return [Message("item {item} is called unsafe but no risk is named: add A.1 to A.5", item)]
    if review.unsafe and review.safety in (Safety.SAFE, Safety.UNCLEAR):
        return [Message("item {item} is called {safety} and yet a risk is named: say unsafe, or name no risk", item)]
    return []
