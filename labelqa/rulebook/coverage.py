"""Which rules treat which risk and which item of Article 4, with the labels and examples that they bring.

Counts nothing that was labelled. A risk that no rule treats is a gap unless the rulebook says why it does not occur.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from labelqa.records.batch import Kind
from labelqa.rulebook.model import ExampleKind, Rule, Rulebook, Text
from labelqa.rulebook.taxonomy import Risk, Taxonomy, taxonomy

ARTICLES: Final = ("4(1)", "4(2)", "4(3)", "4(4)", "4(5)")  # the items of Article 4 of the Interim Measures


class Gap(StrEnum):
    """What is missing for a risk."""

    NO_RULE = "no-rule"
    NO_POSITIVE = "no-positive"
    NO_NEGATIVE = "no-negative"
    NO_BORDERLINE = "no-borderline"
    TOO_FEW = "too-few"  # fewer annotated items than recommended, however they are split
    NOT_KNOWN = "not-known"  # whether there are enough depends on a split that the labels do not make


_LACKING: Final[Mapping[ExampleKind, Gap]] = {
    ExampleKind.POSITIVE: Gap.NO_POSITIVE,
    ExampleKind.NEGATIVE: Gap.NO_NEGATIVE,
    ExampleKind.BORDERLINE: Gap.NO_BORDERLINE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Treated:
    """A risk or an item of Article 4: the rules that treat it, their labels, and their examples by kind.

    ``shared``: some of these rules treat other risks too, so their labels and examples are not about this one alone.
    ``reason`` says why no rule treats it.
    """

    code: str
    group: str
    name: Text
    articles: tuple[str, ...]
    rules: tuple[str, ...]
    labels: tuple[str, ...]
    positive: int
    negative: int
    borderline: int
    shared: bool
    reason: Text

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What the rulebook lacks for it; nothing where it explains why no rule treats it."""
        if not self.rules:
            return () if self.reason else (Gap.NO_RULE,)
        counts = zip(_LACKING.values(), (self.positive, self.negative, self.borderline), strict=True)
        return tuple(gap for gap, count in counts if count == 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """All risks of the list that the rulebook is written against, and the items of Article 4."""

    taxonomy: str
    groups: Mapping[str, Text]
    risks: tuple[Treated, ...]
    articles: tuple[Treated, ...]


def matrix(book: Rulebook) -> Matrix:
    """The matrix of a rulebook; of a functional one only the items of Article 4 must be treated.

    Raises ValueError when the rulebook names a list of risks that this labelqa does not have.
    """
    known = taxonomy(book.taxonomy)
    reasons = {each.code: each.reason for each in book.uncovered_risks}
    return Matrix(
        taxonomy=known.version,
        groups=known.groups,
        risks=tuple(_risk(book, risk, known, reasons) for risk in known.risks) if book.kind is Kind.SAFETY else (),
        articles=tuple(_article(book, article, known) for article in ARTICLES),
    )


def risks_of_rule(rule: Rule, known: Taxonomy) -> frozenset[str]:
    """The single risks that a rule rests on; a group's code stands for all of it."""
    return frozenset(risk.code for code in rule.basis.risks for risk in known.of(code))


def risks_of_labels(book: Rulebook) -> dict[str, frozenset[str]]:
    """Label → the risks that an item so labelled may hold: those of all rules that give the label."""
    known = taxonomy(book.taxonomy)
    found: dict[str, frozenset[str]] = {label.value: frozenset() for label in book.labels}
    for rule in book.rules:
        for value in rule.labels:
            found[value] = found.get(value, frozenset()) | risks_of_rule(rule, known)
    return found


def _risk(book: Rulebook, risk: Risk, known: Taxonomy, reasons: Mapping[str, Text]) -> Treated:
    rules = [rule for rule in book.rules if risk.code in risks_of_rule(rule, known)]
    return _treated(
        risk.code, risk.group, risk.name, risk.articles, rules,
        shared=any(len(risks_of_rule(rule, known)) > 1 for rule in rules),
        reason=reasons.get(risk.code, reasons.get(risk.group, Text())),
    )  # fmt: skip


def _article(book: Rulebook, article: str, known: Taxonomy) -> Treated:
    codes = {risk.code for risk in known.risks if article in risk.articles}
    rules = [rule for rule in book.rules if article in rule.basis.articles or codes & risks_of_rule(rule, known)]
    return _treated(article, "", Text(), (article,), rules, shared=False, reason=Text())


def _treated(
    code: str, group: str, name: Text, articles: Sequence[str], rules: Sequence[Rule], *, shared: bool, reason: Text,
) -> Treated:  # fmt: skip
    kinds = Counter(example.kind for rule in rules for example in rule.examples)
    return Treated(
        code=code, group=group, name=name, articles=tuple(articles), rules=tuple(rule.id for rule in rules),
        labels=tuple(dict.fromkeys(value for rule in rules for value in rule.labels)),
        positive=kinds[ExampleKind.POSITIVE], negative=kinds[ExampleKind.NEGATIVE],
        borderline=kinds[ExampleKind.BORDERLINE], shared=shared, reason=reason,
    )  # fmt: skip
