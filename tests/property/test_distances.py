"""What must hold of every distance and of agreement made from distances, whatever the answers."""

from __future__ import annotations

import json
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Unknown
from labelqa.records.reductions import Distances, Patterns
from labelqa.stats.agreement import krippendorff_alpha
from labelqa.stats.agreement.distances import alpha, distance_alpha, mean_agreement
from labelqa.stats.agreement.linearised import known
from labelqa.stats.distance.numbers import Absolute, Ordinal, Relative, Squared, Within
from labelqa.stats.distance.paths import MatchedPaths, SharedAncestors
from labelqa.stats.distance.ranks import Kendall, Preference
from labelqa.stats.distance.sets import Exact, Jaccard, Masi
from labelqa.stats.distance.stored import one_text
from labelqa.stats.distance.text import SPEECH, EditDistance, TextRules

ODD = ("a", "b", "nan", "None", "", " ", "[", "{x", "正面", "0", '"', "é", "𠮷")
SETS = st.lists(st.sampled_from(ODD), max_size=4).map(lambda labels: json.dumps(labels, ensure_ascii=False))
PATHS = st.lists(st.lists(st.sampled_from("ab正"), min_size=1, max_size=3), max_size=3).map(json.dumps)
NUMBERS = st.floats(0, 1e6, allow_subnormal=False).map(repr)
RANKINGS = st.permutations("abcd").flatmap(
    lambda ids: st.lists(st.integers(1, 2), max_size=4).map(lambda sizes: one_text(_tiers(ids, sizes)))
)
TEXTS = st.one_of(st.text(max_size=12), st.text("ab 你好，,.'", max_size=12))


def _tiers(ids: list[str], sizes: list[int]) -> list[list[str]]:
    ends = np.cumsum([0, *sizes]).tolist()
    return [tier for tier in (ids[low:high] for low, high in pairwise(ends)) if tier]


CASES = {
    "exact": (Exact(), st.one_of(SETS, st.sampled_from(ODD))),
    "exact-ordered": (Exact(ordered=True), SETS),
    "jaccard": (Jaccard(), st.one_of(SETS, st.sampled_from("ab"))),
    "masi": (Masi(), SETS),
    "shared-ancestors": (SharedAncestors(), PATHS),
    "matched-paths": (MatchedPaths(), PATHS),
    "relative": (Relative(), NUMBERS),
    "within": (Within(tolerance=3), NUMBERS),
    "ordinal": (Ordinal(order=("low", "mid", "high")), st.sampled_from(("low", "mid", "high"))),
    "preference": (Preference(), st.sampled_from(("left", "right", "tie"))),
    "kendall": (Kendall(), RANKINGS),
    "edit": (EditDistance(), TEXTS),
    "words": (EditDistance(unit="word", rules=SPEECH), TEXTS),
    "raw": (EditDistance(rules=TextRules(width=False, space=False)), TEXTS),
}
UNBOUNDED = {"absolute": (Absolute(), NUMBERS), "squared": (Squared(), NUMBERS)}
FULL = st.permutations("abcd").flatmap(
    lambda ids: st.lists(st.booleans(), min_size=3, max_size=3).map(
        lambda cuts: (
            ids[0] + "".join(" > " * cut + " = " * (not cut) + each for cut, each in zip(cuts, ids[1:], strict=True))
        )
    )
)
METRICS = ("jaccard", "masi", "shared-ancestors", "exact", "ordinal", "preference", "kendall", "edit", "words", "raw")


@pytest.mark.parametrize("name", [*CASES, *UNBOUNDED])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_distances_are_symmetric_zero_for_the_same_and_where_they_say(name, data):
    distance, answers = {**CASES, **UNBOUNDED}[name]
    stored = data.draw(st.lists(answers, min_size=2, max_size=4))
    read = [distance.read(text) for text in stored]
    ones, others = zip(*((one, other) for one in read for other in read), strict=True)
    square = distance.between(list(ones), list(others)).reshape(len(read), len(read))
    assert np.array_equal(square, square.T)
    assert not np.diagonal(square).any()
    assert (square >= 0).all()
    assert name in UNBOUNDED or (square <= 1).all()
    again = [distance.read(text) for text in stored]
    assert distance.between(read, again).tolist() == [0] * len(read)


@pytest.mark.parametrize("name", METRICS)
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_no_detour_is_shorter(name, data):
    """The triangle inequality; of rankings, those of the same ids; edits over the longer text keep it up to twice."""
    distance, answers = CASES[name]
    answers = FULL if name == "kendall" else answers
    one, via, other = (distance.read(data.draw(answers)) for _ in range(3))
    straight, first, second = distance.between([one, one, via], [other, via, other])
    assert straight <= (first + second) * (2 if name in ("edit", "words", "raw") else 1) + 1e-12


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from("abcde"), max_size=4), st.lists(st.sampled_from("abcde"), max_size=4))
def test_masi_is_never_nearer_than_jaccard(one, other):
    first, second = (json.dumps(each) for each in (one, other))
    jaccard, masi = (
        each.between([each.read(first)], [each.read(second)])[0] for each in (Jaccard(), Masi())
    )  # fmt: skip
    assert jaccard <= masi + 1e-12
    assert (jaccard == 0) == (masi == 0)


@settings(max_examples=60, deadline=None)
@given(st.permutations("abcdef"), st.permutations("abcdef"))
def test_kendall_of_full_rankings_counts_swaps(one, other):
    order = Kendall()
    found = order.between([order.read(json.dumps(one))], [order.read(json.dumps(other))])[0]
    swaps = sum(
        (one.index(a) < one.index(b)) != (other.index(a) < other.index(b)) for a, b in combinations("abcdef", 2)
    )
    assert found == pytest.approx(swaps / 15)
    assert order.between([order.read(json.dumps(one))], [order.read(json.dumps(one[::-1]))])[0] == 1


COUNTS = st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=1, max_size=8)
MATRIX = st.lists(st.integers(0, 9), min_size=3, max_size=3).map(
    lambda d: [[0, d[0], d[1]], [d[0], 0, d[2]], [d[1], d[2], 0]]
)


def every_pair(patterns: Patterns, square: np.ndarray) -> Distances:
    """The patterns as items, and all their pairs."""
    rows = [
        row for row, times in zip(patterns.counts, patterns.weight, strict=True) for _ in range(times) if row.sum() > 1
    ]
    said = [np.repeat(np.arange(3), row) for row in rows]
    own = [(at, i, j, square[a[i], a[j]]) for at, a in enumerate(said) for i, j in combinations(range(len(a)), 2)]
    flat = [(at, label) for at, labels in enumerate(said) for label in labels]
    chance = [(one[0], other[0], square[one[1], other[1]]) for one, other in combinations(flat, 2)]
    own_table, chance_table = np.array(own or np.zeros((0, 4))), np.array(chance or np.zeros((0, 3)))
    item, first, second = own_table[:, :3].T.astype(np.int32)
    return Distances(
        item=item,
        first=first,
        second=second,
        distance=own_table[:, 3].astype(float),
        chance_first=chance_table[:, 0].astype(np.int32),
        chance_second=chance_table[:, 1].astype(np.int32),
        chance=chance_table[:, 2].astype(float),
        answers=len(flat),
        exact=True,
    )


@settings(max_examples=120, deadline=None)
@given(COUNTS, MATRIX)
def test_patterns_and_pairs_give_one_alpha_or_one_reason(counts, matrix):
    patterns, square = Patterns.of(counts, ("x", "nan", "正")), np.array(matrix, dtype=float)
    expected = known(lambda: alpha(every_pair(patterns, square)))
    found = known(lambda: distance_alpha(patterns, square))
    if isinstance(expected, Unknown) or isinstance(found, Unknown):
        assert found == expected
        return
    assert found.point == pytest.approx(expected.point, abs=1e-9)
    assert found.n == expected.n
    for each in (found, expected):
        assert each.low <= each.point <= each.high <= 1
        assert np.isfinite([each.low, each.high]).all()


@settings(max_examples=60, deadline=None)
@given(COUNTS, MATRIX, st.integers(2, 1000))
def test_the_unit_of_a_distance_does_not_matter(counts, matrix, unit):
    patterns, square = Patterns.of(counts, ("x", "y", "z")), np.array(matrix, dtype=float)
    try:
        one = distance_alpha(patterns, square)
    except InsufficientData:
        assume(False)
    other = distance_alpha(patterns, unit * square)
    assert (other.point, other.low, other.high) == pytest.approx((one.point, one.low, one.high), abs=1e-9)
    assert krippendorff_alpha(patterns, metric=square).point == pytest.approx(one.point, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(COUNTS, MATRIX, st.randoms(use_true_random=False))
def test_the_order_and_names_of_items_do_not_matter(counts, matrix, random):
    square = np.array(matrix, dtype=float) / 9
    given_ = every_pair(Patterns.of(counts, ("x", "y", "z")), square)
    names = list(range(int(given_.item.max(initial=0)) + 1))
    random.shuffle(names)
    renamed = np.array(names, dtype=np.int32) * 7
    order = np.argsort(renamed[given_.item], kind="stable")
    chance = {"chance": given_.chance, "answers": given_.answers, "exact": True}
    other = Distances(
        item=renamed[given_.item][order],
        first=given_.first[order],
        second=given_.second[order],
        distance=given_.distance[order],
        chance_first=renamed[given_.chance_second] if names else given_.chance_second,
        chance_second=renamed[given_.chance_first] if names else given_.chance_first,
        **chance,
    )
    for statistic in (alpha, mean_agreement):
        expected, found = (known(lambda side=side: statistic(side)) for side in (given_, other))  # noqa: B023
        if isinstance(expected, Unknown):
            assert found == expected
            continue
        assert (found.point, found.low, found.high) == pytest.approx(
            (expected.point, expected.low, expected.high), abs=1e-9
        )
