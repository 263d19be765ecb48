"""The guides to people and to the life of a batch: their worked examples run as they stand there, in both languages.

What verifiers write into their sheets is played here; everything else is done by the commands themselves. A command that is
refused shows its exit code, and an id that is made anew each time stands there as its beginning and ``…``.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from labelqa.adapters.cli.main import main
from tests.docs.test_docs import PAGES as EVERY_PAGE
from tests.docs.test_docs import every
from tests.docs.test_readme import BLOCK, FILLED, ROOT, Shell, Step, check, fill_in, readme, steps
from tests.docs.test_spot_checks import named

HALVES = {"en": "## A worked example", "zh": "### 实例"}
PAGES = ("people", "batch-life")
GUIDES = ("people", "batch-life", "ledger", "identity", "clauses")
WRITTEN = [path for path in EVERY_PAGE if path.name != "cli.md"]  # that one is made from the commands themselves
ID = re.compile(r"\b([a-z]+-)…")
EXIT = re.compile(r"[(（](?:exit code|退出码) (\d+)[)）]")
EVERY = 1000
# what the verifiers say each time that sheets come back: the items they call incorrect, and the label that is due
ROUNDS: dict[str, tuple[dict[str, str], ...]] = {"people": (), "batch-life": ({"f-0156": "accept"},)}
FEWEST = {"people": 25, "batch-life": 25}


def half(page: str, lang: str) -> str:
    english, _, chinese = (ROOT / "docs" / f"{page}.md").read_text("utf-8").partition("\n## 中文\n")
    return english if lang == "en" else chinese


def example(page: str, lang: str) -> str:
    return half(page, lang).partition(f"\n{HALVES[lang]}\n")[2]


def walk(page: str, lang: str) -> list[Step]:
    return list(steps(example(page, lang)))


class Playing(Shell):
    """A shell that also runs what is refused, and knows the ids that were printed."""

    seen = ""

    def run(self, step: Step) -> str:
        line = ID.sub(lambda found: re.findall(rf"\b{found[1]}[0-9a-f]{{8,}}", self.seen)[-1], step.command)
        due = [int(code) for shown in step.shown for code in EXIT.findall(shown)]
        out = self(line) if not due else self._refused(line, due[0])
        self.seen += out
        return out

    def _refused(self, line: str, due: int) -> str:
        self.capfd.readouterr()
        code = main(self._expanded(shlex.split(line)[1:]), env=self.env, start=self.folder, clock=self.clock)
        out, err = self.capfd.readouterr()
        assert code == due, (line, out, err)
        said = "exit code" if self.env["LABELQA_LANG"] == "en" else "退出码"
        brackets = "({})" if self.env["LABELQA_LANG"] == "en" else "（{}）"
        return f"{out}{err}{brackets.format(f'{said} {code}')}\n"


@pytest.mark.parametrize("lang", HALVES)
@pytest.mark.parametrize("page", PAGES)
def test_the_example_runs_as_it_is_written(page, lang, tmp_path, capfd, monkeypatch):
    for name in ("sample_data", "rulebooks"):
        (tmp_path / name).symlink_to(ROOT / name, target_is_directory=True)
    tables = [body for kind, body in BLOCK.findall(readme().partition("\n# labelqa 中文\n")[0]) if kind == "csv"]
    (tmp_path / "rulings.csv").write_text(tables[0], encoding="utf-8")
    for kind, body in BLOCK.findall(example(page, lang)):
        if kind == "csv":
            (tmp_path / "answers.csv").write_text(body, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    shell, rounds = Playing(tmp_path, capfd), iter(ROUNDS[page])
    for step in walk(page, lang):
        if step.command.startswith(FILLED):
            wrong = next(rounds)
            assert fill_in(Path("sheets"), lang, partial(named, wrong), EVERY) == wrong
        check(step, shell.run(step))
    assert next(rounds, None) is None


@pytest.mark.parametrize("page", PAGES)
def test_both_halves_say_the_same(page):
    english, chinese = (
        [step.command.replace("LANG=zh", "LANG=en") for step in walk(page, lang)] for lang in ("en", "zh")
    )
    assert english == chinese
    assert len(english) > FEWEST[page]
    assert [bool(step.shown) for step in walk(page, "en")] == [bool(step.shown) for step in walk(page, "zh")]


@pytest.mark.parametrize("page", GUIDES)
def test_both_halves_have_the_same_parts(page):
    heads = [re.findall(r"^(#+) ", BLOCK.sub("", half(page, lang)), re.MULTILINE) for lang in ("en", "zh")]
    assert heads[0][1:] == [each[1:] for each in heads[1]]
    rows = [re.findall(r"^\| ?(.*?) ?\|", half(page, lang), re.MULTILINE) for lang in ("en", "zh")]
    assert len(rows[0]) == len(rows[1])
    coded = [[found[0] for each in some if (found := re.match("`[^`]*`", each))] for some in rows]
    assert coded[0] == coded[1]


def commands_in(text: str) -> Iterator[list[str]]:
    """Every command that a page names: in its examples, and between backquotes with or without ``labelqa``."""
    for block in re.findall(r"^```\w*\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
        lines = (line.partition(" # ")[0] for line in block.splitlines() if "labelqa " in line[:10])
        yield from (line.removeprefix("$ ").split()[1:] for line in lines)
    nouns = {path.split()[1] for path, _ in every()}
    for span in re.findall(r"`([^`\n]+)`", BLOCK.sub("", text)):
        words = span.removeprefix("labelqa ").split()
        if (span.startswith("labelqa ") and not words[0].startswith("-")) or (len(words) > 1 and words[0] in nouns):
            yield words


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_command_and_option_that_is_named_exists(path):
    known, named_here = dict(every()), 0
    for noun, *rest in commands_in(path.read_text("utf-8")):
        paths = [" ".join(["labelqa", noun, *rest[:n]]) for n in (2, 1, 0)]
        full = next((each for each in paths if each in known), paths[0] if len(rest) < 2 else paths[1])
        assert full in known or any(each.startswith(f"{full} ") for each in known), (noun, rest)
        options = {name for each in known[full].params for name in each.opts} if full in known else set()
        assert set(re.findall(r"--[a-z][a-z-]*", " ".join(rest))) <= options, (full, rest)
        named_here += 1
    assert named_here > (10 if path.stem in GUIDES else -1)


@pytest.mark.parametrize("lang", HALVES)
def test_every_policy_topic_register_and_role_is_told(lang):
    from labelqa.people.policy import Policies
    from labelqa.records.logins import Role
    from labelqa.records.personnel import Topic
    from labelqa.records.policy import Policy
    from labelqa.records.registers import Register

    for page, names in (("people", (*Policy, *Topic)), ("batch-life", (*Register,)), ("identity", (*Role,))):
        rows = re.findall(r"^\| (.*?) \|", half(page, lang), re.MULTILINE)
        for name in names:
            assert any(f"`{name}`" in row for row in rows), (page, name)
    for policy in (Policy.EXPIRING_DAYS, Policy.APPEAL_DAYS, Policy.SUSPEND_ITEMS):
        assert f"| `{policy}` | {Policies().value(policy)} |" in half("people", lang)
