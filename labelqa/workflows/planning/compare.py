"""Designs of a spot check side by side: what each draws, what it proves, how often it accepts and what it costs.

Nothing is declared here. ``compared`` needs no workspace: it answers for any number of items that somebody thinks of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from labelqa.errors import InsufficientData, Message, Refused
from labelqa.records.batch import Batch, Kind
from labelqa.records.designs import (
    Design,
    DesignComparison,
    DesignOption,
    PlanningRow,
    Preset,
    StratumSize,
    Terms,
    Undecided,
)
from labelqa.records.review import VerdictKind
from labelqa.stats.acceptance import PRESETS
from labelqa.stats.acceptance.design import SpotCheck, curve, hours
from labelqa.workflows.certifying.streams import switch_of
from labelqa.workflows.desk import Desk
from labelqa.workflows.planning.declared import Declared, declared
from labelqa.workflows.planning.designs import EXACT, Need, limit_chance, worked_out
from labelqa.workflows.planning.plans import matching_items, strata_now, thought_of
from labelqa.workflows.planning.presets import Said, preset_named, with_preset
from labelqa.workflows.planning.terms import CERTIFYING, check_shares, check_values
from labelqa.workflows.state import State, read_state

SHOWN: Final = (0.0, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0, 1.15, 1.3, 1.6, 2.0, 2.5)  # of the errors allowed, on the curves
PLANNED: Final = (0.0, 0.2, 0.4, 0.6, 0.8)  # of the errors allowed, in the planning table
NEAR: Final = 0.7  # of the errors allowed: a batch expected to have more takes very many reviews to tell from a bad one
CLOSE: Final = (0.85, 1.2)  # of the errors allowed: so near that a large batch is reviewed nearly whole
SIMULATED: Final = (0.45, 1.9)  # of the errors allowed: where many long walks would have to be simulated
_LARGE: Final = 0.9  # of all items: a sample that large spares too little to be worth its risk


def compare_designs(
    desk: Desk,
    batch: str,
    *,
    accuracy: float | None = None,
    risk: float | None = None,
    expected: float | None = None,
    power: float | None = None,
    preset: Preset | None = None,
    terms: Terms = Terms(),  # noqa: B008 - a frozen value
    population: int | None = None,
) -> DesignComparison:
    """The designs for a batch's items as they are now, or for ``population`` items where its labels are still to come.

    Raises InsufficientData while nothing matches the batch and no number is given.
    """
    state = read_state(desk)
    found = state.batch(batch)
    size = population or matching_items(desk, found)
    if not size:
        raise InsufficientData(
            "no-items", "no item matches batch {batch} yet: say how many there will be", batch=found.name
        )
    asked = _asked(size, Said(None, accuracy, risk, terms), preset, expected, power)
    switch = switch_of(state, found, asked) if asked.terms.aql else None
    whole = replace(asked, switch=switch, strata=_strata(desk, state, found, asked))
    return replace(_side_by_side(whole, found.kind), batch=found.name)


def _strata(desk: Desk, state: State, batch: Batch, need: Need) -> tuple[StratumSize, ...]:
    """The strata of a frozen batch; none before, or where they cannot be told."""
    if batch.freeze is None or need.population != batch.freeze.n_items:
        return ()
    told = Declared(
        design=Design.STRATIFIED, accuracy=need.accuracy, risk=need.risk, expected=need.expected, power=need.power,
        terms=need.terms,
    )  # fmt: skip
    return strata_now(desk, state, batch, thought_of(batch, told, desk.clock()))


def compared(
    population: int,
    *,
    accuracy: float | None = None,
    risk: float | None = None,
    expected: float | None = None,
    power: float | None = None,
    preset: Preset | None = None,
    terms: Terms = Terms(),  # noqa: B008 - a frozen value
    kind: Kind | None = None,
    strata: Sequence[StratumSize] = (),
) -> DesignComparison:
    """The designs that could check so many items; what is not said is what is usual.

    >>> made = compared(1000, accuracy=0.95)
    >>> next(each.n for each in made.options if each.design is Design.ZERO_ACCEPTANCE)
    56
    """
    asked = _asked(population, Said(None, accuracy, risk, terms), preset, expected, power)
    return _side_by_side(replace(asked, strata=tuple(strata)), kind)


def by_itself(check: SpotCheck, need: Need, kind: Kind | None) -> DesignComparison:
    """A declared design alone, with its curves, as it was worked out for what was drawn."""
    return DesignComparison(
        batch="", population=need.population, accuracy=need.accuracy, risk=need.risk, expected=need.expected,
        power=need.power, minutes=need.terms.minutes, recommended=check.design,
        options=(_option(check, need, shown_accuracies(need), kind),),
    )  # fmt: skip


def _asked(population: int, said: Said, preset: Preset | None, expected: float | None, power: float | None) -> Need:
    """What is said and what is usual, whichever design reads it; WrongUsage where it does not fit together."""
    if population < 1:
        raise InsufficientData("no-items", "no item matches the batch yet, so no design can be worked out for it")
    check_values(said.terms)
    check_shares(accuracy=said.accuracy, risk=said.risk, power=power)
    named = preset_named(preset, said.terms)
    if named is not None:
        said = with_preset(named, said)
    told = declared(design=Design.CENSUS, accuracy=said.accuracy, risk=said.risk, expected=expected, power=power)
    return Need(
        population=population, accuracy=told.accuracy, risk=told.risk, expected=told.expected, power=told.power,
        terms=said.terms,
    )  # fmt: skip


def _side_by_side(need: Need, kind: Kind | None) -> DesignComparison:
    options, notes = _worked_out(need, kind)
    return DesignComparison(
        batch="", population=need.population, accuracy=need.accuracy, risk=need.risk, expected=need.expected,
        power=need.power, minutes=need.terms.minutes, recommended=_recommended(options, need, kind), options=options,
        notes=(*_notes(options, need, kind), *notes), planning=_planning(need),
    )  # fmt: skip


def _designs(need: Need) -> Iterator[Design]:
    """The designs that are compared, in the order of the table."""
    terms = need.terms
    yield from (Design.SEQUENTIAL, Design.TWO_POINT, Design.ZERO_ACCEPTANCE, Design.DISCOVERY, Design.ESTIMATE)
    if terms.n is not None or terms.share is not None:
        yield Design.CONTRACT
    if need.strata:
        yield Design.STRATIFIED
    if terms.aql:
        yield Design.AQL
    yield Design.CENSUS


def _worked_out(need: Need, kind: Kind | None) -> tuple[tuple[DesignOption, ...], tuple[Message, ...]]:
    """The designs, and why one of them could not be worked out."""
    points = shown_accuracies(need)
    made: list[DesignOption] = []
    notes: list[Message] = []
    for design in _designs(need):
        try:
            check = worked_out(design, need)
        except (InsufficientData, Refused) as error:
            notes.append(Message("{design}: {why}", {"design": str(design), "why": error.message}))
        else:
            made.append(_option(check, need, points, kind))
    return tuple(made), tuple(notes)


def _option(check: SpotCheck, need: Need, points: Sequence[float], kind: Kind | None) -> DesignOption:
    decides = check.design is not Design.ESTIMATE
    whole = kind is Kind.SAFETY and check.design is Design.CENSUS  # every safety item is reviewed, come what may
    reviews = float(check.population) if whole else check.mean_reviews(need.usual)
    risk = limit_chance(check, need)
    return DesignOption(
        design=check.design,
        n=check.n,
        c=check.allowed,
        certifies=check.certifies and (check.design is not Design.DISCOVERY or risk <= need.risk),
        risk=risk if decides else None,
        power=check.accept_chance(need.usual) if decides else None,
        reviews=reviews,
        hours=hours(reviews, need.terms.minutes),
        curve=curve(check, _looked_at(check, need, points)),
        explained=check.explain(),
        unfit=_unfit(check.design, need.terms, kind),
    )


def _looked_at(check: SpotCheck, need: Need, points: Sequence[float]) -> Sequence[float]:
    """The accuracies on a design's curve: without those near the limit where they would take long to work out."""
    if check.design is Design.STRATIFIED:
        low, high = SIMULATED
    elif check.design is Design.SEQUENTIAL and need.population > EXACT:
        low, high = CLOSE
    else:
        return points
    allowed = 1 - need.accuracy
    return [each for each in points if not low * allowed < 1 - each < high * allowed]


def _unfit(design: Design, terms: Terms, kind: Kind | None) -> Message | None:
    """Why a design cannot be declared here, whatever it promises."""
    if kind is Kind.SAFETY and design is not Design.CENSUS and not terms.kind:
        return Message(
            "safety labeling is reviewed item by item (GB/T 45674—2025, 8.3 b): this can only stand beside the census"
        )
    if design in CERTIFYING and terms.undecidable is Undecided.LEFT_OUT:
        return Message("items that cannot be judged are left out here, and then nothing is proven of the whole batch")
    return None


def shown_accuracies(need: Need) -> tuple[float, ...]:
    """Where the curves are looked at: from well below the limit up to no error at all; each a batch of its own.

    The first accuracy that misses the limit and the expected one are among them.
    """
    size = need.population
    shares = [
        *(part * (1 - need.accuracy) for part in SHOWN), need.limit / size, need.usual / size,
    ]  # fmt: skip
    numbers = sorted({min(size, round(share * size)) for share in shares})
    return tuple(_share_right(size - number, size) for number in numbers)


def _share_right(right: int, size: int) -> float:
    """right / size with ten digits, rounded down, so that it stands for no better batch."""
    share = (Decimal(right) / Decimal(size)).quantize(Decimal("1e-10"), rounding=ROUND_FLOOR)
    return float(share)


def _recommended(options: Sequence[DesignOption], need: Need, kind: Kind | None) -> Design:
    """What the need asks for; a census where no sample spares enough."""
    made = {each.design: each for each in options if each.unfit is None}
    if kind is Kind.SAFETY and not need.terms.kind:
        return Design.CENSUS
    if need.terms.preset:
        return PRESETS[Preset(need.terms.preset)].design
    if need.terms.kind == VerdictKind.ACCEPTANCE and Design.CONTRACT in made:
        return Design.CONTRACT
    first = made.get(Design.STRATIFIED) or made.get(Design.SEQUENTIAL)
    if first is None:
        return Design.ESTIMATE
    return Design.CENSUS if first.reviews >= _LARGE * need.population else first.design


def _planning(need: Need) -> tuple[PlanningRow, ...]:
    """Reviews by which the sequential check has finished, by true accuracy."""
    from labelqa.stats.sequential import planning_table

    accuracies = {round(1 - part * (1 - need.accuracy), 10) for part in PLANNED} | {need.expected}
    terms = need.terms
    return planning_table(
        need.population, accuracy=need.accuracy, risk=need.risk, accuracies=sorted(accuracies, reverse=True),
        cut=terms.cut, futility=terms.futility, sensitivity=terms.sensitivity, specificity=terms.specificity,
    )  # fmt: skip


def _notes(options: Sequence[DesignOption], need: Need, kind: Kind | None) -> Iterator[Message]:
    """What a lead should know before choosing."""
    if need.terms.preset:
        yield from PRESETS[Preset(need.terms.preset)].explained
    values = {"population": need.population, "accuracy": need.accuracy, "expected": need.expected}
    if need.limit == 1:
        yield Message(
            "Of {population:,} items not one may be wrong for {accuracy:.6g} to hold: only a review of nearly all of them proves it.",
            values,
        )  # fmt: skip
    if 1 - need.expected > NEAR * (1 - need.accuracy):
        yield Message(
            "The expected accuracy {expected:.6g} lies near the one to be proven, {accuracy:.6g}: telling the two apart takes many reviews.",
            values,
        )  # fmt: skip
    made = {each.design: each for each in options}
    quick = made.get(Design.SEQUENTIAL)
    trusted = need.terms.sensitivity == need.terms.specificity == 1
    if trusted and quick is not None and quick.reviews >= _LARGE * need.population:
        yield Message("The batch is so small that a sample spares next to nothing: review every item.")
    if Design.CONTRACT not in made:
        yield Message("A contract joins the table once it says how many items it checks: a number or a share.")
    if need.terms.strata and not need.strata:
        yield Message(
            "The strata are known when the batch is frozen; until then the stratified design is not worked out."
        )
    if Design.AQL in made:
        yield Message(
            "An AQL promises the producer that a good batch passes, and a stream of batches that bad ones become rare; it proves nothing of one batch."
        )
    if kind is Kind.SAFETY:
        yield Message("Safety labeling: every item is reviewed first; a sample may verify or accept it afterwards.")
