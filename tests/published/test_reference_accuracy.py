"""Figures of public multi-annotator sets: kappas of two, self-agreement, shares correct, correlations, rules of consensus."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from labelqa.records.reductions import Answers, Matched, Patterns
from labelqa.stats.accuracy import accuracy, by_annotator, by_group, team_skill
from labelqa.stats.agreement import fleiss_kappa
from labelqa.stats.agreement.concordance import mean_pearson, mean_spearman
from labelqa.stats.agreement.pairs import cohen_kappa
from labelqa.stats.agreement.repeats import repeats, repeats_by_annotator
from labelqa.stats.agreement.tables import percent_agreement, weighted_kappa
from labelqa.stats.confusion import confusion_matrix, label_scores, top_confusions

pytestmark = pytest.mark.shared
DIGITS = 6e-5  # figures are kept with four decimals


@cache
def figures(folder: Path, name: str) -> dict[str, float | str]:
    listed = pd.read_csv(folder / "data" / "reference_figures.csv", dtype=str, keep_default_na=False)
    return {row.quantity: row.value for row in listed[listed["set"] == name].itertuples()}


@cache
def read(folder: Path, name: str, file: str = "labels") -> pd.DataFrame:
    path = next((folder / "data" / name).glob(f"{file}.csv*"))
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def square(one: pd.Series, other: pd.Series, labels: list[str]) -> np.ndarray:
    return pd.crosstab(one, other).reindex(index=labels, columns=labels, fill_value=0).to_numpy()


def wide(folder: Path, name: str) -> pd.DataFrame:
    return read(folder, name).pivot(index="item_id", columns="annotator_id", values="label")


def test_pandalm(shared: Path):
    table, known = wide(shared, "pandalm"), figures(shared, "pandalm")
    wanted = {each: float(value) for each, value in known.items() if each.startswith("Cohen kappa")}
    assert len(wanted) == 3
    for quantity, value in wanted.items():
        one, other = quantity.split()[-1].split("-")
        kappa = cohen_kappa(square(table[one], table[other], ["0", "1", "2"]))
        assert kappa.point == pytest.approx(value, abs=DIGITS)
        assert kappa.low < value < kappa.high


def test_xstest_two_annotators_for_each_model(shared: Path):
    table, known = wide(shared, "xstest"), figures(shared, "xstest")
    labels = sorted(set(table["annotator_1"]))
    model = table.index.str.partition("/").get_level_values(0)
    compared = 0
    for name in [*sorted(set(model)), "all"]:
        rows = table if name == "all" else table[model == name]
        counts = square(rows["annotator_1"], rows["annotator_2"], labels)
        assert percent_agreement(counts).point == pytest.approx(
            float(known[f"observed agreement [{name}]"]), abs=DIGITS
        )
        assert cohen_kappa(counts).point == pytest.approx(float(known[f"Cohen kappa [{name}]"]), abs=DIGITS)
        compared += 2
    assert compared == len([each for each in known if each.startswith(("observed agreement", "Cohen kappa ["))]) == 12


def test_xstest_refusals_of_safe_prompts(shared: Path):
    gold, items = read(shared, "xstest", "gold"), read(shared, "xstest", "items")
    both = gold.merge(items, on="item_id")
    safe = both[(both["model"] == "llama2orig") & (both["prompt_class"] == "safe")]
    known = {each: value for each, value in figures(shared, "xstest").items() if each.startswith("share ")}
    assert len(known) == 2
    for quantity, value in known.items():
        share = accuracy(int((safe["label"] == quantity.split()[1]).sum()), len(safe))
        assert (share.n, share.point) == (250, pytest.approx(float(value), abs=1e-12))


def matched(folder: Path, name: str) -> tuple[Matched, list[str]]:
    """The labels of a set beside its gold, counted."""
    gold = read(folder, name, "gold").set_index("item_id")["label"]
    given = read(folder, name).drop_duplicates(["item_id", "annotator_id"])
    given = given.assign(reference=given["item_id"].map(gold))
    labels, people = sorted(set(gold) | set(given["label"])), sorted(set(given["annotator_id"]))
    counts = given.groupby(["annotator_id", "reference", "label"]).size()
    who, reference, label = (counts.index.get_level_values(level) for level in range(3))
    return Matched(
        labels=tuple(labels),
        weeks=("2026-W47",),
        annotator=np.array([people.index(each) for each in who]),
        week=np.zeros(len(counts), dtype=np.int64),
        label=np.array([labels.index(each) for each in label]),
        reference=np.array([labels.index(each) for each in reference]),
        count=counts.to_numpy(dtype=np.int64),
    ), people


def test_xstest_annotators_against_the_final_label(shared: Path):
    table, people = matched(shared, "xstest")
    shares, known = by_annotator(table), figures(shared, "xstest")
    for number, person in enumerate(people):
        value = float(known[f"accuracy of {person} vs final label"])
        assert shares[number].point == pytest.approx(value, abs=DIGITS)
    matrix = confusion_matrix(table)
    assert np.trace(matrix) / matrix.sum() == pytest.approx(np.mean([share.point for share in shares.values()]))
    groups = dict(by_group({p: (round(shares[i].point * 2250), 2250, None) for i, p in enumerate(people)}))
    assert groups["annotator_1"] == shares[0]
    # two annotators teach nothing about a team
    assert {skill.shrunken.reason for skill in team_skill(table).skills} == {"too-few-annotators"}


def test_bluebirds_shares_and_majority(shared: Path):
    table, people = matched(shared, "bluebirds")
    team = team_skill(table)
    raw = [skill.raw.point for skill in team.skills]
    assert (len(people), sum(point < 0.5 for point in raw), round(min(raw), 2)) == (
        39,
        7,
        0.32,
    )  # the seventh has 53 of 108
    shrunken = np.array([skill.shrunken.point for skill in team.skills])
    assert np.ptp(shrunken) < np.ptp(raw)
    assert (np.sign(shrunken - raw) == np.sign(team.mean - np.array(raw))).all()
    labels, gold = read(shared, "bluebirds"), read(shared, "bluebirds", "gold").set_index("item_id")["label"]
    majority = (labels["label"] == "1").groupby(labels["item_id"]).mean().gt(0.5).map({True: "1", False: "0"})
    right = int((majority == gold.reindex(majority.index)).sum())
    known = figures(shared, "bluebirds")
    assert accuracy(right, len(gold)).point == pytest.approx(float(known["accuracy vs gold, MV"]), abs=DIGITS)
    assert len(gold) - right == 26


def test_label_scores_on_real_labels_keep_the_counts(shared: Path):
    table, _ = matched(shared, "weather_sentiment_amt")
    matrix = confusion_matrix(table)
    lines = label_scores(matrix, table.labels)
    assert sum(line.both for line in lines) == np.trace(matrix)
    assert sum(line.given for line in lines) == sum(line.reference for line in lines) == matrix.sum()
    worst = top_confusions(matrix, table.labels)[0]
    assert worst.count == (matrix - np.diag(np.diagonal(matrix))).max()


def test_convabuse_annotators_against_themselves(shared: Path):
    given = read(shared, "convabuse")
    labels = ("-3", "-2", "-1", "0", "1")
    given = given.assign(
        item=pd.factorize(given["item_id"])[0],
        who=pd.factorize(given["annotator_id"])[0],
        turn=given["repeat"].astype(int),
    ).sort_values(["item", "who", "turn"])
    answers = Answers(
        labels=labels,
        item=given["item"].to_numpy(np.int32),
        annotator=given["who"].to_numpy(np.int32),
        label=given["severity"].map({label: i for i, label in enumerate(labels)}).to_numpy(np.int32),
    )
    table, known = repeats(answers), figures(shared, "convabuse")
    assert table.sum() == int(float(known["intra-annotator pairs"])) == 345
    found = {"intra-annotator observed agreement": percent_agreement(table).point}
    for weights in ("identity", "linear", "quadratic"):
        name = "unweighted" if weights == "identity" else weights
        found[f"intra-annotator Cohen kappa ({name})"] = weighted_kappa(table, weights=weights).point
    for quantity, value in found.items():
        assert value == pytest.approx(float(known[quantity]), abs=DIGITS), quantity
    assert sum(repeats_by_annotator(answers).values()).tolist() == table.tolist()
    assert given["item_id"].nunique() == int(float(known["items"]))


def test_cos960_means_and_correlations(shared: Path):
    table, known = wide(shared, "cos960").astype(float), figures(shared, "cos960")
    published = read(shared, "cos960", "items").set_index("item_id")["published_mean"].astype(float)
    worst = (table.mean(axis=1) - published.reindex(table.index)).abs().max()
    assert worst == pytest.approx(float(known["max |mean of 15 - published mean|"]), abs=1e-9)
    for function, quantity in ((mean_pearson, "mean pairwise Pearson"), (mean_spearman, "mean pairwise Spearman")):
        found = function(table.to_numpy())
        assert found.point == pytest.approx(float(known[quantity]), abs=DIGITS)
        assert found.low < found.point < found.high
        assert found.high - found.low < 0.03


def test_mlqe_two_of_three(shared: Path):
    given = read(shared, "mlqe_enzh_catastrophic")
    gold = read(shared, "mlqe_enzh_catastrophic", "gold").set_index("item_id")["label"]
    votes = pd.crosstab(given["item_id"], given["label"])
    ruled = pd.Series(np.where(votes["1"] >= 2, "ERR", np.where(votes["0"] >= 2, "NOT", "")), index=votes.index)
    quantity = "share of items where the 2-of-3 rule gives the published label"
    right = int((ruled == gold.reindex(ruled.index)).sum())
    share = accuracy(right, len(gold), population=len(gold))
    value = float(figures(shared, "mlqe_enzh_catastrophic")[quantity])
    assert (share.point, share.low, share.method) == (value, value, "census")
    assert ruled.value_counts().to_dict() == {"NOT": 6608, "ERR": 1251}


def test_imagenet_counts(shared: Path):
    path = shared / "data" / "imagenet_real"
    known = figures(shared, "imagenet_real")
    labels = pd.read_csv(path / "labels.csv.gz", dtype={"label": "int8"})
    items = pd.read_csv(path / "items.csv.gz", usecols=["item_id", "ds_score"])
    sizes = labels.groupby("item_id").size()
    found = f"{len(labels)} / {len(sizes)} / {labels['annotator_id'].nunique()}"
    assert found == known["labels / items / raters"]
    assert set(sizes) == {5}
    assert (items["ds_score"] > 0.8).sum() == int(float(known["rated pairs with ds_score > 0.8"]))


def words_marked(folder: Path) -> pd.DataFrame:
    """One row a word and kind: how many of the three annotators marked all of it, with its system and summary."""
    items, spans = read(folder, "xsum_hallucination", "items"), read(folder, "xsum_hallucination", "spans")
    marks: dict[str, list[tuple[str, str, int, int]]] = {}
    for row in spans.itertuples():
        if row.label != "none":
            marks.setdefault(row.item_id, []).append((row.annotator_id, row.label, int(row.start), int(row.end)))
    lines = []
    for row in items.itertuples():
        here = marks.get(row.item_id, [])
        for word in re.finditer(r"\S+", row.summary):
            marking = [(who, kind) for who, kind, start, end in here if start <= word.start() and word.end() <= end]
            counts = {kind: len({who for who, each in marking if each == kind}) for kind in ("intrinsic", "extrinsic")}
            lines.append((row.item_id, row.system, *counts.values(), len({who for who, _ in marking})))
    return pd.DataFrame(lines, columns=["item_id", "system", "intrinsic", "extrinsic", "any"])


def test_xsum_words_and_summaries(shared: Path):
    words, known = words_marked(shared), figures(shared, "xsum_hallucination")
    compared = 0
    for kind in ("intrinsic", "extrinsic", "any"):
        patterns = Patterns.of(np.stack([words[kind], 3 - words[kind]], axis=1), ("marked", "not marked"))
        value = float(known[f"word-level Fleiss kappa [{kind}]"])
        assert (patterns.items, fleiss_kappa(patterns).point) == (47949, pytest.approx(value, abs=DIGITS))
        compared += 1
    for quantity, value in known.items():
        if found := re.match(r"% summaries with >=1 word marked (\w+) by all 3 \[(\w+)\]", quantity):
            mine = words[words["system"] == found[2]]
            if found[1] == "either":
                hit = (mine["intrinsic"].eq(3) | mine["extrinsic"].eq(3)).groupby(mine["item_id"]).any()
            else:
                hit = mine[found[1]].eq(3).groupby(mine["item_id"]).any()
            share = accuracy(int(hit.sum()), len(hit))
            assert share.point * 100 == pytest.approx(float(value), abs=0.06), quantity
            compared += 1
    assert compared == 18
