"""What each field of a rulebook counts for, and which lists are compared by ids: one table for the whole document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from labelqa.records.governance import Bump
from labelqa.rulebook import model
from labelqa.rulebook.diff.change import Reason
from labelqa.rulebook.diff.judge import CASES, ENTRIES, GIVEN, NORM, QUESTION, SECTION, TARGET, WORDING, Judge, always


@dataclass(frozen=True, slots=True)
class Keyed:
    """A list whose entries have ids: what it counts for when one appears, disappears, or only stands elsewhere.

    ``declared`` is what a removal counts for when the author vouches for the meaning (None: nobody can).
    """

    key: Callable[[Any], str]
    kind: type[Any]
    added: tuple[Bump, Reason]
    removed: tuple[Bump, Reason]
    moved: tuple[Bump, Reason] = (Bump.PATCH, Reason.ORDER)
    declared: Bump | None = None


@dataclass(frozen=True, slots=True)
class Nested:
    """A record within a record; where it may be missing, appearing or disappearing counts as ``whole`` says."""

    kind: type[Any]
    whole: Judge | None = None


_MAJOR, _MINOR, _PATCH = Bump.MAJOR, Bump.MINOR, Bump.PATCH
_BOOK: Final = always(_MAJOR, Reason.BOOK)
_FORM: Final = always(_MAJOR, Reason.FORM)
_BASIS: Final = always(_MINOR, Reason.BASIS)
_FIGURE: Final = always(_MAJOR, Reason.THRESHOLD)
_SEVERITY: Final = always(_MAJOR, Reason.SEVERITY)
_STEP: Final = always(_MAJOR, Reason.STEP)
_TIME: Final = always(_MINOR, Reason.TIME)
_RELEASE: Final = always(Bump.NONE, Reason.RELEASE)
_EXAMPLE: Final = always(_MINOR, Reason.EXAMPLE)
_GUIDANCE: Final = Nested(model.Guidance)

_RULES: Final = Keyed(lambda it: it.id, model.Rule, (_MAJOR, Reason.RULE), (_MAJOR, Reason.RULE))
_LABELS: Final = Keyed(lambda it: it.value, model.Label, (_MAJOR, Reason.LABEL), (_MAJOR, Reason.LABEL))
_STEPS: Final = Keyed(lambda it: it.id, model.Step, (_MAJOR, Reason.STEP), (_MAJOR, Reason.STEP), (_MAJOR, Reason.STEP))
# An example that may return with another expected label must not leave for less.
_EXAMPLES: Final = Keyed(
    lambda it: it.id, model.Example, (_MINOR, Reason.EXAMPLE), (_MAJOR, Reason.EXAMPLE_REMOVED), declared=_MINOR
)
_METRICS: Final = Keyed(
    lambda it: it.name.en, model.Metric, (_MAJOR, Reason.THRESHOLD), (_MAJOR, Reason.THRESHOLD), declared=_MINOR
)
_DEFECTS: Final = Keyed(lambda it: it.code, model.Defect, (_MINOR, Reason.ADDITION), (_MAJOR, Reason.REMOVAL))
_TERMS: Final = Keyed(
    lambda it: it.term.en or it.term.zh, model.Term, (_MINOR, Reason.ADDITION), (_MAJOR, Reason.REMOVAL),
    declared=_MINOR,
)  # fmt: skip
_UNCOVERED: Final = Keyed(lambda it: it.code, model.Uncovered, (_MINOR, Reason.BASIS), (_MINOR, Reason.BASIS))
_SHOWN: Final = Keyed(
    lambda it: it.name, model.Shown, (_MAJOR, Reason.FORM), (_MAJOR, Reason.FORM), (_MAJOR, Reason.FORM)
)

SCHEME: Final[Mapping[type[Any], Mapping[str, Judge | Keyed | Nested]]] = {
    model.Rulebook: {
        "format": WORDING, "name": _BOOK, "version": _RELEASE, "kind": _BOOK, "task_type": _BOOK, "title": WORDING,
        "control": _BOOK, "labels": _LABELS, "form": Nested(model.Form), "time_budget": _TIME, "objective": SECTION,
        "data_format": SECTION, "terms": _TERMS, "method": Nested(model.Method), "quality_metrics": _METRICS,
        "verification": Nested(model.Verification), "wrong_labels": _GUIDANCE, "defects": _DEFECTS,
        "emergency": SECTION, "risk_recognition": _GUIDANCE, "guided_responses": _GUIDANCE, "taxonomy": _BOOK,
        "uncovered_risks": _UNCOVERED, "rules": _RULES, "changes": _RELEASE, "lint_exceptions": WORDING,
    },
    model.Label: {"value": _BOOK, "title": NORM, "definition": NORM, "parent": always(_MAJOR, Reason.LABEL)},
    model.Form: {"answers": _FORM, "shows": _SHOWN, "highest": _FORM},
    model.Shown: {"name": _FORM, "shown_as": always(_MINOR, Reason.SHOWN), "title": WORDING},
    model.Term: {"term": WORDING, "definition": NORM},
    model.Method: {"execution": SECTION, "review": SECTION},
    model.Metric: {"name": WORDING, "target": TARGET},
    model.Verification: {"text": SECTION, "plan": Nested(model.CheckPlan, _FIGURE)},
    model.CheckPlan: dict.fromkeys(("design", "preset", "accuracy", "risk", "expected", "power"), _FIGURE),
    model.Guidance: {"text": SECTION, "examples": CASES},
    model.Defect: {"code": _BOOK, "title": WORDING, "severity": _SEVERITY},
    model.Uncovered: {"code": _BOOK, "reason": WORDING},
    model.Rule: {
        "id": _BOOK, "statement": NORM, "labels": GIVEN, "severity": _SEVERITY, "definition": NORM,
        "use_when": ENTRIES, "avoid_when": ENTRIES, "boundaries": ENTRIES, "basis": Nested(model.Basis),
        "steps": _STEPS, "examples": _EXAMPLES, "time_budget": _TIME, "lint_exceptions": WORDING,
    },
    model.Basis: {"articles": _BASIS, "clauses": _BASIS, "risks": _BASIS},
    model.Step: {"id": _STEP, "question": QUESTION, "yes": _STEP, "no": _STEP},
    model.Example: {
        "id": _EXAMPLE, "kind": _EXAMPLE, "content": _EXAMPLE, "expected": always(_MAJOR, Reason.EXPECTED),
        "answers": _EXAMPLE, "reason": WORDING, "use": _EXAMPLE,
    },
}  # fmt: skip
EXTRA: Final = "extra"  # fields that labelqa does not know; each is compared as a whole
OWN: Final = always(_PATCH, Reason.UNKNOWN_FIELD)
WHOLE: Final = always(_MAJOR, Reason.DUPLICATE_IDS)


def by_id(entries: tuple[Any, ...], keyed: Keyed) -> Mapping[str, Any] | None:
    """The entries of a list by their ids; None when an id stands twice."""
    found = {keyed.key(each): each for each in entries}
    return found if len(found) == len(entries) else None


def step_ids_clash(book: model.Rulebook) -> bool:
    """Whether two steps of the book have one id, so that the order of the rules decides which one counts."""
    ids = [step.id for rule in book.rules for step in rule.steps]
    return len(set(ids)) < len(ids)
