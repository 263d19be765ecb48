"""The house in order: style, types, catalogs, sizes, and nothing in the files that belongs to one machine."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LONGEST_MODULE, LONGEST_FUNCTION = 300, 50
CODE = ("labelqa", "dashboards", "sample_data", "benchmarks", "docs")
# names of registries and mirrors, folders of somebody's machine; in two halves so that this file does not hold them
HALVES = ("pypi|\\.", "python|hosted", "mirror|s?\\.", "/ho|me/", "/Us|ers/", "/wo|rk/", "index|-url")
FOREIGN = re.compile("|".join(each.replace("|", "") for each in HALVES))
# bodies of facts and steps of the demo, each a line under a module that explains them all
TOLD = ("records/facts", "records/bodies", "adapters/cli/demo_batch", "adapters/cli/demo_opening")
TOLD_BY_THEIR_MODULE = tuple(f"labelqa/{each}.py" for each in TOLD)
TOP = {"pyproject.toml", "README.md", "labelqa", "rulebooks", "dashboards", "tests", "sample_data", ".ci", "LICENSE"}
TOP |= {"CHANGELOG.md", "docs", "benchmarks", ".gitignore"}
TEXTS = {
    ".py",
    ".md",
    ".toml",
    ".yaml",
    ".yml",
    ".po",
    ".css",
    ".j2",
    ".csv",
    ".json",
    ".txt",
    ".cfg",
    ".ini",
    ".sh",
    "",
}


def run(*words: str) -> str:
    """What a tool says of the project; "" when it is content."""
    done = subprocess.run([sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def tracked() -> list[Path]:
    """The files of the project, as git knows them; all but caches where there is no git."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        return [path for path in ROOT.rglob("*") if path.is_file() and not set(path.parts) & {"__pycache__", ".venv"}]
    words = [git, "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def modules(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if not {"_shipped", "__pycache__"} & set(path.parts):
                yield path


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_ruff_has_nothing_to_say():
    assert run("ruff", "check", "--no-cache", ".") == ""


def test_everything_is_formatted():
    assert run("ruff", "format", "--no-cache", "--check", ".") == ""


def test_types_are_strict(tmp_path):
    assert run("mypy", "--strict", "--cache-dir", str(tmp_path), "labelqa") == ""


def test_nothing_belongs_to_one_machine():
    found = []
    for path in tracked():
        if path.suffix in TEXTS and path.name != "LICENSE":
            lines = path.read_text("utf-8", errors="replace").splitlines()
            found += [f"{name(path)}:{n}: {line[:80]}" for n, line in enumerate(lines, 1) if FOREIGN.search(line)]
    assert found == []


def test_the_check_for_machines_finds_one():
    assert FOREIGN.search("see /ho" + "me/somebody")
    assert FOREIGN.search("https://py" + "pi.org/simple")


def test_every_sentence_is_there_in_chinese():
    from labelqa.i18n.__main__ import HERE, compiled, problems

    assert problems(ROOT) == []
    assert (HERE / "zh_CN.mo").read_bytes() == compiled(), "python -m labelqa.i18n compiles the catalogs"


def test_modules_are_small():
    lengths = {name(path): len(path.read_text("utf-8").splitlines()) for path in modules(*CODE)}
    assert {path: n for path, n in lengths.items() if n > LONGEST_MODULE} == {}


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from ``def`` to the end; decorators tell what a command takes and are not counted."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_functions_are_small():
    long = {
        f"{name(path)}:{node.lineno} {node.name}": length(node) for path in modules(*CODE) for node in functions(path)
    }
    assert {where: n for where, n in long.items() if n > LONGEST_FUNCTION} == {}


def test_everything_public_says_what_it_is():
    silent = []
    for path in modules("labelqa"):
        tree = ast.parse(path.read_text("utf-8"))
        if not ast.get_docstring(tree):
            silent.append(name(path))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                silent += [f"{name(path)} {node.name}"] if not ast.get_docstring(node) else []
    assert [each for each in silent if not each.startswith(TOLD_BY_THEIR_MODULE)] == []


def test_dependencies_have_lower_bounds():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [
        *project["dependencies"],
        *(each for extra in project["optional-dependencies"].values() for each in extra),
    ]
    assert [each for each in wanted if not re.fullmatch(r"[A-Za-z0-9._-]+>=[0-9][0-9.]*", each)] == []


def test_the_top_level_is_what_it_should_be():
    top = {path.relative_to(ROOT).parts[0] for path in tracked()}
    assert top == TOP


def checks(node: ast.AST, checking: set[str]) -> bool:
    """Whether a piece of a test asserts, expects an error, or calls something that does."""
    for each in ast.walk(node):
        if isinstance(each, ast.Assert | ast.Raise):
            return True
        if isinstance(each, ast.Call) and ast.unparse(each.func).rpartition(".")[2] in checking:
            return True
    return False


def test_every_test_checks_something():
    held = [(path, node) for path in modules("tests") for node in functions(path)]
    checking = {"raises", "warns", "fail", "run_state_machine_as_test"}
    for _ in range(3):  # helpers of helpers
        checking |= {node.name for _, node in held if not node.name.startswith("test_") and checks(node, checking)}
    assert {"one_sentence", "harmless"} <= checking
    tests = [(path, node) for path, node in held if node.name.startswith("test_")]
    assert [f"{name(path)}:{node.lineno} {node.name}" for path, node in tests if not checks(node, checking)] == []
