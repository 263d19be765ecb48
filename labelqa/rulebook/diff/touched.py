"""Which labels a new version may have changed: their annotations are the ones to recheck.

Errs towards naming a label; never leaves one out that some path of answers now leads away from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from labelqa.records.governance import Bump
from labelqa.rulebook.diff.change import Change, Diff, spelled_out
from labelqa.rulebook.diff.compare import diff
from labelqa.rulebook.model import Example, Rule, Rulebook, Text
from labelqa.rulebook.steps import Graph, graph, reached

# Parts whose change touches every label, and parts that decide about work or acceptance but never about a label.
_EVERYTHING: Final = frozenset({"name", "kind", "task_type", "control", "form", "taxonomy"})


def touched_labels(old: Rulebook, new: Rulebook, *, found: Diff | None = None) -> frozenset[str]:
    """Labels of the old version whose meaning the change can touch; ``found`` is their diff, where it is known.

    These are: labels that disappear, are split, merged, redefined or hung elsewhere; labels of rules with a major
    change and of their neighbours, and those that their worked examples expect (a rule that grows takes its items from
    where its negative and borderline examples lie); labels at which changed decision steps ended or end; and the
    labels, old and new, that a changed or removed worked example expects.
    """
    labels = frozenset(label.value for label in old.labels)
    found = diff(old, new) if found is None else found
    if not found:
        return frozenset()
    touched = set(_by_steps(old, new, found))
    if new.changes is not None:
        touched.update(label for change in new.changes.labels for label in change.before)
    for change in found.changes:
        if change.bump is Bump.MAJOR:
            touched.update(labels if _everywhere(change) else _by_change(change, old, new))
    return labels & touched


def _everywhere(change: Change) -> bool:
    head, *rest = spelled_out(change.part)
    return head in _EVERYTHING or (head in ("rules", "labels") and not rest)


def _by_change(change: Change, old: Rulebook, new: Rulebook) -> Iterator[str]:
    head, *rest = spelled_out(change.part)
    if head == "labels":
        yield rest[0]
    elif head == "rules":
        for book in (old, new):
            yield from _of_rule(rest[0], book)
        if rest[1:2] == ["examples"]:
            yield from _expected(change)
    elif head == "terms":
        yield from _by_term(rest[0] if rest else "", old, new)


def _expected(change: Change) -> Iterator[str]:
    for value in (change.before, change.after):
        entries = value if isinstance(value, tuple) else (value,)
        yield from (each.expected if isinstance(each, Example) else str(each) for each in entries)


def _of_rule(name: str, book: Rulebook) -> Iterator[str]:
    """The labels that a rule gives, those at which its steps and examples end, and those of its neighbours."""
    for rule in book.rules:
        if rule.id == name:
            yield from _own(rule)
            beyond = {boundary.rule for boundary in rule.boundaries}
            yield from (label for each in book.rules if each.id in beyond for label in each.labels)


def _own(rule: Rule) -> Iterator[str]:
    yield from rule.labels
    yield from (example.expected for example in rule.examples)
    for step in rule.steps:
        yield from (step.yes, step.no)


def _by_term(term: str, old: Rulebook, new: Rulebook) -> Iterator[str]:
    """The labels of the rules that use a term of the glossary; of all rules where the term is not known by one name."""
    words = {
        word.casefold()
        for book in (old, new)
        for each in book.terms
        if not term or term in (each.term.en, each.term.zh)
        for word in (each.term.en.strip(), each.term.zh.strip())
        if word
    }
    for book in (old, new):
        for label in book.labels:
            if _uses((label.definition,), words):
                yield label.value
        for rule in book.rules:
            if _uses(_sentences(rule), words):
                yield from _own(rule)


def _sentences(rule: Rule) -> Iterator[Text]:
    yield from (rule.statement, rule.definition, *rule.use_when, *rule.avoid_when)
    yield from (boundary.text for boundary in rule.boundaries)
    yield from (step.question for step in rule.steps)


def _uses(texts: Iterable[Text], words: set[str]) -> bool:
    return any(word in f"{text.zh}\n{text.en}".casefold() for text in texts for word in words)


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
