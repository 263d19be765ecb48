"""A sample is a function: it extends, forgets input order, is redrawn in one line, and every damage to it is found."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from labelqa.records.batch import Freeze, Repeats
from labelqa.records.designs import Design, StratumSize
from labelqa.records.names import BatchName, Digest, ItemId, PersonId, SampleId
from labelqa.records.review import Drawn, DrawStep, Plan, Resolved, Sample, SeedStanding, VerdictKind
from labelqa.sampling import (
    Measures,
    assign,
    draw,
    frame_digest,
    redraw,
    redrawn,
    sample_digest,
    seed_digest,
    share,
    smallest,
    ticket,
    verifiers,
    verify,
)

NOON = datetime(2026, 11, 9, 12, tzinfo=UTC)
BATCH = BatchName("b1")
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
SEED = st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=12)
FRAME = st.lists(TEXT, unique=True, max_size=40)


def reference(seed: str, ids: list[str], n: int) -> list[str]:
    """The whole rule in one line, as an inspector would write it."""
    return sorted(ids, key=lambda each: sha256(seed.encode() + bytes([31]) + each.encode()).digest())[:n]


@given(SEED, FRAME, st.data())
def test_the_draw_is_the_one_line_rule(seed: str, ids: list[str], data: st.DataObject) -> None:
    n = data.draw(st.integers(0, len(ids)))
    assert [item for _, item in draw(seed, ids, n)] == reference(seed, ids, n)


@given(SEED, FRAME, st.data())
def test_a_larger_sample_begins_with_the_smaller(seed: str, ids: list[str], data: st.DataObject) -> None:
    small = data.draw(st.integers(0, len(ids)))
    large = data.draw(st.integers(small, len(ids)))
    assert draw(seed, ids, large)[:small] == draw(seed, ids, small)


@given(SEED, FRAME, st.randoms())
def test_input_order_does_not_matter(seed: str, ids: list[str], chance: random.Random) -> None:
    shuffled = chance.sample(ids, len(ids))
    n = len(ids) // 2
    assert draw(seed, iter(shuffled), n) == draw(seed, ids, n)
    assert frame_digest(shuffled) == frame_digest(ids)


@given(SEED, FRAME, st.data())
def test_a_smaller_frame_keeps_the_order_of_what_stays(seed: str, ids: list[str], data: st.DataObject) -> None:
    kept = set(data.draw(st.lists(st.sampled_from(ids), unique=True))) if ids else set()
    whole = [item for _, item in draw(seed, ids, len(ids)) if item in kept]
    assert [item for _, item in draw(seed, kept, len(kept))] == whole


@given(SEED, FRAME, TEXT)
def test_another_frame_has_another_digest(seed: str, ids: list[str], more: str) -> None:
    if more not in ids:
        assert frame_digest([*ids, more]) != frame_digest(ids)


@given(SEED, SEED, TEXT)
def test_shares_lie_strictly_inside_and_keep_order(seed: str, other: str, item: str) -> None:
    one, two = ticket(seed, item), ticket(other, item)
    assert 0.0 < share(one) < 1.0
    if one < two:
        assert share(one) <= share(two)


@given(SEED, FRAME, st.integers(1, 5), st.data())
def test_assignments_extend_and_never_meet_own_work(seed: str, ids: list[str], k: int, data: st.DataObject) -> None:
    pool = [PersonId(f"p-{number}") for number in range(5)]
    people = verifiers(seed, pool, k)
    labelled = st.sets(st.sampled_from(people), max_size=k - 1)  # one of them is always free
    own = {ItemId(item): data.draw(labelled) for item in ids}
    whole = assign(draw(seed, ids, len(ids)), people, annotators=own)
    half = assign(draw(seed, ids, len(ids) // 2), people, annotators=own)
    assert whole[: len(half)] == half
    assert not [each for each in whole if each.verifier in own[each.item_id]]


@given(SEED, st.sets(TEXT, min_size=1, max_size=9), st.data())
def test_fewer_verifiers_are_the_first_of_more(seed: str, pool: set[str], data: st.DataObject) -> None:
    people = [PersonId(each) for each in pool]
    k = data.draw(st.integers(1, len(people)))
    assert verifiers(seed, people[::-1], k) == verifiers(seed, people, len(people))[:k]


def test_shares_are_uniform_and_every_place_is_drawn_alike() -> None:
    """Chi-square over fixed seeds: 20,000 tickets in 50 cells, and how often each of 40 items is drawn in 4,000 draws.

    The bound is the 0.999 999 quantile: it cannot pass by rounding and does not fail by chance, as nothing is random.
    """
    cells = [0] * 50
    for number in range(20_000):
        cells[int(share(ticket("uniform", str(number))) * 50)] += 1
    assert stats.chisquare(cells).pvalue > 1e-6
    ids = [str(number) for number in range(40)]
    times = dict.fromkeys(ids, 0)
    for seed in range(4_000):
        for _, item in draw(f"seed {seed}", ids, 8):
            times[item] += 1
    # Each draw takes exactly 8 of 40, so the counts vary less than multinomial ones by the factor 1 - 8/40.
    statistic = sum((count - 800) ** 2 / 800 for count in times.values()) / (1 - 8 / 40)
    assert stats.chi2.sf(statistic * 39 / 40, 39) > 1e-6


@dataclass(frozen=True)
class Recorded:
    sample: Sample
    drawn: list[Drawn]
    frame: list[ItemId]
    plan: Plan
    freeze: Freeze
    annotators: dict[ItemId, set[PersonId]]
    measures: Measures | None = None


def recorded(
    *, items: int = 30, n: int = 8, people: int = 5, k: int = 2, seed: str = "骰子 4 2 6 1", twice: int = 3
) -> Recorded:
    """A sample of two strata with sizes, some items judged twice, extended once."""
    was = plain(items=items, n=n, people=people, k=k, seed=seed)
    stratum = np.array([number % 2 for number in range(items)], dtype=np.int32)
    measures = Measures(was.frame, stratum, np.array([1.0 + number % 3 for number in range(items)]))
    first, last = DrawStep(sizes=(n // 2, n // 4), doubles=1), DrawStep(sizes=(n // 2, n - n // 2), doubles=twice)
    strata = tuple(
        StratumSize(name=str(at), items=int((stratum == at).sum()), n=size) for at, size in enumerate(last.sizes)
    )
    sample = replace(
        was.sample, measures=Digest("m"), strata=strata, doubles=twice, steps=(first, last), extended=(10,)
    )
    chances = dict(zip(was.frame, measures.chances(last.sizes).tolist(), strict=True))
    tickets = smallest(seed, measures.rows(), last.sizes)
    drawn = redrawn(sample, tickets, annotators=was.annotators, chances=chances)
    return replace(was, sample=replace(sample, digest=sample_digest(drawn)), drawn=drawn, measures=measures)


def plain(*, items: int = 30, n: int = 8, people: int = 5, k: int = 2, seed: str = "骰子 4 2 6 1") -> Recorded:
    """A sample of items that all had the same chance, as older facts have it."""
    frame = [ItemId(f"条目-{number}") for number in range(items)]
    pool = tuple(PersonId(f"p-{number}") for number in range(people))
    annotators = {item: {PersonId(f"a-{place % 3}")} for place, item in enumerate(frame)}
    drawn = redraw(seed, frame, n, pool=pool, k=k, annotators=annotators)
    plan = Plan(
        batch=BATCH, number=1, design=Design.TWO_POINT, accuracy=0.95, risk=0.05, expected=0.99, power=0.9,
        seed_digest=seed_digest(seed), before_freeze=True, after_results=False, declared_at=NOON, fact=3, before_labels=True,
    )  # fmt: skip
    freeze = Freeze(
        annotations=Digest("a"), items=Digest("b"), frame=frame_digest(frame), n_annotations=items, n_items=items,
        n_disputed=0, exclusions=(), repeats=Repeats.LAST, at=NOON, fact=7,
    )  # fmt: skip
    sample = Sample(
        sample=SampleId("b1/1"), batch=BATCH, plan=1, kind=VerdictKind.VERIFICATION,
        resolved=Resolved(population=items, n=n, c=0, risk=0.05, power=0.9), seed=seed,
        standing=SeedStanding.COMMITTED, frame=frame_digest(frame), digest=sample_digest(drawn),
        verifiers=verifiers(seed, pool, k), pool=pool, at=NOON, fact=9,
    )  # fmt: skip
    return Recorded(sample, drawn, frame, plan, freeze, annotators)


def findings(record: Recorded) -> list[str]:
    found = verify(
        record.sample, record.drawn, record.frame, plan=record.plan, freeze=record.freeze, annotators=record.annotators,
        measures=record.measures,
    )  # fmt: skip
    return [each.code for each in found]


def resealed(record: Recorded, drawn: list[Drawn]) -> Recorded:
    """The damage of somebody who also writes the digest anew."""
    return replace(record, drawn=drawn, sample=replace(record.sample, digest=sample_digest(drawn)))


def swapped(record: Recorded) -> Recorded:
    undrawn = next(item for item in record.frame if item not in {each.item_id for each in record.drawn})
    other = replace(record.drawn[3], item_id=undrawn, ticket=ticket(record.sample.seed, undrawn))
    return resealed(record, [*record.drawn[:3], other, *record.drawn[4:]])


def changed(record: Recorded, **fields: object) -> Recorded:
    return replace(record, sample=replace(record.sample, **fields))


def place_changed(record: Recorded, **fields: object) -> Recorded:
    return resealed(record, [replace(record.drawn[0], **fields), *record.drawn[1:]])


def at_second_look(record: Recorded, **fields: object) -> Recorded:
    at = next(place for place, each in enumerate(record.drawn) if each.second)
    drawn = list(record.drawn)
    drawn[at] = replace(drawn[at], **fields)
    return resealed(record, drawn)


def steps(record: Recorded, *changed: DrawStep) -> Recorded:
    return replace(record, sample=replace(record.sample, steps=changed))


def weighed(record: Recorded, **columns: object) -> Recorded:
    assert record.measures is not None
    return replace(record, measures=replace(record.measures, **columns))


def other_verifier(record: Recorded) -> Recorded:
    other = next(person for person in record.sample.verifiers if person != record.drawn[0].verifier)
    return place_changed(record, verifier=other)


DAMAGES: list[tuple[str, Callable[[Recorded], Recorded]]] = [
    ("sample-item", swapped),
    ("sample-item", lambda was: resealed(was, [was.drawn[1], was.drawn[0], *was.drawn[2:]])),
    ("sample-order", lambda was: place_changed(was, order=2)),
    ("sample-ticket", lambda was: place_changed(was, ticket="0" * 64)),
    ("sample-verifier", other_verifier),
    ("sample-missing", lambda was: resealed(was, was.drawn[:-1])),
    ("sample-extra", lambda was: resealed(was, [*was.drawn, was.drawn[-1]])),
    ("sample-digest", lambda was: changed(was, digest=Digest("0" * 64))),
    ("sample-frame", lambda was: replace(was, frame=[*was.frame, ItemId("new")])),
    ("sample-frame", lambda was: replace(was, frame=was.frame[1:])),
    ("sample-frame", lambda was: replace(was, frame=[ItemId("条目-0 "), *was.frame[1:]])),
    ("frame-repeat", lambda was: replace(was, frame=[*was.frame, was.frame[0]])),
    ("sample-other-frame", lambda was: replace(was, freeze=replace(was.freeze, frame=Digest("0" * 64)))),
    ("sample-population", lambda was: changed(was, resolved=replace(was.sample.resolved, population=31))),
    ("sample-sizes", lambda was: changed(was, resolved=replace(was.sample.resolved, n=9))),
    ("sample-sizes", lambda was: changed(was, doubles=2)),
    ("sample-missing", lambda was: steps(was, was.sample.steps[0], DrawStep(sizes=(5, 4), doubles=3))),
    ("sample-item", lambda was: steps(was, was.sample.steps[1])),
    ("sample-redraw", lambda was: steps(was, DrawStep(sizes=(30, 1)))),
    ("sample-redraw", lambda was: steps(was, was.sample.steps[1], was.sample.steps[0])),
    ("sample-second", lambda was: at_second_look(was, second=None)),
    ("sample-second", lambda was: at_second_look(was, second=PersonId("p-9"))),
    ("sample-second", lambda was: steps(was, was.sample.steps[0], replace(was.sample.steps[1], doubles=2))),
    ("sample-chance", lambda was: place_changed(was, chance=0.5)),
    ("sample-chance", lambda was: place_changed(was, stratum=1 - was.drawn[0].stratum)),
    (
        "sample-stratum",
        lambda was: changed(was, strata=(replace(was.sample.strata[0], items=14), was.sample.strata[1])),
    ),
    ("sample-item", lambda was: weighed(was, size=was.measures.size[::-1].copy())),
    ("sample-item", lambda was: weighed(was, stratum=1 - was.measures.stratum)),
    ("sample-redraw", lambda was: weighed(was, size=was.measures.size * 0)),
    ("sample-seed", lambda was: changed(was, parts=(("organizer", "x"),))),
    ("sample-seed", lambda was: changed(was, seed="骰子 4 2 6 2")),
    ("sample-seed", lambda was: replace(was, plan=replace(was.plan, seed_digest=seed_digest("another")))),
    ("sample-standing", lambda was: replace(was, plan=replace(was.plan, fact=8))),
    ("sample-plan", lambda was: replace(was, plan=replace(was.plan, number=2))),
    ("sample-verifiers", lambda was: changed(was, verifiers=was.sample.verifiers[::-1])),
    ("sample-participant", lambda was: replace(was, annotators={ItemId("条目-0"): {was.sample.pool[0]}})),
]


def test_a_pool_that_would_draw_others_is_found() -> None:
    was = recorded()
    thinned = tuple(person for person in was.sample.pool if person != was.sample.verifiers[0])
    assert "sample-verifiers" in findings(changed(was, pool=thinned))


def test_an_untouched_sample_has_no_finding() -> None:
    assert findings(recorded()) == []
    assert findings(plain()) == []


@pytest.mark.parametrize("n", [7, 9, 31])
def test_another_number_of_items_is_found_where_all_had_the_same_chance(n: int) -> None:
    was = plain()
    assert findings(changed(was, resolved=replace(was.sample.resolved, n=n)))


@pytest.mark.parametrize(("code", "damage"), DAMAGES)
def test_each_damage_is_named(code: str, damage: Callable[[Recorded], Recorded]) -> None:
    assert code in findings(damage(recorded()))


@settings(max_examples=60)
@given(st.sampled_from(DAMAGES), SEED, st.integers(2, 4))
def test_each_damage_is_found_whatever_the_seed(
    damage: tuple[str, Callable[[Recorded], Recorded]], seed: str, k: int
) -> None:
    untouched = recorded(seed=seed, k=k)
    assert findings(untouched) == []
    if damage[1](untouched) != untouched:
        assert findings(damage[1](untouched))
