"""What went wrong, as one sentence: click's own complaints are said in our words, in the reader's language."""

from __future__ import annotations

import click

from labelqa.adapters.cli.words import name_of
from labelqa.errors import Message
from labelqa.i18n import N_


def sentence(error: click.ClickException) -> Message:
    """The complaint about the command's words as a sentence; click's own text where we have none."""
    where = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "labelqa"
    return Message(
        N_("{complaint} `{command} --help` shows an example."), {"complaint": _complaint(error), "command": where}
    )


def _complaint(error: click.ClickException) -> Message:
    if isinstance(error, click.NoSuchOption):
        near = ", ".join(error.possibilities or ())
        if near:
            return Message(
                N_("There is no option {name}; did you mean {near}?"), {"name": error.option_name, "near": near}
            )
        return Message(N_("There is no option {name}."), {"name": error.option_name})
    if isinstance(error, click.MissingParameter):
        return Message(N_("{name} is missing."), {"name": name_of(error.param)})
    if isinstance(error, click.BadOptionUsage):
        return Message(N_("{name} is used wrongly: it wants a value, or takes none."), {"name": error.option_name})
    if isinstance(error, click.BadParameter):
        return Message(
            N_("{name} has a value that does not fit: {text}"), {"name": name_of(error.param), "text": error.message}
        )
    return Message("{text}", {"text": error.format_message()})
