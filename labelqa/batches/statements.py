"""What was proven, in a sentence to be signed: for each design and each decision, and what the sentence does not cover.

The sentences state what the test shows and no more: not yet proven is not disproven, a batch that was given up may be
good, and the rule of a contract or an AQL is not a proof.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.designs import Counts, Decision, Design
from labelqa.records.estimate import Estimate, Unknown
from labelqa.records.review import Plan
from labelqa.stats.acceptance.design import Reading
from labelqa.stats.acceptance.fixed import limit_defects, tolerated
from labelqa.stats.hypergeometric import written

ANYTIME: Final = (Design.SEQUENTIAL, Design.STRATIFIED)  # may be read, and stopped, after every verdict
PERMIL: Final = Decimal("0.0001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a sentence is made of."""

    plan: Plan
    population: int
    reading: Reading
    n: int  # items to be read for a decision of a fixed number
    allowed: int | None
    read: int  # verdicts that the test read
    wrong: int  # of them, those that count against the batch
    proven: bool | None
    judged: int = 0  # of those read, the ones that were not left out
    at_stop: int = 0  # wrong ones when it was decided
    p_at_stop: float | None = None
    knocked: int = 0  # one-vote defects
    inspection: Message | None = None  # of an AQL's stream

    @property
    def values(self) -> dict[str, object]:
        """The numbers that sentences name."""
        plan, stop = self.plan, self.reading.stopped_at
        return {
            "claim": claim(plan, self.population), "risk": percent(plan.risk), "share": percent(1 - plan.accuracy),
            "population": self.population, "read": self.read, "wrong": self.wrong, "n": self.n, "allowed": self.allowed,
            "stop": stop or self.read, "at_stop": self.at_stop, "p": p_text(self.reading.p_value),
            "p_stop": p_text(self.p_at_stop), "more": self.reading.fewest_more, "futility": percent(plan.terms.futility),
        }  # fmt: skip


def percent(share: float) -> str:
    """A declared share in percent, as it was written.

    >>> percent(0.05), percent(1 - 0.999), percent(0.95)
    ('5%', '0.1%', '95%')
    """
    return f"{100 * share:.8g}%"


def p_text(p: float | None) -> str:
    """A p-value, rounded up so that it never looks smaller than it is.

    >>> p_text(0.048721), p_text(0.00001), p_text(None)
    ('= 0.0488', '< 0.0001', '–')
    """
    if p is None:
        return "–"
    shown = Decimal(str(p)).quantize(PERMIL, rounding=ROUND_CEILING)
    return f"< {PERMIL}" if p < float(PERMIL) else f"= {min(shown, Decimal(1)).normalize():f}"


def claim(plan: Plan, population: int) -> Message:
    """What is to be proven."""
    values = {"share": percent(float(1 - written(plan.accuracy))), "population": population}
    if plan.terms.counts is Counts.UNSAFE:
        return Message("at most {share} of the {population:,} items are wrong, which here means unsafe", values)
    return Message("at most {share} of the {population:,} labels of record are wrong", values)


def statement(told: Told) -> Message:
    """The sentence to be signed."""
    return _SAYS[told.plan.design](told)


def _sequential(told: Told) -> Message:
    values, decision = told.values, told.reading.decision
    if decision is Decision.ACCEPT:
        return Message(
            "It is proven at risk {risk} that {claim}: after {stop:,} reviews with {at_stop:,} wrong (anytime-valid p {p_stop}).",
            values,
        )
    if _disproven(told):
        return Message("It is not so that {claim}: {wrong:,} wrong ones were found among {read:,} reviews.", values)
    if at_cut(told.plan, told.reading.stopped_at or told.read):
        return Message(
            "Given up at the cut of {stop:,} reviews, {at_stop:,} of them wrong: it is not proven that {claim} (anytime-valid p {p}).",
            values,
        )
    if decision is Decision.REJECT:
        return Message(
            "Given up after {stop:,} reviews with {at_stop:,} wrong: there is little hope to prove that {claim}. A batch of which it is true is given up with a chance of {futility} at most.",
            values,
        )
    return _not_yet(told)


def _not_yet(told: Told) -> Message:
    values = told.values
    if told.reading.fewest_more is None:
        return Message(
            "It is not proven that {claim}: {read:,} reviews with {wrong:,} wrong (anytime-valid p {p}), and no number of further reviews would do.",
            values,
        )
    if not told.read:
        return Message("Not proven yet: that {claim}. {more:,} reviews without an error would do.", values)
    return Message(
        "Not proven yet: that {claim}. {read:,} reviews so far with {wrong:,} wrong (anytime-valid p {p}); {more:,} further reviews without an error would do.",
        values,
    )


def _disproven(told: Told) -> bool:
    """Whether more wrong items were seen than the claim allows: nothing is left to chance then."""
    sure = told.plan.terms.specificity == 1.0
    return sure and told.wrong >= limit_defects(told.population, told.plan.accuracy)


def at_cut(plan: Plan, read: int) -> bool:
    """Whether so many reviews are all that the plan allows."""
    return plan.terms.cut is not None and read >= plan.terms.cut


def _fixed(told: Told) -> Message:
    values, decision = told.values, told.reading.decision
    if _disproven(told):
        return Message("It is not so that {claim}: {wrong:,} wrong ones were found among {read:,} reviews.", values)
    if decision is Decision.ACCEPT and told.proven:
        return Message(
            "It is proven at risk {risk} that {claim}: {wrong:,} wrong in {read:,} of {n:,} planned reviews, at most {allowed:,} allowed (p {p}).",
            values,
        )
    if decision is Decision.ACCEPT:
        return Message("Accepted: {wrong:,} wrong in {read:,} of {n:,} planned reviews, at most {allowed:,} allowed. It is not proven that {claim}.", values)  # fmt: skip
    if decision is Decision.REJECT:
        return Message(
            "It is not proven that {claim}: {wrong:,} wrong in {read:,} of {n:,} planned reviews, at most {allowed:,} allowed. This is no proof of the contrary.",
            values,
        )
    return Message(
        "Not decided yet: {read:,} of {n:,} planned reviews, {wrong:,} wrong, at most {allowed:,} allowed. To be proven: {claim}.",
        values,
    )


def _census(told: Told) -> Message:
    values, limit = told.values, tolerated(told.population, told.plan.accuracy)
    if told.reading.decision is Decision.ACCEPT and told.read == told.population:
        return Message("It is certain that {claim}: all were reviewed and {wrong:,} are wrong.", values)
    if told.reading.decision is Decision.ACCEPT:
        return Message("It is certain that {claim}, though {read:,} of {population:,} are reviewed.", values)
    if _disproven(told):
        return Message("It is not so that {claim}: {wrong:,} wrong ones were found among {read:,} reviews.", values)
    return Message(
        "Not decided yet: {read:,} of {population:,} reviewed, {wrong:,} wrong; with {limit:,} or fewer it is true that {claim}.",
        {**values, "limit": limit},
    )


def _discovery(told: Told) -> Message:
    plan = told.plan
    k = plan.terms.defects or limit_defects(told.population, plan.accuracy)
    values = {**told.values, "k": k, "chance": percent(1 - plan.risk)}
    if told.reading.decision is Decision.ACCEPT:
        return Message(
            "Nothing was found in {n:,} reviews: if {k:,} or more of the {population:,} were wrong, one would have been seen with a chance of {chance} or more.",
            values,
        )
    if told.reading.decision is Decision.REJECT:
        return Message(
            "{wrong:,} wrong in {read:,} reviews: it is not shown that fewer than {k:,} of the {population:,} are wrong.",
            values,
        )
    return Message(
        "Not decided yet: nothing found in {read:,} of {n:,} reviews; to be shown: fewer than {k:,} of the {population:,} are wrong.",
        values,
    )


def _estimate(told: Told) -> Message:
    figure = told.reading.accuracy
    if told.read < told.n or not isinstance(figure, Estimate):
        return Message("{read:,} of {n:,} planned reviews are done, {wrong:,} wrong. An estimate decides nothing.", told.values)  # fmt: skip
    values = {
        **told.values, "point": figure.point, "low": figure.low, "high": figure.high,
        "confidence": percent(figure.confidence),
    }  # fmt: skip
    return Message(
        "Of the {population:,} items {point:.1%} are right by estimate, {low:.1%} to {high:.1%} at {confidence} confidence, from {read:,} reviews. An estimate decides nothing.",
        values,
    )


def _contract(told: Told) -> Message:
    rule, proven = told.reading.rule, told.proven
    values = {"rule": _rule(told), "statistics": _statistics(told)}
    if rule is None:
        return values["rule"]
    if proven is None:
        return Message("{rule} {statistics}", values)
    if rule is proven:
        return Message("{rule} {statistics} Both verdicts say the same.", values)
    return Message("{rule} {statistics} The two verdicts differ: the rule decides, and the statistics stand beside it.", values)  # fmt: skip


def _rule(told: Told) -> Message:
    terms = told.plan.terms
    values = {
        **told.values, "rate": pass_rate(told.judged - told.wrong, told.judged, terms.decimals),
        "need": percent(told.plan.accuracy if terms.pass_rate is None else terms.pass_rate),
    }  # fmt: skip
    if told.reading.rule is None:
        return Message("Not decided yet by the contract: {read:,} of {n:,} reviews, {wrong:,} not passed; at least {need} must pass.", values)  # fmt: skip
    if told.reading.rule:
        return Message("Passed by the contract's rule: {rate} of {read:,} reviews pass, at least {need} must.", values)
    if told.knocked and terms.one_vote:
        return Message(
            "Failed by the contract's rule: {knocked:,} of {read:,} reviews found a defect of which one is enough.",
            {**values, "knocked": told.knocked},
        )
    return Message(
        "Failed by the contract's rule: {rate} of {read:,} reviews pass, at least {need} of {n:,} must.", values
    )


def pass_rate(right: int, n: int, decimals: int | None) -> str:
    """The pass rate in percent as the contract rounds it, else with four decimals and never rounded up.

    >>> pass_rate(95995, 100000, 2), pass_rate(2, 3, None), pass_rate(0, 0, 1)
    ('96.00%', '66.6666%', '–')
    """
    if not n:
        return "–"
    exact = Fraction(100 * right, n)
    if decimals is None:
        return f"{Decimal(exact * 10**4 // 1) / 10**4:f}%"
    shown = Decimal(exact * 10 ** (decimals + 1) // 1) / 10 ** (decimals + 1)  # one digit more decides half up
    return f"{shown.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP):f}%"


def _statistics(told: Told) -> Message:
    figure = told.reading.accuracy
    if told.proven is None and isinstance(figure, Unknown):
        return Message("Of the statistics nothing can be said: {why}.", {"why": figure.message})
    if told.proven:
        return Message("By the statistics it is proven at risk {risk} that {claim} (p {p}).", told.values)
    return Message("By the statistics it is not proven at risk {risk} that {claim} (p {p}).", told.values)


def _aql(told: Told) -> Message:
    terms = told.plan.terms
    values = {**told.values, "aql": terms.aql, "level": terms.level, "inspection": told.inspection}
    if told.reading.decision is Decision.ACCEPT:
        return Message(
            "Accepted by AQL {aql}, level {level}, {inspection}: {wrong:,} wrong in {n:,}, at most {allowed:,} allowed. An AQL plan proves nothing about a single batch.",
            values,
        )
    if told.reading.decision is Decision.REJECT:
        return Message("Not accepted by AQL {aql}, level {level}, {inspection}: {wrong:,} wrong in {read:,}, at most {allowed:,} allowed.", values)  # fmt: skip
    return Message("Not decided yet by AQL {aql}, level {level}, {inspection}: {read:,} of {n:,} reviewed, {wrong:,} wrong, at most {allowed:,} allowed.", values)  # fmt: skip


_SAYS: Final[Mapping[Design, Callable[[Told], Message]]] = {
    Design.SEQUENTIAL: _sequential,
    Design.STRATIFIED: _sequential,
    Design.TWO_POINT: _fixed,
    Design.ZERO_ACCEPTANCE: _fixed,
    Design.CENSUS: _census,
    Design.DISCOVERY: _discovery,
    Design.ESTIMATE: _estimate,
    Design.CONTRACT: _contract,
    Design.AQL: _aql,
}

REVIEWERS_TRUSTED: Final = N_("Mistakes of the reviewers themselves are not covered: every verdict is taken as right.")
