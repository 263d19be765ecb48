"""``labelqa consensus`` and ``labelqa annotators``: what they print and write in both languages, and how they refuse."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from labelqa.adapters.cli.agreement_tables import WIDE
from labelqa.adapters.cli.main import main
from labelqa.adapters.cli.width import cells
from labelqa.wiring import create_workspace

LABELS = ("0", "1", "2")
WORDS = ("甲", "w2", "w3", "w4")


def made(folder: Path, rows: list[tuple[object, ...]], header: tuple[str, ...]) -> Path:
    """A workspace with a frozen trial batch b of these rows."""
    with (folder / "t.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    create_workspace(folder / "ws", env={}).close()
    declare = ("batch", "declare", "b", "--kind", "functional", "--labels", ",".join(LABELS), "--organizer", "O")
    for words in (declare, ("import", folder / "t.csv"), ("batch", "freeze", "b")):
        assert main([*map(str, words), "--workspace", str(folder / "ws")], env={}) == 0
    return folder / "ws"


@pytest.fixture(scope="module")
def frozen(tmp_path_factory):
    """60 items by four annotators, one of whom always says 2; no test changes it."""
    rng = random.Random(4)
    rows = []
    for at in range(60):
        truth = rng.choice(LABELS)
        for who in WORDS:
            said = "2" if who == "w4" else truth if rng.random() < 0.9 else rng.choice(LABELS)
            when = f"2026-11-16T{8 + at // 6:02}:{at % 6 * 10:02}:{len(who)}0+08:00"
            rows.append((f"q-{at:02}", who, said, when, 9 + at % 5))
    header = ("item_id", "annotator_id", "label", "created_at", "seconds")
    return made(tmp_path_factory.mktemp("frozen"), rows, header)


def test_consensus_says_how_it_was_reached_and_that_it_changes_nothing(run, frozen, tools):
    before = tools.contents(frozen)
    answer = run("consensus", "b", "--workspace", frozen)
    assert (answer.code, answer.err) == (0, "")
    assert "60 items from 240 labels of 4 annotators, by Dawid–Skene" in answer.out
    assert "Converged after" in answer.out
    assert "4 of 4 starts agree" in answer.out
    assert "it changes none of them" in answer.out
    line = next(line for line in answer.out.splitlines() if line.startswith("w4 "))
    assert "2 +" in line
    assert tools.contents(frozen) == before


def test_both_languages_fit_a_terminal(run, frozen):
    for words in (("consensus", "b"), ("consensus", "b", "--model", "wawa"), ("annotators", "b")):
        for lang in ("en", "zh"):
            answer = run(*words, "--workspace", frozen, lang=lang)
            assert answer.code == 0, answer.err
            sentences = {line for line in answer.out.splitlines() if "  " not in line}
            assert max(map(cells, set(answer.out.splitlines()) - sentences)) <= WIDE
    assert "关注理由只是需要询问的问题" in answer.out
    assert "A reason to look" not in answer.out


def test_the_printed_figures_are_those_of_the_json(run, frozen):
    told = json.loads(run("consensus", "b", "--json", "--workspace", frozen).out)
    shown = run("consensus", "b", "--workspace", frozen).out
    for line in told["lines"]:
        accuracy = line["accuracy"]
        assert f"{accuracy['point']:.2f} [{accuracy['low']:.2f}, {accuracy['high']:.2f}]" in shown
    assert f"in {told['differing']} of {told['recorded']} items" in shown
    people = json.loads(run("annotators", "b", "--json", "--workspace", frozen).out)
    assert [each["name"] for each in people["annotators"]] == ["w2", "w3", "w4", "甲"]
    w4 = people["annotators"][2]
    assert {flag["code"] for flag in w4["flags"]} >= {"low-accuracy", "favourite"}
    assert w4["favourite"]["count"] == 60


def test_every_item_is_written_as_csv_and_as_parquet_alike(run, frozen, tmp_path):
    for name in ("out.csv", "out.parquet"):
        answer = run("consensus", "b", "--out", name, "--workspace", frozen)
        assert f"Wrote 60 rows to {tmp_path / name}" in answer.out
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    held = pq.read_table(tmp_path / "out.parquet").to_pylist()
    assert len(rows) == len(held) == 60
    for row, kept in zip(rows, held, strict=True):
        assert row["item_id"] == kept["item_id"]
        assert (row["consensus"] or None, row["record"] or None) == (kept["consensus"], kept["record"])
        assert float(row["certainty"]) == kept["certainty"]
        if kept["record"] is None:
            assert (row["record_certainty"], kept["record_certainty"]) == ("", None)
        elif kept["record"] == kept["consensus"]:
            assert kept["record_certainty"] == kept["certainty"]
    assert not list(tmp_path.glob(".out*"))


def test_items_says_how_many_doubtful_ones_are_named(run, frozen):
    every = json.loads(run("consensus", "b", "--json", "--items", "60", "--workspace", frozen).out)["suspects"]
    one = json.loads(run("consensus", "b", "--json", "--items", "1", "--workspace", frozen).out)["suspects"]
    assert one == every[:1]


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        (("--model", "best"), 2, "one of majority"),
        (("--model", "glad", "--strength", "3"), 2, "glad has none"),
        (("--strength", "many"), 2, "a number, 0 or more"),
        (("--strength", "nan"), 2, "a number, 0 or more"),
        (("--model", "wawa", "--gold"), 2, "counts votes"),
        (("--gold",), 1, "no gold item"),
        (("--model", "rover"), 1, "another kind"),
        (("--model", "rover", "--strength", "1"), 2, "neither --strength nor --gold"),
        (("--model", "bradley-terry"), 2, "needs --compared"),
        (("--compared", "data.a,data.b"), 2, "no other model"),
        (("--model", "bradley-terry", "--compared", "data.a"), 2, "two fields"),
        (("--model", "bradley-terry", "--compared", "data.a,data.b"), 1, "another kind"),
        (("--out", "out.xlsx"), 2, ".csv or .parquet"),
        (("--out", "nowhere/out.csv"), 4, "no such folder"),
        (("--out", "folder.csv"), 4, "not a folder"),
        (("--items", "-1"), 2, "0 or more"),
    ],
)
def test_what_does_not_fit_is_one_sentence(run, frozen, tmp_path, words, code, part):
    (tmp_path / "folder.csv").mkdir()
    for lang in ("en", "zh"):
        answer = run("consensus", "b", *words, "--workspace", frozen, lang=lang)
        assert (answer.code, answer.out) == (code, "")
        assert answer.err.count("\n") == 1
        if lang == "en":
            assert answer.err.startswith("Error: ")
            assert part in answer.err
        else:
            assert answer.err != run("consensus", "b", *words, "--workspace", frozen).err


@pytest.mark.parametrize("command", ["consensus", "annotators"])
def test_a_batch_that_is_not_there_or_not_frozen_is_refused(run, stage, command):
    workspace = stage("imported")
    assert run(command, "nothing", "--workspace", workspace).code == 4
    answer = run(command, "b1", "--workspace", workspace)
    assert answer.code == 5
    assert "not frozen yet" in answer.err


def test_models_stand_apart_from_people(run, tmp_path):
    rng = random.Random(1)
    rows = []
    for at in range(80):
        truth = rng.choice(LABELS)
        for who in ("w1", "w2", "w3", "judge"):
            right = 0.5 if who == "judge" else 0.9
            said = truth if rng.random() < right else "0"
            rows.append((f"q-{at:02}", who, said, "machine" if who == "judge" else ""))
    folder = made(tmp_path, rows, ("item_id", "annotator_id", "label", "origin"))
    answer = run("annotators", "b", "--workspace", folder)
    assert "240 labels by 3 people" in answer.out
    assert "Model judge" in answer.out
    assert "within 5 points, is not shown" in answer.out
    assert "never counts as a reviewer" in answer.out
    people = answer.out.partition("Model judge")[0]
    assert "judge" not in people
