"""Checks for rules that claim the same, and for rules and examples that are nearly the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.finding import Severity
from labelqa.rulebook.lint.check import Check, Hit, Subject
from labelqa.rulebook.lint.similar import Spelled, alike, shown, spelled

ALIKE_RULES: Final = 0.9  # of statement, definition and use when together, in both languages
ALIKE_EXAMPLES: Final = 0.9  # of the contents, in both languages


def same_claim(subject: Subject) -> Iterator[Hit]:
    """Two rules that define the same, are used for the same case, or begin with one question and give the same labels."""
    yield from _same_words(subject)
    yield from _same_entry(subject)


def _same_words(subject: Subject) -> Iterator[Hit]:
    first: dict[tuple[str, str, str], str] = {}
    for path, rule in subject.rules():
        claims = [((*path, "definition"), "definition", spelled(rule.definition))]
        claims += [((*path, "use_when", at), "use_when", spelled(text)) for at, text in enumerate(rule.use_when)]
        for where, part, said in claims:
            other = first.setdefault((part, said.zh, said.en), rule.id) if said else rule.id
            if other != rule.id:
                message = Message(_SAME[part], {"first": other, "second": rule.id})
                yield Hit(where, message, Message("say in one of them what sets it apart, or join the rules"))


_SAME: Final[dict[str, str]] = {
    "definition": N_("rules {first} and {second} define the same"),
    "use_when": N_("rules {first} and {second} are to be used for the same case"),
}


def _same_entry(subject: Subject) -> Iterator[Hit]:
    first: dict[tuple[frozenset[str], str, str], str] = {}
    for path, rule in subject.rules():
        asked = spelled(rule.steps[0].question) if rule.steps else Spelled("", "", ())
        if not asked or not rule.labels:
            continue
        other = first.setdefault((frozenset(rule.labels), asked.zh, asked.en), rule.id)
        if other != rule.id:
            values = {"first": other, "second": rule.id}
            message = Message(
                "rules {first} and {second} begin with the same question and give the same labels", values
            )
            yield Hit((*path, "steps", 0), message, Message("begin with what sets the rules apart, or join them"))


def used_and_avoided(subject: Subject) -> Iterator[Hit]:
    """A rule that is to be used and not to be used for one case."""
    for path, rule in subject.rules():
        used = {(said.zh, said.en) for text in rule.use_when if (said := spelled(text))}
        for index, text in enumerate(rule.avoid_when):
            said = spelled(text)
            if (said.zh, said.en) in used:
                message = Message("rule {rule} is to be used and to be avoided for the same case", {"rule": rule.id})
                yield Hit((*path, "avoid_when", index), message, Message("decide which is right and delete the other"))


def similar_rules(subject: Subject) -> Iterator[Hit]:
    """Two rules whose wording is nearly the same, so that nobody can tell which one applies."""
    rules = list(subject.rules())
    texts = [spelled(rule.statement, rule.definition, *rule.use_when) for _, rule in rules]
    told: set[int] = set()
    for earlier, later, how in alike(texts, at_least=ALIKE_RULES):
        if later in told:
            continue
        told.add(later)
        values = {"first": rules[earlier][1].id, "second": rules[later][1].id, "share": f"{how:.0%}"}
        message = Message("rules {first} and {second} are worded nearly the same: {share} alike", values)
        yield Hit((*rules[later][0], "statement"), message, Message("say what sets them apart, or join the rules"))


def similar_examples(subject: Subject) -> Iterator[Hit]:
    """Two examples that nobody could tell apart at a glance, with different labels."""
    held = [(path, example) for path, _, example in subject.examples() if example.content]
    texts, labels = [spelled(example.content) for _, example in held], [example.expected for _, example in held]
    told: set[int] = set()
    for earlier, later, how in alike(texts, at_least=ALIKE_EXAMPLES, sorts=labels):
        (_, one), (path, two) = held[earlier], held[later]
        if later in told or not set(shown(one.content)).isdisjoint(shown(two.content)):
            continue  # the very same content is RB308
        told.add(later)
        values = {"first": one.id, "second": two.id, "one": one.expected, "two": two.expected, "share": f"{how:.0%}"}
        message = Message(
            "examples {first} and {second} are {share} alike, but one expects {one}, the other {two}", values
        )
        yield Hit((*path, "content"), message, Message("make the difference that decides plain, or mend a label"))


_W: Final = Severity.WARNING
_CLEAR: Final = N_("Interim Measures, Article 8")
CHECKS: Final[tuple[Check, ...]] = (
    Check("RB215", _W, N_("Two rules claim the same"), same_claim, _CLEAR),
    Check("RB216", _W, N_("A rule is to be used and avoided for one case"), used_and_avoided, _CLEAR),
    Check("RB313", _W, N_("Two examples are nearly the same, with different labels"), similar_examples),
    Check("RB408", _W, N_("Two rules are nearly the same"), similar_rules, _CLEAR),
)
