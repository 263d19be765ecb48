"""Checks of labels and rules: every label has a rule, every rule has its examples, limits and legal basis."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.finding import Severity
from labelqa.rulebook.lint.check import Check, Hit, Run, Subject
from labelqa.rulebook.model import ExampleKind, Rulebook
from labelqa.rulebook.positions import Path

FEWEST_LABELS: Final = 2


def _ids(book: Rulebook) -> Iterator[tuple[str, Path, str]]:
    """Everything that has an id: (sort, path, id)."""
    for index, label in enumerate(book.labels):
        yield "label", ("labels", index, "value"), label.value
    for index, field in enumerate(book.form.shows):
        yield "field", ("form", "shows", index, "name"), field.name
    for index, each in enumerate(book.terms):
        for lang, term in each.term.plain().items():
            if term.strip():
                yield f"term {lang}", ("terms", index, "term", lang), " ".join(term.split()).casefold()
    for index, defect in enumerate(book.defects):
        yield "defect", ("defects", index, "code"), defect.code
    for index, rule in enumerate(book.rules):
        yield "rule", ("rules", index, "id"), rule.id
        for inner, step in enumerate(rule.steps):
            yield "step", ("rules", index, "steps", inner, "id"), step.id
        for inner, example in enumerate(rule.examples):
            yield "example", ("rules", index, "examples", inner, "id"), example.id


def duplicate_id(subject: Subject) -> Iterator[Hit]:
    """An id, code or label value that stands for two things of one sort."""
    seen: set[tuple[str, str]] = set()
    for sort, path, name in _ids(subject.book):
        if (sort, name) in seen:
            message = Message("the {sort} {name} stands twice", {"sort": Message(_SORTS[sort]), "name": name})
            yield Hit(path, message, Message("give each its own; ids are unique in the whole rulebook"))
        seen.add((sort, name))


_SORTS: Final[dict[str, str]] = {
    "label": N_("label"),
    "field": N_("shown field"),
    "term zh": N_("term"),
    "term en": N_("term"),
    "defect": N_("defect code"),
    "rule": N_("rule"),
    "step": N_("step"),
    "example": N_("example"),
}


def label_without_rule(subject: Subject) -> Iterator[Hit]:
    """A label that no rule gives."""
    given = {label for rule in subject.book.rules for label in rule.labels}
    for index, label in enumerate(subject.book.labels):
        if label.value not in given:
            message = Message("no rule gives the label {label}", {"label": label.value})
            yield Hit(("labels", index), message, Message("write a rule for it, or delete the label"))


def unknown_label(subject: Subject) -> Iterator[Hit]:
    """A rule that gives a label outside the label set."""
    for path, rule in subject.rules():
        for index, label in enumerate(rule.labels):
            if label not in subject.graph.labels:
                message = Message("rule {rule} gives the unknown label {label}", {"rule": rule.id, "label": label})
                yield Hit((*path, "labels", index), message, Message("use a value from labels, or add it there"))


def _without_example(kind: ExampleKind, sentence: str) -> Run:
    def run(subject: Subject) -> Iterable[Hit]:
        for path, rule in subject.rules():
            if all(example.kind is not kind for example in rule.examples):
                mend = Message("add an example with kind: {kind}", {"kind": kind.value})
                yield Hit((*path, "examples"), Message(sentence, {"rule": rule.id}), mend)

    return run


def incomplete_rule(subject: Subject) -> Iterator[Hit]:
    """A rule that leaves open what its words mean, or when it applies."""
    for path, rule in subject.rules():
        parts = {
            "definition": bool(rule.definition),
            "use_when": bool(rule.use_when),
            "avoid_when": bool(rule.avoid_when),
            "boundaries": any(each.text for each in rule.boundaries),
        }
        lacking = ", ".join(name for name, there in parts.items() if not there)
        if lacking:
            message = Message("rule {rule} does not say: {parts}", {"rule": rule.id, "parts": lacking})
            yield Hit(path, message, Message("write these parts, so that two people read the rule alike"))


def rule_without_basis(subject: Subject) -> Iterator[Hit]:
    """A rule that names no article, clause or risk."""
    for path, rule in subject.rules():
        if not rule.basis:
            message = Message("rule {rule} names no legal basis", {"rule": rule.id})
            yield Hit(path, message, Message("name articles, clauses or risks under basis"))


def too_few(subject: Subject) -> Iterator[Hit]:
    """A rulebook that decides nothing."""
    if len(subject.book.labels) < FEWEST_LABELS:
        message = Message("a rulebook needs at least {n} labels", {"n": FEWEST_LABELS})
        yield Hit(("labels",), message, Message("add the labels between which the rules decide"))
    if not subject.book.rules:
        yield Hit(("rules",), Message("a rulebook needs at least one rule"), Message("write a rule for each label"))


def rule_without_labels(subject: Subject) -> Iterator[Hit]:
    """A rule that gives no label at all."""
    for path, rule in subject.rules():
        if not rule.labels:
            message = Message("rule {rule} gives no label", {"rule": rule.id})
            yield Hit((*path, "labels"), message, Message("name the labels that the rule gives"))


_E, _W = Severity.ERROR, Severity.WARNING
CHECKS: Final[tuple[Check, ...]] = (
    Check("RB201", _E, N_("An id stands twice"), duplicate_id),
    Check("RB202", _E, N_("A label has no rule"), label_without_rule),
    Check("RB203", _E, N_("A rule gives an unknown label"), unknown_label),
    Check(
        "RB204",
        _E,
        N_("A rule has no positive example"),
        _without_example(ExampleKind.POSITIVE, N_("rule {rule} has no positive example")),
        "GB/T 45674—2025 6 d)",
    ),
    Check(
        "RB205",
        _E,
        N_("A rule has no negative example"),
        _without_example(ExampleKind.NEGATIVE, N_("rule {rule} has no negative example")),
        "GB/T 45674—2025 6 d)",
    ),
    Check(
        "RB206",
        _W,
        N_("A rule has no borderline example"),
        _without_example(ExampleKind.BORDERLINE, N_("rule {rule} has no borderline example")),
    ),
    Check(
        "RB207",
        _W,
        N_("A rule lacks its definition, its limits or when to use it"),
        incomplete_rule,
        N_("Interim Measures, Article 8"),
    ),
    Check("RB208", _W, N_("A rule names no legal basis"), rule_without_basis, "GB/T 45674—2025 6 f)"),
    Check("RB209", _E, N_("The rulebook has too few labels or no rule"), too_few),
    Check("RB210", _E, N_("A rule gives no label"), rule_without_labels),
)
