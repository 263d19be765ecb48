"""Published figures on marked regions: spans, boxes, segments, unitizing alpha, gamma."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from labelqa.records.reductions import Patterns
from labelqa.stats.agreement import fleiss_kappa
from labelqa.stats.agreement.alignment import Dissimilarity, disorder
from labelqa.stats.agreement.continuum import Continuum, Unit
from labelqa.stats.agreement.gamma import quotient
from labelqa.stats.agreement.unitizing import Unitizing, unitizing
from labelqa.stats.distance.boxes import BoxDistance
from labelqa.stats.distance.matching import Matching
from labelqa.stats.distance.regions import Regions
from labelqa.stats.distance.segments import SegmentDistance, boundary_f, cluster_f
from labelqa.stats.distance.spans import SpanDistance
from labelqa.stats.distance.words import marked_words

pytestmark = pytest.mark.shared
CASES = (
    "krippendorff2004_p254_alpha_u",
    "gamma_01_two_annotators_simple",
    "gamma_02_unequal_counts",
    "gamma_03_identical_perfect",
    "gamma_05_larger_two_annotators",
)


def spans_cases(shared: Path) -> dict[str, dict]:
    cases = json.loads((shared / "reference" / "reference_values.json").read_text("utf-8"))["cases"]
    return {case["id"]: case for case in cases if case["topic"] == "spans"}


def test_every_value_of_the_topic_is_checked_here(shared):
    cases = spans_cases(shared)
    assert set(cases) == set(CASES)
    assert sum(len(case["expected"]) for case in cases.values()) == 14


def rows_of(case: dict) -> dict[str | None, Unitizing]:
    low, high = case["data"]["continuum"]
    annotators = tuple(
        tuple(Unit(begin, begin + length, label) for begin, length, label in units)
        for units in case["data"]["observers"].values()
    )
    item = Continuum(start=low, end=high, annotators=annotators)
    return {row.label: row for row in unitizing([item], ["c", "k"])}


def value_of(case: dict, expected: dict) -> float:
    measure, params = expected["measure"], expected.get("params", {})
    if measure.startswith("alpha_u"):
        row = rows_of(case)[params.get("category")]
        return {"alpha_u_Do": row.observed, "alpha_u_De": row.expected}.get(measure, row.point)
    units = [[Unit(*each) for each in units] for units in case["data"]["observers"].values()]
    observed = disorder(units, Dissimilarity())
    return observed if measure == "gamma_observed_disorder" else quotient(observed, params["expected_disorder"])


@pytest.mark.parametrize("name", CASES)
def test_reference_values(shared, name):
    case = spans_cases(shared)[name]
    for expected in case["expected"]:
        found = value_of(case, expected)
        assert found == pytest.approx(expected["value"], abs=expected["tol"]), (expected["measure"], expected)


def figures(shared: Path, name: str) -> dict[str, tuple[float, str]]:
    table = pd.read_csv(shared / "data" / "reference_figures.csv", keep_default_na=False)
    rows = table[table["set"] == name]
    return {row.quantity: (float(row.value), row.note) for row in rows.itertuples() if row.value}


def test_lidc_readers_draw_the_same_nodule(shared):
    value, note = figures(shared, "lidc_even")[
        "mean pairwise IoU of boxes of the same nodule on the same slice (inclusive pixels)"
    ]
    drawn = pd.read_csv(shared / "data" / "lidc_even" / "boxes.csv.gz")
    pairs = drawn.merge(drawn, on=["item_id", "nodule_id"], suffixes=("", "_other"))
    pairs = pairs[pairs["annotator_id"] < pairs["annotator_id_other"]]

    def answers(suffix: str) -> list[Regions]:
        x1, y1, x2, y2 = (pairs[corner + suffix].to_numpy(float) for corner in ("x1", "y1", "x2", "y2"))
        sides = np.stack([x1, y1, x2 - x1 + 1, y2 - y1 + 1, np.zeros(len(x1))], axis=1)  # corners are inclusive pixels
        return [Regions((tuple(place),), ((),)) for place in sides.tolist()]

    shared_area = 1 - BoxDistance().between(answers(""), answers("_other"))
    assert f"{len(shared_area)} pairs; share >=0.5: {(shared_area >= 0.5).mean():.4f}" == note
    assert shared_area.mean() == pytest.approx(value, abs=5e-5)
    found = 1 - BoxDistance(matching=Matching(score="f1")).between(answers(""), answers("_other"))
    assert f"{found.mean():.4f}" == note[-6:]


def sections(rows: pd.DataFrame, end: float) -> Regions:
    """One annotator's segments, with what lies before the first and after the last as segments of their own."""
    edges = [(0.0, rows["start"].min(), "before"), (rows["end"].max(), end, "after")]
    whole = [*edges, *rows[["start", "end", "label"]].itertuples(index=False)]
    return Regions(
        tuple((float(low), float(high), 0.0) for low, high, _ in whole if high > low),
        tuple((label,) for low, high, label in whole if high > low),
    )


def test_salami_annotators_hear_the_same_sections(shared):
    read = pd.read_csv(shared / "data" / "salami" / "segments.csv.gz", keep_default_na=False)
    read = read[read["layer"] == "uppercase"].sort_values(["start", "end"])
    ones, others, skipped = [], [], 0
    for _, track in read.groupby("item_id"):
        two = [rows for _, rows in track.groupby("slot")]
        if any((rows["end"] <= rows["start"]).any() or not _without_gaps(rows) for rows in two):
            skipped += 1
            continue
        end = track["end"].max()
        ones.append(sections(two[0], end))
        others.append(sections(two[1], end))
    known = figures(shared, "salami")
    assert all(note.startswith(f"{len(ones)} annotator pairs, {skipped} skipped") for _, note in known.values())
    for tolerance in (0.5, 3):
        value, _ = known[f"mean between-annotator boundary F at {tolerance:g} s [uppercase]"]
        distances = SegmentDistance(score="boundaries", tolerance=tolerance).between(ones, others)
        assert 1 - distances.mean() == pytest.approx(value, abs=5e-5)
    value, _ = known["mean between-annotator pairwise frame-clustering F [uppercase]"]
    assert 1 - SegmentDistance(score="clusters").between(ones, others).mean() == pytest.approx(value, abs=5.1e-5)
    assert boundary_f(ones[0], ones[0]) == cluster_f(ones[0], ones[0]) == 1.0


def _without_gaps(rows: pd.DataFrame) -> bool:
    return bool(np.allclose(rows["end"].to_numpy()[:-1], rows["start"].to_numpy()[1:]))


@pytest.fixture(scope="module")
def marked(shared) -> pd.DataFrame:
    """Each summary's words as marked by its three annotators: (annotators, words) of each kind of hallucination."""
    folder = shared / "data" / "xsum_hallucination"
    spans = pd.read_csv(folder / "spans.csv.gz")
    spans = spans[spans["label"] != "none"].astype({"start": int, "end": int})
    by_answer = {key: rows for key, rows in spans.groupby(["item_id", "annotator_id"])}  # noqa: C416 - not a mapping
    summaries = pd.read_csv(folder / "items.csv.gz", keep_default_na=False)
    answers = [[_answer(by_answer.get((item, f"wid_{n}"))) for n in range(3)] for item in summaries["item_id"]]
    for kind in ("intrinsic", "extrinsic"):
        summaries[kind] = [
            marked_words(text, three, labels=[kind]) for text, three in zip(summaries["summary"], answers, strict=True)
        ]
    summaries["any"] = [a | b for a, b in zip(summaries["intrinsic"], summaries["extrinsic"], strict=True)]
    return summaries


def _answer(rows: pd.DataFrame | None) -> Regions:
    if rows is None:
        return Regions((), ())
    return Regions(tuple(zip(rows["start"], rows["end"], strict=True)), tuple((label,) for label in rows["label"]))


def test_xsum_summaries_with_a_word_that_all_three_marked(shared, marked):
    known = figures(shared, "xsum_hallucination")
    found = {kind: marked[kind].map(lambda words: bool(words.all(axis=0).any())) for kind in ("intrinsic", "extrinsic")}
    found["either"] = found["intrinsic"] | found["extrinsic"]
    checked = 0
    for kind, has in found.items():
        for system, share in (100 * has.groupby(marked["system"]).mean()).items():
            assert round(share, 1) == known[f"% summaries with >=1 word marked {kind} by all 3 [{system}]"][0]
            checked += 1
    assert checked == 15


@pytest.mark.parametrize("kind", ["intrinsic", "extrinsic", "any"])
def test_xsum_words_agree_beyond_chance(shared, marked, kind):
    value, note = figures(shared, "xsum_hallucination")[f"word-level Fleiss kappa [{kind}]"]
    said = np.concatenate([words.sum(axis=0) for words in marked[kind]])
    assert note == f"{len(said)} words"
    patterns = Patterns.of(np.stack([said, 3 - said], axis=1), ("marked", "not marked"))
    assert fleiss_kappa(patterns).point == pytest.approx(value, abs=5e-5)


LSE = Matching(score="best")


def spans(*regions: tuple[int, int, str]) -> Regions:
    return SpanDistance().read(json.dumps([{"start": a, "end": b, "labels": [label]} for a, b, label in regions]))


def boxes(*regions: tuple[float, float, float, float, str]) -> Regions:
    keys = ("x", "y", "width", "height")
    made = [{**dict(zip(keys, each, strict=False)), "rotation": 0, "labels": [each[4]]} for each in regions]
    return BoxDistance().read(json.dumps(made))


@pytest.mark.parametrize(
    ("one", "other", "printed"),
    [
        (spans((0, 14, "Person")), spans((4, 14, "Person")), 0.71),
        (
            spans((0, 14, "Person"), (41, 47, "Location")),
            spans((4, 14, "Person"), (41, 58, "Location")),
            0.53,
        ),
        (spans((0, 14, "Person")), spans((0, 14, "Person")), 1.0),
        (spans((0, 14, "Person")), spans((0, 14, "Organization")), 0.0),
        (spans(), spans(), 1.0),
        (spans((0, 14, "Person")), spans(), 0.0),
        (spans((0, 14, "Person"), (41, 47, "Location")), spans((0, 14, "Person")), 2 / 3),  # unmatched pulls down
    ],
)
def test_label_studio_enterprise_spans(one, other, printed):
    """Worked examples of its "Built-in agreement metrics" page, Span Overlap."""
    score = 1 - SpanDistance(matching=LSE).between([one, other], [other, one])
    assert score == pytest.approx([printed, printed], abs=0.005)


@pytest.mark.parametrize(
    ("one", "other", "printed"),
    [
        (boxes((10, 20, 100, 80, "Dog")), boxes((30, 20, 100, 80, "Dog")), 0.67),
        (  # the page gives the dogs' boxes and says that the cats' share 0.85
            boxes((10, 20, 100, 80, "Dog"), (200, 0, 85, 100, "Cat")),
            boxes((30, 20, 100, 80, "Dog"), (200, 0, 100, 100, "Cat")),
            0.76,
        ),
        (boxes((10, 20, 100, 80, "Dog")), boxes((10, 20, 100, 80, "Cat")), 0.0),
        (boxes(), boxes(), 1.0),
        (boxes(), boxes((10, 20, 100, 80, "Dog")), 0.0),
    ],
)
def test_label_studio_enterprise_boxes(one, other, printed):
    """Worked examples of the same page, Intersection over Union."""
    score = 1 - BoxDistance(matching=LSE).between([one, other], [other, one])
    assert score == pytest.approx([printed, printed], abs=0.005)
