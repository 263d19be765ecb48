"""What a rule's author should look at, as remarks for the draft: what was measured of the rule, and what to settle.

Each remark stands in Chinese and then in English, as the document does. Nothing is said of rules that gave no trouble.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from labelqa.adapters.report.text import figure_text, sureness
from labelqa.i18n import LANGS, N_, Lang, Speaker
from labelqa.records.clarity import RulebookClarity, RuleClarity, RulePair, RuleToMend
from labelqa.records.estimate import Estimate
from labelqa.rulebook.model import Rulebook, Step

PAIRS: Final = 2  # neighbours told of each rule


def remarks(found: RulebookClarity, draft: Rulebook) -> dict[str, tuple[str, ...]]:
    """For every rule that gave trouble the lines to put above it; ``draft`` is the book that they go into."""
    rules = {each.rule: each for each in found.rules}
    steps = {step.id: step for rule in draft.rules for step in rule.steps}
    told: dict[str, tuple[str, ...]] = {}
    for place in found.ranking:
        lines = [
            line for lang in sorted(LANGS, reverse=True)
            for line in _lines(found, place, rules[place.rule], steps, lang)
        ]  # fmt: skip
        if lines:
            told[place.rule] = tuple(lines)
    return told


def _lines(
    found: RulebookClarity, place: RuleToMend, rule: RuleClarity, steps: Mapping[str, Step], lang: Lang
) -> Iterator[str]:
    say, figure = Speaker(lang), place.expected
    late = (
        isinstance(rule.seconds, Estimate)
        and (budget := rule.time_budget or found.time_budget)
        and rule.seconds.low > budget
    )
    if isinstance(figure, Estimate) and figure.point > 0:
        yield say(
            N_("{source}: place {rank}; expected to spoil {point} [{low}, {high}] of {items} items ({sure})."),
            source=_source(found), rank=place.rank, point=f"{figure.point:.1f}", low=f"{figure.low:.1f}",
            high=f"{figure.high:.1f}", items=found.items, sure=sureness(figure, say),
        )  # fmt: skip
        if isinstance(rule.agreement, Estimate):
            yield say(N_("Agreement on its labels: {figure}."), figure=figure_text(rule.agreement, say))
        if isinstance(rule.wrong, Estimate) and rule.wrong.point > 0:
            yield say(N_("Wrong where checked: {figure}."), figure=figure_text(rule.wrong, say))
        mine = [each for each in found.pairs if place.rule in (each.first, each.second)]
        for pair in sorted(mine, key=lambda each: (-each.items, -sum(each.corrections)))[:PAIRS]:
            yield from _pair(pair, place.rule, steps, say)
        if rule.shared:
            text = N_("{others} give some of the same labels: only answers that cite their rule tell them apart.")
            yield say(text, others=", ".join(rule.shared))
    if late:
        yield say(
            N_("{source}: the median time is {figure}, over the time budget of {budget} seconds: split the steps, or allow more?"),
            source=_source(found), figure=figure_text(rule.seconds, say, unit="plain"), budget=rule.time_budget or found.time_budget,
        )  # fmt: skip


def _pair(pair: RulePair, rule: str, steps: Mapping[str, Step], say: Speaker) -> Iterator[str]:
    other = pair.second if pair.first == rule else pair.first
    labels = "; ".join(" / ".join(each[:2]) for each in pair.labels[:2])
    if pair.items:
        text = (
            N_("Its own labels are taken for each other on {n} items ({labels}): {figure}.")
            if other == rule
            else N_("Taken for {other} or the reverse on {n} items ({labels}): {figure}.")
        )
        yield say(text, other=other, n=pair.items, labels=labels, figure=figure_text(pair.share, say))
    if any(pair.corrections) and other != rule:
        given, taken = pair.corrections if pair.first == rule else pair.corrections[::-1]
        yield say(
            N_("Checks set {given} labels of this rule right to {other}, and {taken} the reverse."),
            given=given, taken=taken, other=other,
        )  # fmt: skip
    if pair.steps and (step := steps.get(pair.steps[0])) is not None:
        question = step.question.zh if say.lang == "zh" else step.question.en
        yield say(N_("To settle: they part at step {step} (“{question}”): when is the answer yes?"), step=step.id,
                  question=question or "–")  # fmt: skip
    elif other != rule:
        yield say(N_("To settle: no decision step parts the two; which question does?"))
    if other != rule and not pair.declared:
        yield say(N_("To settle: neither rule names the other in its boundaries; where does this one end?"))
    if pair.examples:
        yield say(N_("Items to look at: {items}"), items=", ".join(pair.examples))


def _source(found: RulebookClarity) -> str:
    name = f"{found.name}@{found.version}"
    return f"{name} ({', '.join(found.batches) or found.source})"
