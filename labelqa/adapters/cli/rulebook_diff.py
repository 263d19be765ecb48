"""``labelqa rulebook diff``: what changed between two versions, what it counts for, whom and which labels it concerns."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from labelqa.adapters.cli.command import argument, command, option
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE
from labelqa.errors import BadInput, NoWorkspace, WrongUsage
from labelqa.i18n import N_
from labelqa.records.governance import Bump

if TYPE_CHECKING:
    from labelqa.adapters.report.rulebook_diff_view import Edit, Group, Line
    from labelqa.workflows.compared import Compared
    from labelqa.workflows.desk import Desk

_MARKS: Final = {"added": "+", "removed": "-", "changed": "~", "moved": "↕"}
_TONES: Final = {Bump.MAJOR: "bold red", Bump.MINOR: "green", Bump.PATCH: "dim", Bump.NONE: "dim"}


@command(
    "diff",
    says=N_("Compare two versions of a rulebook: what changed, the least version that it asks for, whom it concerns."),
    more=(
        N_(
            "OLD and NEW are a file, or NAME@VERSION: a release of the workspace, else one that ships with labelqa. "
            "Parts are spelled as changes.same_meaning wants them."
        ),
    ),
    examples=(
        "labelqa rulebook diff genai-safety@1.0.0 rulebooks/genai-safety/draft.yaml",
        "labelqa rulebook diff genai-sft@1.0.0 rulebooks/genai-sft/draft.yaml --html changes.html",
    ),
    words=(
        argument("old"),
        argument("new"),
        option("--html", "page", word=FILE, metavar="FILE.html", says=N_("Write the change notice with every change as one HTML page too.")),
    ),
    reports=True,
)  # fmt: skip
def diff(session: Session, *, old: str, new: str, page: Path | None) -> None:
    """Prints the comparison."""
    from labelqa.wiring import shipped
    from labelqa.workflows.compared import compare, find_edition

    target = _target(session, page)
    before, after = (
        find_edition(each, start=session.start, shelf=shipped("rulebooks"), desk=lambda: _desk(session))
        for each in (old, new)
    )
    found = compare(before, after)
    if target is not None:
        _write(session, target, found)
    if session.json:
        from labelqa.adapters.report.rulebook_diff_data import as_data

        return session.screen.json(as_data(found, session.say))
    _print(session, found)
    if target is not None:
        _print_written(session, found, str(page))
    return None


def _print_written(session: Session, found: Compared, page: str) -> None:
    from labelqa.adapters.report.rulebook_diff_veil import hidden, kept_back
    from labelqa.adapters.report.rulebook_diff_view import groups

    old, new = found.old.book, found.new.book
    session.screen.line(N_("Wrote {file}."), file=page)
    if n := hidden(groups(found.found, old, new, session.say), kept_back(old, new)):
        session.screen.line(
            N_("{n} exam or gold examples are shown in full here only: the page does not show what they say."), n=n
        )


def _desk(session: Session) -> Desk | None:
    """The workspace, where there is one; a workspace that was named has to be there."""
    try:
        return session.desk()
    except NoWorkspace:
        if session.workspace is not None:
            raise
        return None


def _target(session: Session, page: Path | None) -> Path | None:
    if page is None:
        return None
    path = session.start / page
    if path.suffix.lower() not in {".html", ".htm"}:
        raise WrongUsage("--html {path}: the name must end in .html", path=str(page))
    if path.is_dir() or not path.parent.is_dir():
        raise BadInput("{path} cannot be written: its folder is not there, or it is a folder itself", path=str(page))
    return path


def _write(session: Session, path: Path, found: Compared) -> None:
    from labelqa.adapters.files.whole import write_whole
    from labelqa.adapters.report.rulebook_diff import render_diff

    write_whole(path, render_diff(found, session.lang).encode())


def _print(session: Session, found: Compared) -> None:
    from labelqa.adapters.report.rulebook_diff_notice import notice
    from labelqa.adapters.report.rulebook_diff_view import groups

    grouped = groups(found.found, found.old.book, found.new.book, session.say)
    screen, told = session.screen, notice(found, grouped, session.say)
    _print_head(session, found, grouped)
    for sentence in (told.summary, *told.when, *told.duties, *told.remarks):
        if sentence:
            screen.out.write(sentence + "\n")
    for before, after in told.labels:
        screen.out.write(f"  {before} → {after}\n")
    for group in grouped:
        screen.out.write(f"\n{group.title}" + (f"  {group.says}" if group.says else "") + "\n")
        for line in group.lines:
            _print_line(session, line)
    if found.findings:
        screen.title(N_("Before {version} can follow {previous}:"), version=found.new.book.version,
                     previous=found.old.book.version)  # fmt: skip
        screen.findings(found.findings)


def _print_head(session: Session, found: Compared, grouped: tuple[Group, ...]) -> None:
    from labelqa.adapters.report.rulebook_diff_names import ASKS

    values: dict[str, Any] = {
        "name": found.old.book.name, "old": found.old.book.version, "new": found.new.book.version,
        "n": sum(len(group.lines) for group in grouped), "asks": session.say(ASKS[found.asked]),
    }  # fmt: skip
    if not found.found:
        session.screen.line(N_("{name} {old} → {new}: no change."), **values)
    else:
        session.screen.line(N_("{name} {old} → {new}: {n} changes; they ask for {asks}."), **values)


def _print_line(session: Session, line: Line) -> None:
    from labelqa.adapters.report.rulebook_diff_names import BUMPS, WHATS

    say, out = session.say, session.screen.out
    counts = " · ".join(each for each in (say(BUMPS[line.bump]), line.why) if each)
    left, right = ("（", "）") if say.lang == "zh" else (" (", ")")
    words = f"{line.where} – {say(WHATS[line.what])}{left}{counts}{right}"
    _styled(session, f"  {_MARKS[line.what]} {words}  [{line.part}]", _TONES[line.bump])
    if line.by:
        text = say(N_("declared to mean the same by {by}: {reason}"), by=line.by, reason=line.because)
        out.write(f"      {text}\n")
    for edit in line.edits:
        out.write(f"      {_edited(edit)}\n")


def _edited(edit: Edit) -> str:
    """Removed words in [-…-], added ones in {+…+}."""
    marks = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    text = "".join(marks[piece.kept].format(piece.text) for piece in edit.pieces)
    head = " ".join(each for each in (edit.lang, edit.name) if each)
    return " ".join(f"{head}: {text}".split() if head else text.split())


def _styled(session: Session, text: str, style: str) -> None:
    if not session.screen.terminal:
        session.screen.out.write(text + "\n")
        return
    from rich.console import Console
    from rich.text import Text

    Console(file=session.screen.out, highlight=False).print(Text(text, style=style), soft_wrap=True)
