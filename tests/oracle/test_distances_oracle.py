"""Distances and alpha beside independent libraries: krippendorff, SciPy, scikit-learn, rapidfuzz's own ratios."""

from __future__ import annotations

from itertools import combinations

import krippendorff
import numpy as np
import pytest
from scipy.stats import kendalltau, ks_2samp
from sklearn.metrics import jaccard_score

from labelqa.records.reductions import Distances, Patterns
from labelqa.stats.agreement.distance_gaps import kolmogorov_smirnov
from labelqa.stats.agreement.distances import alpha, distance_alpha
from labelqa.stats.distance.numbers import Relative, Squared
from labelqa.stats.distance.ranks import Kendall
from labelqa.stats.distance.sets import Jaccard, Masi
from labelqa.stats.distance.text import EditDistance, TextRules


def answers(seed: int, *, people: int = 4, items: int = 30, values: int = 6) -> np.ndarray:
    """Numbers by (annotator, item) with gaps, as the krippendorff package takes them."""
    rng = np.random.default_rng(seed)
    said = np.clip(rng.integers(0, values, items) + rng.integers(-1, 2, (people, items)), 0, values - 1).astype(float)
    said[rng.random((people, items)) < 0.25] = np.nan
    return said


def every_pair(said: np.ndarray, distance) -> Distances:
    item, who = np.nonzero(~np.isnan(said.T))
    kept = np.isin(item, np.flatnonzero((~np.isnan(said)).sum(axis=0) > 1))
    item, who = item[kept], who[kept]
    value = said[who, item]
    one, other = np.triu_indices(len(item), 1)
    apart = distance.between(value[one], value[other])
    same = item[one] == item[other]
    return Distances(
        item=item[one][same].astype(np.int32),
        first=who[one][same].astype(np.int32),
        second=who[other][same].astype(np.int32),
        distance=apart[same],
        chance_first=item[one].astype(np.int32),
        chance_second=item[other].astype(np.int32),
        chance=apart,
        answers=len(item),
        exact=True,
    )


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("level", "distance"), [("interval", Squared()), ("ratio", Relative())])
def test_alpha_is_that_of_the_krippendorff_package(seed, level, distance):
    said = answers(seed)
    expected = krippendorff.alpha(reliability_data=said, level_of_measurement=level)
    assert alpha(every_pair(said, distance)).point == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("seed", range(6))
def test_alpha_with_a_metric_of_ones_own_is_that_of_the_krippendorff_package(seed):
    sets = [frozenset(chosen) for size in range(4) for chosen in combinations("abc", size)]
    ones, others = zip(*((one, other) for one in sets for other in sets), strict=True)
    said = answers(seed, values=len(sets))
    counts = np.array([[(column == value).sum() for value in range(len(sets))] for column in said.T])
    patterns = Patterns.of(counts, tuple(str(sorted(each)) for each in sets))
    for distance in (Jaccard(), Masi()):
        matrix = distance.between(ones, others).reshape(len(sets), len(sets))
        expected = krippendorff.alpha(
            reliability_data=said,
            value_domain=np.arange(len(sets)),
            level_of_measurement=lambda v1, v2, dtype=None, matrix=matrix, **_: matrix[  # noqa: ARG005
                np.asarray(v1, dtype=int), np.asarray(v2, dtype=int)
            ],
        )
        assert distance_alpha(patterns, matrix).point == pytest.approx(expected, abs=1e-10)


def test_jaccard_is_that_of_scikit_learn():
    rng = np.random.default_rng(1)
    ones, others = rng.random((2, 60, 6)) < 0.5
    ones[:, 0] = True  # an empty pair is a matter of convention
    sets = [[frozenset(map(str, np.flatnonzero(row))) for row in table] for table in (ones, others)]
    expected = [1 - jaccard_score(one, other) for one, other in zip(ones, others, strict=True)]
    assert Jaccard().between(*sets) == pytest.approx(expected)


def test_kendall_of_full_rankings_is_that_of_scipy():
    rng = np.random.default_rng(2)
    for _ in range(40):
        ranks = [rng.permutation(7), rng.permutation(7)]
        stored = [tuple((str(each),) for each in np.argsort(rank)) for rank in ranks]
        expected = (1 - kendalltau(*ranks).statistic) / 2
        assert Kendall().between([stored[0]], [stored[1]])[0] == pytest.approx(expected)


def test_edit_distance_is_the_textbook_table():
    def plain(one: str, other: str) -> int:
        row = list(range(len(other) + 1))
        for i, a in enumerate(one, 1):
            last, row[0] = row[0], i
            for j, b in enumerate(other, 1):
                last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
        return row[-1]

    rng = np.random.default_rng(3)
    texts = ["".join(rng.choice(list("ab你好 "), size=rng.integers(0, 9))) for _ in range(80)]
    distance = EditDistance(rules=TextRules(width=False, space=False))
    found = distance.between(texts, texts[::-1])
    expected = [plain(a, b) / max(len(a), len(b), 1) for a, b in zip(texts, texts[::-1], strict=True)]
    assert found == pytest.approx(expected)


def test_ks_is_that_of_scipy():
    given = every_pair(answers(4), Squared())
    others = given.chance[given.chance_first != given.chance_second]
    expected = ks_2samp(given.distance, others).statistic
    assert kolmogorov_smirnov(given, seed=1, replicates=10).point == pytest.approx(expected)
