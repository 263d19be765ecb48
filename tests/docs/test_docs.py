"""The pages name everything that the program can say or be told, every link leads somewhere, every example runs."""

from __future__ import annotations

import ast
import doctest
import importlib.util
import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import pytest

from labelqa.adapters.cli.main import DEFECT, root
from labelqa.adapters.cli.reference import commands
from labelqa.batches.settled import REASONS
from labelqa.errors import Exit
from labelqa.records.settings import Settings
from labelqa.wiring import create_workspace, read_settings

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "sample_data" / "README.md", *sorted(DOCS.glob("*.md"))]
NUMBERED = re.compile(r"[A-Z]{2}\d{3}")
VARIABLE = re.compile(r"LABELQA(?:_[A-Z]+)+|LABELQA_")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)#]*)(#[^)]*)?\)")


def page(name: str) -> str:
    return (DOCS / name).read_text("utf-8")


def trees() -> Iterator[ast.Module]:
    for folder in ("labelqa", "dashboards"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "_shipped" not in path.parts:
                yield ast.parse(path.read_text("utf-8"))


def texts(node: ast.AST | None) -> set[str]:
    """Every text written in an expression."""
    held = [each.value for each in ast.walk(node or ast.Pass()) if isinstance(each, ast.Constant)]
    return {each for each in held if isinstance(each, str)}


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call, by the last part of the called name."""
    for tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield ast.unparse(node.func).rpartition(".")[2], node


def codes() -> set[str]:
    """Codes of findings, flags, alerts, exclusions, conclusions and unknown numbers, as they stand in the code."""
    found = {text for tree in trees() for text in texts(tree) if NUMBERED.fullmatch(text)}
    for name, call in calls():
        words = {each.arg: each.value for each in call.keywords}
        if name in {"finding", "InsufficientData"}:
            found |= texts(call.args[0])
        elif name == "_finding" and len(call.args) > 2:
            found |= texts(call.args[1])
        elif name in {"Finding", "AnnotatorFlag", "Alert"}:
            found |= texts(words.get("code"))
        elif name == "Unknown":
            found |= texts(words.get("reason"))
        elif name == "Outcome" and len(call.args) > 1:
            found |= texts(call.args[1])
    return found - {""}


def returned(path: str, function: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    (found,) = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == function)
    return set().union(*(texts(node.value) for node in ast.walk(found) if isinstance(node, ast.Return)))


CODES = sorted(codes() | set(REASONS) | returned("labelqa/workflows/select.py", "_why_out") - {""})


def test_codes_are_found_at_all():
    known = {"RB101", "IM001", "LG001", "review-refused", "sample-digest", "people-clash", "drift", "void"}
    known |= {"unproven-seed", "no-overlap", "no-gold", "within-plan", "skipped"}
    assert known <= set(CODES)
    assert len(CODES) > 120


@pytest.mark.parametrize("code", CODES)
def test_every_code_stands_in_the_list(code):
    assert f"| `{code}` |" in page("findings.md")


def module(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"docs_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[spec.name] = made  # dataclasses look their module up
    spec.loader.exec_module(made)
    return made


def test_the_list_of_codes_is_up_to_date():
    assert page("findings.md") == module(DOCS / "findings.py").markdown(), "python docs/findings.py > docs/findings.md"


def test_the_table_of_trials_is_up_to_date():
    assert page("pilots.md") == module(DOCS / "pilots.py").page(), "python docs/pilots.py > docs/pilots.md"


def test_the_table_of_kinds_is_up_to_date():
    assert page("kinds.md") == module(DOCS / "kinds.py").markdown(), "python docs/kinds.py > docs/kinds.md"


def test_every_setting_is_explained_and_in_the_template(tmp_path):
    names = {each.name for each in fields(Settings)} - {"workspace"}
    for name in names:
        assert f"| `{name}` |" in page("settings.md")
    with create_workspace(tmp_path / "made", env={}):
        written = tomllib.loads((tmp_path / "made" / "labelqa.toml").read_text("utf-8"))
    assert written.keys() == names - {"ledger"}  # that is written only where the ledger is on PostgreSQL
    plain = {each.name: each.default for each in fields(Settings) if each.name not in {"workspace", "name"}}
    assert {"ledger": "", **{name: written[name] for name in plain if name in written}} == plain
    for name, default in plain.items():
        shown = f'"{default}"' if isinstance(default, str) else str(default).lower()  # as TOML spells it
        assert f"| `{name}` | `{shown}` |" in page("settings.md")
    assert read_settings(tmp_path / "made", {}).name == "made"


def test_every_environment_variable_is_explained():
    tests = (path.read_text("utf-8") for path in (ROOT / "tests").rglob("*.py"))
    read = {name for tree in trees() for text in texts(tree) for name in VARIABLE.findall(text)}
    read |= {name for text in tests for name in VARIABLE.findall(text)} - {"LABELQA_"}
    assert {"LABELQA_WORKSPACE", "LABELQA_ACTOR", "LABELQA_LANG", "LABELQA_REQUIRE"} <= read
    read = {"LABELQA_NOTIFY_NAME" if name.startswith("LABELQA_NOTIFY") else name for name in read}  # a channel's own
    missing = {name for name in read | {"NO_COLOR"} if f"`{name}`" not in page("settings.md")}
    assert missing == set()


def test_every_exit_code_is_explained():
    for code in (*Exit, DEFECT):
        assert re.search(rf"^\| {int(code)} \| ", page("cli.md"), re.MULTILINE), code


def every() -> Iterator[tuple[str, click.Command]]:
    top = root()
    with click.Context(top, info_name="labelqa") as context:
        yield from commands(top, context, "labelqa")


@pytest.mark.parametrize(("path", "command"), list(every()), ids=lambda each: each if isinstance(each, str) else "")
def test_every_command_and_option_is_explained(path, command):
    text = page("cli.md")
    section = text.partition(f"\n## {path}\n")[2].partition("\n## ")[0]
    assert section
    for each in command.params:
        if isinstance(each, click.Option):
            general = text.partition("\n## labelqa ")[0]
            assert f"`{each.opts[0]}" in section + general, each.opts


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(path):
    for target, _ in LINK.findall(path.read_text("utf-8")):
        if target and not target.startswith(("http://", "https://")):
            assert (path.parent / target).resolve().exists(), f"{path.name}: {target}"


def test_readme_leads_to_every_page():
    linked = {target for target, _ in LINK.findall((ROOT / "README.md").read_text("utf-8"))}
    assert {f"docs/{path.name}" for path in DOCS.glob("*.md")} <= linked


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_python_example_runs(path):
    for number, (body) in enumerate(
        re.findall(r"^```python\n(.*?)^```$", path.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    ):
        if ">>>" in body:
            parsed = doctest.DocTestParser().get_doctest(body, {}, f"{path.name}:{number}", str(path), None)
            done = doctest.DocTestRunner(optionflags=doctest.FAIL_FAST).run(parsed)
            assert (done.failed, done.attempted > 0) == (0, True)
        else:
            exec(compile(body, str(path), "exec"), {})  # noqa: S102 - our own examples


def test_statistics_names_every_design_coefficient_and_flag():
    from labelqa.adapters.report.names import FLAGS
    from labelqa.records.designs import Design
    from labelqa.stats.agreement import COEFFICIENTS

    text = page("statistics.md")
    for name in (*map(str, Design), *FLAGS):
        assert f"`{name}`" in text, name
    shown = {"percent-agreement": "percent agreement", "fleiss-kappa": "Fleiss' kappa", "gwet-ac1": "Gwet's AC1",
             "krippendorff-alpha": "Krippendorff's alpha", "brennan-prediger": "Brennan–Prediger"}  # fmt: skip
    assert shown.keys() == {each.name for each in COEFFICIENTS}
    assert all(f"| {name}" in text for name in shown.values())


def test_architecture_names_every_room_and_fact():
    from labelqa.records.facts import BODIES

    text = page("architecture.md")
    rooms = {path.name for path in (ROOT / "labelqa").iterdir() if (path / "__init__.py").is_file()}
    for name in rooms - {"_shipped"}:
        assert name in text, name
    for kind in BODIES:
        assert f"`{kind}`" in text, kind


BENCHMARK = re.compile(r"^python (benchmarks/\w+\.py)(.*)$", re.MULTILINE)


def test_every_benchmark_that_a_page_names_is_there_and_takes_its_options():
    named = {(script, words) for path in PAGES for script, words in BENCHMARK.findall(path.read_text("utf-8"))}
    assert len({script for script, _ in named}) > 12
    for script, words in named:
        text = (ROOT / script).read_text("utf-8")
        for option in re.findall(r"--[a-z][a-z-]*", words):
            assert f'"{option}"' in text, (script, option)


def test_both_halves_name_the_same_benchmarks_and_figures():
    english, _, chinese = page("benchmarks.md").partition("\n## 中文\n")
    shown = [{script for script, _ in BENCHMARK.findall(half)} for half in (english, chinese)]
    assert shown[1] <= shown[0]
    rows = [len(re.findall(r"^\|", half, re.MULTILINE)) for half in (english, chinese)]
    assert rows[0] == rows[1]
