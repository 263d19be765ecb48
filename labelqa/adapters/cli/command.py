"""What all commands share: help in both languages, an example, ``--workspace``, ``--lang``, and ``--json`` to report.

A command is a function of the session and of its words; it prints, and gives back an exit code or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import click

from labelqa.adapters.cli.help import page, usage
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FOLDER, LANG, TEXT, Word
from labelqa.errors import WrongUsage
from labelqa.i18n import N_, Speaker

Action = Callable[..., int | None]
PSEUDONYMS: Final = N_("Name people by pseudonym everywhere; the setting pseudonymous_reports does so always.")


class Option(click.Option):
    """An option whose text is translated when it is shown; ``shown`` is its default for people, ``heading`` its place."""

    def __init__(self, names: Sequence[str], *, shown: str = "", **told: Any) -> None:
        super().__init__(list(names), **told)
        self.shown = shown
        self.heading = ""


def option(
    *names: str,
    says: str,
    word: Word | None = None,
    default: Any = None,
    required: bool = False,
    metavar: str | None = None,
    multiple: bool = False,
    shown: str = "",
) -> Option:
    """An option with a value; ``says`` is its English text, ``shown`` its default as people read it."""
    told: dict[str, Any] = {} if multiple or required else {"default": default}
    if not shown and default is not None:
        shown = str(default)
    return Option(
        names, help=says, type=word or TEXT, required=required, metavar=metavar, multiple=multiple, shown=shown, **told
    )


def under(heading: str, *options: Option) -> tuple[Option, ...]:
    """The options, shown under a heading of their own."""
    for each in options:
        each.heading = heading
    return options


def flag(name: str, *, says: str) -> Option:
    """An option without a value."""
    return Option([name], help=says, is_flag=True, default=False)


def argument(name: str, *, word: Word | None = None, many: bool = False, required: bool = True) -> click.Argument:
    """A word of the command that has no dashes."""
    return click.Argument([name], type=word or TEXT, nargs=-1 if many else 1, required=required)


def common() -> list[click.Parameter]:
    """The options that every command has; ``--workspace`` and ``--lang`` may stand before the command too."""
    return [
        option(
            "--workspace",
            word=FOLDER,
            says=N_("The workspace's folder; else LABELQA_WORKSPACE, else searched from here upward."),
        ),
        option("--lang", word=LANG, says=N_("Language: zh or en; else LABELQA_LANG, else the locale's.")),
        _help(),
    ]


def _help() -> Option:
    return Option(
        ["--help"], help=N_("Show this page and stop."), is_flag=True, expose_value=False, is_eager=True, callback=_show
    )


def _show(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        click.echo(context.get_help())
        context.exit()


def speaker(context: click.Context) -> Speaker:
    """Sentences in the language of this call."""
    session = context.find_object(Session)
    return session.say if session else Speaker("en")


class _Spoken(click.Command):
    """A command whose pages are laid out and translated here, and whose surplus words are named."""

    def __init__(self, name: str, *, examples: Sequence[str] = (), **told: Any) -> None:
        super().__init__(name, add_help_option=False, **told)
        self.examples = tuple(examples)

    def get_help(self, ctx: click.Context) -> str:
        return page(ctx.command_path, self, listed=(), say=speaker(ctx))

    def get_usage(self, ctx: click.Context) -> str:
        return usage(ctx.command_path, self, speaker(ctx))


class Command(_Spoken):
    """One command; its action is called with the session and the command's own words."""

    def __init__(self, name: str, *, action: Action, own_lang: bool, **told: Any) -> None:
        super().__init__(name, context_settings={"allow_extra_args": True}, **told)
        self.action = action
        self.own_lang = own_lang

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        left = super().parse_args(ctx, args)
        if ctx.args and not ctx.resilient_parsing:
            raise WrongUsage(
                N_("`{command}` does not take {words}; `{command} --help` shows what it takes."),
                command=ctx.command_path,
                words=" ".join(repr(word) for word in ctx.args),
            )
        return left

    def invoke(self, ctx: click.Context) -> int:
        words = dict(ctx.params)
        session: Session = ctx.obj
        told = {name: words.pop(name, None) for name in ("workspace", "json", "pseudonyms")}
        if not self.own_lang:
            words.pop("lang", None)
        return self.action(session.told(**told), **words) or 0


def command(
    name: str,
    *,
    says: str,
    more: Sequence[str] = (),
    examples: Sequence[str],
    words: Sequence[click.Parameter] = (),
    reports: bool = False,
    names: bool = False,
) -> Callable[[Action], Command]:
    """Makes a command of a function: ``says`` is one line, ``more`` are paragraphs; ``reports`` gives it ``--json``.

    ``names`` gives it ``--pseudonyms``: it names people in what may leave the house.
    """
    text = "\n\n".join([says, *more])

    def made(action: Action) -> Command:
        own_lang = any(each.name == "lang" for each in words)  # the weekly report's --lang is its own
        shared = [each for each in common() if not (own_lang and each.name == "lang")]
        extra = [flag("--pseudonyms", says=PSEUDONYMS)] if names else []
        extra += [flag("--json", says=N_("Print one JSON document, and nothing else."))] if reports else []
        params = [*words, *extra, *shared]
        return Command(name, action=action, own_lang=own_lang, help=text, examples=examples, params=params)

    return made


class Noun(click.Group):
    """A group of commands about one noun."""

    def get_help(self, ctx: click.Context) -> str:
        return page(ctx.command_path, self, listed=self.listed(ctx), say=speaker(ctx))

    def get_usage(self, ctx: click.Context) -> str:
        return usage(ctx.command_path, self, speaker(ctx))

    def listed(self, ctx: click.Context) -> list[tuple[str, str]]:
        """The commands with their one-line texts."""
        found = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        return [(name, (each.help or "").partition("\n\n")[0]) for name, each in found if each]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        left = super().parse_args(ctx, args)
        held = getattr(ctx, "_protected_args", None)  # its name until click 8.2 has no underscore
        if not (ctx.protected_args if held is None else held) and not ctx.args and not ctx.resilient_parsing:
            raise WrongUsage(
                N_("`{command}` wants one of its commands: {known}."),
                command=ctx.command_path,
                known=", ".join(self.list_commands(ctx)),
            )
        return left

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        found = self.get_command(ctx, name)
        if found is None and not ctx.resilient_parsing:
            raise unknown_command(ctx, name, self.list_commands(ctx))
        return name, found, args[1:]

    def invoke(self, ctx: click.Context) -> Any:
        session: Session = ctx.obj
        ctx.obj = session.told(workspace=ctx.params.get("workspace"))
        return super().invoke(ctx)


def unknown_command(context: click.Context, name: str, known: Sequence[str]) -> WrongUsage:
    """Names the command that is not there, and what may have been meant."""
    if name.startswith("-"):
        return WrongUsage(
            N_("`{command}` has no option {name}; `{command} --help` lists them."),
            command=context.command_path,
            name=name,
        )
    from difflib import get_close_matches

    near = ", ".join(get_close_matches(name, known, n=1))
    if not near:
        return WrongUsage(
            N_("`{command}` has no command {name!r}; `{command} --help` lists them."),
            command=context.command_path,
            name=name,
        )
    return WrongUsage(
        N_("`{command}` has no command {name!r}; did you mean {near}?"),
        command=context.command_path,
        name=name,
        near=near,
    )


def noun(name: str, *, says: str, commands: Sequence[click.Command]) -> Noun:
    """A group that holds these commands."""
    group = Noun(
        name, help=says, params=common(), add_help_option=False, no_args_is_help=False, invoke_without_command=False
    )
    for each in commands:
        group.add_command(each)
    return group


__all__ = ["Command", "Noun", "argument", "command", "common", "flag", "noun", "option", "speaker", "under"]
