"""The questions of an inspection: what each says, in both languages and as JSON, and that none reads the whole ledger."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from labelqa.ledger import chain
from labelqa.records.facts import BatchDeclared, BatchSettled, Draft, ReviewRecorded
from tests.building import opened

ROOT = Path(__file__).resolve().parents[3]
HEAVY = ("pandas", "scipy", "alembic", "statsmodels", "streamlit", "sqlalchemy.dialects.postgresql")
DRILLS = {
    "history": ("item", "history", "q-02"),
    "why": ("qualify", "why", "甲", "--at", "2026-11-16"),
    "verify": ("sample", "verify", "b1/1"),
    "log": ("rulebook", "log", "genai-sft"),
    "check": ("duties", "check"),
    "pick": ("items", "pick", "5", "--seed", "any"),
    "tail": ("ledger", "tail"),
    "since": ("ledger", "verify", "--since", "m.json"),
}


@pytest.fixture
def at(run, stage):
    where = ("--workspace", stage("drawn"))
    assert run("ledger", "manifest", "--out", "m.json", *where).code == 0
    return where


@pytest.fixture
def decoded(monkeypatch):
    """How many facts were decoded since it was emptied."""
    found, read = [], chain.read
    monkeypatch.setattr(chain, "read", lambda text, digest: (found.append(1), read(text, digest))[1])
    return found


def unrelated(folder: Path, number: int) -> None:
    """So many verdicts on another batch, which is settled, by somebody without another duty."""
    declared = BatchDeclared(
        batch="zz", kind="functional", release="genai-sft@1.0.0", control="label", labels=["accept"], organizer="Org",
        requester="", where=[], record_rule="majority", late=False,
    )  # fmt: skip
    settled = BatchSettled(
        batch="zz", conclusion="void", reason="not-proven", drawn=0, reviewed=0, defects=0, critical=0, allowed=None,
        accuracy=[], method="",
    )  # fmt: skip
    verdict = ReviewRecorded(
        sample="zz/1", batch="zz", item="", verdict="correct", kind="review", reviewer="p-zz", rule="", defect="",
        severity="", correct_label="", unsafe="", comment="", label="accept",
    )  # fmt: skip
    drafts = [Draft(body=declared, subjects=("batch:zz",), actor="lead")]
    drafts += [
        Draft(
            body=replace(verdict, item=f"zz-{at}"), actor="lead",
            subjects=("batch:zz", "sample:zz/1", f"item:zz-{at}", "person:p-zz"),
        )
        for at in range(number)
    ]  # fmt: skip
    drafts.append(Draft(body=settled, subjects=("batch:zz",), actor="lead"))
    with opened(folder) as desk:
        desk.ledger.append(drafts, now=desk.clock())


@pytest.mark.parametrize("name", DRILLS)
def test_a_drill_does_not_read_what_it_is_not_asked_about(run, at, decoded, name):
    decoded.clear()
    before_answer = run(*DRILLS[name], "--json", *at)
    before = len(decoded)
    unrelated(at[1], 300)
    decoded.clear()
    answer = run(*DRILLS[name], "--json", *at)
    assert (answer.code, answer.err) == (before_answer.code, before_answer.err)
    assert len(decoded) <= before + 10  # what is said of the other batch as a whole
    if name not in {"tail", "since"}:
        assert before > 0
    if name in {"history", "why", "verify", "log"}:
        assert answer.out == before_answer.out


def test_the_count_of_decoded_facts_would_show_a_drill_that_reads_everything(at, decoded):
    unrelated(at[1], 300)
    decoded.clear()
    with opened(at[1]) as desk:
        assert len(desk.ledger.facts()) > 300
    assert len(decoded) > 300


@pytest.mark.parametrize("name", DRILLS)
def test_a_drill_loads_only_what_it_needs(at, name):
    code = (
        "import sys; from labelqa.adapters.cli.main import main; main(sys.argv[1:]); "
        f"print([each for each in {HEAVY!r} if each in sys.modules], file=sys.stderr)"
    )
    words = [sys.executable, "-c", code, *DRILLS[name], *at]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "LABELQA_LANG": "en"}
    told = subprocess.run(words, cwd=Path(at[1]).parent, capture_output=True, text=True, check=True, env=env)
    needed = ["scipy"] if name == "verify" else []  # how many a spot check needs is worked out anew
    assert told.stderr.splitlines()[-1] == str(needed)


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "b1/1: the same items and verifiers come out again."), ("zh", "b1/1：")]
)
def test_a_sample_comes_out_again(run, at, lang, said):
    answer = run("sample", "verify", "b1/1", *at, lang=lang)
    assert (answer.code, answer.err) == (0, "")
    assert said in answer.out
    told = json.loads(run("sample", "verify", "b1/1", "--json", *at).out)
    assert (told["sample"], told["findings"]) == ("b1/1", [])


def test_a_sample_whose_batch_was_altered_does_not(run, at):
    for frozen in (Path(at[1]) / "batches").glob("*.parquet"):
        frozen.write_bytes(frozen.read_bytes() + b"x")
    answer = run("sample", "verify", "b1/1", *at)
    assert answer.code == 1
    assert "was altered after the freeze" in answer.out


@pytest.mark.parametrize(
    "words",
    [
        ("item", "history", "nothing-like-it"),
        ("qualify", "why", "nobody"),
        ("qualify", "why", "甲", "--at", "soon"),
        ("sample", "verify", "b9/1"),
        ("rulebook", "log", "no-such-book"),
        ("duties", "check", "--batch", "b9"),
        ("items", "pick", "21"),
        ("items", "pick", "0"),
        ("ledger", "tail", "--kind", "no.such"),
        ("ledger", "verify", "--since", "none.json"),
    ],
)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_question_that_cannot_be_answered_is_told_in_a_sentence(run, at, tools, words, lang):
    before = tools.contents(Path(at[1]))
    answer = run(*words, *at, lang=lang)
    assert answer.code in (2, 3, 4, 5)
    assert answer.out == ""
    assert answer.err.count("\n") == 1
    assert tools.contents(Path(at[1])) == before


def test_what_somebody_does_shows_as_a_line(run, at):
    words = [
        sys.executable,
        "-m",
        "labelqa.adapters.cli.main",
        "ledger",
        "tail",
        "--follow",
        "--last",
        "1",
        *map(str, at),
    ]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "LABELQA_LANG": "en", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=env) as tail:
        assert tail.stdout is not None
        assert "sample.drawn" in tail.stdout.readline()
        assert run("people", "add", "新人", "--organizer", "组织", "--duties", "executor", *at).code == 0
        line = tail.stdout.readline()
        tail.terminate()
    assert "person.added" in line
    assert "by lead" in line
