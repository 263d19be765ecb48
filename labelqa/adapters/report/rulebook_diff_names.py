"""What parts of a rulebook and kinds of change are called when people read a comparison of versions."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from labelqa.adapters.report.text import name_of
from labelqa.i18n import N_, Speaker
from labelqa.records.governance import Bump
from labelqa.rulebook.diff import What

FIELDS: Final[Mapping[str, str]] = {
    "accuracy": N_("accuracy to be proven"),
    "answer": N_("what to do"),
    "answers": N_("recorded answers"),
    "articles": N_("articles"),
    "avoid_when": N_("avoid when"),
    "basis": N_("legal basis"),
    "boundaries": N_("boundaries"),
    "changes": N_("changes"),
    "clauses": N_("clauses"),
    "code": N_("code"),
    "content": N_("content"),
    "control": N_("control of the form"),
    "data_format": N_("data format"),
    "defects": N_("kinds of wrong label"),
    "definition": N_("definition"),
    "design": N_("design"),
    "emergency": N_("emergency response"),
    "examples": N_("worked examples"),
    "execution": N_("execution"),
    "expected": N_("expected label"),
    "form": N_("labeling form"),
    "format": N_("format of the file"),
    "guided_responses": N_("guided positive responses"),
    "highest": N_("top of the scale"),
    "id": N_("id"),
    "kind": N_("kind"),
    "labels": N_("labels that it gives"),
    "lint_exceptions": N_("answered warnings"),
    "method": N_("method"),
    "name": N_("what it is called"),
    "no": N_("where no leads"),
    "objective": N_("objective"),
    "parent": N_("label above it"),
    "power": N_("power"),
    "preset": N_("preset"),
    "quality_metrics": N_("quality metrics"),
    "question": N_("question of the step"),
    "reason": N_("reason"),
    "review": N_("review"),
    "risk": N_("risk"),
    "risk_recognition": N_("recognition of risky content"),
    "risks": N_("risks"),
    "rule": N_("rule"),
    "rules": N_("all rules"),
    "severity": N_("severity"),
    "shown_as": N_("how it is shown"),
    "shows": N_("fields shown"),
    "statement": N_("statement"),
    "steps": N_("decision steps"),
    "target": N_("target"),
    "task_type": N_("type of data"),
    "taxonomy": N_("list of risks"),
    "term": N_("term"),
    "terms": N_("glossary"),
    "text": N_("text"),
    "time_budget": N_("time budget"),
    "title": N_("title"),
    "uncovered_risks": N_("risks not treated"),
    "use": N_("use"),
    "use_when": N_("use when"),
    "value": N_("value"),
    "verification": N_("verification"),
    "plan": N_("plan of the spot check"),
    "version": N_("version"),
    "wrong_labels": N_("recognition of wrong labels"),
    "yes": N_("where yes leads"),
}
# stored words of examples, which nothing else shows to people by themselves
WORDS: Final[Mapping[str, str]] = {
    "positive": N_("the rule applies"),
    "negative": N_("the rule does not apply"),
    "borderline": N_("only just"),
    "handbook": N_("handbook"),
    "exam": N_("exam"),
    "gold": N_("gold"),
    "yes": N_("yes"),
    "no": N_("no"),
}
WHATS: Final[Mapping[What, str]] = {
    What.ADDED: N_("new"),
    What.REMOVED: N_("removed"),
    What.CHANGED: N_("changed"),
    What.MOVED: N_("moved"),
}
BUMPS: Final[Mapping[Bump, str]] = {
    Bump.NONE: N_("no change"),
    Bump.PATCH: N_("wording"),
    Bump.MINOR: N_("addition"),
    Bump.MAJOR: N_("material"),
}
ASKS: Final[Mapping[Bump, str]] = {
    Bump.NONE: N_("nothing that asks for a new version"),
    Bump.PATCH: N_("at least a patch version (x.y.Z)"),
    Bump.MINOR: N_("at least a minor version (x.Y.0)"),
    Bump.MAJOR: N_("a major version (X.0.0)"),
}


def field_name(name: str, say: Speaker) -> str:
    """A field's name for people; a field of one's own keeps its own."""
    return say(FIELDS[name]) if name in FIELDS else name


def joined(words: list[str], say: Speaker) -> str:
    """Words in a row, as the language separates them."""
    return ("、" if say.lang == "zh" else ", ").join(words)


def word_name(value: StrEnum, say: Speaker) -> str:
    """A stored word for people."""
    return say(WORDS[value.value]) if value.value in WORDS else name_of(value, say)
