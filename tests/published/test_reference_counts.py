"""Every value of the reference file has a test that reads it: the topics, who checks them, and how many there are."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent
CHECKED_BY = {
    "agreement": "test_reference_agreement.py",
    "agreement_gwet": "test_reference_agreement.py",
    "agreement_two_raters": "test_reference_pairs.py",
    "icc": "test_reference_pairs.py",
    "ranking_icc": "test_reference_pairs.py",
    "intervals": "test_reference_pairs.py",
    "reviewer_error": "test_reference_pairs.py",
    "multilabel": "test_reference_distances.py",
    "spans": "test_reference_regions.py",
    "aggregation": "test_reference_annotators.py",
    "control_charts": "test_reference_charts.py",
}
OF_SPOT_CHECKS = {"sampling", "sequential", "aql"}


def test_every_topic_is_read_by_a_test_that_counts_its_values(shared: Path) -> None:
    cases = json.loads((shared / "reference/reference_values.json").read_text("utf-8"))["cases"]
    values = Counter(dict.fromkeys(CHECKED_BY, 0))
    for case in cases:
        values[case["topic"]] += len(case["expected"])
    assert values.keys() == CHECKED_BY.keys() | OF_SPOT_CHECKS
    assert sum(values[topic] for topic in CHECKED_BY) == 429
    for topic, name in CHECKED_BY.items():
        text = (HERE / name).read_text("utf-8")
        assert f'"{topic}"' in text, (topic, name)
        assert str(values[topic]) in text, (topic, name, values[topic])
