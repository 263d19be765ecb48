"""Agreement from distances beside a slow plain count, on hand-made data, and by a small simulation."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest

from labelqa.errors import InsufficientData
from labelqa.records.estimate import Estimate, Unknown
from labelqa.records.reductions import Distances, Patterns
from labelqa.stats.agreement import krippendorff_alpha, percent_agreement
from labelqa.stats.agreement.distance_details import by_annotator, by_item, by_pair
from labelqa.stats.agreement.distance_gaps import kolmogorov_smirnov, sigma
from labelqa.stats.agreement.distances import alpha, distance_alpha, mean_agreement
from labelqa.stats.distance.numbers import Squared
from labelqa.stats.distance.sets import Exact, Jaccard

Said = list[dict[int, object]]  # item -> annotator -> answer


def distances(said: Said, apart: Callable[[object, object], float], *, draws: int = 0, seed: int = 0) -> Distances:
    """What an engine makes of the answers, one pair after the other; ``draws`` chance pairs, else every one."""
    own = [(item, one, other, apart(answers[one], answers[other]))
           for item, answers in enumerate(said) for one, other in combinations(sorted(answers), 2)]  # fmt: skip
    flat = [(item, answer) for item, answers in enumerate(said) if len(answers) > 1 for answer in answers.values()]
    pairs = list(combinations(range(len(flat)), 2))
    if draws:
        rng = np.random.default_rng(seed)
        pairs = [tuple(rng.choice(len(flat), 2, replace=False)) for _ in range(draws)]
    chance = [(flat[one][0], flat[other][0], apart(flat[one][1], flat[other][1])) for one, other in pairs]
    columns = [np.array(column) for column in zip(*own, strict=True)] or [np.zeros(0)] * 4
    by_chance = [np.array(column) for column in zip(*chance, strict=True)] or [np.zeros(0)] * 3
    small = [column.astype(np.int32) for column in (*columns[:3], *by_chance[:2])]
    return Distances(
        item=small[0],
        first=small[1],
        second=small[2],
        distance=columns[3].astype(float),
        chance_first=small[3],
        chance_second=small[4],
        chance=by_chance[2].astype(float),
        answers=len(flat),
        exact=not draws,
    )


def differ(one, other) -> float:
    return float(one != other)


def squared(one, other) -> float:
    return float((one - other) ** 2)


def random_said(
    rng: np.random.Generator, items: int, *, people: int = 4, missing: float = 0.2, noise: float = 1.0
) -> Said:
    said: Said = []
    for _ in range(items):
        true = rng.normal()
        said.append({who: round(true + noise * rng.normal(), 1) for who in range(people) if rng.random() >= missing})
    return said


def plain_alpha(said: Said, apart) -> float:
    """Krippendorff's alpha by two loops over ordered pairs."""
    kept = [list(answers.values()) for answers in said if len(answers) > 1]
    flat = [answer for answers in kept for answer in answers]
    n = len(flat)
    observed = sum(
        apart(a, b) / (len(answers) - 1) for answers in kept for i, a in enumerate(answers)
        for j, b in enumerate(answers) if i != j
    ) / n  # fmt: skip
    expected = sum(apart(a, b) for i, a in enumerate(flat) for j, b in enumerate(flat) if i != j) / (n * (n - 1))
    return 1 - observed / expected


@pytest.mark.parametrize("seed", range(5))
def test_alpha_is_what_two_loops_count(seed):
    rng = np.random.default_rng(seed)
    said = random_said(rng, 25)
    for apart in (squared, differ, lambda a, b: abs(a - b)):
        assert alpha(distances(said, apart)).point == pytest.approx(plain_alpha(said, apart), abs=1e-12)


def test_the_jackknife_leaves_out_one_item_at_a_time():
    """The error is that of alpha worked out anew without each item, less what rows of two items count twice."""
    said = random_said(np.random.default_rng(3), 12, missing=0.0, people=3)
    whole = distances(said, squared)
    found = alpha(whole)
    half = np.log((1 - found.low) / (1 - found.point))
    assert np.log((1 - found.point) / (1 - found.high)) == pytest.approx(half)
    assert found.method == "dyadic jackknife over items, log scale, t(11)"
    logs = [np.log(1 - plain_alpha(said[:at] + said[at + 1 :], squared)) for at in range(12)]
    variance = 11 / 12 * sum((each - np.mean(logs)) ** 2 for each in logs)
    expected, rows = whole.chance.mean(), len(whole.chance)
    for one, other in combinations(range(12), 2):
        both = (whole.chance_first == one) & (whole.chance_second == other)
        variance -= ((whole.chance[both] - expected).sum() / rows / expected) ** 2
    assert half == pytest.approx(2.200985 * np.sqrt(variance), rel=1e-6)


def test_alpha_from_draws_comes_near_alpha_from_every_pair():
    said = random_said(np.random.default_rng(8), 150)
    exact, drawn = alpha(distances(said, squared)), alpha(distances(said, squared, draws=4000))
    assert exact.low < drawn.point < exact.high
    assert drawn.point != exact.point
    assert 0.8 < (drawn.high - drawn.low) / (exact.high - exact.low) < 1.3
    few = alpha(distances(said, squared, draws=150))
    assert log_width(few) > 1.3 * log_width(exact)  # fewer draws say less


def log_width(found: Estimate) -> float:
    return float(np.log((1 - found.low) / (1 - found.high)))


def table(said: Said, labels: tuple) -> Patterns:
    counts = [[sum(answer == label for answer in answers.values()) for label in labels] for answers in said]
    return Patterns.of(counts, tuple(map(str, labels)))


def test_alpha_from_patterns_is_alpha_from_distances():
    rng = np.random.default_rng(11)
    said = [
        {who: int(rng.integers(0, 3)) + int(item % 2) for who in range(3) if rng.random() < 0.8} for item in range(60)
    ]
    labels = (0, 1, 2, 3)
    matrix = [[squared(a, b) for b in labels] for a in labels]
    from_patterns, from_pairs = distance_alpha(table(said, labels), matrix), alpha(distances(said, squared))
    assert from_patterns.point == pytest.approx(from_pairs.point, abs=1e-12)
    assert from_patterns.n == from_pairs.n
    assert from_patterns.low == pytest.approx(from_pairs.low, abs=0.01)
    assert from_patterns.high == pytest.approx(from_pairs.high, abs=0.01)
    assert from_patterns.method == f"jackknife over items, log scale, t({from_pairs.n - 1})"


def test_alpha_from_patterns_is_the_nominal_alpha_where_distances_are_0_and_1():
    patterns = Patterns.of([[3, 0], [2, 1], [1, 0], [0, 3], [0, 2]], ("a", "b"), weight=np.array([40, 8, 5, 20, 4]))
    ours, theirs = distance_alpha(patterns, 1 - np.eye(2)), krippendorff_alpha(patterns)
    assert ours.point == pytest.approx(theirs.point, abs=1e-12)
    assert ours.high - ours.low == pytest.approx(theirs.high - theirs.low, rel=0.2)


def test_the_pattern_jackknife_leaves_out_one_item_of_each_pattern():
    patterns = Patterns.of([[3, 0], [2, 1], [0, 2], [1, 4]], ("a", "b"), weight=np.array([9, 4, 5, 2]))
    matrix = [[0, 1], [1, 0]]
    found = distance_alpha(patterns, matrix)
    logs = []
    for at, times in enumerate(patterns.weight):
        weight = patterns.weight - (np.arange(4) == at)
        fewer = Patterns(labels=patterns.labels, counts=patterns.counts, weight=weight)
        logs += [np.log(1 - distance_alpha(fewer, matrix).point)] * int(times)
    variance = 19 / 20 * sum((each - np.mean(logs)) ** 2 for each in logs)
    assert np.log((1 - found.low) / (1 - found.point)) == pytest.approx(2.093024 * np.sqrt(variance), rel=1e-6)


def test_mean_agreement_with_the_exact_distance_is_percent_agreement():
    said: Said = [{0: "a", 1: "a"}, {0: "a", 1: "b"}, {0: "b", 1: "b", 2: "a"}, {1: "c"}, {0: "c", 2: "c"}]
    ours = mean_agreement(distances(said, differ))
    assert ours.point == pytest.approx(percent_agreement(table(said, ("a", "b", "c"))).point)
    assert ours.n == 4
    assert ours.method == "mean over items, t(3)"
    assert 0 <= ours.low < ours.point < ours.high <= 1


def test_full_agreement_on_few_items_is_not_certain():
    said: Said = [{0: each, 1: each} for each in "abcab"]
    found = [alpha(distances(said, differ)), distance_alpha(table(said, tuple("abc")), 1 - np.eye(3))]
    found.append(mean_agreement(distances(said, differ)))
    for each in found:
        assert (each.point, each.high, each.method) == (1, 1, "clopper-pearson over items")
        assert each.low < 0.6


def test_one_disagreement_alone_still_has_an_interval():
    said: Said = [{0: each, 1: each} for each in "abababab"] + [{0: "a", 1: "b"}]
    found = alpha(distances(said, differ))
    assert -1 <= found.low < found.point < found.high < 1
    assert found.low == pytest.approx(distance_alpha(table(said, ("a", "b")), 1 - np.eye(2)).low, abs=0.1)


def reason(call: Callable[[], object]) -> str:
    with pytest.raises(InsufficientData) as caught:
        call()
    return caught.value.reason


def test_what_cannot_be_known_has_a_reason():
    nothing, single, same = [{0: "a"}, {1: "b"}], [{0: "a", 1: "b"}, {0: "a"}], [{0: "a", 1: "a"}, {0: "a", 1: "a"}]
    for said, expected in ((nothing, "no-overlap"), (single, "too-few-items"), (same, "no-variation")):
        given = distances(said, differ)
        calls = [lambda given=given: alpha(given), lambda given=given: sigma(given, seed=1)]
        calls += [lambda given=given: kolmogorov_smirnov(given, seed=1)]
        calls += [lambda said=said: distance_alpha(table(said, ("a", "b")), 1 - np.eye(2))]
        assert [reason(call) for call in calls] == [expected] * 4
    assert mean_agreement(distances(same, differ)).point == 1
    assert reason(lambda: mean_agreement(distances(single, differ))) == "too-few-items"
    far = distances([{0: 1.0, 1: 5.0}, {0: 2.0, 1: 2.0}], squared)
    assert reason(lambda: mean_agreement(far)) == "distance-unbounded"
    assert isinstance(alpha(far), Estimate)


def test_columns_that_do_not_fit_are_refused():
    said = [{0: 1.0, 1: 2.0, 2: 3.0}, {0: 1.0, 1: 1.0}]
    whole = distances(said, squared)
    parts = {name: getattr(whole, name) for name in ("chance_first", "chance_second", "chance", "answers", "exact")}
    short = Distances(
        item=whole.item[1:], first=whole.first[1:], second=whole.second[1:], distance=whole.distance[1:], **parts
    )
    with pytest.raises(ValueError, match="every two annotators"):
        alpha(short)
    parts["chance_first"] = parts["chance_first"] + np.int32(5)
    with pytest.raises(ValueError, match="no two answers"):
        alpha(Distances(item=whole.item, first=whole.first, second=whole.second, distance=whole.distance, **parts))
    with pytest.raises(ValueError, match="confidence"):
        alpha(whole, confidence=95)
    with pytest.raises(ValueError, match="symmetric"):
        distance_alpha(table([{0: 1, 1: 2}, {0: 1, 1: 1}], (1, 2)), [[0, 1], [2, 0]])


def test_sigma_and_ks_are_what_a_plain_count_gives():
    said = random_said(np.random.default_rng(2), 40, noise=0.3, missing=0.0)
    given = distances(said, lambda a, b: abs(a - b))
    others = np.sort(given.chance[given.chance_first != given.chance_second])
    limit = others[int(np.ceil(0.05 * len(others))) - 1]
    assert sigma(given, seed=5, replicates=20).point == pytest.approx(np.mean(given.distance < limit))
    gap = max(abs(np.mean(given.distance <= at) - np.mean(others <= at)) for at in {*given.distance, *others})
    found = kolmogorov_smirnov(given, seed=5)
    assert found.point == pytest.approx(gap)
    assert 0 <= found.low <= found.point <= found.high <= 1
    assert found.method == "bootstrap over items, 400 replicates, t(39)"
    assert found == kolmogorov_smirnov(given, seed=5)
    assert found != kolmogorov_smirnov(given, seed=6)


def test_redrawn_items_count_as_often_as_they_are_drawn():
    """An item drawn twice has its pairs twice, and its chance pairs with an item drawn thrice six times."""
    said = random_said(np.random.default_rng(6), 12, missing=0.0)
    given = distances(said, squared)
    rng, gaps = np.random.default_rng(5), []
    for _ in range(30):
        times = rng.multinomial(12, np.full(12, 1 / 12))
        seen = np.repeat(given.distance, times[given.item])
        two = given.chance_first != given.chance_second
        often = times[given.chance_first] * times[given.chance_second] * two
        chance = np.repeat(given.chance, often)
        gaps.append(max(abs(np.mean(seen <= at) - np.mean(chance <= at)) for at in {*seen, *chance}))
    found = kolmogorov_smirnov(given, seed=5, replicates=30)
    centre, half = 2 * found.point - np.mean(gaps), 2.200985 * np.std(gaps, ddof=1)
    assert found.low == pytest.approx(max(0, centre - half))
    assert found.high == pytest.approx(max(found.point, min(1, centre + half)))


def test_many_distinct_distances_are_redrawn_in_steps(monkeypatch):
    given = distances(random_said(np.random.default_rng(6), 40, noise=0.2), lambda a, b: abs(a - b) + 0.001 * a * b)
    fine = [statistic(given, seed=3, replicates=60) for statistic in (sigma, kolmogorov_smirnov)]
    monkeypatch.setattr("labelqa.stats.agreement.distance_gaps._STEPS", 100)
    rough = [statistic(given, seed=3, replicates=60) for statistic in (sigma, kolmogorov_smirnov)]
    assert rough != fine
    for one, other in zip(fine, rough, strict=True):
        assert one.point == other.point
        assert (one.low, one.high) == pytest.approx((other.low, other.high), abs=0.05)


def test_sigma_is_unknown_where_chance_alone_agrees_often():
    said = [{0: each, 1: each} for each in "aabb"]
    assert reason(lambda: sigma(distances(said, differ), seed=1)) == "chance-agrees"
    assert kolmogorov_smirnov(distances(said, differ), seed=1).point > 0.6


def test_the_most_disputed_item_comes_first():
    said: Said = [{0: 1.0, 1: 1.0}, {0: 1.0, 1: 5.0, 2: 3.0}, {0: 2.0, 2: 3.0}, {0: 1.0}]
    found = by_item(distances(said, lambda a, b: abs(a - b)))
    assert [(each.item, each.annotators, round(each.distance, 3)) for each in found] == [
        (1, 3, 2.667),
        (2, 2, 1),
        (0, 2, 0),
    ]


def test_pairs_and_annotators_show_who_lies_apart():
    rng = np.random.default_rng(9)
    said: Said = []
    for _ in range(60):
        true = frozenset(rng.choice(list("abcd"), size=2, replace=False).tolist())
        other = frozenset(rng.choice(list("abcd"), size=1).tolist())
        said.append({0: true, 1: true if rng.random() < 0.9 else other, 2: other})
    jaccard = Jaccard()
    given = distances(said, lambda a, b: float(jaccard.between([a], [b])[0]))
    people = ("ann", "bo", "cy")
    pairs = by_pair(given, people)
    assert [(each.first, each.second, each.shared) for each in pairs] == [
        ("ann", "bo", 60),
        ("ann", "cy", 60),
        ("bo", "cy", 60),
    ]
    assert pairs[0].agreement.low > pairs[1].agreement.high
    whole, lines = alpha(given), by_annotator(given, people)
    assert [each.annotator for each in lines] == list(people)
    assert lines[2].alpha_without.point > whole.point > lines[0].alpha_without.point
    mine = given.distance[given.second == 2].reshape(60, 2).mean(axis=1)
    assert lines[2].agreement.point == pytest.approx(1 - mine.mean())
    rest = given.distance[given.second != 2]
    assert lines[2].alpha_without.point == pytest.approx(1 - rest.mean() / given.chance.mean())


def test_two_annotators_leave_nobody_without_one():
    given = distances([{0: "a", 1: "a"}, {0: "a", 1: "b"}], differ)
    lines = by_annotator(given, ("ann", "bo"))
    assert all(isinstance(each.alpha_without, Unknown) and each.alpha_without.reason == "no-overlap" for each in lines)
    assert by_pair(distances([{0: "a"}], differ), ("ann",)) == ()
    shared_once = by_pair(distances([{0: "a", 1: "a"}], differ), ("ann", "bo"))
    assert shared_once[0].agreement.reason == "too-few-items"


@pytest.mark.parametrize(("noise", "draws"), [(0.6, 0), (0.6, 250), (1.5, 0)])
def test_intervals_hold_what_they_promise(noise, draws):
    """With 40 items and 3 annotators of a normal trait the interval class correlation is known: 1 / (1 + noise^2)."""
    rng = np.random.default_rng(20)
    true = 1 / (1 + noise**2)
    held = 0
    for data in range(120):
        item = rng.normal(size=(40, 1))
        answers = item + noise * rng.normal(size=(40, 3))
        found = alpha(grid(answers, draws=draws, seed=data))
        held += found.low <= true <= found.high
    assert 106 <= held <= 120  # 95 % of 120 is 114; fewer than 106 has a chance below 1 in 400


def grid(answers: np.ndarray, *, draws: int, seed: int) -> Distances:
    """Distances of complete numbers (items, annotators)."""
    items, people = answers.shape
    one, other = np.triu_indices(people, 1)
    left, right = np.triu_indices(answers.size, 1)
    if draws:
        chosen = np.random.default_rng(seed).choice(len(left), draws, replace=False)
        left, right = left[chosen], right[chosen]
    flat, metric = answers.ravel(), Squared()
    return Distances(
        item=np.repeat(np.arange(items), len(one)).astype(np.int32),
        first=np.tile(one, items).astype(np.int32),
        second=np.tile(other, items).astype(np.int32),
        distance=metric.between(answers[:, one].ravel(), answers[:, other].ravel()),
        chance_first=(left // people).astype(np.int32),
        chance_second=(right // people).astype(np.int32),
        chance=metric.between(flat[left], flat[right]),
        answers=answers.size,
        exact=not draws,
    )


def test_exact_distances_read_any_stored_answer():
    same = Exact()
    said = [{0: same.read("nan"), 1: same.read("nan")}, {0: same.read("[]"), 1: same.read("nan")}]
    assert alpha(distances(said, lambda a, b: float(same.between([a], [b])[0]))).point == pytest.approx(0)
