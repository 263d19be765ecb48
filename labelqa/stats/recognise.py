"""Which kind of answers a column holds, told from the answers and the declared labels where nobody said.

Every answer names the kinds that it could be; what all of them could be remains. Then, in this order:

1. answers that have parts with names are what the names say: spans, segments, boxes, polygons, points,
   relations;
2. lists of lists are paths of a taxonomy;
3. left, right and tie are preferences, unless other labels are declared with them; whole numbers are ratings, other
   numbers are numbers, unless they are declared labels;
4. declared labels are choices: one of them a choice (a stray word beside them as well), lists of them several choices;
5. ids in named buckets are a ranking, and a list with a single text that is none of the declared labels is a text.

A list of texts without declared labels may be several choices, lines of text or a ranking; a plain word that is not
declared may be a choice or a text. Nobody but a person can tell these apart, so the question goes back.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any, Final

from labelqa.errors import InsufficientData
from labelqa.records.annotation import ControlKind
from labelqa.stats.distance.stored import number, parsed

_SIDES: Final = ("left", "right", "tie")
_BOX: Final = {"x", "y", "width", "height"}
_CERTAIN: Final = (
    ControlKind.SPANS, ControlKind.SEGMENTS, ControlKind.BOXES, ControlKind.POLYGONS, ControlKind.KEYPOINTS,
    ControlKind.RELATIONS, ControlKind.TAXONOMY, ControlKind.PAIRWISE, ControlKind.RATING, ControlKind.NUMBER,
)  # fmt: skip
_ANYTHING: Final = frozenset(ControlKind)
_NONE: Final[frozenset[ControlKind]] = frozenset()
_CHOICE: Final = frozenset({ControlKind.CHOICE, ControlKind.CHOICES})


def kind_of(texts: Sequence[str], labels: Sequence[str] = ()) -> ControlKind:
    """The kind that all the stored answers can be; InsufficientData ``unclear-kind`` where there is none or several.

    >>> kind_of(['["Sports","Tech"]', "Sports"], labels=("Politics", "Sports", "Tech"))
    <ControlKind.CHOICES: 'choices'>
    >>> kind_of(["4", "5"]), kind_of(["4", "5"], labels=("4", "5"))
    (<ControlKind.RATING: 'rating'>, <ControlKind.CHOICE: 'choice'>)
    """
    declared = frozenset(labels)
    found = reduce(frozenset.intersection, (_kinds(text, declared) for text in dict.fromkeys(texts)), _ANYTHING)
    if found == _ANYTHING:
        raise InsufficientData("unclear-kind", "there are no answers to tell a kind from: say which kind they are")
    certain = [kind for kind in _CERTAIN if kind in found]
    if certain:
        return certain[0]
    if len(found) == 1 or found == _CHOICE:
        return min(found, key=list(ControlKind).index)
    if not found:
        raise InsufficientData(
            "unclear-kind", "these answers are not all of one kind that labelqa knows: say which kind they are"
        )
    raise InsufficientData(
        "unclear-kind",
        "these answers can be {kinds}: say which kind they are, or declare the labels",
        kinds=", ".join(kind.value for kind in ControlKind if kind in found),
    )


def _kinds(text: str, declared: frozenset[str]) -> frozenset[ControlKind]:
    """The kinds that one answer can be."""
    if text in declared:
        return frozenset({ControlKind.PAIRWISE}) if declared.issubset(_SIDES) else _CHOICE
    value = parsed(text)
    if isinstance(value, dict):
        buckets = value and all(isinstance(ids, list) for ids in value.values())
        return frozenset({ControlKind.RANKING}) if buckets else _NONE
    if isinstance(value, list):
        return _of_list(value, declared) if value else _ANYTHING
    return _of_word(text)


def _of_word(text: str) -> frozenset[ControlKind]:
    free = {ControlKind.TEXT, ControlKind.CHOICE}
    if text in _SIDES:
        return frozenset({ControlKind.PAIRWISE, *free})
    try:
        value = number(text)
    except ValueError:
        return frozenset(free)
    whole = {ControlKind.RATING} if value.is_integer() else set()
    return frozenset({ControlKind.NUMBER, *whole, *free})


def _of_list(value: list[Any], declared: frozenset[str]) -> frozenset[ControlKind]:
    if all(isinstance(part, str) for part in value):
        if declared and declared.issuperset(value):
            return frozenset({ControlKind.CHOICES})
        undeclared = _NONE if declared else frozenset({ControlKind.CHOICES})
        ranking = frozenset({ControlKind.RANKING}) if len(set(value)) == len(value) > 1 else _NONE
        return undeclared | ranking | {ControlKind.TEXT}
    if all(isinstance(part, list) and all(isinstance(step, str) for step in part) for part in value):
        return frozenset({ControlKind.TAXONOMY})
    if all(isinstance(part, dict) for part in value):
        return reduce(frozenset.intersection, (_of_region(part) for part in value))
    return _NONE


def _of_region(region: dict[str, Any]) -> frozenset[ControlKind]:
    keys = set(region)
    if {"from", "to"} <= keys:
        return frozenset({ControlKind.RELATIONS})
    if "points" in keys:
        return frozenset({ControlKind.POLYGONS})
    if keys >= _BOX:
        return frozenset({ControlKind.BOXES})
    if {"x", "y"} <= keys:
        return frozenset({ControlKind.KEYPOINTS})
    if not {"start", "end"} <= keys:
        return _NONE
    whole = all(float(region[end]).is_integer() for end in ("start", "end") if isinstance(region[end], int | float))
    if "text" in keys and whole:
        return frozenset({ControlKind.SPANS})
    if "channel" in keys or not whole:
        return frozenset({ControlKind.SEGMENTS})
    return frozenset({ControlKind.SPANS, ControlKind.SEGMENTS})
