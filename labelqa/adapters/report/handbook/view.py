"""The book as its readers get it: chapters in their order, rules with their drawings, and the examples for handbooks only.

Annotators read how to label, reviewers also how to review and what to look for. Nothing is written in any language here
but names of chapters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from labelqa.adapters.report.handbook.decisions import Arrival, Box, Passed, Ways
from labelqa.adapters.report.handbook.glossary import Glossary
from labelqa.adapters.report.handbook.words import article, without_brackets, written
from labelqa.i18n import N_, Speaker
from labelqa.records.batch import Kind
from labelqa.rulebook.model import Boundary, Example, ExampleUse, Label, Rule, Rulebook, Text
from labelqa.rulebook.taxonomy import Risk, taxonomy
from labelqa.workflows.handbook import Issued


class Audience(StrEnum):
    """For whom a handbook is made."""

    ANNOTATOR = "annotator"
    REVIEWER = "reviewer"


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter: its anchor, also the name of its template, and its title in English."""

    key: str
    title: str


_CHAPTERS: Final[Mapping[str, str]] = {
    "about": N_("The task"),
    "work": N_("How to label"),
    "review": N_("How to review"),
    "labels": N_("Labels at a glance"),
    "apart": N_("Rules to tell apart"),
    "rules": N_("The rules"),
    "risky": N_("Recognising risky content"),
    "guided": N_("Guided positive responses"),
    "wrong": N_("Wrong labels and defects"),
    "terms": N_("Words and what they mean"),
    "quality": N_("Quality and verification"),
    "emergency": N_("Emergency"),
    "changes": N_("What changed"),
    "index": N_("Index"),
}
_JOINED: Final = re.compile(r"[A-Za-z0-9._'’-]{2}")
_PAIRS: Final = ("「」", "（）", "“”", "()")
_ORDER: Final[Mapping[Audience, tuple[str, ...]]] = {
    Audience.ANNOTATOR: ("about", "work", "labels", "rules", "risky", "guided", "wrong", "terms", "quality",
                         "emergency", "changes", "index"),
    Audience.REVIEWER: ("about", "review", "wrong", "apart", "quality", "work", "labels", "rules", "risky", "guided",
                        "terms", "emergency", "changes", "index"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """A worked example with the steps that it passes."""

    example: Example
    passed: tuple[Passed, ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """Everything that the pages of one rule show."""

    rule: Rule
    anchor: str
    boxes: tuple[Box, ...]
    arrivals: tuple[Arrival, ...]
    examples: tuple[Shown, ...]
    articles: tuple[str, ...]
    risks: tuple[Risk, ...]


@dataclass(frozen=True, slots=True)
class Covered:
    """A risk with the rules that treat it, or why none does."""

    risk: Risk
    rules: tuple[str, ...]
    reason: Text


@dataclass(frozen=True, slots=True)
class View:
    """A book for one audience in one language."""

    issued: Issued
    audience: Audience
    glossary: Glossary
    chapters: tuple[Chapter, ...]
    spreads: tuple[Spread, ...]
    risks: tuple[Covered, ...]  # empty where the rules name none

    @property
    def book(self) -> Rulebook:
        """The text itself."""
        return self.issued.book

    def anchor(self, rule: str) -> str:
        """Where a rule stands; "" for one that is not there."""
        return next((each.anchor for each in self.spreads if each.rule.id == rule), "")

    def label(self, value: str) -> Label:
        """A label by its value; one that is not in the set has its value for a title."""
        found = next((each for each in self.book.labels if each.value == value), None)
        return found or Label(value=value, title=Text(value, value))

    def depth(self, label: Label) -> int:
        """How far below the top of the tree of labels one stands."""
        parents = {each.value: each.parent for each in self.book.labels}
        depth, here, seen = 0, label.parent, {label.value}
        while here in parents and here not in seen:
            seen.add(here)
            depth, here = depth + 1, parents[here]
        return depth

    def rules_of(self, label: str) -> tuple[Spread, ...]:
        """The rules that give a label."""
        return tuple(each for each in self.spreads if label in each.rule.labels)

    def apart(self) -> tuple[tuple[Spread, Boundary], ...]:
        """Where rules end, each with its neighbour: what reviewers look at."""
        return tuple((each, boundary) for each in self.spreads for boundary in each.rule.boundaries)


def view(issued: Issued, audience: Audience, say: Speaker) -> View:
    """The book as an audience reads it."""
    book, glossary, ways = issued.book, Glossary(issued.book.terms, say), Ways(issued.book)
    spreads = tuple(_spread(rule, f"rule-{place}", ways, book, say) for place, rule in enumerate(book.rules, 1))
    wanted = _wanted(issued)
    chapters = tuple(Chapter(key, _CHAPTERS[key]) for key in _ORDER[audience] if wanted.get(key, True))
    return View(issued, audience, glossary, chapters, spreads, covered(book))


def shown_examples(rule: Rule) -> tuple[Example, ...]:
    """The examples of a rule that may be shown to everybody: those of exams and gold items never are."""
    return tuple(each for each in rule.examples if each.use is ExampleUse.HANDBOOK)


def covered(book: Rulebook) -> tuple[Covered, ...]:
    """Every risk of the book's list with its rules; nothing for a functional book that names none."""
    named = [each for rule in book.rules for each in rule.basis.risks]
    if book.kind is not Kind.SAFETY and not named:
        return ()
    risks = known_risks(book)
    rules = {
        risk.code: tuple(rule.id for rule in book.rules if {risk.code, risk.group} & set(rule.basis.risks))
        for risk in risks
    }
    reasons = {each.code: each.reason for each in book.uncovered_risks}
    return tuple(
        Covered(risk, rules[risk.code], reasons.get(risk.code, reasons.get(risk.group, Text()))) for risk in risks
    )


def known_risks(book: Rulebook) -> tuple[Risk, ...]:
    """The risks of the list that the book goes by; none where labelqa does not have that list."""
    try:
        return taxonomy(book.taxonomy).risks
    except ValueError:
        return ()


def _wanted(issued: Issued) -> dict[str, bool]:
    """Chapters that depend on what the book holds; what the law asks for stays, empty or not."""
    book = issued.book
    risky, guided = book.risk_recognition, book.guided_responses
    return {
        "risky": book.kind is Kind.FUNCTIONAL or bool(risky.text or risky.examples),
        "guided": book.kind is Kind.SAFETY or bool(guided.text or guided.examples),
        "terms": bool(book.terms),
        "apart": any(rule.boundaries for rule in book.rules),
        "changes": book.changes is not None or len(issued.history) > 1,
    }


def _spread(rule: Rule, anchor: str, ways: Ways, book: Rulebook, say: Speaker) -> Spread:
    examples = tuple(Shown(each, ways.passed(rule, each)) for each in shown_examples(rule))
    known = {code: risk for risk in known_risks(book) for code in (risk.code, risk.group)}
    named = [risk for risk in known_risks(book) if {risk.code, risk.group} & set(rule.basis.risks)]
    strange = tuple(
        Risk(code=code, group="", name=Text(), articles=()) for code in rule.basis.risks if code not in known
    )
    return Spread(
        rule=rule, anchor=anchor, boxes=ways.boxes(rule), arrivals=ways.arrivals(rule), examples=examples,
        articles=tuple(article(each, say) for each in rule.basis.articles), risks=(*named, *strange),
    )  # fmt: skip


def short(text: Text, say: Speaker) -> str:
    """The beginning of a sentence, for lists of contents.

    >>> short(Text("安全", "Safe"), Speaker("en"))
    'Safe'
    >>> short(Text("文本「号召」仇视、驱赶、伤害、孤立某一个民族的，标为 A1e-long，其余不在此列。"), Speaker("zh"))
    '文本「号召」仇视、驱赶、伤害、孤立某一个民族的…'
    """
    words, most = without_brackets(written(text, say), say), 24 if say.lang == "zh" else 90
    if len(words) <= most:
        return words
    return words[: _whole(words, most)].rstrip("，。、；：,.;:（( ") + "…"


def _whole(words: str, most: int) -> int:
    """The last place up to which words can be cut without cutting a word, a code or something in brackets in two."""
    cuts = [cut for cut in range(most // 2, most + 1) if not _JOINED.fullmatch(words[cut - 1 : cut + 1])]
    balanced = [cut for cut in cuts if all(words[:cut].count(a) <= words[:cut].count(b) for a, b in _PAIRS)]
    return max(balanced or cuts or [most])
