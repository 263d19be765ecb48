"""How clear each rule proved to be: agreement, confusion with its neighbours, disputes, time, and the ranking.

The same figures for frozen batches and for the table of a trial; nothing here reads either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from labelqa.errors import InsufficientData, Message
from labelqa.i18n import N_
from labelqa.records.clarity import RulebookClarity, RuleClarity, RulePair, RuleToMend
from labelqa.records.estimate import Estimate, Figure
from labelqa.records.reductions import Ints, Patterns
from labelqa.records.summary import LabelAgreement
from labelqa.rulebook.model import Rule, Rulebook
from labelqa.stats.agreement.labels import label_alpha, per_label, specific_agreement
from labelqa.stats.agreement.linearised import known
from labelqa.stats.median import median
from labelqa.stats.proportion import wilson
from labelqa.workflows.agreement import alpha_of_patterns
from labelqa.workflows.clarity.corrections import Corrections
from labelqa.workflows.clarity.counting import Counts, Exchanged, Pair, per_rule
from labelqa.workflows.clarity.doubts import Doubts
from labelqa.workflows.clarity.material import Mask, Material, Sides
from labelqa.workflows.clarity.parting import parting_steps
from labelqa.workflows.clarity.ranking import LookedAt, Trouble, ranked

EXAMPLES: Final = 5  # items to look at for each two rules
_LABELS: Final = 5  # label pairs told for each two rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the figures come from, for the head of the report."""

    releases: tuple[str, ...] = ()
    batches: tuple[str, ...] = ()
    file: str = ""
    notes: tuple[Message, ...] = ()


def clarity_of(book: Rulebook, material: Material, source: Source, *, confidence: float) -> RulebookClarity:
    """Everything that is measured of a book; what cannot be known says why."""
    return _Measure(book, material, confidence).report(source)


class _Measure:
    def __init__(self, book: Rulebook, material: Material, confidence: float) -> None:
        self.book, self.material, self.confidence = book, material, confidence
        self.sides = Sides(book)
        self.counts = Counts(material, self.sides)
        self.corrections = Corrections(material.checked, self.sides)
        self.doubts = Doubts(material.noted, self.sides, confidence=confidence)

    @cached_property
    def answers(self) -> Patterns:
        """The patterns of answers, whatever rules they cite."""
        texts = list(dict.fromkeys(_text(role.labels) for role in self.counts.roles))
        place = {text: at for at, text in enumerate(texts)}
        fold = np.zeros((len(self.counts.roles), len(texts)), dtype=np.int32)
        for at, role in enumerate(self.counts.roles):
            fold[at, place[_text(role.labels)]] = 1
        return Patterns.of(self.material.patterns.counts @ fold, tuple(texts), weight=self.material.patterns.weight)

    def report(self, source: Source) -> RulebookClarity:
        """The whole report."""
        patterns, pairs = self.material.patterns, self.pairs()
        return RulebookClarity(
            name=self.book.name, version=self.book.version, releases=source.releases, batches=source.batches,
            source=source.file, items=patterns.items, items_with_pairs=patterns.items_with_pairs,
            answers=patterns.annotations, checked=len(self.material.checked), disputes=len(self.material.disputes),
            rulings=len(self.material.rulings), confidence=self.confidence,
            alpha=alpha_of_patterns(self.answers, self.confidence), rules=self.rules(), labels=self.labels(), pairs=pairs,
            ranking=self.ranking(pairs), seconds=self.seconds(np.ones(len(self.counts.roles), dtype=bool)),
            time_budget=self.book.time_budget, doubts=self.doubts.of_all(), notes=(*source.notes, *self.notes()),
            findings=tuple(self.material.findings),
        )  # fmt: skip

    def notes(self) -> list[Message]:
        """What the reader has to know of the answers and the book."""
        strange = int(sum(
            count for role, count in zip(self.counts.roles, self._given.tolist(), strict=True) if not self.sides.of(role)
        ))  # fmt: skip
        notes = [Message(N_("{n} answers have a label that no rule gives; they count as other labels"), {"n": strange})]
        return notes if strange else []

    @cached_property
    def _given(self) -> Ints:
        """Answers of each role."""
        return np.asarray(self.material.patterns.weight @ self.material.patterns.counts.astype(np.int64))

    def labels(self) -> tuple[LabelAgreement, ...]:
        """Agreement label by label, where an answer is one label."""
        if not self.answers.annotations or any(len(role.labels) != 1 for role in self.counts.roles):
            return ()
        order = {label.value: at for at, label in enumerate(self.book.labels)}
        found = [each for each in per_label(self.answers, confidence=self.confidence) if each.count]
        return tuple(sorted(found, key=lambda each: order.get(each.label, len(order))))

    def rules(self) -> tuple[RuleClarity, ...]:
        """Rule by rule, in the order of the book."""
        named = per_rule(
            ([place] for each in self.material.checked if (place := self.sides.place(each.named)) is not None),
            len(self.book.rules),
        )
        disputed = per_rule(
            (frozenset().union(*(self.sides.of(role) for role in votes)) for votes in self.material.disputes),
            len(self.book.rules),
        )
        return tuple(self._rule(at, rule, int(named[at]), int(disputed[at])) for at, rule in enumerate(self.book.rules))

    def _rule(self, at: int, rule: Rule, named: int, disputed: int) -> RuleClarity:
        material, mask = self.material, self._mask(at)
        citing = sum(rule.id in each.cites for each in material.rulings)
        ruled = sum(
            rule.id in each.cites or (not each.cites and at in self.sides.of(each.label)) for each in material.rulings
        )
        agreement, alpha = self._agreement(rule, mask)
        return RuleClarity(
            rule=rule.id, statement=rule.statement.plain(), labels=rule.labels, shared=self._shared(rule),
            answers=int(self.counts.answers[at]), items=int(self.counts.items[at]), agreement=agreement, alpha=alpha,
            differing=self.counts.differing(at, confidence=self.confidence),
            wrong=self.corrections.wrong(at, confidence=self.confidence), named=self._share(named, material.reviews),
            disputes=self._share(disputed, len(material.disputes)), rulings=self._share(ruled, len(material.rulings)),
            rulings_citing=citing, seconds=self.seconds(mask), time_budget=rule.time_budget,
            doubts=self.doubts.of_rule(at), doubted=self.doubts.words(at),
        )  # fmt: skip

    def _shared(self, rule: Rule) -> tuple[str, ...]:
        others = (each for each in self.book.rules if each.id != rule.id)
        return tuple(each.id for each in others if set(each.labels) & set(rule.labels))

    def _mask(self, at: int) -> Mask:
        """Which roles fall to a rule."""
        return self.counts.falls[:, at]

    def _agreement(self, rule: Rule, falls: Mask) -> tuple[Figure, Figure]:
        """Agreement on a rule's labels taken as one, whichever rule is cited for them."""
        given = np.array([bool(role.labels & set(rule.labels)) for role in self.counts.roles], dtype=np.int32)
        counts = self.material.patterns.counts
        inside = counts @ given
        both = np.stack([inside, counts.sum(axis=1) - inside], axis=1)
        name = rule.labels[0] if len(rule.labels) == 1 else ", ".join(rule.labels)
        two = Patterns.of(both, (name, f"not {name}"), weight=self.material.patterns.weight)
        told = {"confidence": self.confidence}
        if not falls.any() or not two.annotations:
            return (known(_nothing, n=0),) * 2
        n = int(two.weight[(two.counts[:, 0] > 0) & (two.counts.sum(axis=1) >= 2)].sum())
        return known(lambda: specific_agreement(two, 0, **told), n=n), known(lambda: label_alpha(two, 0, **told), n=n)

    def _share(self, count: int, n: int) -> Figure:
        return known(lambda: wilson(count, n, confidence=self.confidence), n=n)

    def seconds(self, mask: Mask) -> Figure:
        """Median time of the answers of some roles."""
        times = self.material.times[mask[self.material.timed]] if len(self.material.times) else self.material.times
        return known(lambda: median(times, confidence=self.confidence), n=len(times))

    def pairs(self) -> tuple[RulePair, ...]:
        """Every two rules that were exchanged: the one that is most surely frequent first."""
        every = self.counts.pairs.keys() | self.corrections.pairs
        found = [self._pair(pair, self.counts.pairs.get(pair, Exchanged())) for pair in sorted(every)]
        return tuple(sorted(found, key=lambda each: -max(_low(each.share), _low(each.corrected))))

    def _pair(self, pair: Pair, exchanged: Exchanged) -> RulePair:
        one, other = pair
        first, second = self.book.rules[one], self.book.rules[other]
        labels = sorted(exchanged.labels.items(), key=lambda each: -each[1])
        corrections = (self.corrections.taken(one, other), self.corrections.taken(other, one))
        return RulePair(
            first=first.id, second=second.id, declared=_neighbours(first, second), items=exchanged.items,
            share=self.counts.exchanged(pair, confidence=self.confidence), corrections=corrections,
            corrected=self.corrections.exchanged(pair, confidence=self.confidence),
            labels=tuple((mine, yours, n) for (mine, yours), n in labels[:_LABELS]),
            steps=parting_steps(self.book, *labels[0][0]) if labels else (), examples=self._examples(pair, exchanged),
        )  # fmt: skip

    def _examples(self, pair: Pair, exchanged: Exchanged) -> tuple[str, ...]:
        if not exchanged.items:
            return ()
        one, other = (self._mask(each) for each in pair)
        if pair[0] != pair[1]:
            return self.material.find(one & ~other, other & ~one, EXAMPLES) or self.material.find(one, other, EXAMPLES)
        mine, yours = exchanged.labels.most_common(1)[0][0]
        return self.material.find(self._holding(mine), self._holding(yours), EXAMPLES)

    def _holding(self, label: str) -> Mask:
        """Which roles hold a label."""
        return np.array([label in role.labels for role in self.counts.roles], dtype=bool)

    def ranking(self, pairs: Sequence[RulePair]) -> tuple[RuleToMend, ...]:
        """The rules to mend."""
        patterns, alone = self.material.patterns, sum(each.alone for each in self.material.checked)
        looked = LookedAt(items=patterns.items, either=patterns.items_with_pairs + alone)
        told = {"confidence": self.confidence}
        troubles = [
            Trouble(
                rule=rule.id, neighbour=_neighbour(rule.id, pairs), differing=self.counts.differing(at, **told),
                wrong_alike=self.corrections.wrong_alike(at, **told),
                shown=int(self.counts.twice[at]) + self.corrections.shown_alone(at),
            )
            for at, rule in enumerate(self.book.rules)
        ]  # fmt: skip
        return ranked(troubles, looked)


def _text(labels: frozenset[str]) -> str:
    return next(iter(labels)) if len(labels) == 1 else " + ".join(sorted(labels))


def _nothing() -> Estimate:
    raise InsufficientData("rule-not-used", "nobody gave a label of this rule")


def _low(figure: Figure) -> float:
    return figure.low if isinstance(figure, Estimate) else 0.0


def _neighbours(first: Rule, second: Rule) -> bool:
    return any(each.rule == second.id for each in first.boundaries) or any(
        each.rule == first.id for each in second.boundaries
    )


def _neighbour(rule: str, pairs: Sequence[RulePair]) -> str:
    """With which a rule is exchanged on most items, or in most corrections."""
    mine = [each for each in pairs if rule in (each.first, each.second)]
    if not mine:
        return ""
    most = max(mine, key=lambda each: (each.items, sum(each.corrections)))
    return most.second if most.first == rule else most.first
