"""Which labels a new version may have changed: their annotations are the ones to recheck.

Errs towards naming a label; never leaves one out that some path of answers now leads away from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from labelqa.records.governance import Bump
from labelqa.rulebook.diff.cases import cases
from labelqa.rulebook.diff.change import Change, Diff, spelled_out
from labelqa.rulebook.diff.compare import diff
from labelqa.rulebook.diff.glossary import affected
from labelqa.rulebook.model import Example, Rule, Rulebook, Text
from labelqa.rulebook.steps import Graph, graph, reached

# Parts whose material change touches every label.
_EVERYTHING: Final = frozenset(
    {"name", "kind", "task_type", "control", "form", "taxonomy", "wrong_labels", "risk_recognition", "guided_responses"}
)
_EXECUTION: Final = ("method", "execution")


def touched_labels(old: Rulebook, new: Rulebook, *, found: Diff | None = None) -> frozenset[str]:
    """Labels of the old version whose meaning the change can touch; ``found`` is their diff, where it is known.

    These are: labels that disappear, are split, merged, redefined or hung elsewhere; labels of rules with a major
    change and of their neighbours, and those that their worked examples expect (a rule that grows takes its items from
    where its negative and borderline examples lie); labels at which changed decision steps ended or end; and the
    labels, old and new, that a changed or removed worked example expects. A title taken from another label touches both;
    a term touches what uses it or a term that rests on it; the texts on how to label, on wrong labels, on risks and on
    guided responses touch every label.
    """
    labels = frozenset(label.value for label in old.labels)
    found = diff(old, new) if found is None else found
    if not found:
        return frozenset()
    known = cases(old, new)
    touched = set(_by_steps(old, new, found)) | known.labels()
    if new.changes is not None:
        touched.update(label for change in new.changes.labels for label in change.before)
    material = [change for change in found.changes if change.bump is Bump.MAJOR]
    if any(map(_everywhere, material)):
        return labels
    for change in material:
        touched.update(_by_change(change), known.takes_from(change))
    touched.update(_by_rules(material, old, new), _by_terms(material, old, new))
    return labels & touched


def _everywhere(change: Change) -> bool:
    head, *rest = spelled_out(change.part)
    return head in _EVERYTHING or (head, *rest[:1]) == _EXECUTION or (head in ("rules", "labels") and not rest)


def _by_change(change: Change) -> Iterator[str]:
    head, *rest = spelled_out(change.part)
    if head == "labels":
        yield rest[0]
    elif head == "rules" and rest[1:2] == ["examples"]:
        yield from _expected(change)


def _by_rules(material: Iterable[Change], old: Rulebook, new: Rulebook) -> Iterator[str]:
    parts = [spelled_out(change.part) for change in material]
    names = {part[1] for part in parts if part[0] == "rules"}
    for book in (old, new) if names else ():
        yield from _of_rules(names, book)


def _expected(change: Change) -> Iterator[str]:
    for value in (change.before, change.after):
        entries = value if isinstance(value, tuple) else (value,)
        yield from (each.expected if isinstance(each, Example) else str(each) for each in entries)


def _of_rules(names: set[str], book: Rulebook) -> Iterator[str]:
    """The labels that rules give, those at which their steps and examples end, and those of their neighbours."""
    beyond: set[str] = set()
    for rule in book.rules:
        if rule.id in names:
            yield from _own(rule)
            beyond.update(boundary.rule for boundary in rule.boundaries)
    yield from (label for each in book.rules if each.id in beyond for label in each.labels)


def _own(rule: Rule) -> Iterator[str]:
    yield from rule.labels
    yield from (example.expected for example in rule.examples)
    for step in rule.steps:
        yield from (step.yes, step.no)


def _by_terms(material: Iterable[Change], old: Rulebook, new: Rulebook) -> Iterator[str]:
    """The labels of the rules that use a changed term of the glossary or one that rests on it; all labels where the
    texts that hold for every label use it."""
    parts = [spelled_out(change.part) for change in material]
    names = {"".join(part[1:2]) for part in parts if part[0] == "terms"}
    if not names:
        return
    words = affected(names, old, new)
    for book in (old, new):
        general = words.used(_general(book))
        yield from (label.value for label in old.labels if general)
        yield from (label.value for label in book.labels if words.used((label.definition,)))
        for rule in book.rules:
            if words.used(_sentences(rule)):
                yield from _own(rule)


def _general(book: Rulebook) -> Iterator[Text]:
    yield from (book.method.execution, book.wrong_labels.text, book.risk_recognition.text, book.guided_responses.text)


def _sentences(rule: Rule) -> Iterator[Text]:
    yield from (rule.statement, rule.definition, *rule.use_when, *rule.avoid_when)
    yield from (boundary.text for boundary in rule.boundaries)
    yield from (step.question for step in rule.steps)


def _by_steps(old: Rulebook, new: Rulebook, found: Diff) -> Iterator[str]:
    """Labels at which steps ended or end that are not what they were; and starts that lie elsewhere now."""
    before, after = graph(old), graph(new)
    changed = {name for name in before.steps.keys() | after.steps.keys() if _leads_elsewhere(name, before, after)}
    changed.update(_steps_with_major_changes(found))
    starts, later = _starts(old), _starts(new)
    elsewhere = {rule for rule in starts.keys() | later.keys() if starts.get(rule) != later.get(rule)}
    yield from changed  # where a step and a label share a name, the step comes first on a walk
    yield from before.labels - after.labels
    for through, begins in ((before, starts), (after, later)):
        yield from _ends({*changed, *(begins[rule] for rule in elsewhere if rule in begins)}, through)


def _leads_elsewhere(name: str, before: Graph, after: Graph) -> bool:
    was, now = before.steps.get(name), after.steps.get(name)
    return was is None or now is None or (was.yes, was.no) != (now.yes, now.no)


def _steps_with_major_changes(found: Diff) -> Iterator[str]:
    for change in found.changes:
        parts = spelled_out(change.part)
        if change.bump is Bump.MAJOR and len(parts) > 3 and parts[0] == "rules" and parts[2] == "steps":
            yield parts[3]


def _starts(book: Rulebook) -> dict[str, str]:
    return {rule.id: rule.steps[0].id for rule in book.rules if rule.steps}


def _ends(starts: Iterable[str], through: Graph) -> Iterator[str]:
    for name in reached(starts, through=through):
        step = through.steps[name]
        yield from (target for target in (step.yes, step.no) if target not in through.steps)
