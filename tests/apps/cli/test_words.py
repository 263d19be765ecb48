"""Help, language and complaints: what the command line says before any workspace is opened."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from labelqa.adapters.cli.main import COMMANDS, main, root
from labelqa.adapters.cli.reference import commands

HEAVY = ("numpy", "pandas", "pyarrow", "duckdb", "sqlalchemy", "streamlit", "openpyxl", "rich", "yaml", "jinja2")


def every() -> Iterator[tuple[str, click.Command]]:
    top = root()
    with click.Context(top, info_name="labelqa") as context:
        yield from commands(top, context, "labelqa")


PATHS = [path for path, _ in every()]


def test_all_commands_of_the_reference_are_there():
    assert {path.split()[1] for path in PATHS} == set(COMMANDS)
    wanted = [
        "alerts list",
        "alerts seen",
        "alerts test",
        "alerts send",
        "alerts rebuild",
        "connect",
        "serve",
        "sync follow",
        "sync leave",
        "sync run",
        "sync status",
        "server list",
        "server end",
        "server projects",
        "push",
        "server accounts",
        "server log attach",
        "server log list",
        "demo",
        "init",
        "rulebook new",
        "rulebook schema",
        "rulebook upgrade",
        "rulebook recheck",
        "rulebook lint",
        "rulebook diff",
        "rulebook sign",
        "rulebook release",
        "rulebook adopt",
        "rulebook list",
        "rulebook config",
        "rulebook exam",
        "rulebook grade",
        "rulebook bank",
        "rulebook coverage",
        "rulebook handbook",
        "rulebook filing",
        "rulebook trend",
        "rulebook clarity",
        "rulebook verify",
        "rulebook log",
        "rulebook retrain",
        "clarification new",
        "clarification sign",
        "clarification issue",
        "clarification acknowledge",
        "clarification list",
        "clarification show",
        "people add",
        "people change",
        "people leave",
        "people access",
        "duties check",
        "duties assign",
        "duties end",
        "duties list",
        "duties import",
        "duties staff",
        "vendor import",
        "vendor export",
        "people import",
        "people list",
        "people export",
        "people rename",
        "people erase",
        "login add",
        "login role",
        "login password",
        "login remove",
        "login list",
        "retention show",
        "train record",
        "train import",
        "exam record",
        "exam import",
        "qualify badge",
        "exam verify",
        "exam gold",
        "exam mark",
        "exam sheet",
        "exam papers",
        "exam register",
        "train export",
        "train matrix",
        "train acknowledge",
        "train show",
        "train sessions",
        "train hold",
        "qualify show",
        "qualify why",
        "qualify propose",
        "qualify suspend",
        "qualify lift",
        "qualify cancel",
        "policy declare",
        "policy show",
        "appeal file",
        "appeal rule",
        "appeal list",
        "import",
        "gold import",
        "gold retire",
        "gold list",
        "gold exposure",
        "gold rotate",
        "round return",
        "round show",
        "acceptance sheet",
        "acceptance sign",
        "acceptance show",
        "acceptance counts",
        "batch declare",
        "batch freeze",
        "batch list",
        "batch show",
        "card record",
        "card show",
        "card import",
        "hit list",
        "hit rule",
        "agreement",
        "consensus",
        "annotators",
        "plan",
        "draw",
        "certificate",
        "seed commit",
        "seed show",
        "sample verify",
        "sample show",
        "sample extend",
        "review sheet",
        "review send",
        "review collect",
        "review import",
        "review record",
        "review show",
        "review form",
        "supervise declare",
        "supervise draw",
        "supervise list",
        "supervise sheet",
        "supervise record",
        "supervise import",
        "supervise show",
        "supervise verify",
        "dispute list",
        "dispute raise",
        "dispute rule",
        "dispute import",
        "proposal list",
        "proposal close",
        "correct list",
        "correct record",
        "correct import",
        "correct close",
        "correct review",
        "correct sheet",
        "correct show",
        "rework send",
        "rework collect",
        "rework list",
        "accuracy",
        "settle",
        "register enter",
        "register list",
        "register show",
        "register check",
        "register erase",
        "incident note",
        "incident show",
        "incident list",
        "risk note",
        "risk list",
        "guidance give",
        "guidance acknowledge",
        "guidance list",
        "labels export",
        "item history",
        "items pick",
        "report weekly",
        "ledger verify",
        "ledger manifest",
        "ledger tail",
        "ledger show",
        "ledger move",
        "dashboard",
    ]
    assert {f"labelqa {name}" for name in wanted} == set(PATHS)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("path", PATHS)
def test_help_has_an_example_that_names_the_command(run, path, lang):
    answer = run(*path.split()[1:], "--help", lang=lang)
    assert answer.code == 0
    assert ("Example:" if lang == "en" else "示例：") in answer.out
    assert f"  {path} " in answer.out + " " or f"  {path}\n" in answer.out
    assert ("Usage: " if lang == "en" else "用法：") + path in answer.out


@pytest.mark.parametrize("path", PATHS)
def test_help_in_chinese_is_chinese_throughout(path):
    """Every option's text has a translation, so that no English sentence is left on a Chinese page."""
    from labelqa.i18n import translate

    command = dict(every())[path]
    for part in [
        *(command.help or "").split("\n\n"),
        *(each.help for each in command.params if isinstance(each, click.Option)),
    ]:
        assert translate(part, "zh") != part, part


@pytest.mark.parametrize("path", PATHS)
def test_examples_are_understood_by_the_command_itself(path):
    """An example's options and arguments parse; nothing is run."""
    import shlex

    command = dict(every())[path]
    for line in command.examples:
        words = shlex.split(line)
        count = len(path.split())
        assert " ".join(words[:count]) == path
        command.make_context(path, words[count:])


def test_help_loads_nothing_heavy():
    script = (
        "import sys; from labelqa.adapters.cli.main import main; main(['--help']);"
        f"found = [name for name in {HEAVY!r} if name in sys.modules]; sys.exit(', '.join(found) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("env", "words", "said"),
    [
        ({"LANG": "zh_CN.UTF-8"}, [], "用法"),
        ({"LANG": "en_US.UTF-8"}, [], "Usage"),
        ({}, [], "Usage"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_TW"}, [], "用法"),
        ({"LANG": "zh_CN", "LC_MESSAGES": "C"}, [], "Usage"),
        ({"LC_ALL": "zh_CN", "LC_MESSAGES": "C"}, [], "用法"),
        ({"LANG": "zh_CN", "LABELQA_LANG": "en"}, [], "Usage"),
        ({"LANG": "zh_CN"}, ["--lang", "en"], "Usage"),
        ({"LANG": "zh_CN"}, ["--lang=en"], "Usage"),
    ],
)
def test_language_of_option_variable_and_locale(run, env, words, said):
    assert run("batch", "list", "--help", *words, env=env).out.startswith(said)
    assert run(*words, "--help", env=env).out.startswith(said)


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (["nope"], "no command 'nope'"),
        (["bath"], "did you mean batch?"),
        (["batch"], "wants one of its commands: declare, freeze, list, show"),
        (["batch", "lst"], "did you mean list?"),
        (["batch", "list", "--las"], "no option --las"),
        (["--frob"], "no option --frob"),
        (["plan"], "name the batch to plan for"),
        (["settle", "a", "b"], "does not take 'b'"),
        (["batch", "declare", "b"], "--kind is missing"),
        (["batch", "freeze", "b", "--repeats", "maybe"], "expected one of first, last, refuse, all, got 'maybe'"),
        (["plan", "b", "--accuracy", "95"], "expected a share between 0 and 1"),
        (["plan", "b", "--accuracy", "nan"], "expected a share between 0 and 1"),
        (["draw", "b", "--n", "0"], "expected a whole number, 1 or more"),
        (["draw", "b", "--n"], "--n is used wrongly"),
        (["draw", "b", "--verifiers", "0"], "expected a whole number, 1 or more"),
        (["report", "weekly", "--week", "2026-W60"], "expected a week such as"),
        (["report", "weekly", "--week", "0001-W01"], "expected a week such as"),
        (["report", "weekly", "--week", "9999-W52"], "expected a week such as"),
        (["report", "weekly", "--from", "0001-01-01"], "expected a day such as"),
        (["exam", "record", "x", "--release", "g@1", "--score", "1", "--at", "0001-01-01"], "expected a time such as"),
        (["qualify", "show", "--at", "9999-12-31T23:00-12:00"], "expected a time such as"),
        (["qualify", "show", "--known", "2200-01-02"], "expected a time such as"),
        (["dashboard", "--port", "70000"], "expected a whole number from 1 to 65535"),
        (["alerts", "seen", "9" * 23, "--by", "x"], "expected a whole number from 1 to 9223372036854775807, got '9999"),
        (["ledger", "tail", "--last", "9" * 23], "expected a whole number from 0 to 9223372036854775807"),
        (["items", "pick", str(2**63)], "expected a whole number from 1 to 9223372036854775807"),
        (["people", "add", "\udcff", "--organizer", "o", "--duties", "executor"], "'\\udcff' holds bytes"),
        (["people", "add", "x", "--organizer", "\udcff", "--duties", "executor"], "holds bytes that are not UTF-8"),
        (["import", "a.csv", "--project", "\udcff"], "holds bytes that are not UTF-8"),
        (["batch", "declare", "b", "--kind", "safety", "--organizer", "o", "--where", "a = \udcff"], "holds bytes"),
        (["report", "weekly", "--from", "16.11."], "expected a day such as"),
        (["train", "record", "x", "--release", "genai"], "expected a release such as"),
        (["people", "add", "x", "--organizer", "o", "--duties", "boss"], "expected one of executor"),
        (
            ["people", "add", "x", "--organizer", "o", "--duties", "executor", "--account", "11"],
            "expected SERVER=ACCOUNT",
        ),
        (["batch", "list", "--lang", "fr"], "expected one of zh, en"),
        (["import", "x.csv", "--columns", "item_id"], "expected NAME=COLUMN"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_2(run, words, part):
    for lang, prefix in (("en", "Error: "), ("zh", "错误：")):
        answer = run(*words, lang=lang) if "--lang" not in words else run(*words)
        assert answer.code == 2
        assert answer.out == ""
        assert answer.err.startswith(prefix) or "--lang" in words
        assert answer.err.count("\n") == 1
        if lang == "en":
            assert part in answer.err


def test_interrupt_is_130_and_an_unforeseen_exception_70(run, monkeypatch):
    import labelqa.wiring

    def broken(kind: type[BaseException]):
        def opened(**_told: object) -> None:
            raise kind("boom")

        return opened

    monkeypatch.setattr(labelqa.wiring, "open_desk", broken(KeyboardInterrupt))
    answer = run("batch", "list")
    assert (answer.code, answer.err) == (130, "Error: Stopped.\n")
    monkeypatch.setattr(labelqa.wiring, "open_desk", broken(ZeroDivisionError))
    answer = run("batch", "list")
    assert answer.code == 70
    assert "defect of labelqa (ZeroDivisionError: boom)" in answer.err
    assert "Traceback" not in answer.err
    assert "Traceback" in run("batch", "list", env={"LABELQA_DEBUG": "1"}).err


def test_a_reader_that_goes_away_is_no_error():
    script = "import sys; from labelqa.adapters.cli.main import main; sys.exit(main(['--help']))"
    words = [sys.executable, "-c", script]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        assert child.stderr.read() == b""
        assert child.wait() == 0


def test_version(run):
    answer = run("--version")
    assert answer.code == 0
    assert answer.out.startswith("labelqa 0.")


def test_no_words_at_all_show_the_help(capfd):
    assert main([], env={}) == 0
    assert "labelqa demo" in capfd.readouterr().out


def test_the_reference_page_is_up_to_date():
    from labelqa.adapters.cli.reference import markdown

    page = Path(__file__).resolve().parents[3] / "docs" / "cli.md"
    assert page.read_text("utf-8") == markdown()


@pytest.mark.parametrize("path", PATHS)
def test_every_command_and_option_stands_in_the_reference(path):
    page = (Path(__file__).resolve().parents[3] / "docs" / "cli.md").read_text("utf-8")
    command = dict(every())[path]
    section = page.partition(f"\n## {path}\n")[2].partition("\n## ")[0]
    assert f"$ {path}" in section
    general = page.partition("\n## labelqa demo\n")[0]
    for each in command.params:
        if isinstance(each, click.Option):
            assert f"`{each.opts[0]}" in section or f"`{each.opts[0]}" in general, each.opts


def test_the_reference_names_every_exit_code():
    from labelqa.adapters.cli.main import DEFECT
    from labelqa.errors import Exit

    page = (Path(__file__).resolve().parents[3] / "docs" / "cli.md").read_text("utf-8")
    for code in (*Exit, DEFECT):
        assert f"\n| {int(code)} | " in page
