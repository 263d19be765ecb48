"""The guide to rulebooks: its worked example runs as it stands there, in both languages.

The verifier calls every row correct; everything else is done by the commands themselves.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from labelqa.adapters.cli.main import main
from tests.docs.test_readme import BLOCK, FILLED, ROOT, Shell, Step, check, fill_in, steps

HALVES = {"en": "## A worked example", "zh": "### 实例"}
EMPTY_DRAFT = "labelqa rulebook lint drafts/"  # has everything to mend, so this command fails
CLARIFIED = "labelqa clarification sign"  # before it, the draft is filled in
DRAFT = Path("law/rulebooks/genai-sft/clarifications/draft.yaml")
EVERY = 1000


def guide() -> str:
    return (ROOT / "docs" / "rulebooks.md").read_text("utf-8")


def half(lang: str) -> str:
    english, _, chinese = guide().partition("\n## 中文\n")
    return english if lang == "en" else chinese


def example(lang: str) -> str:
    return half(lang).partition(f"\n{HALVES[lang]}\n")[2]


def walk(lang: str) -> list[Step]:
    return list(steps(example(lang)))


def told(lang: str, kind: str) -> str:
    """The one block of this kind in the example: a file that is written by hand."""
    (body,) = (body for each, body in BLOCK.findall(example(lang)) if each == kind)
    return str(body)


class Failing(Shell):
    """Runs a line that must end with exit code 1."""

    def __call__(self, line: str) -> str:
        self.capfd.readouterr()
        code = main(shlex.split(line)[1:], env=self.env, start=self.folder, clock=self.clock)
        out, err = self.capfd.readouterr()
        assert (code, err) == (1, ""), (line, out, err)
        return out


@pytest.mark.parametrize("lang", HALVES)
def test_the_example_runs_as_it_is_written(lang, tmp_path, capfd, monkeypatch):
    for name in ("sample_data", "rulebooks"):
        (tmp_path / name).symlink_to(ROOT / name, target_is_directory=True)
    (tmp_path / "answers.csv").write_text(told(lang, "csv"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    shell, failing = Shell(tmp_path, capfd), Failing(tmp_path, capfd)
    failing.env = shell.env
    for step in walk(lang):
        if step.command.startswith(FILLED):
            assert fill_in(Path("sheets"), lang, lambda _item, _label: "", EVERY) == {}
        if step.command.startswith(CLARIFIED):
            DRAFT.write_text(told(lang, "yaml"), encoding="utf-8")
        run = failing if step.command.startswith(EMPTY_DRAFT) else shell
        check(step, run(step.command))
    made = ["form.xml", "instruction.html", "coverage.html", "changes.html", "paper.xlsx"]
    made += [
        f"handbooks/genai-sft-1.0.0-{whom}.{each}.html" for whom in ("annotator", "reviewer") for each in ("zh", "en")
    ]
    assert all(Path(name).stat().st_size > 1000 for name in made)
    assert DRAFT.with_name("1.yaml").is_file()


def test_both_halves_say_the_same():
    english, chinese = ([step.command.replace("LANG=zh", "LANG=en") for step in walk(lang)] for lang in ("en", "zh"))
    assert english == chinese
    assert len(english) > 40
    heads = [re.findall(r"^(#+) ", BLOCK.sub("", half(lang)), re.MULTILINE) for lang in ("en", "zh")]
    assert heads[0][1:] == [each[1:] for each in heads[1]]
    rows = [re.findall(r"^\| (`.*?`) \|", half(lang), re.MULTILINE) for lang in ("en", "zh")]
    assert [each.replace(", ", "、") for each in rows[0]] == [each.replace(", ", "、") for each in rows[1]]
    assert told("en", "yaml") == told("zh", "yaml")


def test_every_command_and_shipped_rulebook_is_told():
    import click

    from labelqa.adapters.cli.main import root
    from labelqa.adapters.cli.reference import commands

    top = root()
    with click.Context(top, info_name="labelqa") as context:
        names = [path.split()[1:] for path, _ in commands(top, context, "labelqa")]
    for lang in HALVES:
        for noun, *verb in names:
            if verb and noun in {"rulebook", "clarification"}:
                assert re.search(rf"(`|labelqa {noun} ){verb[0]}\b", half(lang)), verb
        for folder in (path.name for path in (ROOT / "rulebooks").iterdir() if path.is_dir()):
            assert f"| `{folder}` |" in half(lang), folder
