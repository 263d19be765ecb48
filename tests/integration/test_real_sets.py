"""Real multi-annotator sets through the commands that a user runs: counts as their README says, coefficients as others.

The figures to agree with stand beside the data in ``reference_figures.csv``, each from an independent tool.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.shared

NUMBERS = {
    "percent-agreement": (),
    "fleiss-kappa": ("Fleiss kappa (identity weights)",),
    "krippendorff-alpha": ("Krippendorff alpha (nominal)", "Krippendorff alpha (identity weights)"),
    "gwet-ac1": ("Gwet AC1/AC2 (identity weights)",),
}


@dataclass(frozen=True)
class Set:
    """A set of the README: its file, how it is read, and the numbers that stand there."""

    file: str
    items: int
    annotators: int
    rows: int
    label: str = "label"
    measured: bool = True  # a single choice from a few labels
    missing: str = ""  # stands where no answer was given


SETS = {
    "bluebirds": Set("labels.csv", 108, 39, 4_212),
    "anaesthesia": Set("labels.csv", 45, 5, 315),
    "weather_sentiment_amt": Set("labels.csv.gz", 300, 110, 6_030),
    "music_style": Set("labels.csv", 700, 44, 2_945),
    "xstest": Set("labels.csv", 2_250, 2, 4_500),
    "mlqe_enzh_catastrophic": Set("labels.csv.gz", 7_859, 3, 23_577),
    "convabuse": Set("labels.csv.gz", 4_185, 8, 12_768, label="severity"),
    "cos960": Set("labels.csv", 960, 15, 14_400),
    "xsum_hallucination/spans": Set("spans.csv.gz", 2_500, 3, 11_185, measured=False),
    "xsum_hallucination/factuality": Set("factuality.csv.gz", 1_869, 3, 5_597, missing="NULL"),
    "lidc_even": Set("ratings.csv.gz", 1_322, 8, 3_424, label="malignancy"),
    "pandalm": Set("labels.csv", 999, 3, 2_997),
    "salami": Set("segments.csv.gz", 884, 8, 41_094, measured=False),
    "crowdspeech_dev_clean": Set("labels.csv.gz", 2_703, 748, 18_921, measured=False),
}
MEASURED = tuple(name for name, told in SETS.items() if told.measured)
REPEATS = {"anaesthesia": 90, "weather_sentiment_amt": 5}  # as the README tells; of the others it is counted
IMAGENET = Set("labels.csv.gz", 184_962, 85, 924_810)


def path_of(shared: Path, name: str, told: Set) -> Path:
    return shared / "data" / name.partition("/")[0] / told.file


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8")
    yield from csv.DictReader(io.StringIO(text, newline=""))


def figures(shared: Path, name: str) -> dict[str, tuple[float, str]]:
    """quantity -> (value, note) of a set."""
    found = {}
    for row in rows_of(shared / "data" / "reference_figures.csv"):
        if row["set"] == name.partition("/")[0] and re.fullmatch(r"-?[\d.]+", row["value"]):
            found[row["quantity"]] = (float(row["value"]), row["note"])
    return found


def taken(place, path: Path, label: str = "label") -> Mapping[str, Any]:
    return place.take(path, *(() if label == "label" else ("--columns", f"label={label}")))


def measured(place, labels: Sequence[str]) -> Mapping[str, Any]:
    """Declare, freeze and measure a trial batch of everything there is."""
    words = ("--kind", "functional", "--labels", ",".join(labels), "--organizer", "whoever")
    place.run("batch", "declare", "trial", *words)
    place.run("batch", "freeze", "trial", "--repeats", "first")  # other tools keep an annotator's first answer
    return place.run("agreement", "trial")


def points(report: Mapping[str, Any]) -> dict[str, float]:
    return {each["name"]: each["figure"]["point"] for each in report["coefficients"]}


@pytest.mark.parametrize("name", SETS)
def test_numbers_of_the_readme(shared: Path, place, name: str):
    told = SETS[name]
    path = path_of(shared, name, told)
    answers = Counter((row["item_id"], row["annotator_id"]) for row in rows_of(path))
    done = taken(place, path, told.label)
    assert (done["rows"], done["added"], done["items"]) == (told.rows, told.rows, told.items)
    assert (done["refused"], done["revised"]) == (0, 0)
    assert len(done["unregistered"]) == told.annotators
    assert done["repeats"] == REPEATS.get(name, sum(answers.values()) - len(answers))
    with place.desk() as desk:
        people, labels = Counter(), Counter()
        for row in desk.intake.annotations():
            people[row.person] += 1
            labels[json.loads(row.value)["label"]] += 1
    assert len(people) == told.annotators
    assert labels == Counter(row[told.label] for row in rows_of(path))  # "NULL" and "none" are labels like any other


@pytest.mark.parametrize("name", MEASURED)
def test_coefficients_as_other_tools_have_them(shared: Path, place, name: str):
    told, known = SETS[name], figures(shared, name)
    path = path_of(shared, name, told)
    listed = [row for row in rows_of(path) if row[told.label] != told.missing]
    pairs = {(row["item_id"], row["annotator_id"]) for row in listed}
    taken(place, path, told.label)
    report = measured(place, sorted({row[told.label] for row in listed}))
    assert (report["items"], report["annotations"]) == (len({item for item, _ in pairs}), len(pairs))
    found = points(report)
    for coefficient, quantities in NUMBERS.items():
        for quantity in quantities:
            if quantity in known:
                assert found[coefficient] == pytest.approx(known[quantity][0], abs=6e-5), quantity
    for quantity, (_, note) in known.items():
        if quantity in NUMBERS["fleiss-kappa"] and (share := re.search(r"pa ([\d.]+)", note)):
            assert found["percent-agreement"] == pytest.approx(float(share[1]), abs=6e-6)
    if name != "lidc_even":  # its figures are ordinal
        assert any(quantity in known for quantities in NUMBERS.values() for quantity in quantities)


@pytest.mark.parametrize("policy", ["first", "last", "all"])
def test_repeats_are_settled_as_declared(shared: Path, place, policy: str):
    path = path_of(shared, "anaesthesia", SETS["anaesthesia"])
    taken(place, path)
    answers: dict[tuple[str, str], list[str]] = {}
    for row in rows_of(path):
        answers.setdefault((row["item_id"], row["annotator_id"]), []).append(row["label"])
    kept = {"first": slice(1), "last": slice(-1, None), "all": slice(None)}[policy]
    place.run("batch", "declare", "b", "--kind", "functional", "--labels", "1,2,3,4", "--organizer", "o")
    made = place.run("batch", "freeze", "b", "--repeats", policy)
    assert made["freeze"]["n_annotations"] == sum(len(given[kept]) for given in answers.values())
    # nobody counts twice in an agreement: of several answers that were kept it is the first
    counted = Counter(given[kept][0] for given in answers.values())
    assert {each["label"]: each["count"] for each in place.run("agreement", "b")["per_label"]} == counted


def test_pandalm_pairs_as_its_authors_publish(shared: Path, place):
    taken(place, path_of(shared, "pandalm", SETS["pandalm"]))
    report, known = measured(place, ("0", "1", "2")), figures(shared, "pandalm")
    assert len(report["pairs"]) == 3
    for pair in report["pairs"]:
        value, note = known["Cohen kappa {}-{}".format(*sorted((pair["first"], pair["second"])))]
        assert pair["shared"] == 999
        assert pair["kappa"]["point"] == pytest.approx(value, abs=6e-5)
        assert round(pair["kappa"]["point"], 2) == float(note.removeprefix("published "))


def test_imagenet_of_close_to_a_million_labels(shared: Path, place):
    done = taken(place, path_of(shared, "imagenet_real", IMAGENET))
    assert (done["rows"], done["added"], done["items"]) == (IMAGENET.rows, IMAGENET.rows, IMAGENET.items)
    assert len(done["unregistered"]) == IMAGENET.annotators
    report, known = measured(place, ("0", "1", "2")), figures(shared, "imagenet_real")
    assert (report["annotations"], report["annotators"]) == (IMAGENET.rows, IMAGENET.annotators)
    found = points(report)
    assert found["krippendorff-alpha"] == pytest.approx(known["Krippendorff alpha (nominal)"][0], abs=6e-5)
    assert found["fleiss-kappa"] == pytest.approx(known["Fleiss kappa"][0], abs=6e-5)


def published(shared: Path) -> dict[str, dict[str, Any]]:
    """Worked examples with several annotators and nominal labels, by id."""
    cases = json.loads((shared / "reference" / "reference_values.json").read_text(encoding="utf-8"))["cases"]
    return {
        case["id"]: case
        for case in cases
        if case["topic"] == "agreement" and "units_by_raters" in case["data"] and nominal(case)
    }


MEASURES = {
    "krippendorff_alpha": "krippendorff-alpha",
    "fleiss_kappa": "fleiss-kappa",
    "fleiss_po": "percent-agreement",
    "percent_agreement": "percent-agreement",
    "gwet_ac1": "gwet-ac1",
}


def nominal(case: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The figures of a case that ``labelqa agreement`` gives."""
    return [
        each
        for each in case["expected"]
        if each["measure"] in MEASURES and (each.get("params") or {"level": "nominal"}) == {"level": "nominal"}
    ]


def test_published_examples_as_a_table_of_labels(shared: Path, place):
    cases = published(shared)
    assert len(cases) >= 6
    for name, case in cases.items():
        units = case["data"]["units_by_raters"]
        path = place.folder.parent / f"{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(("item_id", "annotator_id", "label"))
            for item, labels in enumerate(units):
                given = [(f"u{item}", f"a{who}", label) for who, label in enumerate(labels) if label is not None]
                writer.writerows(given)
        place.take(path, "--project", name)
        labels = sorted({str(label) for unit in units for label in unit if label is not None})
        words = (
            "--kind",
            "functional",
            "--labels",
            ",".join(labels),
            "--organizer",
            "o",
            "--where",
            f"project = {name}",
        )
        place.run("batch", "declare", name, *words)
        place.run("batch", "freeze", name)
        found = points(place.run("agreement", name))
        for each in nominal(case):
            value = found[MEASURES[each["measure"]]]
            assert value == pytest.approx(each["value"], abs=max(each["tol"], 1e-9)), (name, each["measure"])
