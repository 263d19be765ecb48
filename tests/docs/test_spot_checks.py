"""The guide to spot checks: its comparison and its worked example run as they stand there, in both languages."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pytest

from tests.docs.test_readme import BLOCK, FILLED, ROOT, Shell, Step, check, fill_in, readme, steps

HALVES = {"en": "## A worked example", "zh": "### 实例"}
EVERY = 1000
# what the verifiers say each time that sheets come back: rows filled in, and the items they call incorrect
ROUNDS: tuple[tuple[int, dict[str, str]], ...] = (
    (28, {}),
    (28, {"f-0197": "incomplete"}),
    (EVERY, {"f-0197": "incomplete", "f-0156": "accept"}),
)


def guide() -> str:
    return (ROOT / "docs" / "spot-checks.md").read_text("utf-8")


def half(lang: str) -> str:
    english, _, chinese = guide().partition("\n## 中文\n")
    return english if lang == "en" else chinese


def walk(lang: str) -> list[Step]:
    return list(steps(half(lang).partition(f"\n{HALVES[lang]}\n")[2]))


def named(wrong: dict[str, str], item: str, label: str) -> str:
    """The label that is due instead of this one, where a verifier names one."""
    return wrong.get(item, "") if wrong.get(item) != label else ""


@pytest.mark.parametrize("lang", HALVES)
def test_the_comparison_is_what_comes_out(lang, tmp_path, capfd):
    shell = Shell(tmp_path, capfd)
    shell.env["LABELQA_LANG"] = lang
    (compared,) = list(steps(half(lang).partition(f"\n{HALVES[lang]}\n")[0]))
    assert len(compared.shown) > 6
    check(compared, shell(compared.command))


@pytest.mark.parametrize("lang", HALVES)
def test_the_example_runs_as_it_is_written(lang, tmp_path, capfd, monkeypatch):
    for name in ("sample_data", "rulebooks"):
        (tmp_path / name).symlink_to(ROOT / name, target_is_directory=True)
    (rulings,) = (body for kind, body in BLOCK.findall(readme().partition("\n# labelqa 中文\n")[0]) if kind == "csv")
    (tmp_path / "rulings.csv").write_text(rulings, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    shell, rounds = Shell(tmp_path, capfd), iter(ROUNDS)
    for step in walk(lang):
        if step.command.startswith(FILLED):
            rows, wrong = next(rounds)
            found = fill_in(Path("sheets"), lang, partial(named, wrong), rows)
            assert found == wrong
        check(step, shell(step.command))
    assert next(rounds, None) is None
    assert all(f"`{word}`" in half(lang) for word in ("f-0197", "incomplete", "f-0156", "accept", "Q-06"))


def test_both_halves_say_the_same():
    english, chinese = ([step.command.replace("LANG=zh", "LANG=en") for step in walk(lang)] for lang in ("en", "zh"))
    assert english == chinese
    assert len(english) > 15
    heads = [re.findall(r"^(#+) ", BLOCK.sub("", half(lang)), re.MULTILINE) for lang in ("en", "zh")]
    assert heads[0][1:] == [each[1:] for each in heads[1]]
    rows = [len(re.findall(r"^\|", half(lang), re.MULTILINE)) for lang in ("en", "zh")]
    assert rows[0] == rows[1]


def test_every_design_preset_and_defect_is_told():
    from labelqa.records.defects import DEFECTS
    from labelqa.records.designs import Design, Preset

    for lang in HALVES:
        for name in (*Design, *Preset):
            assert f"| `{name}`" in half(lang), name
        for code in DEFECTS:
            assert f"| {code} |" in half(lang), code
