"""A second opinion on every label of a frozen batch: who is right where annotators differ, and how sure that is.

The consensus rests on people's answers alone; a model's answers are validated against people, they do not vote. Nothing
is recorded and no label of record changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

import numpy as np

from labelqa.errors import InsufficientData, Message, WrongUsage
from labelqa.i18n import N_
from labelqa.records.annotation import ControlKind, Origin
from labelqa.records.annotators import AnnotatorSkill, ConfusionModel, Consensus, DifficultyModel, Votes
from labelqa.records.batch import Batch
from labelqa.records.consensus import ConsensusAnnotator, ConsensusItem, ConsensusReport, DoubtfulRecord, Fit, PriorTold
from labelqa.records.estimate import Unknown
from labelqa.records.names import PersonId
from labelqa.records.reductions import Answers, Floats, Ints
from labelqa.stats.annotators import (
    annotator_skills,
    dawid_skene,
    glad,
    mace,
    majority,
    one_coin,
    suspects,
    wawa,
)
from labelqa.stats.annotators.dawid_skene import NO_GOLD
from labelqa.stats.annotators.fitting import DEFAULT_SEARCH
from labelqa.stats.annotators.glad import SOME_STARTS
from labelqa.stats.annotators.mace import MANY_STARTS
from labelqa.stats.annotators.prior import Strength
from labelqa.workflows.answered import gold_numbers, label_answers
from labelqa.workflows.desk import Desk
from labelqa.workflows.population import frozen_of, population
from labelqa.workflows.state import State, read_state, shown_names
from labelqa.workflows.subject import kind_of_batch

DEFAULT: Final = "dawid-skene"
VOTES: Final = ("majority", "wawa")
MODELS: Final = (*VOTES, "dawid-skene", "one-coin", "glad", "mace")
SUSPECTS: Final = 20
MOST_CELLS: Final = 50_000_000  # annotators × labels × labels that are held at once
MOST_POSTERIORS: Final = 200_000_000  # items × labels
_VOTES_SAY_NOTHING: Final = Unknown(
    reason="votes-only",
    message=Message("a count of votes does not say how good annotators are: take a model such as dawid-skene"),
)
Fitted: TypeAlias = Votes | ConfusionModel | DifficultyModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which model is wanted, and how: ``strength`` of its prior (None to learn it), whether gold is held fixed."""

    model: str = DEFAULT
    strength: float | None = None
    gold: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        if self.model not in MODELS:
            raise ValueError(f"there is no model called {self.model!r}; known are {', '.join(MODELS)}")
        if self.strength is not None and self.model not in ("dawid-skene", "one-coin"):
            raise WrongUsage("--strength is the prior of dawid-skene and one-coin; {model} has none", model=self.model)
        if self.gold and self.model in VOTES:
            raise WrongUsage("--gold holds items fixed while a model is fitted; {model} counts votes", model=self.model)


@dataclass(frozen=True, slots=True, eq=False)
class Opinion:
    """A fitted consensus: the answers it rests on, the model, and what was given."""

    answers: Answers
    fitted: Fitted
    people: tuple[str, ...]
    gold: Mapping[int, int]

    @property
    def consensus(self) -> Consensus:
        """The posterior of every item."""
        return self.fitted.consensus

    def skills(self, confidence: float) -> tuple[AnnotatorSkill, ...]:
        """A line an annotator; none where votes were counted."""
        if isinstance(self.fitted, Votes):
            return ()
        return annotator_skills(self.fitted, self.answers, confidence=confidence)


def opinion(desk: Desk, state: State, batch: Batch, choice: Choice) -> Opinion:
    """The model fitted to what people answered. InsufficientData says why it cannot be."""
    answers = label_answers(desk, batch)
    _refuse_too_large(answers)
    gold = gold_numbers(desk, state, batch, answers.labels) if choice.gold else NO_GOLD
    if choice.gold and not gold:
        raise InsufficientData("no-gold", "no gold item was answered")
    people = desk.reducer.people(desk.frozen.checked(frozen_of(batch).annotations))
    return Opinion(answers, _fit(answers, gold, choice), people, gold)


def _refuse_too_large(answers: Answers) -> None:
    labels, people = len(answers.labels), len(np.unique(answers.annotator))
    items = int((np.diff(answers.item, prepend=-1) > 0).sum())
    if people * labels**2 > MOST_CELLS or items * labels > MOST_POSTERIORS:
        raise InsufficientData(
            "too-many-labels",
            "{labels} labels, {people} annotators and {items} items are more than a model can hold at once",
            labels=labels, people=people, items=items,
        )  # fmt: skip


def _fit(answers: Answers, gold: Mapping[int, int], choice: Choice) -> Fitted:
    strength: Strength = "learnt" if choice.strength is None else choice.strength
    fits: dict[str, Callable[[], Fitted]] = {
        "majority": lambda: majority(answers),
        "wawa": lambda: wawa(answers),
        "dawid-skene": lambda: dawid_skene(
            answers, strength=strength, gold=gold, search=replace(DEFAULT_SEARCH, seed=choice.seed)
        ),
        "one-coin": lambda: one_coin(
            answers, strength=strength, gold=gold, search=replace(DEFAULT_SEARCH, seed=choice.seed)
        ),
        "glad": lambda: glad(answers, gold=gold, search=replace(SOME_STARTS, seed=choice.seed)),
        "mace": lambda: mace(answers, gold=gold, search=replace(MANY_STARTS, seed=choice.seed)),
    }
    return fits[choice.model]()


@dataclass(frozen=True, slots=True, eq=False)
class _Records:
    """The label of record of each item of the consensus, (items,): ``label`` is its index, -1 for none."""

    ids: tuple[str, ...]
    label: Ints
    text: tuple[str | None, ...]

    @classmethod
    def of(cls, desk: Desk, state: State, batch: Batch, found: Opinion) -> _Records:
        table = desk.frozen.read(frozen_of(batch).items, ["item_no", "item_id"])
        ids = dict(zip(table.column(0).to_pylist(), table.column(1).to_pylist(), strict=True))
        recorded = population(desk, state, batch).labels
        known = {label: number for number, label in enumerate(found.answers.labels)}
        items = tuple(ids[number] for number in found.consensus.item.tolist())
        text: tuple[str | None, ...] = tuple(recorded.get(item) for item in items)
        label = np.array([-1 if each is None else known.get(each, -1) for each in text], dtype=np.int64)
        return cls(items, label, text)


def consensus_report(
    desk: Desk, batch: str, *, choice: Choice | None = None, items: int = SUSPECTS
) -> tuple[ConsensusReport, Callable[[], Iterator[ConsensusItem]]]:
    """What the consensus of a batch says, and a function that tells it item by item.

    ``items`` labels of record most probably wrong are named. Raises Refused for a batch that is not frozen, and
    InsufficientData where its answers are no single labels or the model cannot be fitted.
    """
    choice = choice or Choice()
    state = read_state(desk)
    found = state.batch(batch)
    freeze = frozen_of(found)
    seen = opinion(desk, state, found, choice)
    records = _Records.of(desk, state, found, seen)
    has = records.label >= 0
    agreed = seen.consensus.winners[np.arange(len(records.label)), np.where(has, records.label, 0)]
    report = ConsensusReport(
        batch=found.name, control=found.control, model=choice.model, labels=seen.answers.labels,
        items=len(records.ids), annotations=len(seen.answers.item), annotators=len(seen.fitted.annotators),
        gold=len(seen.gold), shares=_shares(seen), ties=int(seen.consensus.tied.sum()),
        majority_ties=int(majority(seen.answers).consensus.tied.sum()), recorded=int(has.sum()),
        differing=int((has & ~agreed).sum()), lines=_lines(desk, seen), suspects=_suspects(seen, records, items),
        fit=_fit_of(seen.fitted), prior=_prior_of(seen.fitted),
        notes=tuple(_notes(desk, found, seen, freeze.items_prelabelled, int((~has).sum()))),
    )  # fmt: skip
    return report, lambda: _item_by_item(seen, records)


def _prior_of(fitted: Fitted) -> PriorTold | None:
    """What was believed of annotators beforehand; MACE's and GLAD's beliefs are part of the models themselves."""
    if not isinstance(fitted, ConfusionModel) or fitted.model == "mace":
        return None
    return PriorTold(found=fitted.prior.found, strength=fitted.prior.strength, spread=fitted.prior.spread)


def _shares(seen: Opinion) -> tuple[tuple[str, float], ...]:
    """How common each label is: by the model's own shares, else (MACE holds them equal) as expected of the items."""
    fitted = seen.fitted
    share: Floats = fitted.consensus.posterior.mean(axis=0)
    if isinstance(fitted, ConfusionModel) and _prior_of(fitted) is not None:
        share = fitted.share
    return tuple(zip(seen.consensus.classes, share.tolist(), strict=True))


def _fit_of(fitted: Fitted) -> Fit | None:
    if isinstance(fitted, Votes):
        return None
    told = fitted.ascent
    return Fit(
        sweeps=told.sweeps, converged=told.converged, starts=told.starts, agreeing=told.agreeing,
        log_likelihood=told.log_likelihood,
    )  # fmt: skip


def _lines(desk: Desk, seen: Opinion) -> tuple[ConsensusAnnotator, ...]:
    names = shown_names(desk)

    def line(number: int, **told: Any) -> ConsensusAnnotator:
        person = PersonId(seen.people[number])
        return ConsensusAnnotator(person=person, name=names.get(person, person), **told)

    if isinstance(seen.fitted, Votes):
        given = np.bincount(seen.answers.annotator)
        nothing = _VOTES_SAY_NOTHING
        lines = [
            line(
                number, labels_given=int(given[number]), accuracy=nothing, information=nothing, cost=nothing, bias=(),
                weight=weight,
            )
            for number, weight in zip(seen.fitted.annotators.tolist(), seen.fitted.weight.tolist(), strict=True)
        ]  # fmt: skip
    else:
        lines = [
            line(
                each.annotator, labels_given=each.labels_given, accuracy=each.accuracy, information=each.information,
                cost=each.cost, bias=each.bias,
            )
            for each in seen.skills(desk.settings.confidence)
        ]  # fmt: skip
    return tuple(sorted(lines, key=lambda each: (each.name, each.person)))


def _suspects(seen: Opinion, records: _Records, most: int) -> tuple[DoubtfulRecord, ...]:
    has = records.label >= 0
    item = seen.consensus.item[has]
    ids = dict(zip(seen.consensus.item.tolist(), records.ids, strict=True))
    found = suspects(seen.consensus, item, records.label[has].astype(np.int32), seen.answers.labels, most=most)
    return tuple(
        DoubtfulRecord(item=ids[each.item], recorded=each.recorded, likeliest=each.likeliest, wrong=each.wrong)
        for each in found
    )


def _item_by_item(seen: Opinion, records: _Records) -> Iterator[ConsensusItem]:
    consensus, labels = seen.consensus, seen.consensus.classes
    best, winners = consensus.label.tolist(), consensus.winners
    certainty, posterior = consensus.certainty.tolist(), consensus.posterior
    for at, (item, recorded, text) in enumerate(zip(records.ids, records.label.tolist(), records.text, strict=True)):
        tied = () if best[at] >= 0 else tuple(labels[place] for place in np.flatnonzero(winners[at]).tolist())
        yield ConsensusItem(
            item=item, label=labels[best[at]] if best[at] >= 0 else "", certainty=certainty[at], tied=tied,
            recorded=text, recorded_certainty=float(posterior[at, recorded]) if recorded >= 0 else None,
        )  # fmt: skip


def _notes(desk: Desk, batch: Batch, seen: Opinion, prelabelled: int, unrecorded: int) -> Iterator[Message]:
    if machines := frozen_of(batch).origins.get(Origin.MACHINE, 0):
        text = N_("{n} answers of models have no vote here; `labelqa annotators` validates models against people")
        yield Message(text, {"n": machines})
    if prelabelled:
        text = N_(
            "{n} items were begun from a pre-label: people who accept the same suggestion are no independent voices, "
            "so the certainty of these items is too high"
        )
        yield Message(text, {"n": prelabelled})
    if unrecorded:
        yield Message("{n} items have no label of record: they are disputed", {"n": unrecorded})
    if kind_of_batch(desk, batch) is ControlKind.RATING:
        yield Message("ratings are taken as names here: 4 for 5 counts as wrong as 1 for 5")
    if isinstance(seen.fitted, ConfusionModel | DifficultyModel) and not seen.fitted.ascent.converged:
        yield Message("the model was still climbing when it was stopped: its figures may move a little")
