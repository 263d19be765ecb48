"""How people worked on a frozen batch: too fast to read, one label down the line, the same mistakes as a neighbour.

What is odd is shown with its counts, what would be expected and an adjusted chance; it is a reason to look and to ask,
never a verdict. Models are not people and are left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

from labelqa.errors import InsufficientData, Message
from labelqa.i18n import N_
from labelqa.records.annotation import Origin
from labelqa.records.batch import Batch
from labelqa.records.behaviour import CopyCheck, FavouriteCheck, RunCheck, SpeedCheck
from labelqa.records.names import PersonId
from labelqa.records.reductions import Answers, Floats, Ints
from labelqa.records.summary import AnnotatorFlag
from labelqa.reduce.runs import once
from labelqa.stats.behaviour import fast_answers, favourite_labels, long_runs, shared_mistakes
from labelqa.workflows.answered import label_answers
from labelqa.workflows.desk import Desk
from labelqa.workflows.population import frozen_of

MOST_ANSWERS: Final = 3_000_000  # looked through for `labelqa annotators`
QUICK: Final = 200_000  # looked through for the week
MOST_PAIRS: Final = 20_000_000  # of answers to one item, for copying
_DISTINCT: Final = 0.9  # of somebody's times; fewer do not say in which order the work was done
_NEVER: Final = np.iinfo(np.int64).min
T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Timed:
    """People's answers with the ``seconds`` each took (NaN where none were recorded) and the ``moment`` it was given
    (microseconds since 1970, the least number where nobody knows)."""

    answers: Answers
    seconds: Floats
    moment: Ints

    def kept(self, rows: npt.NDArray[np.bool_]) -> Timed:
        """Some of the rows."""
        was = self.answers
        answers = Answers(
            labels=was.labels, item=was.item[rows], annotator=was.annotator[rows], label=was.label[rows]
        )  # fmt: skip
        return Timed(answers, self.seconds[rows], self.moment[rows])


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """What the checks found, by annotator number; ``notes`` say which check could not be made, and why."""

    speed: tuple[SpeedCheck, ...] = ()
    runs: tuple[RunCheck, ...] = ()
    favourites: tuple[FavouriteCheck, ...] = ()
    copies: tuple[CopyCheck, ...] = ()
    notes: tuple[Message, ...] = ()


def timed_answers(desk: Desk, batch: Batch) -> Timed:
    """The answers that :func:`labelqa.workflows.consensus.label_answers` gives, with their times."""
    answers = label_answers(desk, batch)
    names = ["item_no", "annotator_no", "label", "origin", "seconds", "created_at"]
    table = desk.frozen.read(frozen_of(batch).annotations, names)
    item, who = (table.column(name).to_numpy().astype(np.int32) for name in names[:2])
    kept = np.flatnonzero(_answered(table))
    place = kept[_first(item[kept], who[kept])]
    if not (np.array_equal(item[place], answers.item) and np.array_equal(who[place], answers.annotator)):
        raise ValueError("the engine and the frozen file do not name the same answers")
    seconds = table.column("seconds").to_numpy(zero_copy_only=False).astype(np.float64)[place]
    seconds = np.where(np.isfinite(seconds) & (seconds >= 0), seconds, np.nan)
    return Timed(answers, seconds, _moments(table.column("created_at"))[place])


def _answered(table: Any) -> npt.NDArray[np.bool_]:
    """The rows with a label that a person gave."""
    import pyarrow as pa
    import pyarrow.compute as pc

    machine = pc.fill_null(pc.equal(table.column("origin").cast(pa.string()), Origin.MACHINE.value), False)
    kept = pc.and_(pc.is_valid(table.column("label")), pc.invert(machine))
    return np.asarray(kept.to_numpy(zero_copy_only=False), dtype=np.bool_)


def _first(item: npt.NDArray[np.int32], who: npt.NDArray[np.int32]) -> Ints:
    """The place of the first row of each item and annotator, in the order that engines give."""
    if not len(item):
        return np.zeros(0, dtype=np.int64)
    rows = np.arange(len(item), dtype=np.int32)
    return once((item, who, rows))[2].astype(np.int64)


def _moments(column: Any) -> Ints:
    import pyarrow as pa
    import pyarrow.compute as pc

    return np.asarray(pc.fill_null(column.cast(pa.int64()), _NEVER).to_numpy(), dtype=np.int64)


def behaviour_of(desk: Desk, batch: Batch, *, most: int = MOST_ANSWERS) -> Behaviour:
    """All checks on a frozen batch; kept, since it does not change. InsufficientData where its answers are no labels,
    and ``too-many-answers`` beyond ``most``."""
    freeze = frozen_of(batch)
    if freeze.n_annotations > most:
        raise InsufficientData(
            "too-many-answers",
            "how people worked is looked at in batches of up to {most} answers; this one has {n}",
            most=most, n=freeze.n_annotations,
        )  # fmt: skip
    key = f"behaviour {freeze.annotations} {batch.name}"
    if key not in desk.memo:
        desk.memo[key] = checked(timed_answers(desk, batch))
    found: Behaviour = desk.memo[key]
    return found


def checked(timed: Timed) -> Behaviour:
    """All checks; one that cannot be made leaves a note."""
    notes: list[Message] = []

    def told(make: Callable[[], tuple[T, ...]]) -> tuple[T, ...]:
        try:
            return make()
        except InsufficientData as error:
            notes.append(error.message)
            return ()

    return Behaviour(
        speed=told(lambda: fast_answers(timed.answers, timed.seconds)),
        runs=told(lambda: _runs(timed, notes)),
        favourites=told(lambda: favourite_labels(timed.answers)),
        copies=told(lambda: _copies(timed.answers)),
        notes=tuple({str(note): note for note in notes}.values()),
    )


def _runs(timed: Timed, notes: list[Message]) -> tuple[RunCheck, ...]:
    """Long runs of those whose times tell the order of their work."""
    known = timed.kept(timed.moment != _NEVER)
    if not len(known.moment):
        raise InsufficientData("no-order", "no annotation here says when it was made, so runs cannot be looked for")
    who = known.answers.annotator
    total = np.bincount(who)
    pairs = np.unique(np.column_stack([who.astype(np.int64), known.moment]), axis=0)
    distinct = np.bincount(pairs[:, 0], minlength=len(total))
    unordered = (total > 0) & (distinct < _DISTINCT * total)
    if unordered.any():
        text = N_("the times of {n} annotators do not say in which order they worked, so their runs are not looked for")
        notes.append(Message(text, {"n": int(unordered.sum())}))
    ordered = known.kept(~unordered[who])
    return long_runs(ordered.answers, ordered.moment) if len(ordered.moment) else ()


def _copies(answers: Answers) -> tuple[CopyCheck, ...]:
    size = np.bincount(answers.item).astype(np.int64)
    pairs = int((size * (size - 1) // 2).sum())
    if pairs > MOST_PAIRS:
        raise InsufficientData(
            "too-many-pairs",
            "copying is looked for among up to {most} pairs of answers to one item; here there are {n}",
            most=MOST_PAIRS, n=pairs,
        )  # fmt: skip
    return shared_mistakes(answers)


def behaviour_flags(
    found: Behaviour, people: Sequence[PersonId], names: Mapping[PersonId, str], *, under: str
) -> dict[PersonId, list[AnnotatorFlag]]:
    """The reasons to look at each person, with counts, what is expected and the adjusted chance; ``under``: where."""
    flags: dict[PersonId, list[AnnotatorFlag]] = defaultdict(list)
    for number, flag in (*_of_speed(found, under), *_of_labels(found, under)):
        flags[people[number]].append(flag)
    for copy in found.copies:
        if copy.flagged:
            for one, other in ((copy.first, copy.second), (copy.second, copy.first)):
                neighbour = names.get(people[other], people[other])
                flags[people[one]].append(_copying(copy, neighbour, under))
    return flags


def _of_speed(found: Behaviour, under: str) -> Iterator[tuple[int, AnnotatorFlag]]:
    text = N_(
        "{under}: {fast} of {n} answers implausibly fast, {expected:.1f} expected (p = {p:.2g}); {own:.1f} s in the median"
    )
    for each in found.speed:
        if each.flagged:
            values = {
                "under": under, "fast": each.fast, "n": each.timed, "expected": each.expected or 0.0,
                "p": each.p_adjusted, "own": each.median_seconds,
            }  # fmt: skip
            yield each.annotator, AnnotatorFlag(code="fast", message=Message(text, values))


def _of_labels(found: Behaviour, under: str) -> Iterator[tuple[int, AnnotatorFlag]]:
    run = N_("{under}: {label} {longest} times in a row among {n} answers, {expected} expected (p = {p:.2g})")
    for each in found.runs:
        if each.flagged:
            values = {
                "under": under, "label": each.label, "longest": each.longest, "n": each.n, "expected": each.expected,
                "p": each.p_adjusted,
            }  # fmt: skip
            yield each.annotator, AnnotatorFlag(code="straight-lining", message=Message(run, values))
    favourite = N_("{under}: {label} in {count} of {n} answers, as the others answer {expected:.1f} (p = {p:.2g})")
    for one in found.favourites:
        if one.flagged:
            values = {
                "under": under, "label": one.label, "count": one.count, "n": one.n, "expected": one.expected,
                "p": one.p_adjusted,
            }  # fmt: skip
            yield one.annotator, AnnotatorFlag(code="favourite", message=Message(favourite, values))


def _copying(each: CopyCheck, neighbour: str, under: str) -> AnnotatorFlag:
    text = N_(
        "{under}: {n} mistakes shared with {neighbour} on {shared} items, {expected:.1f} expected (p = {p:.2g}); "
        "who copied, if anybody, cannot be told"
    )
    values = {
        "under": under, "n": each.same_mistakes, "neighbour": neighbour, "shared": each.shared,
        "expected": each.expected, "p": each.p_adjusted,
    }  # fmt: skip
    return AnnotatorFlag(code="copies", message=Message(text, values))
