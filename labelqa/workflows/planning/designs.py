"""From what a plan declares to the design that decides: how many items it draws, and what their verdicts mean.

Nothing is read or written here; the same plan and the same number of items always give the same design.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from labelqa.errors import InsufficientData, Refused
from labelqa.records.designs import Allocation, Design, StratumSize, Terms
from labelqa.records.review import Plan, Resolved
from labelqa.stats.acceptance import (
    aql_plan,
    census,
    contract,
    discovery,
    estimate,
    estimate_strata,
    fixed_plan,
    limit_defects,
    tolerated,
    two_point,
    with_size,
    zero_acceptance,
)
from labelqa.stats.acceptance.design import SpotCheck
from labelqa.stats.acceptance.switching import Switch

EXACT: Final = 20_000  # items up to which a sequential design is worked out for batches near the limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What has to be proven, at which risk, of how many items, and what is known of them beforehand."""

    population: int
    accuracy: float
    risk: float
    expected: float
    power: float
    terms: Terms = field(default_factory=Terms)
    strata: tuple[StratumSize, ...] = ()
    switch: Switch | None = None  # state of the stream's switching rules; None at its start
    n: int | None = None  # items drawn, where more are than the plan asks for

    @property
    def limit(self) -> int:
        """D0, the fewest defects with which the accuracy is missed."""
        return limit_defects(self.population, self.accuracy)

    @property
    def usual(self) -> int:
        """Defects of a batch that is as good as expected."""
        return tolerated(self.population, self.expected)


def _fixed(design: Design, resolved: Resolved, need: Need) -> SpotCheck:
    if need.n is not None and need.n > resolved.n:
        resolved = with_size(resolved, need.n, accuracy=need.accuracy, expected=need.expected)
    return fixed_plan(resolved, design=design, accuracy=need.accuracy, risk=need.risk)


def _two_point(need: Need) -> SpotCheck:
    found = two_point(need.population, accuracy=need.accuracy, risk=need.risk, expected=need.expected, power=need.power)
    return _fixed(Design.TWO_POINT, found, need)


def _zero_acceptance(need: Need) -> SpotCheck:
    found = zero_acceptance(need.population, accuracy=need.accuracy, risk=need.risk, expected=need.expected)
    return _fixed(Design.ZERO_ACCEPTANCE, found, need)


def _census(need: Need) -> SpotCheck:
    return _fixed(Design.CENSUS, census(need.population, accuracy=need.accuracy), need)


def _discovery(need: Need) -> SpotCheck:
    named = need.terms.defects
    if named is not None and named > need.population:
        raise InsufficientData(
            "too-few-items", "a batch of {n} items cannot have {defects} wrong ones: plan the discovery of fewer",
            n=need.population, defects=named,
        )  # fmt: skip
    found = discovery(need.population, accuracy=need.accuracy if named is None else None, defects=named, risk=need.risk)
    return found if need.n is None or need.n <= found.n else replace(found, n=need.n)


def _estimate(need: Need) -> SpotCheck:
    """Planned for the accuracy to be proven: a batch that is better is told at least as closely."""
    terms = need.terms
    margin = usual_margin(need.accuracy) if terms.margin is None else terms.margin
    if need.strata:
        whole = estimate_strata(need.strata, margin=margin, confidence=terms.confidence, expected=need.accuracy)
        return replace(whole, strata=need.strata, n=_drawn(need)) if _drawn(need) else whole
    found = estimate(need.population, margin=margin, confidence=terms.confidence, expected=need.accuracy)
    return found if need.n is None or need.n <= found.n else replace(found, n=need.n)


def usual_margin(accuracy: float) -> float:
    """Where nobody says how exact an estimate is to be: half of the errors that are still allowed.

    >>> usual_margin(0.95)
    0.025
    """
    return round((1 - accuracy) / 2, 10)


def _contract(need: Need) -> SpotCheck:
    """Always of the size that was agreed: more items drawn later cannot turn its rule."""
    terms = need.terms
    if terms.n is None and terms.share is None:
        raise InsufficientData("no-size", "a contract says how many items are checked: give n, or a share of the batch")
    return contract(
        need.population, n=terms.n, share=terms.share, decimals=terms.decimals, one_vote=bool(terms.one_vote),
        pass_rate=need.accuracy if terms.pass_rate is None else terms.pass_rate, accuracy=need.accuracy, risk=need.risk,
    )  # fmt: skip


def _aql(need: Need) -> SpotCheck:
    return aql_plan(need.population, aql=need.terms.aql, level=need.terms.level, switch=need.switch)


def _drawn(need: Need) -> int:
    """Items drawn from the strata so far; 0 before the draw."""
    return sum(each.n for each in need.strata)


def _stratified(need: Need) -> SpotCheck:
    """With the items as they were drawn where they were; else as few as the promise takes."""
    from labelqa.stats.sequential.stratified import Stratified, stratified
    from labelqa.stats.strata import fewest

    if not need.strata:
        raise InsufficientData("no-strata", "the strata are known when the batch is frozen")
    terms, size = need.terms, sum(each.items for each in need.strata)
    if _drawn(need):
        most = size if terms.cut is None else min(size, terms.cut)
        return Stratified(
            strata=need.strata, accuracy=need.accuracy, risk=need.risk, expected=need.expected, power=need.power,
            cut=most, futility=terms.futility, allocation=terms.allocation,
        )  # fmt: skip
    least = fewest(need.strata, terms.minimum)
    if terms.cut is not None and terms.cut < least:
        raise InsufficientData(
            "cut-too-small", "the minimum of {minimum} items from every stratum takes {least} reviews, more than the cut of {cut}",
            minimum=terms.minimum, least=least, cut=terms.cut,
        )  # fmt: skip
    return stratified(
        need.strata, accuracy=need.accuracy, risk=need.risk, expected=need.expected, power=need.power, cut=terms.cut,
        futility=terms.futility, allocation=terms.allocation, minimum=terms.minimum,
        costs=review_costs(terms, need.strata),
    )  # fmt: skip


def review_costs(terms: Terms, strata: Sequence[StratumSize]) -> tuple[float, ...] | None:
    """Minutes a review in each stratum, where the reviews are shared out by cost; Refused for a stratum that is not there."""
    if terms.allocation is not Allocation.COST_OPTIMAL:
        return None
    names = [each.name for each in strata]
    if unknown := sorted(set(terms.costs) - set(names)):
        raise Refused(
            "no stratum is called {name}, for which a cost was declared; there are {names}",
            name=unknown[0], names=", ".join(names),
        )  # fmt: skip
    return tuple(terms.costs.get(name, terms.minutes) for name in names)


def _sequential(need: Need) -> SpotCheck:
    from labelqa.stats.sequential import sequential

    terms = need.terms
    return sequential(
        need.population, accuracy=need.accuracy, risk=need.risk, expected=need.expected, power=need.power,
        cut=terms.cut, futility=terms.futility, sensitivity=terms.sensitivity, specificity=terms.specificity,
    )  # fmt: skip


_BUILT: Final[dict[Design, Callable[[Need], SpotCheck]]] = {
    Design.SEQUENTIAL: _sequential,
    Design.TWO_POINT: _two_point,
    Design.ZERO_ACCEPTANCE: _zero_acceptance,
    Design.DISCOVERY: _discovery,
    Design.ESTIMATE: _estimate,
    Design.CONTRACT: _contract,
    Design.AQL: _aql,
    Design.STRATIFIED: _stratified,
    Design.CENSUS: _census,
}


def worked_out(design: Design, need: Need) -> SpotCheck:
    """A design for a need; InsufficientData where something is not known yet, such as the strata."""
    if need.population < 1:
        raise InsufficientData("no-items", "no item matches the batch yet, so no design can be worked out for it")
    return _BUILT[design](need)


def need_of(plan: Plan, population: int) -> Need:
    """What a plan needs of so many items."""
    return Need(
        population=population, accuracy=plan.accuracy, risk=plan.risk, expected=plan.expected, power=plan.power,
        terms=plan.terms,
    )  # fmt: skip


def design_of(
    plan: Plan,
    population: int,
    *,
    strata: Sequence[StratumSize] = (),
    switch: Switch | None = None,
    n: int | None = None,
) -> SpotCheck:
    """The design that a plan declares, worked out for a frame of ``population`` items.

    ``strata`` are the frame's, with the items drawn from each once they are drawn; ``switch`` is the state of the
    stream's switching rules; ``n`` says how many items were drawn where they are more than the plan asks for.
    """
    return worked_out(plan.design, replace(need_of(plan, population), strata=tuple(strata), switch=switch, n=n))


def limit_chance(check: SpotCheck, need: Need) -> float:
    """The chance to accept a batch that just misses the limit.

    Where that is not worked out exactly it is the risk itself, which the chance never exceeds: for a stratified design,
    whose chances are simulated, and for a sequential one in a large batch, which is reviewed nearly whole there.
    """
    simulated = check.design is Design.STRATIFIED
    large = check.design is Design.SEQUENTIAL and need.population > EXACT
    return need.risk if simulated or large else check.accept_chance(need.limit)


def sized(check: SpotCheck, need: Need) -> Resolved:
    """How many items a design draws and how often it accepts: a batch that just misses the limit, and a usual one."""
    return Resolved(
        population=check.population,
        n=check.n,
        c=check.allowed,
        risk=limit_chance(check, need),
        power=check.accept_chance(need.usual),
    )


def resolve(
    plan: Plan, population: int, *, strata: Sequence[StratumSize] = (), switch: Switch | None = None
) -> Resolved:
    """The plan worked out for so many items."""
    need = replace(need_of(plan, population), strata=tuple(strata), switch=switch)
    return sized(worked_out(plan.design, need), need)
