"""The reference of all commands, docs/cli.md, made from the commands themselves.

``python -m labelqa.adapters.cli.reference`` prints it.
For people who work on labelqa; a test holds the page against what this makes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Final

import click

from labelqa.adapters.cli.help import option_names, option_text, usage
from labelqa.adapters.cli.main import root
from labelqa.errors import Exit
from labelqa.i18n import LANGS, N_, Speaker

COMMON: Final = ("--workspace", "--lang", "--help", "--json")
EXITS: Final[dict[int, str]] = {
    Exit.FINE: N_("Fine; `settle` also when the conclusion is relabel or void."),
    Exit.FAILED: N_("A check or gate failed, rows of a file were refused, or a number cannot be known."),
    Exit.USAGE: N_("The command's words do not fit together."),
    Exit.NO_WORKSPACE: N_("There is no workspace here, or it cannot be opened."),
    Exit.BAD_INPUT: N_("A file is missing, unreadable, of the wrong shape or too large."),
    Exit.REFUSED: N_("A rule forbids it; the workspace is unchanged."),
    Exit.BUSY: N_("Another process holds the workspace; nothing was done."),
    Exit.ALTERED: N_("What a command needs is not what was once written; `ledger verify` says what, with exit code 1."),
    Exit.UNREACHABLE: N_("A server does not answer, or failed itself; the same may work later."),
    70: N_("A defect of labelqa; LABELQA_DEBUG=1 prints where."),
    Exit.INTERRUPTED: N_("Stopped with Ctrl-C."),
}
VARIABLES: Final[dict[str, str]] = {
    "LABELQA_WORKSPACE": N_("The workspace's folder, where --workspace does not say."),
    "LABELQA_ACTOR": N_("Who acts, instead of the workspace's own setting; a name that is asserted, not proven."),
    "LABELQA_LANG": N_("zh or en, where --lang does not say; else LC_ALL, LC_MESSAGES, LANG."),
    "LABEL_STUDIO_URL": N_("The address of the Label Studio server, where `labelqa connect` names none."),
    "LABEL_STUDIO_API_KEY": N_(
        "Its token, before one that is kept; for that address only where LABEL_STUDIO_URL is set."
    ),
    "LABELQA_HOOK_SECRET": N_("What webhooks bring along to be believed, before one that is kept in the workspace."),
    "LABELQA_HOOK_KEY": N_("The key with which a proxy in front of `labelqa serve` signs, where --signed asks for it."),
    "LABELQA_NOTIFY_NAME": N_(
        "The address or password of the channel NAME in notify.toml, before one that is kept in secrets/NAME.notify."
    ),
    "LABELQA_NOTIFY_NAME_KEY": N_(
        "The key with which messages to that channel are signed, where it asks for signatures."
    ),
    "LABELQA_DEBUG": N_("When set, a defect is shown with its traceback."),
    "NO_COLOR": N_("When set, a terminal gets no colour either."),
}
OPENING: Final = N_(
    "Each command is usable alone. Messages and numbers go to standard output, complaints to standard error. "
    "Colour, boxes and bars "
    "appear on a terminal only. SAMPLE may be a batch's name when its latest sample is meant; PERSON may be a "
    "pseudonym, a name or "
    "SERVER=ACCOUNT."
)
SPEAKERS: Final = tuple(Speaker(lang) for lang in sorted(LANGS))  # en, zh


def markdown() -> str:
    """The whole page."""
    lines = ["# Commands · 命令", "", *_both(OPENING)]
    lines += _table(N_("Exit codes"), N_("code"), {str(int(code)): text for code, text in EXITS.items()})
    lines += _table(N_("Environment"), N_("variable"), VARIABLES)
    top = root()
    lines += _table(N_("Options of every command"), N_("option"), dict(_common(top)))
    with click.Context(top, info_name="labelqa") as context:
        for path, command in commands(top, context, "labelqa"):
            lines += _command(path, command)
    return "\n".join(lines).rstrip() + "\n"


def commands(group: click.Group, context: click.Context, path: str) -> Iterator[tuple[str, click.Command]]:
    """Every command below a group that does something, with its full name."""
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        if isinstance(found, click.Group):
            yield from commands(found, context, f"{path} {name}")
        elif found is not None:
            yield f"{path} {name}", found


def _common(top: click.Group) -> Iterator[tuple[str, str]]:
    for each in top.params:
        if isinstance(each, click.Option):
            yield f"`{option_names(each)}`", each.help or ""
    yield "`--json`", N_("Print one JSON document, and nothing else.")


def _both(text: str) -> list[str]:
    return [line for say in SPEAKERS for line in (say(text), "")]


def _table(title: str, first: str, rows: dict[str, str]) -> list[str]:
    english, chinese = SPEAKERS
    head = f"| {english(first)} | English | 中文 |"
    body = [f"| {name} | {_cell(english(text))} | {_cell(chinese(text))} |" for name, text in rows.items()]
    return [f"## {english(title)} · {chinese(title)}", "", head, "| --- | --- | --- |", *body, ""]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _command(path: str, command: click.Command) -> list[str]:
    english = SPEAKERS[0]
    lines = [f"## {path}", ""]
    for part in (command.help or "").split("\n\n"):
        lines += _both(part)
    lines += ["```console", *(f"$ {line}" for line in getattr(command, "examples", ())), "```", ""]
    lines += [f"`{usage(path, command, english).removeprefix('Usage: ')}`", ""]
    own = [each for each in command.params if isinstance(each, click.Option) and _is_own(each)]
    if own:
        lines += [f"| {english(N_('option'))} | English | 中文 |", "| --- | --- | --- |"]
        lines += [
            "| `{}` | {} | {} |".format(
                *map(_cell, (option_names(each), *(option_text(each, say) for say in SPEAKERS)))
            )
            for each in own
        ]
        lines.append("")
    return lines


def _is_own(each: click.Option) -> bool:
    return each.opts[0] not in COMMON or (each.opts[0] == "--lang" and bool(getattr(each, "shown", "")))


if __name__ == "__main__":
    sys.stdout.write(markdown())
