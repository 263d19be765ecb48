"""Agreement from a notebook: every way to give the data, every part of the answer, and what goes wrong."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import labelqa
from labelqa.errors import BadInput
from labelqa.records.reductions import Patterns
from labelqa.stats.agreement import gwet_ac1, krippendorff_alpha

# Krippendorff (2011), example C, with two of its labels called as missing values are
NAMES = {1: "nan", 2: "b", 3: "None", 4: "丁"}
UNITS = [
    [1, 1, None, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4], [4, 4, 4, 4],
    [1, 1, 2, 1], [2, 2, 2, 2], [None, 5, 5, 5], [None, None, 1, 1], [None, None, 3, None],
]  # fmt: skip


def rows() -> list[tuple[str, str, str | None]]:
    return [
        (f"u{item:02}", f"a{who}", None if said is None else NAMES.get(said, str(said)))
        for item, unit in enumerate(UNITS)
        for who, said in enumerate(unit)
    ]


def frame() -> pd.DataFrame:
    return pd.DataFrame(rows(), columns=["item_id", "annotator_id", "label"])


def arrow() -> pa.Table:
    items, people, labels = (list(column) for column in zip(*rows(), strict=True))
    return pa.table({"item_id": items, "annotator_id": people, "label": labels})


def given(way: str, folder: Path) -> Any:
    if way == "parquet":
        pq.write_table(arrow(), folder / "labels.parquet")
    return {
        "pandas": frame,
        "shuffled": lambda: frame().sample(frac=1.0, random_state=3),
        "categories": lambda: frame().astype("category"),
        "polars": lambda: pl.from_arrow(arrow()),
        "arrow": arrow,
        "parquet": lambda: str(folder / "labels.parquet"),
    }[way]()


@pytest.mark.parametrize("way", ["pandas", "shuffled", "categories", "polars", "arrow", "parquet"])
def test_every_way_to_give_the_data_gives_the_published_number(way: str, tmp_path: Path) -> None:
    found = labelqa.agreement(given(way, tmp_path))
    table = found.to_frame().set_index("coefficient")
    assert table.loc["krippendorff-alpha", "point"] == pytest.approx(0.743421, abs=1e-6)
    assert table.loc["gwet-ac1", "point"] == pytest.approx(0.775440, abs=1e-5)
    assert table.loc["fleiss-kappa", "point"] == pytest.approx(0.761169, abs=1e-5)
    assert set(found.report.labels) == {"nan", "b", "None", "丁", "5"}
    assert (found.report.items, found.report.items_with_pairs, found.report.annotators) == (12, 11, 4)


def test_linearised_intervals_are_the_published_ones() -> None:
    table = labelqa.agreement(frame(), interval="linearised").to_frame().set_index("coefficient")
    low, high = table.loc["gwet-ac1", ["low", "high"]]
    assert (high - low) / 2 / 2.200985 == pytest.approx(0.14295, abs=1e-4) or high == 1.0
    assert table.loc["gwet-ac1", "method"] == "gwet-linearised, t(11)"


@pytest.mark.parametrize("interval", ["default", "linearised", "jackknife", "bootstrap", "bca"])
def test_every_interval_holds_its_point_and_says_its_name(interval: str) -> None:
    table = labelqa.agreement(frame(), interval=interval, replicates=200, seed=5).to_frame()
    assert (table.low <= table.point).all()
    assert (table.point <= table.high).all()
    words = {
        "default": "assumed",
        "linearised": "gwet",
        "jackknife": "jackknife",
        "bootstrap": "percentile",
        "bca": "BCa",
    }
    assert table.method.str.contains(words[interval]).all()


def test_declared_labels_count_even_where_nobody_used_them() -> None:
    plain = labelqa.agreement(frame()).to_frame().set_index("coefficient")
    declared = labelqa.agreement(frame(), labels=[*NAMES.values(), "5", "unused"]).to_frame().set_index("coefficient")
    assert declared.loc["gwet-ac1", "point"] > plain.loc["gwet-ac1", "point"]
    assert declared.loc["krippendorff-alpha", "point"] == pytest.approx(plain.loc["krippendorff-alpha", "point"])


def test_weights_give_partial_credit() -> None:
    numbers = frame().assign(label=[None if each is None else str(each) for unit in UNITS for each in unit])
    found = labelqa.agreement(numbers, weights="quadratic").to_frame().set_index("coefficient")
    assert found.loc["krippendorff-alpha", "point"] == pytest.approx(0.849107, abs=1e-5)  # interval alpha
    ordinal = labelqa.agreement(numbers, kind="rating").to_frame().set_index("coefficient")
    assert ordinal.loc["krippendorff-alpha:ordinal", "point"] == pytest.approx(0.815388, abs=1e-5)


def test_missing_cells_and_repeats_are_counted_and_the_first_answer_stands() -> None:
    twice = pd.concat([frame(), pd.DataFrame([("u00", "a0", "b")], columns=frame().columns)])
    found = labelqa.agreement(twice)
    notes = found.to_dict()["notes"]
    assert any(note.startswith("7 rows without item") for note in notes)
    assert any(note.startswith("1 later answers") for note in notes)
    assert found.to_frame().point.tolist() == labelqa.agreement(frame()).to_frame().point.tolist()


def test_numbers_with_gaps_keep_their_spelling() -> None:
    data = pd.DataFrame(
        {"item_id": [1.0, 1.0, 2.0, 2.0], "annotator_id": [1, 2, 1, 2], "label": [1.0, np.nan, 2.0, 2.0]}
    )
    assert labelqa.agreement(data).report.labels == ("1", "2")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"item_id": [], "annotator_id": [], "label": []}, "no-annotations"),
        ({"item_id": [1, 2], "annotator_id": ["a", "b"], "label": ["x", "y"]}, "no-overlap"),
        ({"item_id": [1, 2], "annotator_id": ["a", "a"], "label": ["x", "y"]}, "no-overlap"),
        ({"item_id": [1, 1], "annotator_id": ["a", "b"], "label": ["x", "y"]}, "too-few-items"),
        ({"item_id": [1, 1, 2, 2], "annotator_id": list("abab"), "label": list("xxxx")}, "no-variation"),
        ({"item_id": [1, 1], "annotator_id": ["a", "b"], "label": [None, None]}, "no-annotations"),
    ],
)
def test_what_cannot_be_known_says_why_and_is_never_nan(data: dict[str, list[Any]], reason: str) -> None:
    found = labelqa.agreement(pd.DataFrame(data))
    figures = found.to_dict()["coefficients"]
    assert figures["krippendorff-alpha"]["reason"] == reason
    assert figures["krippendorff-alpha"]["point"] is None
    if reason == "no-variation":
        assert figures["percent-agreement"]["point"] == 1.0
    json.dumps(found.to_dict(), allow_nan=False)
    assert not re.search(r"\bnan\b", str(found).lower())
    for part in ("coefficients", "labels", "pairs", "confusions", "annotators", "items"):
        found.to_frame(part)


def test_every_part_is_a_frame() -> None:
    found = labelqa.agreement(frame())
    assert found.to_frame("labels").label.tolist() == sorted({"nan", "b", "None", "丁", "5"})
    assert len(found.to_frame("pairs")) == 6
    assert found.to_frame("annotators").annotator.tolist() == ["a0", "a1", "a2", "a3"]
    top = found.to_frame("items").iloc[0]
    assert (top["item"], top.entropy) == ("u05", 2.0)
    assert found.to_frame("confusions")["count"].sum() > 0
    with pytest.raises(ValueError, match="no part called 'people'"):
        found.to_frame("people")  # type: ignore[arg-type]


def test_it_is_shown_as_a_table_in_both_languages_and_escapes_what_it_shows() -> None:
    found = labelqa.agreement(frame())
    assert "Krippendorff's alpha" in str(found) == str(repr(found))
    assert "百分比一致率" in found.text("zh")
    page = labelqa.agreement(pd.DataFrame({"item_id": [1, 1], "annotator_id": ["a", "b"], "label": ["<b>", "<b>"]}))
    assert "<b>" not in page._repr_html_()


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"label": "labels"}, BadInput, "no column labels"),
        ({"labels": ["nan", "b"]}, BadInput, "not among the declared"),
        ({"kind": "colour"}, ValueError, "no kind called"),
        ({"interval": "magic"}, ValueError, "no interval called"),
        ({"kind": "choices", "distance": "miles"}, ValueError, "no distance called"),
        ({"confidence": 95}, ValueError, "confidence must lie"),
    ],
)
def test_wrong_words_get_one_clear_sentence(options: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        labelqa.agreement(frame(), **options)


@pytest.mark.parametrize("data", [42, "nowhere.parquet", [1, 2]])
def test_what_is_no_data_is_told(data: Any) -> None:
    with pytest.raises(BadInput):
        labelqa.agreement(data)


def test_sets_are_compared_as_sets() -> None:
    said = ['["a","b"]', '["b","a"]', '["a"]', '["a","c"]', '["c"]', '["c"]']
    data = pd.DataFrame({"item_id": [1, 1, 2, 2, 3, 3], "annotator_id": list("xyxyxy"), "label": said})
    found = labelqa.agreement(data, kind="choices", distance="jaccard").to_frame().set_index("coefficient")
    assert found.loc["mean-agreement", "point"] == pytest.approx((1 + 0.5 + 1) / 3)


def test_it_agrees_with_the_statistics_on_a_million_labels() -> None:
    rng = np.random.default_rng(11)
    label = rng.integers(0, 3, (200_000, 5))
    label = np.where(rng.random(label.shape) < 0.6, label[:, :1], label)
    data = pd.DataFrame({
        "item_id": np.repeat(np.arange(200_000), 5), "annotator_id": np.tile(np.arange(5), 200_000),
        "label": label.ravel(),
    })  # fmt: skip
    found = labelqa.agreement(data).to_frame().set_index("coefficient")
    counts = np.stack([(label == each).sum(axis=1) for each in range(3)], axis=1)
    patterns = Patterns.of(counts, ("0", "1", "2"))
    assert found.loc["krippendorff-alpha", "point"] == pytest.approx(krippendorff_alpha(patterns).point)
    assert found.loc["gwet-ac1", "point"] == pytest.approx(gwet_ac1(patterns).point)


def test_importing_costs_nothing() -> None:
    code = "import sys, labelqa; print(sorted(set(sys.modules) & {'numpy', 'pandas', 'scipy', 'pyarrow', 'duckdb'}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    with pytest.raises(AttributeError, match="no attribute 'agreeement'"):
        _ = labelqa.agreeement  # type: ignore[attr-defined]
