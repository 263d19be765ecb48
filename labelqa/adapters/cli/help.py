"""The text of ``--help``: what a command is for, an example, and its options, in the reader's language."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence

import click

from labelqa.adapters.cli.width import cells, pad, wrap
from labelqa.i18n import N_, Speaker

INDENT = "  "


def page(path: str, command: click.Command, *, listed: Sequence[tuple[str, str]], say: Speaker) -> str:
    """The whole help page; ``listed`` are the commands of a group with their one-line texts."""
    width = min(100, shutil.get_terminal_size().columns)
    lines = [usage(path, command, say), ""]
    for part in (command.help or "").split("\n\n"):
        lines += [*_indented(wrap(say(part), width - 2)), ""]
    examples: Sequence[str] = getattr(command, "examples", ())
    if examples:
        lines += [say(N_("Example:")), *_indented(examples), ""]
    if listed:
        lines += [say(N_("Commands:")), *_columns(((name, say(text)) for name, text in listed), width), ""]
    for heading, options in _by_heading(command):
        rows = ((option_names(option), option_text(option, say)) for option in options)
        lines += [say(heading), *_columns(rows, width), ""]
    return "\n".join(lines[:-1])


def _by_heading(command: click.Command) -> Iterator[tuple[str, list[click.Option]]]:
    """The options under their headings; those without one come last."""
    groups: dict[str, list[click.Option]] = {}
    for each in _options(command):
        groups.setdefault(getattr(each, "heading", "") or N_("Options:"), []).append(each)
    yield from sorted(groups.items(), key=lambda pair: pair[0] == "Options:")


def usage(path: str, command: click.Command, say: Speaker) -> str:
    """One line: the command and what it takes."""
    words = [_argument(each) for each in command.params if isinstance(each, click.Argument)]
    if isinstance(command, click.Group):
        words.append(say(N_("COMMAND …")))
    return say(N_("Usage: {words}"), words=" ".join([path, say(N_("[OPTIONS]")), *words]))


def _argument(argument: click.Argument) -> str:
    name = (argument.metavar or argument.name or "").upper() + ("…" if argument.nargs != 1 else "")
    return name if argument.required else f"[{name}]"


def _options(command: click.Command) -> Iterator[click.Option]:
    return (each for each in command.params if isinstance(each, click.Option) and not each.hidden)


def option_names(option: click.Option) -> str:
    """The option as it is typed, with the word that follows it."""
    names = ", ".join(option.opts)
    return names if option.is_flag else f"{names} {option.metavar or option.type.name}"


def option_text(option: click.Option, say: Speaker) -> str:
    """What the option is for, and its default."""
    text = say(option.help) if option.help else ""
    shown = getattr(option, "shown", "")
    if option.required:
        return say(N_("{text} [required]"), text=text)
    return say(N_("{text} [default: {shown}]"), text=text, shown=shown) if shown else text


def _indented(lines: Iterable[str]) -> list[str]:
    return [INDENT + line for line in lines]


def _columns(rows: Iterable[tuple[str, str]], width: int) -> list[str]:
    """Names on the left, wrapped texts on the right; a long name has its text on the next line."""
    held = list(rows)
    left = min(30, max((cells(name) for name, _ in held), default=0) + 2)
    lines: list[str] = []
    for name, text in held:
        first, *more = wrap(text, width - left - 4)
        if cells(name) + 2 > left:
            lines.append(INDENT + name)
            more.insert(0, first)
        else:
            lines.append(INDENT + pad(name, left) + first)
        lines += [INDENT + " " * left + line for line in more]
    return [line.rstrip() for line in lines]
