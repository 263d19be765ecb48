"""The frozen batches labelled under a release, or under every release of a rulebook, as what clarity is measured from.

Only the answers that count for agreement count here: people's, on items that nobody began from a pre-label.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

import numpy as np

from labelqa.batches.checks import current_reviews
from labelqa.batches.counting import defective
from labelqa.errors import InsufficientData, Message, Refused
from labelqa.i18n import N_
from labelqa.records.annotation import ControlKind
from labelqa.records.batch import Batch
from labelqa.records.clarity import RulebookClarity
from labelqa.records.names import ItemId
from labelqa.records.reductions import Answers, Floats, Patterns
from labelqa.records.review import Review
from labelqa.rulebook.model import Rulebook
from labelqa.workflows.clarity.answered import items_apart, patterns_of
from labelqa.workflows.clarity.material import Checked, Mask, Material, Role, Ruled, cited_in, role_named, role_of
from labelqa.workflows.clarity.measured import Source, clarity_of
from labelqa.workflows.coefficients import Manner
from labelqa.workflows.desk import Desk
from labelqa.workflows.kinds import names_for
from labelqa.workflows.population import frozen_of, population
from labelqa.workflows.reviewed import true_label
from labelqa.workflows.rulebooks import released_book
from labelqa.workflows.state import State, read_state
from labelqa.workflows.subject import Subject, coded, counted, kind_of_batch


def releases_named(state: State, named: str) -> tuple[str, ...]:
    """``NAME@VERSION`` as it is, or every release called NAME in the order of the ledger; BadInput or Refused for none."""
    if "@" in named:
        state.release(named)
        return (named,)
    found = [(fact.seq, release) for release, (fact, body) in state.releases.items() if body.name == named]
    if not found:
        raise Refused(
            "no rulebook called {name} is released here: labelqa rulebook list shows what is, and a file needs --labels",
            name=named,
        )
    return tuple(str(release) for _, release in sorted(found))


def batches_under(state: State, releases: Sequence[str], wanted: Sequence[str] = ()) -> tuple[Batch, ...]:
    """The frozen batches under some releases, in the order in which they were declared; of them only the ``wanted``.

    BadInput for a batch that is not there, Refused for one of another release, and where none is frozen.
    """
    for name in wanted:
        batch = state.batch(name)
        frozen_of(batch)
        if batch.recheck:
            raise Refused(
                "batch {batch} looks again at labels of {sources}: measure those", batch=name,
                sources=", ".join(batch.sources),
            )  # fmt: skip
        if batch.release not in releases:
            raise Refused(
                "batch {batch} was labelled under {release}, not under {releases}",
                batch=name, release=batch.release or "–", releases=", ".join(releases),
            )  # fmt: skip
    found = [
        batch for batch in state.labelled()
        if batch.freeze is not None and batch.release in releases and (not wanted or batch.name in wanted)
    ]  # fmt: skip
    if not found:
        raise Refused(
            "no batch labelled under {releases} is frozen yet: labelqa batch freeze BATCH locks one",
            releases=", ".join(releases),
        )
    return tuple(sorted(found, key=lambda batch: (batch.declared_at, batch.name)))


def rulebook_clarity(desk: Desk, named: str, *, batches: Sequence[str] = ()) -> RulebookClarity:
    """The figures of a release, or of the latest release of a rulebook over the batches of all of them.

    Raises BadInput and Refused where nothing of that name is released or frozen.
    """
    state = read_state(desk)
    releases = releases_named(state, named)
    book = released_book(desk, releases[-1])
    parts = [Part(desk, state, batch, book) for batch in batches_under(state, releases, batches)]
    source = Source(
        releases=releases, batches=tuple(part.batch.name for part in parts), notes=tuple(_notes(parts, releases))
    )
    return clarity_of(book, _together(parts), source, confidence=desk.settings.confidence)


def _notes(parts: Sequence[Part], releases: Sequence[str]) -> Iterator[Message]:
    under = {part.batch.release for part in parts}
    if len(under) > 1:
        text = N_(
            "the rules are those of {release}; labels given under {others} count for the rules that give them now"
        )
        others = ", ".join(each for each in releases[:-1] if each in under)
        yield Message(text, {"release": releases[-1], "others": others})
    left = sum(part.freeze.n_annotations for part in parts) - sum(part.patterns.annotations for part in parts)
    if left:
        text = N_("{n} answers of models, or to items begun from a pre-label, or repeated or empty, do not count here")
        yield Message(text, {"n": left})


class Part:
    """One batch; what is read of it is read once. ``book`` has the rules that rulings may cite, None for none."""

    def __init__(self, desk: Desk, state: State, batch: Batch, book: Rulebook | None) -> None:
        self.desk, self.state, self.batch = desk, state, batch
        self.rules = [rule.id for rule in book.rules] if book else []
        self.freeze = frozen_of(batch)
        self.path = desk.frozen.checked(self.freeze.annotations)
        self.subset = counted(self.freeze)
        self.items = population(desk, state, batch)

    @cached_property
    def kind(self) -> ControlKind:
        """Of which kind its answers are; texts where that is not clear."""
        try:
            return kind_of_batch(self.desk, self.batch)
        except InsufficientData:
            return ControlKind.TEXT

    @cached_property
    def answers(self) -> Answers:
        """Who said what of which item."""
        if self.kind is ControlKind.CHOICE:
            return self.desk.reducer.answers(self.path, self.batch.labels, subset=self.subset)
        return coded(self._subject.rows(), ())

    @property
    def _subject(self) -> Subject:
        names = names_for(self.kind)[:1]
        return Subject(self.desk, self.batch, kind=self.kind, subset=self.subset, names=names, manner=Manner())

    @cached_property
    def patterns(self) -> Patterns:
        """Its answers, counted."""
        if self.kind is ControlKind.CHOICE:
            return self.desk.reducer.patterns(self.path, self.batch.labels, subset=self.subset)
        return patterns_of(self.answers)

    @cached_property
    def apart(self) -> frozenset[int]:
        """Numbers of the items on which annotators differ."""
        return items_apart(self.answers)

    @cached_property
    def given(self) -> dict[int, int]:
        """How many answers each item has, by number."""
        item, count = np.unique(self.answers.item, return_counts=True)
        return dict(zip(item.tolist(), count.tolist(), strict=True))

    @cached_property
    def numbers(self) -> dict[ItemId, int]:
        """The number of each item."""
        table = self.desk.frozen.read(self.freeze.items, ["item_id", "item_no"])
        return dict(zip(map(ItemId, table.column(0).to_pylist()), table.column(1).to_pylist(), strict=True))

    @cached_property
    def reviews(self) -> dict[ItemId, Review]:
        """The verdict that holds for each item, of whatever sample."""
        found = current_reviews(self.state.reviews_of(self.batch.name))
        return {item: each for item, each in found.items() if item in self.items.labels}

    def checked(self) -> Iterator[Checked]:
        """Items with a verdict, and gold items without one."""
        for item, review in self.reviews.items():
            record, wrong = self.items.labels[item], defective(review)
            right = true_label(review, record)
            yield self._checked(item, record, role_of(right) if right else None, wrong, review.rule if wrong else "")
        for item, gold in self.items.gold.items():
            if item in self.items.labels and item not in self.reviews:
                record, right_role = self.items.labels[item], role_of(gold)
                yield self._checked(item, record, right_role, role_of(record).labels != right_role.labels, "")

    def _checked(self, item: ItemId, record: str, right: Role | None, wrong: bool, rule: str) -> Checked:
        number = self.numbers[item]
        return Checked(
            judged=((role_of(record), 1),), right=right, wrong=wrong, differing=number in self.apart,
            alone=self.given.get(number, 0) < 2, named=rule,
        )  # fmt: skip

    def disputes(self) -> Iterator[tuple[Role, ...]]:
        """The answers that stand against each other on each disputed item."""
        disputed = np.array(sorted(self.numbers[item] for item in self.items.disputed), dtype=np.int64)
        here = np.isin(self.answers.item, disputed)
        votes: dict[int, set[int]] = {}
        for item, label in zip(self.answers.item[here].tolist(), self.answers.label[here].tolist(), strict=True):
            votes.setdefault(item, set()).add(label)
        roles = [role_named(name) for name in self.answers.labels]
        for labels in votes.values():
            yield tuple(roles[at] for at in sorted(labels))

    def rulings(self) -> Iterator[Ruled]:
        """The rulings in force by which a label stands, with the rules that they and their reasons cite."""
        for ruling in self.state.rulings.get(self.batch.name, {}).values():
            if not ruling.stands:
                continue
            reason = self.desk.ledger.text_of(self.state.facts.fact(ruling.fact).body.reason)
            yield Ruled(label=role_of(ruling.label), cites=cited_in(f"{ruling.rule} {reason}", self.rules))

    def times(self) -> tuple[Floats, list[str]]:
        """The seconds of the answers that carry them, and the answer of each."""
        import pyarrow.compute as pc

        table = self._subject.rows("seconds")
        table = table.filter(pc.greater(table.column("seconds"), 0.0))
        return table.column("seconds").to_numpy().astype(np.float64), table.column("label").to_pylist()

    def find(self, one: Mask, other: Mask, most: int) -> list[str]:
        """Ids of items on which two sorts of answers stand beside each other."""
        label = self.answers.label
        both = np.intersect1d(self.answers.item[one[label]], self.answers.item[other[label]])[:most].tolist()
        ids = {number: item for item, number in self.numbers.items()} if both else {}
        return [ids[number] for number in both]


def _together(parts: Sequence[Part]) -> Material:
    """The batches as one; answers of the same spelling are one role."""
    names = tuple(dict.fromkeys(name for part in parts for name in part.patterns.labels))
    place = {name: at for at, name in enumerate(names)}
    counts, times, timed = [], [], []
    for part in parts:
        own = np.array([place[name] for name in part.patterns.labels], dtype=np.int64)
        wide = np.zeros((len(part.patterns.counts), len(names)), dtype=np.int32)
        wide[:, own] = part.patterns.counts
        counts.append(wide)
        seconds, labels = part.times()
        known = np.array([place.get(label, -1) for label in labels], dtype=np.int64)
        times.append(seconds[known >= 0])
        timed.append(known[known >= 0])
    weight = np.concatenate([part.patterns.weight for part in parts])
    return Material(
        patterns=Patterns.of(np.concatenate(counts), names, weight=weight),
        checked=[each for part in parts for each in part.checked()], reviews=sum(len(part.reviews) for part in parts),
        disputes=[each for part in parts for each in part.disputes()],
        rulings=[each for part in parts for each in part.rulings()],
        times=np.concatenate(times), timed=np.concatenate(timed), find=_finder(parts, place),
    )  # fmt: skip


def _finder(parts: Sequence[Part], place: dict[str, int]) -> Callable[[Mask, Mask, int], tuple[str, ...]]:
    def find(one: Mask, other: Mask, most: int) -> tuple[str, ...]:
        found: list[str] = []
        for part in parts:
            own = np.array([place[name] for name in part.answers.labels], dtype=np.int64)
            found += part.find(one[own], other[own], most - len(found))
            if len(found) >= most:
                break
        return tuple(found)

    return find
