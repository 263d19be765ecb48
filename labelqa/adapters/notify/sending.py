"""The channels of a workspace, ready to send; and telling them what came up, after each pass or on demand."""

from __future__ import annotations

from collections.abc import Mapping

from labelqa.adapters.notify.config import MAIL, ChannelConfig, read_config
from labelqa.adapters.notify.keys import secret_of
from labelqa.adapters.notify.mail import Mail
from labelqa.adapters.notify.robots import Robot
from labelqa.errors import BadInput, LabelqaError
from labelqa.i18n import N_
from labelqa.workflows.desk import Desk
from labelqa.workflows.watching.telling import Channel, Told, tell


def channels_of(desk: Desk) -> tuple[ChannelConfig, ...]:
    """The channels that are configured; BadInput says what is wrong with the file."""
    return read_config(desk.settings.workspace, desk.settings.zone)


def opened_channel(desk: Desk, config: ChannelConfig, env: Mapping[str, str]) -> Channel:
    """A channel with its secret; BadInput or Refused where that cannot be had."""
    if config.kind == MAIL:
        secret = secret_of(desk.settings.workspace, config.name, env) if config.user else None
        return Mail(config, secret, desk.clock)
    return Robot(config, secret_of(desk.settings.workspace, config.name, env), desk.clock)


def channel_named(desk: Desk, name: str, env: Mapping[str, str]) -> Channel:
    """The channel of that name; BadInput that says which there are."""
    there = channels_of(desk)
    found = next((each for each in there if each.name == name), None)
    if found is None:
        known = ", ".join(each.name for each in there) or "–"
        raise BadInput(N_("no channel is called {name}; notify.toml has: {known}"), name=name, known=known)
    return opened_channel(desk, found, env)


def notify(desk: Desk, env: Mapping[str, str]) -> list[Told]:
    """Tell every channel what it has not heard. Nothing is raised: what is wrong stands beside the channel it is wrong with.

    Call it after each pass; where there is no notify.toml it does nothing.
    """
    channels, wrong = _opened(desk, env)
    try:
        return [*tell(desk, channels), *wrong]
    except LabelqaError as error:
        return [*wrong, Told(channel="–", error=error.message)]


def silent(desk: Desk, env: Mapping[str, str]) -> list[Told]:
    """The channels that nothing can be sent to as they are configured, each with why; nothing is sent."""
    return _opened(desk, env)[1]


def _opened(desk: Desk, env: Mapping[str, str]) -> tuple[list[Channel], list[Told]]:
    channels: list[Channel] = []
    wrong: list[Told] = []
    try:
        for each in channels_of(desk):
            try:
                channels.append(opened_channel(desk, each, env))
            except LabelqaError as error:
                wrong.append(Told(channel=each.name, error=error.message))
    except LabelqaError as error:  # the file itself
        wrong.append(Told(channel="–", error=error.message))
    return channels, wrong
