"""Everybody who labelled a frozen batch: figures with intervals, and beside them, never alone, reasons to look.

People and models stand apart: a model is validated against people and is no part of the team that people are compared
with. A flag is a reason to look and to ask; nothing is recorded and nobody is judged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import TypeVar

from labelqa.errors import InsufficientData, Message
from labelqa.i18n import N_
from labelqa.records.accuracy import Skill
from labelqa.records.annotation import ControlKind, Origin
from labelqa.records.annotators import AnnotatorSkill
from labelqa.records.batch import Batch
from labelqa.records.behaviour import FavouriteCheck, RunCheck, SpeedCheck
from labelqa.records.consensus import AnnotatorFigures, AnnotatorReport, CopyLine
from labelqa.records.diagnostics import AnnotatorInfluence
from labelqa.records.estimate import Figure, unknown
from labelqa.records.names import PersonId
from labelqa.records.reductions import AnnotatorTally, Subset
from labelqa.records.summary import AnnotatorFlag
from labelqa.stats.accuracy import team_skill
from labelqa.stats.agreement.influence import ALPHA, annotator_influence
from labelqa.stats.kinds import TABLE
from labelqa.workflows.agreement import alpha_of
from labelqa.workflows.annotators import NO_GOLD, NO_OTHERS, Compared, compare, pooled
from labelqa.workflows.answered import LABELS, beyond_the_labels
from labelqa.workflows.behaviour import Behaviour, behaviour_flags, behaviour_of
from labelqa.workflows.coefficients import measure_of
from labelqa.workflows.consensus import DEFAULT, Choice, opinion
from labelqa.workflows.desk import Desk
from labelqa.workflows.diagnosed import MOST_ANSWERS
from labelqa.workflows.flags import add_speed, flags_of
from labelqa.workflows.judges import models_of
from labelqa.workflows.population import frozen_of
from labelqa.workflows.state import State, read_state, shown_names
from labelqa.workflows.subject import counted, kind_of_batch

Check = TypeVar("Check", SpeedCheck, RunCheck, FavouriteCheck)
Found = TypeVar("Found")


def annotator_report(desk: Desk, batch: str) -> AnnotatorReport:
    """Everybody in a frozen batch; what cannot be known says why.

    Raises Refused for a batch that is not frozen, InsufficientData where its answers are no single labels or too many.
    """
    state = read_state(desk)
    found = state.batch(batch)
    freeze = frozen_of(found)
    kind = kind_of_batch(desk, found)
    if kind not in LABELS or beyond_the_labels(desk, found):
        raise InsufficientData(
            "not-declared-labels",
            "the answers of this batch ({kind}) are not single declared labels, so annotators cannot be told apart by them",
            kind=kind.value,
        )
    if freeze.n_annotations > MOST_ANSWERS:
        raise InsufficientData(
            "too-many-answers",
            "annotators are told apart in batches of up to {most} answers; this one has {n}",
            most=MOST_ANSWERS, n=freeze.n_annotations,
        )  # fmt: skip
    team = _Team(desk, state, found, kind)
    models, sides = models_of(desk, state, found)
    lines = sorted((team.line(each) for each in team.work), key=lambda each: (each.name, each.person))
    return AnnotatorReport(
        batch=found.name, control=found.control, labels=found.labels,
        annotations=sum(each.annotations for each in team.work), model=DEFAULT, alpha=alpha_of(desk, found),
        annotators=tuple(lines), copies=tuple(team.copies()), pairs_looked_at=len(team.behaviour.copies),
        models=models, sides=sides, notes=tuple({str(note): note for note in team.notes()}.values()),
    )  # fmt: skip


def _or_reason(make: Callable[[], Found]) -> Found | InsufficientData:
    try:
        return make()
    except InsufficientData as error:
        return error


class _Team:
    """What is found out about a batch's people, each part once, by annotator number or pseudonym."""

    def __init__(self, desk: Desk, state: State, batch: Batch, kind: ControlKind) -> None:
        self.desk, self.state, self.batch, self.freeze = desk, state, batch, frozen_of(batch)
        self.path = desk.frozen.checked(self.freeze.annotations)
        self.people = tuple(PersonId(each) for each in desk.reducer.people(self.path))
        self.names = shown_names(desk)
        self.confidence, self.kind = desk.settings.confidence, kind

    @cached_property
    def work(self) -> tuple[AnnotatorTally, ...]:
        """What each person did; models are told elsewhere."""
        return self.desk.reducer.annotators(self.path, subset=Subset(machine=False))

    @cached_property
    def skills(self) -> dict[int, AnnotatorSkill] | InsufficientData:
        """Everybody as the usual model sees them."""

        def make() -> dict[int, AnnotatorSkill]:
            found = opinion(self.desk, self.state, self.batch, Choice())
            return {each.annotator: each for each in found.skills(self.confidence)}

        return _or_reason(make)

    @cached_property
    def influence(self) -> dict[str, AnnotatorInfluence] | InsufficientData:
        """Alpha without each person, over the answers that ``labelqa agreement`` counts."""

        def make() -> dict[str, AnnotatorInfluence]:
            answers = self.desk.reducer.answers(self.path, self.batch.labels, subset=counted(self.freeze))
            measure = measure_of(TABLE[self.kind].coefficients[0], answers.labels, None) or ALPHA
            found = annotator_influence(answers, self.people, measure=measure, confidence=self.confidence)
            return {each.annotator: each for each in found}

        return _or_reason(make)

    @cached_property
    def behaviour(self) -> Behaviour:
        """How they worked."""
        return behaviour_of(self.desk, self.batch)

    @cached_property
    def beside(self) -> Compared:
        """Their answers beside gold and beside the others'."""
        return compare(self.desk, self.state, [self.batch], None)

    @cached_property
    def gold(self) -> dict[PersonId, Skill]:
        """Right on gold items, as counted and drawn towards the team."""
        theirs = frozenset(each.annotator for each in self.work)
        found = team_skill(self.beside.mine, confidence=self.confidence)
        return {self.people[each.annotator]: each for each in found.skills if each.annotator in theirs}

    @cached_property
    def flags(self) -> dict[PersonId, list[AnnotatorFlag]]:
        """The reasons to look at each."""
        found: dict[PersonId, list[AnnotatorFlag]] = defaultdict(list)
        beside = flags_of(self.beside.people, self.beside.both, under=self.batch.name)
        worked = behaviour_flags(self.behaviour, self.people, self.names, under=self.batch.name)
        for part in (beside, worked):
            for person, flags in part.items():
                found[person] += flags
        speeds = {self.people[each.annotator]: each.median_seconds for each in self.work}
        slow = {person: flags for person, flags in found.items() if not any(flag.code == "fast" for flag in flags)}
        add_speed(slow, {person: seconds for person, seconds in speeds.items() if seconds is not None})
        return found

    def notes(self) -> Iterator[Message]:
        """What could not be looked at, and what stands apart."""
        if isinstance(self.skills, InsufficientData):
            yield self.skills.message
        yield from self.behaviour.notes
        if self.freeze.items_prelabelled:
            text = N_(
                "{n} items were begun from a pre-label: people who accept the same suggestion are no independent voices, "
                "so the certainty of these items is too high"
            )
            yield Message(text, {"n": self.freeze.items_prelabelled})
        if self.freeze.origins.get(Origin.MACHINE):
            yield Message("a model never counts as a reviewer, and its scores weigh nothing in any draw yet")

    def line(self, work: AnnotatorTally) -> AnnotatorFigures:
        """One person's figures, checks and flags."""
        person, number = self.people[work.annotator], work.annotator
        skill = self.skills if isinstance(self.skills, InsufficientData) else self.skills.get(number)
        gold = self.gold.get(person)
        change = None if isinstance(self.influence, InsufficientData) else self.influence.get(person)
        others = [(self.beside.others, self.beside.people.index(person))] if person in self.beside.people else []
        return AnnotatorFigures(
            person=person, name=self.names.get(person, person), annotations=work.annotations,
            median_seconds=work.median_seconds, agreement=pooled(others, self.confidence, NO_OTHERS),
            gold=gold.raw if gold else NO_GOLD, gold_shrunken=gold.shrunken if gold else NO_GOLD,
            accuracy=_figure(skill, "accuracy"), information=_figure(skill, "information"),
            without=unknown(self.influence) if isinstance(self.influence, InsufficientData)
            else change.without if change else NO_OTHERS,
            change=change.change if change else None, speed=_of(self.behaviour.speed, number),
            run=_of(self.behaviour.runs, number), favourite=_of(self.behaviour.favourites, number),
            flags=tuple(self.flags.get(person, ())),
        )  # fmt: skip

    def copies(self) -> Iterator[CopyLine]:
        """The pairs that share more mistakes than chance makes."""
        for each in self.behaviour.copies:
            if each.flagged:
                first, second = (self.names.get(p, p) for p in (self.people[each.first], self.people[each.second]))
                yield CopyLine(
                    first=first, second=second, shared=each.shared, agreeing=each.agreeing,
                    expected_agreeing=each.expected_agreeing, same_mistakes=each.same_mistakes, expected=each.expected,
                    p_value=each.p_value, p_adjusted=each.p_adjusted,
                )  # fmt: skip


def _figure(skill: AnnotatorSkill | InsufficientData | None, name: str) -> Figure:
    if isinstance(skill, InsufficientData):
        return unknown(skill)
    figure: Figure = getattr(skill, name) if skill else NO_OTHERS
    return figure


def _of(checks: Iterable[Check], annotator: int) -> Check | None:
    return next((each for each in checks if each.annotator == annotator), None)
