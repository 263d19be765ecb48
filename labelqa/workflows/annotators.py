"""Each annotator beside the team: work done, accuracy on gold, agreement with the others, and reasons to look closer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median

import numpy as np

from labelqa.errors import InsufficientData, Message
from labelqa.i18n import N_
from labelqa.records.annotation import Origin
from labelqa.records.batch import Batch
from labelqa.records.estimate import Figure, Unknown
from labelqa.records.names import PersonId
from labelqa.records.reductions import Ints, Matched, Subset
from labelqa.records.summary import AnnotatorFlag, AnnotatorLine, Confusion
from labelqa.stats.accuracy import confusions_by_annotator
from labelqa.stats.proportion import wilson
from labelqa.workflows.behaviour import QUICK, behaviour_flags, behaviour_of
from labelqa.workflows.desk import Desk
from labelqa.workflows.flags import add_speed, flags_of
from labelqa.workflows.population import frozen_of, population
from labelqa.workflows.state import State

NO_GOLD = Unknown(reason="no-gold", message=Message("no gold item was answered"))
NO_OTHERS = Unknown(reason="no-overlap", message=Message("no item was answered by enough others"))


@dataclass(slots=True)
class _Work:
    """What a person did in the period, gathered over batches."""

    annotations: int = 0
    items: int = 0
    unqualified: int = 0
    medians: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Compared:
    """Annotations beside a reference, over all batches of one release line; annotators numbered as in ``people``.

    Models stand beside gold alone: they are no one's "others", and not part of the team that flags compare with.
    """

    people: tuple[PersonId, ...]
    gold: Matched
    mine: Matched  # people's alone
    others: Matched
    both: Matched  # people's: gold where there is one, else the majority of the others


def annotator_lines(
    desk: Desk, state: State, names: Mapping[PersonId, str], *, weeks: Sequence[str], window: Sequence[str]
) -> tuple[AnnotatorLine, ...]:
    """Everybody who labelled something in ``weeks`` that is frozen by now; flags and trends look at ``window``."""
    work = _work(desk, state, weeks)
    groups: dict[tuple[str, ...], list[Batch]] = defaultdict(list)
    for batch in state.labelled():
        if batch.freeze is not None:
            groups[batch.labels].append(batch)
    compared = [compare(desk, state, batches, window) for batches in groups.values()]
    flags: dict[PersonId, list[AnnotatorFlag]] = defaultdict(list)
    for batches, each in zip(groups.values(), compared, strict=True):
        for person, found in flags_of(each.people, each.both, under=_under(batches[0])).items():
            flags[person] += found
    watched = _watched(desk, state, names, weeks)
    for person, found in watched.items():
        flags[person] += [flag for flag in found if flag.code != "fast"]
    fast = {person: [flag for flag in found if flag.code == "fast"] for person, found in watched.items()}
    add_speed(flags, {person: median(each.medians) for person, each in work.items() if each.medians}, seen=fast)
    return tuple(
        _line(desk, state, names, person, each, compared, weeks, flags[person])
        for person, each in sorted(work.items(), key=lambda one: names.get(one[0], one[0]))
    )


def _looked_through(desk: Desk, state: State, weeks: Sequence[str]) -> tuple[list[Batch], list[Batch]]:
    """The batches with answers in these weeks that are looked through for how people worked, and those left aside:
    the smallest first, as many as hold QUICK answers together."""
    held: list[Batch] = []
    for batch in state.labelled():
        if batch.freeze is not None:
            tally = desk.reducer.tallies(desk.frozen.checked(batch.freeze.annotations), ("week",))
            held += [batch] if any(week in weeks for (week,) in tally.keys) else []
    held.sort(key=lambda batch: (frozen_of(batch).n_annotations, batch.name))
    total = np.cumsum([frozen_of(batch).n_annotations for batch in held])
    quick = int(np.searchsorted(total, QUICK, side="right"))
    return held[:quick], held[quick:]


def _watched(
    desk: Desk, state: State, names: Mapping[PersonId, str], weeks: Sequence[str]
) -> dict[PersonId, list[AnnotatorFlag]]:
    """What is odd about how people worked on the batches of these weeks."""
    flags: dict[PersonId, list[AnnotatorFlag]] = defaultdict(list)
    for batch in _looked_through(desk, state, weeks)[0]:
        try:
            found = behaviour_of(desk, batch)
        except InsufficientData:
            continue  # its answers are no labels
        people = [PersonId(each) for each in desk.reducer.people(desk.frozen.checked(frozen_of(batch).annotations))]
        for person, mine in behaviour_flags(found, people, names, under=batch.name).items():
            flags[person] += mine
    return flags


def not_watched(desk: Desk, state: State, weeks: Sequence[str]) -> tuple[Message, ...]:
    """A sentence about the batches of these weeks that are too large to look through each time."""
    left = _looked_through(desk, state, weeks)[1]
    if not left:
        return ()
    text = N_("how people worked is not looked at here for {batches}: `labelqa annotators BATCH` does it")
    return (Message(text, {"batches": ", ".join(batch.name for batch in left)}),)


def _under(batch: Batch) -> str:
    """How the labels of a batch are called in a sentence: by their rulebook, in a trial by the control."""
    return batch.release.partition("@")[0] or batch.control or batch.name


def _work(desk: Desk, state: State, weeks: Sequence[str]) -> dict[PersonId, _Work]:
    work: dict[PersonId, _Work] = defaultdict(_Work)
    for batch in state.labelled():
        if batch.freeze is None:
            continue
        path = desk.frozen.checked(batch.freeze.annotations)
        subset = Subset(weeks=frozenset(weeks))
        for each in desk.reducer.annotators(path, subset=subset):
            mine = work[PersonId(each.person)]
            mine.annotations += each.annotations
            mine.items += each.items
            mine.medians += [each.median_seconds] if each.median_seconds is not None else []
        tally = desk.reducer.tallies(path, ("person", "qualified"), subset=subset)
        for (person, qualified), n in zip(tally.keys, tally.counts, strict=True):
            if qualified is False:
                work[PersonId(str(person))].unqualified += n
    return work


def compare(desk: Desk, state: State, batches: Sequence[Batch], window: Sequence[str] | None) -> Compared:
    """The annotations of several batches with the same labels beside gold and beside the others; of the weeks in
    ``window``, or of all times where that is None."""
    parts = [part for batch in batches if (part := _compare_one(desk, state, batch, window)) is not None]
    people = tuple(sorted({person for each, *_ in parts for person in each}))
    labels = batches[0].labels
    gold, mine, others, rest = (
        _joined([(who, tables[at]) for who, *tables in parts], people, labels) for at in range(4)
    )  # fmt: skip
    return Compared(people, gold, mine, others, _joined([(people, mine), (people, rest)], people, labels))


def _compare_one(
    desk: Desk, state: State, batch: Batch, window: Sequence[str] | None
) -> tuple[tuple[PersonId, ...], Matched, Matched, Matched, Matched] | None:
    """The annotators; gold beside everybody and beside people alone; the others beside people, and off gold items."""
    if batch.freeze is None:
        return None
    path, labels = desk.frozen.checked(batch.freeze.annotations), batch.labels
    every = Subset(weeks=None if window is None else frozenset(window))
    human = replace(every, machine=False)
    people = tuple(PersonId(each.person) for each in desk.reducer.annotators(path))
    answers = population(desk, state, batch).gold
    numbers = desk.reducer.item_numbers(path)
    known = {label: number for number, label in enumerate(labels)}
    reference = {numbers[item]: known[label] for item, label in answers.items() if item in numbers and label in known}
    try:
        gold = mine = desk.reducer.against_reference(path, labels, reference, subset=every)
        if batch.freeze.origins.get(Origin.MACHINE):
            mine = desk.reducer.against_reference(path, labels, reference, subset=human)
        others = desk.reducer.leave_one_out(path, labels, subset=human)
        plain = frozenset(numbers.values()) - reference.keys()
        rest = desk.reducer.leave_one_out(path, labels, subset=replace(human, items=plain))
    except InsufficientData:
        return None
    return people, gold, mine, others, rest


def _joined(
    parts: Sequence[tuple[tuple[PersonId, ...], Matched]], people: tuple[PersonId, ...], labels: tuple[str, ...]
) -> Matched:
    """Tables of several batches as one, people and weeks renumbered."""
    weeks = tuple(sorted({week for _, each in parts for week in each.weeks}))
    at = {person: number for number, person in enumerate(people)}
    week_at = {week: number for number, week in enumerate(weeks)}
    columns: list[list[Ints]] = [[], [], [], [], []]
    for who, each in parts:
        person_no = np.array([at[person] for person in who], dtype=np.int64)
        week_no = np.array([week_at[week] for week in each.weeks], dtype=np.int64)
        made = (person_no[each.annotator], week_no[each.week], each.label, each.reference, each.count)
        for column, values in zip(columns, made, strict=True):
            column.append(values)
    annotator, week, label, reference, count = (
        np.concatenate([np.zeros(0, dtype=np.int64), *column]) for column in columns
    )
    return Matched(
        labels=labels, weeks=weeks, annotator=annotator, week=week, label=label, reference=reference, count=count
    )


def in_weeks(table: Matched, weeks: Sequence[str]) -> Matched:
    """The rows of some weeks."""
    chosen = np.array([number for number, week in enumerate(table.weeks) if week in set(weeks)], dtype=np.int64)
    keep = np.isin(table.week, chosen)
    return Matched(
        labels=table.labels, weeks=table.weeks, annotator=table.annotator[keep], week=table.week[keep],
        label=table.label[keep], reference=table.reference[keep], count=table.count[keep],
    )  # fmt: skip


def _line(
    desk: Desk,
    state: State,
    names: Mapping[PersonId, str],
    person: PersonId,
    work: _Work,
    compared: Sequence[Compared],
    weeks: Sequence[str],
    flags: list[AnnotatorFlag],
) -> AnnotatorLine:
    mine = [(each, each.people.index(person)) for each in compared if person in each.people]
    confidence = desk.settings.confidence
    if work.unqualified:
        text = N_("{n} annotations without qualification")
        flags = [*flags, AnnotatorFlag(code="unqualified", message=Message(text, {"n": work.unqualified}))]
    return AnnotatorLine(
        person=person, name=names.get(person, person), organizer=_organizer(state, person), annotations=work.annotations,
        items=work.items, median_seconds=median(work.medians) if work.medians else None,
        gold=pooled([(in_weeks(each.gold, weeks), at) for each, at in mine], confidence, NO_GOLD),
        agreement=pooled([(in_weeks(each.others, weeks), at) for each, at in mine], confidence, NO_OTHERS),
        unqualified=work.unqualified, confusions=_confusions(mine), trend=_trend(mine, confidence), flags=tuple(flags),
    )  # fmt: skip


def _organizer(state: State, person: PersonId) -> str:
    return state.people[person].organizer if person in state.people else ""


def pooled(parts: Sequence[tuple[Matched, int]], confidence: float, otherwise: Unknown) -> Figure:
    """One person's share right over several tables."""
    right = n = 0
    for table, at in parts:
        rows = table.annotator == at
        n += int(table.count[rows].sum())
        right += int(table.count[rows & (table.label == table.reference)].sum())
    if not n:
        return otherwise
    return wilson(right, n, confidence=confidence)


def _confusions(mine: Sequence[tuple[Compared, int]]) -> tuple[Confusion, ...]:
    found = [pair for each, at in mine for pair in confusions_by_annotator(each.both).get(at, ())]
    return tuple(sorted(found, key=lambda pair: -pair.count)[:5])


def _trend(mine: Sequence[tuple[Compared, int]], confidence: float) -> tuple[tuple[str, Figure], ...]:
    weeks = sorted({week for each, _ in mine for week in each.both.weeks})
    return tuple(
        (week, pooled([(in_weeks(each.both, [week]), at) for each, at in mine], confidence, NO_OTHERS))
        for week in weeks
    )
