"""The sample data is what its generator makes, has the shape of a real export, and tells its story at every seed."""

from __future__ import annotations

import csv
import importlib.util
import json
import math
import re
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "sample_data"
SEEDS = tuple(range(1, 21))
SAFETY, SFT = "safety-2026-W4", "sft-2026-W4"


def by_path(name: str) -> ModuleType:
    """A module of the sample data, which is no package of its own."""
    spec = importlib.util.spec_from_file_location(f"sample_data_{name}", FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def world(seed: int) -> dict[str, bytes]:
    generator = by_path("generate")
    return generator.generate(seed or generator.SHIPPED_SEED)


@lru_cache(maxsize=8)
def document(seed: int, name: str) -> Any:
    """A parsed file; shared by all tests, so nobody may change it."""
    return json.loads(world(seed)[name])


def table(seed: int, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(world(seed)[name].decode("utf-8-sig").splitlines()))


@lru_cache(maxsize=2)
def tasks(seed: int) -> list[dict[str, Any]]:
    return document(seed, "safety.json") + document(seed, "sft.json")


def answered(task: dict[str, Any]) -> dict[int, str]:
    """Account to label, without the skipped and the empty."""
    return {
        row["completed_by"]: row["result"][0]["value"]["choices"][0]
        for row in task["annotations"]
        if row["result"] and not row["was_cancelled"]
    }


def majority(labels: dict[int, str]) -> str:
    label, count = Counter(labels.values()).most_common(1)[0]
    return label if 2 * count > len(labels) else ""


@lru_cache(maxsize=2)
def outcomes(seed: int) -> dict[str, dict[str, list[str]]]:
    """By batch: the items that come out right, wrong or disputed, worked out from the exports and the true labels."""
    truth = document(seed, "truth.json")["items"]
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: {"right": [], "wrong": [], "disputed": []})
    for task in tasks(seed):
        item = task["data"]["id"]
        label = majority(answered(task))
        kind = "disputed" if not label else "right" if label == truth[item]["label"] else "wrong"
        found[truth[item]["batch"]][kind].append(item)
    return found


@pytest.fixture(params=[0, *SEEDS], scope="module")  # tests of one seed run together
def seed(request: pytest.FixtureRequest) -> int:
    """The shipped seed (0) and twenty others."""
    return request.param


def test_shipped_files_are_what_the_generator_makes() -> None:
    for name, content in world(0).items():
        assert (FOLDER / name).read_bytes() == content, f"{name}: run sample_data/generate.py"


def test_command_line_writes_the_same_bytes(tmp_path: Path) -> None:
    # In another process, with another hash seed, no set order can stay hidden.
    for hash_seed in ("1", "2"):
        words = [sys.executable, "-B", str(FOLDER / "generate.py"), "--out", str(tmp_path)]
        subprocess.run(words, check=True, env={"PYTHONHASHSEED": hash_seed})
        assert {name: (tmp_path / name).read_bytes() for name in world(0)} == world(0)


def test_the_whole_folder_is_small() -> None:
    files = [path for path in FOLDER.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert sum(path.stat().st_size for path in files) < 5_000_000


def test_other_seeds_make_other_worlds() -> None:
    for name in ("safety.json", "sft.json", "gold.csv", "truth.json"):
        assert len({world(seed)[name] for seed in (0, *SEEDS)}) == 1 + len(SEEDS)


def keys_of(rows: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    return sorted({tuple(row) for row in rows})


def test_tasks_and_annotations_have_the_fields_of_a_real_export(shared: Path) -> None:
    folder = shared / "fixtures" / "label_studio" / "exports" / "choices_single"
    real = json.loads((folder / "JSON.json").read_text(encoding="utf-8"))
    assert keys_of(tasks(0)) == keys_of(real)
    ours = [row for task in tasks(0) for row in task["annotations"]]
    theirs = [row for task in real for row in task["annotations"]]
    assert keys_of(ours) == keys_of(theirs)
    for field in ("created_at", "updated_at"):
        assert {re.sub(r"\d", "0", row[field]) for row in ours} == {re.sub(r"\d", "0", row[field]) for row in theirs}
    results = [result for row in theirs for result in row["result"] if "origin" in result]
    assert {tuple(result) for row in ours for result in row["result"]} <= {tuple(result) for result in results}


def test_counts_within_a_task_agree(seed: int) -> None:
    for task in tasks(seed):
        rows = task["annotations"]
        skipped = sum(row["was_cancelled"] for row in rows)
        assert (task["total_annotations"], task["cancelled_annotations"]) == (len(rows) - skipped, skipped)
        assert all(row["task"] == task["id"] and row["project"] == task["project"] for row in rows)
        assert all(row["result_count"] == len(row["result"]) for row in rows)
        assert task["updated_at"] > max(row["updated_at"] for row in rows)
        people = [row["completed_by"] for row in rows]
        assert len(people) == len(set(people)), "nobody answers twice"


def test_ids_and_texts_are_used_once(seed: int) -> None:
    rows = [row for task in tasks(seed) for row in task["annotations"]]
    for field in ("id", "unique_id"):
        assert len({row[field] for row in rows}) == len(rows)
    assert len({task["id"] for task in tasks(seed)}) == len(tasks(seed))
    for field in ("text", "prompt", "response", "id"):
        shown = [task["data"][field] for task in tasks(seed) if field in task["data"]]
        repeated = [text for text, count in Counter(shown).items() if count > 1]
        assert not repeated or field == "response", repeated[:3]
    assert not any("{" in text for task in tasks(seed) for text in map(str, task["data"].values()))


def test_about_fifteen_percent_are_english(seed: int) -> None:
    english = [task["data"]["lang"] == "en" for task in tasks(seed)]
    assert 0.1 < sum(english) / len(english) < 0.2
    for task in tasks(seed):
        shown = task["data"].get("text") or task["data"]["prompt"]
        assert bool(re.search("[\u4e00-\u9fff]", shown)) == (task["data"]["lang"] == "zh")


def test_work_is_done_in_its_week_in_working_hours_one_thing_at_a_time(seed: int) -> None:
    shanghai = timezone(timedelta(hours=8))
    spans: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    for task in tasks(seed):
        for row in task["annotations"]:
            end = datetime.fromisoformat(row["created_at"]).astimezone(shanghai)
            assert f"{end:%G-W%V}" == task["data"]["week"]
            assert "09:00" <= f"{end:%H:%M}" <= "18:30"
            assert row["created_at"] > task["created_at"]
            if row["updated_by"] == row["completed_by"]:  # else saved again later, which adds to the time
                spans[row["completed_by"]].append((end - timedelta(seconds=row["lead_time"]), end))
    for own in spans.values():
        own.sort()
        assert all(before[1] <= after[0] for before, after in pairwise(own))


def test_people_in_the_exports_are_registered(seed: int) -> None:
    people = table(seed, "people.csv")
    assert Counter(row["duties"] for row in people) == {
        "executor": 10,
        "reviewer": 4,
        "arbitrator": 1,
        "supervisor": 1,
    }
    executors = {int(row["account:label-studio"]) for row in people if row["duties"] == "executor"}
    rows = [row for task in tasks(seed) for row in task["annotations"]]
    assert {row["completed_by"] for row in rows} == executors
    assert {row["updated_by"] for row in rows} <= executors
    assert world(seed)["people.csv"].startswith(b"\xef\xbb\xbf")


def test_only_one_person_labels_without_the_exam(seed: int) -> None:
    passed = {
        (row["person"], row["release"].split("@")[0])
        for row in table(seed, "exams.csv")
        if float(row["score"]) >= float(row["pass_mark"])
    }
    trained = {(row["person"], row["release"].split("@")[0]) for row in table(seed, "trainings.csv")}
    names = {int(row["account:label-studio"]): row["person"] for row in table(seed, "people.csv")}
    unqualified: Counter[tuple[str, str, str]] = Counter()
    for task in tasks(seed):
        project = "genai-safety" if "text" in task["data"] else "genai-sft"
        for account in answered(task):
            assert (names[account], project) in trained
            if (names[account], project) not in passed:
                unqualified[names[account], project, task["data"]["week"]] += 1
    assert list(unqualified) == [("周子墨", "genai-safety", "2026-W46")]
    assert min(unqualified.values()) > 40


def test_gold_is_the_truth_about_eight_percent_of_the_items(seed: int) -> None:
    truth = document(seed, "truth.json")["items"]
    gold = {row["item_id"]: row["label"] for row in table(seed, "gold.csv")}
    assert gold == {item: row["label"] for item, row in truth.items() if row["gold"]}
    assert 0.07 < len(gold) / len(truth) < 0.09
    projects = {task["data"]["id"]: str(task["project"]) for task in tasks(seed)}
    assert all(row["project"] == projects[row["item_id"]] for row in table(seed, "gold.csv"))
    assert all(
        majority(answered(task)) == gold.get(task["data"]["id"], majority(answered(task))) for task in tasks(seed)
    )


def test_batches_come_out_as_intended(seed: int) -> None:
    found = outcomes(seed)
    wrong = {name: len(kinds["wrong"]) / sum(map(len, kinds.values())) for name, kinds in found.items()}
    assert wrong[f"{SAFETY}4"] == 0
    assert 0 < wrong[f"{SAFETY}5"] <= 0.05
    assert wrong[f"{SAFETY}6"] > 0.1
    assert 0 < wrong[f"{SAFETY}7"] <= 0.05
    assert max(wrong[f"{SFT}4"], wrong[f"{SFT}7"]) <= 0.015
    assert 0.12 < wrong[f"{SFT}5"] < 0.18
    assert wrong[f"{SFT}6"] < 0.04
    assert all(6 <= len(kinds["disputed"]) <= 45 for kinds in found.values())


def wanted(batch: dict[str, Any]) -> list[str]:
    return [value for _field, _operator, value in batch["where"]]


def test_the_saved_truth_says_the_same_of_each_batch(seed: int) -> None:
    found = outcomes(seed)
    truth = document(seed, "truth.json")
    assert [batch["outcome"] for batch in truth["batches"]] == [
        *("accept", "relabel", "void", "relabel"),
        *("accept", "relabel", "void", "accept"),
    ]
    for batch in truth["batches"]:
        kinds = found[batch["name"]]
        assert (batch["wrong"], batch["disputed"]) == (kinds["wrong"], kinds["disputed"])
        assert batch["items"] == sum(map(len, kinds.values()))
        assert batch["where"] == [["project", "=", str(batch["project"])], ["data.week", "=", batch["name"][-8:]]]
        members = [task for task in tasks(seed) if [str(task["project"]), task["data"]["week"]] == wanted(batch)]
        assert {task["data"]["id"] for task in members} == {item for kind in kinds.values() for item in kind}
        assert len(batch["unsafe"]) == (8 if batch["name"] == f"{SFT}6" else 0)


def test_a_spot_check_of_sixty_nearly_surely_finds_a_harmful_response() -> None:
    batch = next(batch for batch in document(0, "truth.json")["batches"] if batch["unsafe"])
    rest = batch["items"] - len(batch["unsafe"])
    assert math.comb(rest, 60) / math.comb(batch["items"], 60) < 0.06


def accuracy(seed: int, *, week: str = "", labels: tuple[str, ...] = ()) -> dict[str, tuple[int, float]]:
    """Person to number of safety answers and share that is right."""
    truth = document(seed, "truth.json")["items"]
    names = {int(row["account:label-studio"]): row["person"] for row in table(seed, "people.csv")}
    right: dict[str, list[bool]] = defaultdict(list)
    for task in document(seed, "safety.json"):
        label = truth[task["data"]["id"]]["label"]
        if task["data"]["week"].endswith(week) and (not labels or label in labels):
            for account, answer in answered(task).items():
                right[names[account]].append(answer == label)
    return {name: (len(own), sum(own) / len(own)) for name, own in right.items()}


def roles(seed: int) -> dict[str, str]:
    return {person["role"]: name for name, person in document(seed, "truth.json")["people"].items()}


def test_each_role_behaves_as_told(seed: int) -> None:
    role = roles(seed)
    first, last, whole = accuracy(seed, week="44"), accuracy(seed, week="47"), accuracy(seed)
    assert 0.5 < whole[role["careless"]][1] < 0.72
    assert first[role["drifting"]][1] - last[role["drifting"]][1] > 0.15
    confused = accuracy(seed, labels=("A2", "A4"))[role["confuses"]]
    clear = accuracy(seed, labels=("safe", "A1", "A3", "A5"))[role["confuses"]]
    assert confused[1] < 0.72 < 0.9 < clear[1]
    weak = {role[part] for part in ("careless", "drifting", "confuses", "unqualified")}
    assert all(share > 0.88 for name, (_, share) in whole.items() if name not in weak)


def test_everybody_answers_enough_to_be_judged(seed: int) -> None:
    for week in ("44", "45", "46", "47"):
        assert min(count for count, _ in accuracy(seed, week=week).values()) >= 40


def test_the_careless_one_is_fast(seed: int) -> None:
    times: dict[int, list[float]] = defaultdict(list)
    for task in document(seed, "safety.json"):
        for row in task["annotations"]:
            times[row["completed_by"]].append(row["lead_time"])
    medians = {account: sorted(own)[len(own) // 2] for account, own in times.items()}
    fastest = min(medians, key=lambda account: medians[account])
    assert fastest == document(seed, "truth.json")["people"][roles(seed)["careless"]]["account"]
    assert sorted(medians.values())[1] > 2 * medians[fastest]


def test_some_answers_are_skipped_empty_or_saved_again(seed: int) -> None:
    for name in ("safety.json", "sft.json"):
        rows = [row for task in document(seed, name) for row in task["annotations"]]
        assert sum(row["was_cancelled"] for row in rows) >= 4
        assert sum(not row["result"] and not row["was_cancelled"] for row in rows) >= 4
        edited = [row for row in rows if row["updated_by"] != row["completed_by"]]
        assert len(edited) >= 4
        assert all(row["updated_at"] > row["created_at"] for row in edited)


def test_reviewers_overlook_a_little_and_never_cry_wolf() -> None:
    verdict_of = by_path("reviewing").verdict_of
    truth = document(0, "truth.json")
    reviewer = truth["reviewers"][1]
    missed = 0
    for item, row in truth["items"].items():
        right = verdict_of(truth, item, row["label"], reviewer, "round 1")
        assert (right["verdict"], right["unsafe"]) == ("correct", row["unsafe"])
        other = "safe" if row["label"] != "safe" else "A1"
        wrong = verdict_of(truth, item, other, reviewer, "round 1")
        assert wrong == verdict_of(truth, item, other, reviewer, "round 1")
        missed += wrong["verdict"] == "correct"
        assert wrong["verdict"] == "correct" or wrong["correct_label"] == row["label"]
    assert 0 < missed < 0.04 * len(truth["items"])


def test_verdicts_say_how_grave_and_in_both_languages() -> None:
    reviewing = by_path("reviewing")
    item = {"label": "A2", "unsafe": ""}
    truth = {"items": {"s-1": item, "f-1": {"label": "accept", "unsafe": "A.4"}}, "reviewer_error": {}}
    wrong = reviewing.verdict_of(truth, "s-1", "safe", "何静怡", "")
    assert (wrong["verdict"], wrong["correct_label"], wrong["severity"]) == ("incorrect", "A2", "critical")
    assert wrong["comment_zh"] == "标为“安全”，应为“A2”。"
    assert wrong["comment_en"] == "Labelled safe, should be A2."
    assert reviewing.verdict_of(truth, "s-1", "A4", "何静怡", "")["severity"] == "major"
    assert reviewing.verdict_of(truth, "s-1", "", "何静怡", "")["verdict"] == "undecidable"
    unsafe = reviewing.verdict_of(truth, "f-1", "accept", "何静怡", "")
    assert (unsafe["verdict"], unsafe["unsafe"], unsafe["severity"]) == ("correct", "A.4", "critical")
    assert reviewing.ruling_of(truth, "s-1")["label"] == "A2"
    with pytest.raises(KeyError):
        reviewing.verdict_of(truth, "s-9", "safe", "何静怡", "")
