"""Real sets of every kind through the commands that a user runs: ratings, sets, spans, boxes, segments, texts.

The figures to agree with stand beside the data in ``reference_figures.csv``, each from an independent tool.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.shared


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8")
    yield from csv.DictReader(io.StringIO(text, newline=""))


def figures(shared: Path, name: str) -> dict[str, float]:
    found = rows_of(shared / "data" / "reference_figures.csv")
    return {row["quantity"]: float(row["value"]) for row in found if row["set"] == name}


def frozen(place, rows: Iterable[Sequence[str]], *words: str, head: Sequence[str] = ()) -> None:
    """Import a table of item, annotator, answer and whatever ``head`` names; declare a trial batch of it, freeze it."""
    path = place.folder.parent / "answers.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("item_id", "annotator_id", "label", *head))
        writer.writerows(rows)
    place.take(path)
    place.run("batch", "declare", "trial", "--kind", "functional", "--organizer", "whoever", *words)
    place.run("batch", "freeze", "trial", "--repeats", "first")


def points(report: Mapping[str, Any]) -> dict[str, float]:
    return {each["name"]: each["figure"]["point"] for each in report["coefficients"] if "point" in each["figure"]}


def regions(rows: Iterable[Mapping[str, str]], made: Any) -> list[tuple[str, str, str]]:
    """One answer an item and annotator, from a file with one region a row; ``made`` gives None for "nothing here"."""
    answers: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found, region = answers[row["item_id"], row["annotator_id"]], made(row)
        found += [] if region is None else [region]
    return [(item, who, json.dumps(answer)) for (item, who), answer in answers.items()]


def test_word_similarity_is_ordinal(shared: Path, place):
    known = figures(shared, "cos960")
    items = {row["item_id"]: row for row in rows_of(shared / "data/cos960/items.csv")}
    rows = [(row["item_id"], row["annotator_id"], row["label"], items[row["item_id"]]["pos"])
            for row in rows_of(shared / "data/cos960/labels.csv")]  # fmt: skip
    frozen(place, rows, "--answers", "rating", "--labels", "0,1,2,3,4", head=("data.pos",))
    report = place.run("agreement", "trial", "--all", "--by", "data.pos")
    found = points(report)
    assert (report["kind"], report["headline"]) == ("rating", "krippendorff-alpha:ordinal")
    for name, quantity in {
        "krippendorff-alpha:ordinal": "Krippendorff alpha (ordinal)",
        "krippendorff-alpha:interval": "Krippendorff alpha (interval)",
        "krippendorff-alpha": "Krippendorff alpha (nominal)",
        "gwet-ac2:quadratic": "Gwet AC1/AC2 (quadratic weights)",
    }.items():
        assert found[name] == pytest.approx(known[quantity], abs=6e-5), name
    strata = [(each["name"], each["items"]) for each in report["parts"] if each["apart"] == "stratum"]
    assert strata == [("noun", 480), ("adj", 240), ("verb", 240)]


def test_kinds_of_abuse_are_sets(shared: Path, place):
    known = figures(shared, "convabuse")
    rows = [(row["item_id"], row["annotator_id"], json.dumps(row["types"].split("|") if row["types"] else []))
            for row in rows_of(shared / "data/convabuse/labels.csv.gz")]  # fmt: skip
    frozen(place, rows, "--answers", "choices")
    report = place.run("agreement", "trial")
    assert (report["kind"], report["distance"], report["headline"]) == ("choices", "masi", "distance-alpha")
    alphas = {each["label"]: each["alpha"]["point"] for each in report["per_label"]}
    quantity = "Krippendorff alpha (nominal) type={}"
    assert len(alphas) == 7
    for label, alpha in alphas.items():
        assert alpha == pytest.approx(known[quantity.format(label)], abs=6e-5), label
    assert len(report["influence"]) == 8
    jaccard = points(place.run("agreement", "trial", "--distance", "jaccard"))
    assert jaccard["distance-alpha"] > points(report)["distance-alpha"]  # sets that share a part differ less by it


def test_severity_by_conger_and_light(shared: Path, place):
    known = figures(shared, "convabuse")
    rows = [(row["item_id"], row["annotator_id"], row["severity"])
            for row in rows_of(shared / "data/convabuse/labels.csv.gz")]  # fmt: skip
    frozen(place, rows, "--labels=-3,-2,-1,0,1")
    found = points(place.run("agreement", "trial", "--all"))
    assert found["conger-kappa"] == pytest.approx(known["Conger kappa (identity weights)"], abs=6e-5)
    assert found["brennan-prediger"] == pytest.approx(known["Brennan-Prediger (identity weights)"], abs=6e-5)
    assert found["light-kappa"] == pytest.approx(found["conger-kappa"], abs=0.05)


def test_hallucinated_spans_by_label(shared: Path, place):
    summaries = {row["item_id"]: row["summary"] for row in rows_of(shared / "data/xsum_hallucination/items.csv.gz")}

    def span(row: Mapping[str, str]) -> dict[str, Any] | None:
        if row["label"] == "none":
            return None
        start, end = int(row["start"]), int(row["end"])
        return {"start": start, "end": end, "labels": [row["label"]], "text": summaries[row["item_id"]][start:end]}

    answers = regions(rows_of(shared / "data/xsum_hallucination/spans.csv.gz"), span)
    rows = [(item, who, said, summaries[item]) for item, who, said in answers]
    frozen(place, rows, "--answers", "spans", head=("data.summary",))
    report = place.run("agreement", "trial")
    found, known = points(report), figures(shared, "xsum_hallucination")
    assert report["headline"] == "unitizing-alpha"
    assert not any("how long the items are" in note for note in report["notes"])
    assert any("overlap" in note for note in report["notes"])
    labels = {each["label"]: each["alpha"]["point"] for each in report["per_label"]}
    # words are not characters and gaps count otherwise, but what is agreed on is the same
    assert labels["extrinsic"] == pytest.approx(known["word-level Fleiss kappa [extrinsic]"], abs=0.05)
    assert labels["intrinsic"] < labels["extrinsic"]
    assert found["distance-alpha"] == pytest.approx(found["unitizing-alpha"], abs=0.1)


def test_boxes_of_nodules(shared: Path, place):
    def box(row: Mapping[str, str]) -> dict[str, Any]:
        x, y, right, bottom = (int(row[name]) for name in ("x1", "y1", "x2", "y2"))
        share = 100 / 512
        return {"x": x * share, "y": y * share, "width": (right - x + 1) * share, "height": (bottom - y + 1) * share,
                "rotation": 0, "labels": ["nodule"]}  # fmt: skip

    frozen(place, regions(rows_of(shared / "data/lidc_even/boxes.csv.gz"), box), "--answers", "boxes")
    report = place.run("agreement", "trial")
    known = figures(shared, "lidc_even")
    iou = next(value for quantity, value in known.items() if quantity.startswith("mean pairwise IoU of boxes"))
    # matched boxes of one slice are nearly those of one nodule; what one reader left out lowers it a little
    assert points(report)["mean-agreement"] == pytest.approx(iou, abs=0.03)
    assert (report["kind"], report["annotators"]) == ("boxes", 8)
    assert len(report["disputed"]) == 20


def test_parts_of_songs_are_segments(shared: Path, place):
    rows = [row for row in rows_of(shared / "data/salami/segments.csv.gz") if row["layer"] == "uppercase"]

    def segment(row: Mapping[str, str]) -> dict[str, Any]:
        return {"start": float(row["start"]), "end": float(row["end"]), "labels": [row["label"]]}

    frozen(place, regions(rows, segment), "--answers", "segments")
    overlap = points(place.run("agreement", "trial"))["mean-agreement"]
    clusters = points(place.run("agreement", "trial", "--distance", "segment-clusters"))["mean-agreement"]
    known = figures(shared, "salami")["mean between-annotator pairwise frame-clustering F [uppercase]"]
    assert clusters == pytest.approx(known, abs=0.03)  # theirs leaves out pairs with gaps
    assert overlap < clusters  # what a part is called does not matter to clusters


def test_transcripts_are_compared(shared: Path, place):
    rows = [(row["item_id"], row["annotator_id"], row["label"])
            for row in rows_of(shared / "data/crowdspeech_dev_clean/labels.csv.gz") if int(row["item_id"]) < 300]  # fmt: skip
    frozen(place, rows, "--answers", "text")
    report = place.run("agreement", "trial", "--distance", "speech", "--items", "3")
    assert (report["kind"], report["headline"]) == ("text", "distance-alpha")
    assert 0.5 < points(report)["distance-alpha"] < 1
    assert [len(report["disputed"]), report["per_label"]] == [3, []]
