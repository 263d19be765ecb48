"""Tell people outside of labelqa: one message a channel and pass, however much came up, and by pseudonym only.

A channel is told of an alert once, and again when the alert has grown tenfold. What does not go through is kept and said
again at the next pass. How a message travels is no matter here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from labelqa.errors import LabelqaError, Message
from labelqa.intake.alerts import Alerts, key_of, moment_at
from labelqa.records.alerts import Alert, AlertState, ChannelState
from labelqa.records.finding import Severity
from labelqa.workflows.desk import Desk
from labelqa.workflows.watching.keeping import FILE, GROWN, alert_of, alone, opened

MOST: Final = 12  # lines of a message
GAP: Final = timedelta(seconds=30)  # between two messages to a channel; the services allow 20 a minute
_ORDER: Final = list(Severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What one message says: so many alerts, the gravest of them in a line each, and how many are left out."""

    workspace: str
    alerts: int
    lines: tuple[tuple[Severity, Message], ...]
    trial: bool = False  # a test message

    @property
    def more(self) -> int:
        """Alerts without a line of their own."""
        return self.alerts - len(self.lines)


class Channel(Protocol):
    """A way out of the house."""

    @property
    def name(self) -> str:
        """What the channel is called here."""

    @property
    def severities(self) -> AbstractSet[Severity]:
        """What it wants to hear of."""

    def rests(self, at: datetime) -> bool:
        """Whether nothing is sent at this time; it is sent afterwards."""

    def send(self, digest: Digest) -> str:
        """Send a message; gives what the service said. Raises LabelqaError where it did not go through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became of one channel: so many alerts were told, or why none were. Nothing was due where all is empty."""

    channel: str
    alerts: int = 0
    said: str = ""
    waits: bool = False  # quiet hours, or the last message went out just now
    error: Message | None = None


def tell(desk: Desk, channels: Sequence[Channel]) -> list[Told]:
    """Tell every channel what it has not heard; one that fails leaves the others alone."""
    if not channels or not (desk.settings.workspace / FILE).is_file():
        return []
    with alone(desk, sending=True), opened(desk) as store:
        return [_tell(desk, store, each) for each in channels]


def trial(desk: Desk, channel: Channel) -> str:
    """Send a test message at once; gives what the service said, and raises what went wrong."""
    return channel.send(Digest(workspace=desk.settings.name, alerts=0, lines=(), trial=True))


def channel_states(desk: Desk) -> list[ChannelState]:
    """How every channel did that ever sent or failed."""
    if not (desk.settings.workspace / FILE).is_file():
        return []
    with opened(desk) as store:
        return [_state(each) for each in store.channels()]


def digest_of(desk: Desk, alerts: Iterable[Alert]) -> Digest:
    """One message about some alerts, the gravest first; people in it are called as they are in the alerts."""
    ordered = sorted(alerts, key=lambda each: (_ORDER.index(each.severity), each.number))
    lines = tuple((each.severity, each.message) for each in ordered[:MOST])
    return Digest(workspace=desk.settings.name, alerts=len(ordered), lines=lines)


def _tell(desk: Desk, store: Alerts, channel: Channel) -> Told:
    now, heard = desk.clock(), store.told(channel.name)
    due: dict[str, Alert] = {}
    for kept in store.kept():
        alert, key = alert_of(kept, {}), key_of(kept.noticed)
        wanted = alert.severity in channel.severities and alert.state is AlertState.OPEN
        if wanted and (key not in heard or alert.count >= GROWN * max(heard[key], 1)):
            due[key] = alert
    if not due:
        return Told(channel=channel.name)
    if channel.rests(now) or _just_sent(store, channel.name, now):
        return Told(channel=channel.name, waits=True)
    try:
        said = channel.send(digest_of(desk, due.values()))
    except LabelqaError as error:
        store.failed(channel.name, now, _kept_sentence(error.message))
        return Told(channel=channel.name, error=error.message)
    store.went(channel.name, now, {key: alert.count for key, alert in due.items()})
    return Told(channel=channel.name, alerts=len(due), said=said)


def _just_sent(store: Alerts, channel: str, now: datetime) -> bool:
    sent = next((each["sent_at"] for each in store.channels() if each["channel"] == channel), None)
    last = moment_at(sent)
    return last is not None and last <= now < last + GAP


def _kept_sentence(message: Message) -> str:
    return json.dumps([message.text, {name: str(value) for name, value in message.values.items()}], ensure_ascii=False)


def _state(row: dict[str, Any]) -> ChannelState:
    text, values = json.loads(row["error"]) if row["error"] else ("", {})
    return ChannelState(
        channel=row["channel"], sent_at=moment_at(row["sent_at"]), sent=row["sent"], failed_at=moment_at(row["failed_at"]),
        failures=row["failures"], error=Message(text, values) if text else None,
    )  # fmt: skip
