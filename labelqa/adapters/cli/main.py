"""``labelqa``: finds the command, runs it, and turns what went wrong into one sentence and an exit code.

Only the module of the command that was asked for is loaded, so that ``labelqa --help`` is quick.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import click

from labelqa.adapters.cli.command import Noun, common, flag
from labelqa.adapters.cli.mistakes import sentence
from labelqa.adapters.cli.session import Session, language
from labelqa.errors import Exit, LabelqaError, Message, WrongUsage
from labelqa.i18n import N_, Lang, render

DEFECT: Final = 70  # something nobody foresaw: a defect of labelqa

# What SQLite says when disk or folder fail it; anything else that it complains about is ours.
_DISK: Final = ("disk is full", "disk I/O", "readonly", "unable to open")

# command -> (module, name in it, one line of what it does)
COMMANDS: Final[dict[str, tuple[str, str, str]]] = {
    "demo": ("demo", "demo", N_("Make a workspace with invented data and walk a week through it.")),
    "init": ("init", "init", N_("Make a workspace.")),
    "rulebook": ("rulebook", "rulebook", N_("Check, release and list rulebooks.")),
    "clarification": (
        "clarification",
        "clarification",
        N_("Answer questions on a rule between releases, and see who has read the answers."),
    ),
    "people": ("people", "people", N_("Register people with their duties and accounts.")),
    "train": (
        "training",
        "train",
        N_("Record who was trained on a release: sessions, lists, learning statements; see who was taught what."),
    ),
    "exam": ("training", "exam", N_("Register exam papers, mark them, and record who passed the exam of a release.")),
    "qualify": ("qualify", "qualify", N_("Say who may work under which release and why; suspend, lift, cancel.")),
    "policy": ("policy", "policy", N_("Declare what no text sets: numbers and rules of the house.")),
    "appeal": ("appeal", "appeal", N_("Object to a verdict or a suspension, and rule on appeals.")),
    "duties": ("duties", "duties", N_("Assign people to duties in labeling tasks, and find who held two in one.")),
    "vendor": (
        "vendor",
        "vendor",
        N_("Take in a vendor's records of people, trainings and exams, or hand out one's own."),
    ),
    "connect": ("connect", "connect", N_("Connect a Label Studio server: look at it, record it, keep its token.")),
    "serve": ("serve", "serve", N_("Listen to the webhooks of connected servers; Ctrl-C ends it.")),
    "server": ("server", "server", N_("Keep the list of connected annotation servers.")),
    "push": ("push", "push", N_("Give a project on a server the form and the instruction of a rulebook release.")),
    "sync": ("sync", "sync", N_("Follow the projects of connected servers.")),
    "import": ("imports", "import_", N_("Read annotations from Label Studio exports, CSV or Parquet.")),
    "gold": ("gold", "gold", N_("Keep the register of gold answers.")),
    "batch": ("batch", "batch", N_("Declare, freeze and show batches.")),
    "card": ("card", "card", N_("Record and show where the items of a batch come from.")),
    "round": ("round", "round_", N_("Send batches back as rework rounds, and see what all rounds come to.")),
    "acceptance": ("acceptance", "acceptance", N_("Write and sign the acceptance of a batch; count what is paid for.")),
    "hit": ("hit", "hit", N_("List suspected illegal or harmful hits, and rule on them.")),
    "agreement": ("numbers", "agreement", N_("Say how far the annotators of a batch agree.")),
    "consensus": ("consensus", "consensus", N_("Say which label each item most probably has, and how sure that is.")),
    "annotators": ("annotators", "annotators", N_("Show each annotator of a batch: figures, and reasons to look.")),
    "plan": ("plan", "plan", N_("Declare how many items of a batch are spot-checked.")),
    "seed": ("seed", "seed", N_("Commit and show the parts of a joint seed.")),
    "draw": ("sample", "draw", N_("Draw the items and the verifiers of a spot check.")),
    "sample": ("sample", "sample", N_("Show, extend and verify drawn samples.")),
    "review": ("review", "review", N_("Hand out work sheets and take verdicts back.")),
    "dispute": ("dispute", "dispute", N_("List, raise and rule disputed items.")),
    "proposal": ("proposal", "proposal", N_("Keep the proposals on rules that rulings found unclear.")),
    "correct": ("correct", "correct", N_("Correct what was found wrong, and have it looked at again.")),
    "alerts": ("alerts", "alerts", N_("See what came in and needs somebody, and tell people of it.")),
    "rework": (
        "rework",
        "rework",
        N_("Send what was found wrong back to annotators on a server, and take their corrections home."),
    ),
    "supervise": (
        "supervise",
        "supervise",
        N_("Sample-check the work of everybody, reviewers and arbitrators included."),
    ),
    "certificate": (
        "certificate",
        "certificate",
        N_("Say what a sample proves now, and whether the reviewers may stop."),
    ),
    "accuracy": ("accuracy", "accuracy", N_("Say how accurate a batch is, by its spot check or by gold.")),
    "settle": ("settle", "settle", N_("Reach a batch's conclusion: accept, relabel or void.")),
    "register": ("register", "register", N_("Keep the registers of platforms, sites, assisting models and contracts.")),
    "incident": ("incident", "incident", N_("Keep the timeline of incidents.")),
    "risk": ("risk", "risk", N_("Keep the log of risks found and handled.")),
    "guidance": ("guidance", "guidance", N_("Keep the guidance that people were given.")),
    "labels": ("labels", "labels", N_("Hand out final labels.")),
    "item": ("item", "item", N_("Show the whole life of an item.")),
    "items": ("item", "items", N_("Pick items with everything that is known of them.")),
    "report": ("report", "report", N_("Write the weekly report.")),
    "login": ("login", "login", N_("Say who may sign in to the dashboard, in which roles.")),
    "retention": ("personal", "retention", N_("Show how long which records stay, and what may go.")),
    "ledger": ("ledger", "ledger", N_("Show the recorded facts and verify that none was altered.")),
    "dashboard": ("dashboard", "dashboard", N_("Open the dashboard in the browser.")),
}


class Root(Noun):
    """All commands; each module is loaded when its command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, name, _ = COMMANDS[cmd_name]
        found: click.Command = getattr(import_module(f"labelqa.adapters.cli.{module}"), name)
        return found

    def listed(self, ctx: click.Context) -> list[tuple[str, str]]:  # noqa: ARG002
        return [(name, says) for name, (_, _, says) in COMMANDS.items()]


def root() -> Root:
    """The command ``labelqa`` itself."""
    version = flag("--version", says=N_("Print the version and stop."))
    version.is_eager, version.expose_value, version.callback = True, False, _version
    group = Root(
        "labelqa",
        help=N_("Data-labeling quality assurance: rulebooks, spot checks, agreement, training records, weekly reports.")
        + "\n\n"
        + N_("Start with `labelqa demo`; exit codes stand in docs/cli.md."),
        params=[version, *common()],
        add_help_option=False,
    )
    group.examples = ("labelqa demo", "labelqa init quality", "labelqa batch list --json")  # type: ignore[attr-defined]
    return group


def _version(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from importlib.metadata import version

        click.echo(f"labelqa {version('labelqa')}")
        context.exit()


def main(
    argv: Sequence[str] | None = None,
    *,
    env: Mapping[str, str] | None = None,
    start: Path | None = None,
    clock: Callable[[], datetime] | None = None,
) -> int:
    """Runs one command line and gives back its exit code; prints to standard output and standard error."""
    words = list(sys.argv[1:] if argv is None else argv)
    around = os.environ if env is None else env
    session = Session(env=around, start=start or Path.cwd(), lang=language(words, around), clock=clock)
    _writable()
    try:
        code = _run(words, session)
        sys.stdout.flush()
    except BrokenPipeError:
        return _quiet()
    return code


def _run(words: list[str], session: Session) -> int:
    try:
        if not words:
            words = ["--help"]
        _readable(words, session.env)
        group = root()
        with group.make_context("labelqa", words, obj=session) as context:
            return int(group.invoke(context) or 0)
    except click.exceptions.Exit as stop:
        return int(stop.exit_code)
    except click.ClickException as error:
        return _complain(sentence(error), Exit.USAGE, session.lang)
    except LabelqaError as error:
        return _complain(error.message, error.exit, session.lang)
    except (KeyboardInterrupt, click.Abort):
        return _complain(Message(N_("Stopped.")), Exit.INTERRUPTED, session.lang)
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - the last resort of a program that people run
        disk = _disk(error)
        return _complain(disk, Exit.NO_WORKSPACE, session.lang) if disk else _defect(error, session)


def _readable(words: Sequence[str], env: Mapping[str, str]) -> None:
    """Refuses words and settings with bytes that are no text: no store and no page could hold them."""
    told = [*words, *(env[name] for name in ("LABELQA_ACTOR", "LABELQA_WORKSPACE") if name in env)]
    for word in told:
        try:
            word.encode()
        except UnicodeEncodeError:
            raise WrongUsage(
                N_("{word} holds bytes that are not UTF-8 text; write or rename it."), word=ascii(word)
            ) from None


def _disk(error: BaseException) -> Message | None:
    """The sentence about a disk or folder that cannot be used; None for anything else."""
    told = {"path": "", "why": ""}
    inner = getattr(error, "orig", None) or error  # SQLAlchemy keeps the driver's own error there
    if isinstance(inner, OSError):
        told = {"path": str(inner.filename or "–"), "why": inner.strerror or str(inner)}
    elif isinstance(inner, sqlite3.OperationalError) and any(part in str(inner) for part in _DISK):
        told = {"path": "sqlite3", "why": str(inner)}
    else:
        return None
    return Message(N_("{path}: {why}; check the folder, its rights and the free space on its disk."), told)


def _complain(message: Message, code: int, lang: Lang) -> int:
    sys.stderr.write(render(Message(N_("Error: {sentence}"), {"sentence": message}), lang) + "\n")
    return int(code)


def _defect(error: Exception, session: Session) -> int:
    """An exception nobody foresaw: one sentence, and the traceback for who asks for it."""
    if session.env.get("LABELQA_DEBUG"):
        import traceback

        traceback.print_exception(error)
    return _complain(
        Message(
            N_(
                "This is a defect of labelqa ({kind}: {text}); run it again with LABELQA_DEBUG=1 and report what "
                "it prints."
            ),
            {"kind": type(error).__name__, "text": " ".join(str(error).split())[:300]},
        ),
        DEFECT,
        session.lang,
    )


def _writable() -> None:
    """A terminal that cannot show a character gets its escape, never a crash."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Any = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def _quiet() -> int:
    """Whoever read our output has gone: what is left is thrown away."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):  # not a real stream
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
