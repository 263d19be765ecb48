"""What a cold review of the statistics found: each test failed before its mend."""

import time

import numpy as np
import pytest

from labelqa.records.estimate import Estimate
from labelqa.records.reductions import Patterns
from labelqa.stats.agreement.benchmark import bands
from labelqa.stats.agreement.coefficients import fleiss_kappa
from labelqa.stats.agreement.labels import per_label


def test_a_kappa_below_minus_one_is_in_the_worst_band() -> None:
    patterns = Patterns.of([[1, 0]] * 100 + [[1, 1], [1, 1]], ("a", "b"))
    point = fleiss_kappa(patterns).point
    assert point < -1
    assert [band.probability for band in bands(point, 0.5, scale="fleiss")][-1] == pytest.approx(1, abs=0.01)
    assert bands(-1.5, 0.0)[-1].probability == 1


def test_two_thousand_labels_are_told_apart_in_seconds() -> None:
    rng = np.random.default_rng(5)
    counts = np.zeros((1500, 2000), dtype=np.int32)
    np.add.at(counts, (np.arange(1500)[:, None], rng.integers(2000, size=(1500, 3))), 1)
    start = time.process_time()
    lines = per_label(Patterns.of(counts, tuple(map(str, range(2000)))))
    assert time.process_time() - start < 12  # 26 s before, 1 s now
    assert any(isinstance(line.alpha, Estimate) for line in lines)
