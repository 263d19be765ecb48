"""``labelqa alerts``: what came in and needs somebody, who has seen it, and the channels that tell of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from labelqa.adapters.cli.command import argument, command, flag, noun, option
from labelqa.adapters.cli.output import when
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import Whole
from labelqa.adapters.report.names import name_of
from labelqa.errors import Exit
from labelqa.i18n import N_

if TYPE_CHECKING:
    from datetime import tzinfo

    from labelqa.records.alerts import Alert, ChannelState
    from labelqa.workflows.watching.telling import Told


@command(
    "list",
    says=N_("List what came in and needs somebody: the gravest first, with what to do."),
    more=(
        N_(
            "Alerts are worked out from what is on record after each import and each pass of the sync. They stand in "
            "alerts.sqlite3, which may be lost: `labelqa alerts rebuild` makes it anew."
        ),
    ),
    examples=("labelqa alerts list", "labelqa alerts list --seen --json"),
    words=(flag("--seen", says=N_("Also those that somebody has seen.")),),
    reports=True,
    names=True,
)
def list_(session: Session, *, seen: bool) -> None:
    """Prints the alerts, and how the channels do."""
    from labelqa.adapters.notify.sending import silent
    from labelqa.workflows.watching import alert_lines
    from labelqa.workflows.watching.telling import channel_states

    with session.desk() as desk:
        zone = desk.settings.zone
        lines, channels, wrong = alert_lines(desk, seen=seen), channel_states(desk), silent(desk, session.env)
    if session.json:
        return session.screen.json({"alerts": lines, "channels": channels, "silent": wrong})
    if lines:
        heads = (N_("no."), N_("severity"), N_("what"), N_("what to do"), N_("first"), N_("last"), N_("state"))
        session.screen.table(heads, (_row(session, each, zone) for each in lines))
    else:
        session.screen.line(N_("Nothing is open."))
    for each in channels:
        _channel(session, each, zone)
    for told in wrong:
        session.screen.line(N_("Nothing is sent: {why}"), why=told.error)
    return None


def _row(session: Session, alert: Alert, zone: tzinfo) -> tuple[object, ...]:
    state = name_of(alert.state, session.say)
    times = (when(each, zone) if each else "–" for each in (alert.first, alert.last))
    seen = f"{state} ({alert.seen_by})" if alert.seen_by else state
    severity = name_of(alert.severity, session.say)
    return alert.number, severity, session.say(alert.message), session.say(alert.mend), *times, seen


def _channel(session: Session, each: ChannelState, zone: tzinfo) -> None:
    if each.error is not None and each.failed_at is not None:
        session.screen.line(
            N_("Channel {name}: failed {n} {n:time|times} in a row, last on {at}: {why}. It is tried again at the next pass."),
            name=each.channel, n=each.failures, at=when(each.failed_at, zone), why=each.error,
        )  # fmt: skip
    elif each.sent_at is not None:
        session.screen.line(
            N_("Channel {name}: {n} {n:message|messages} sent, the last on {at}."), name=each.channel, n=each.sent,
            at=when(each.sent_at, zone),
        )  # fmt: skip


@command(
    "seen",
    says=N_("Say that somebody has seen an alert; it opens again when it grows tenfold or comes back a day later."),
    examples=("labelqa alerts seen 3 --by 'Sue Pervise'",),
    words=(
        argument("number", word=Whole()),
        option("--by", required=True, metavar="PERSON", says=N_("Who has seen it: pseudonym, name or SERVER=ACCOUNT.")),
    ),
    reports=True,
)
def seen(session: Session, *, number: int, by: str) -> None:
    """Marks one alert."""
    from labelqa.workflows.watching import see_alert

    with session.desk() as desk:
        alert = see_alert(desk, number, by=by)
    if session.json:
        return session.screen.json(alert)
    return session.screen.line(N_("{name} has seen alert {number}."), name=alert.seen_by, number=alert.number)


@command(
    "rebuild",
    says=N_("Forget all alerts and look at every import anew, by what is on record now."),
    examples=("labelqa alerts rebuild",),
    reports=True,
)
def rebuild(session: Session) -> None:
    """Makes the alerts anew."""
    from labelqa.workflows.watching import watch_again

    with session.desk() as desk:
        alerts = watch_again(desk)
    if session.json:
        return session.screen.json({"alerts": len(alerts)})
    return session.screen.line(
        N_("{n} {n:alert|alerts}; who had seen which is forgotten: labelqa alerts list."), n=len(alerts)
    )


@command(
    "test",
    says=N_("Send a test message to a channel of notify.toml, and say what came back."),
    examples=("labelqa alerts test lead",),
    words=(argument("channel"),),
    reports=True,
)
def test(session: Session, *, channel: str) -> None:
    """Sends one message."""
    from labelqa.adapters.notify.sending import channel_named
    from labelqa.workflows.watching.telling import trial

    with session.desk() as desk:
        said = trial(desk, channel_named(desk, channel, session.env))
    if session.json:
        return session.screen.json({"channel": channel, "said": said})
    return session.screen.line(N_("{channel} took the message; it said: {said}"), channel=channel, said=said)


@command(
    "send",
    says=N_("Tell the channels of notify.toml what they have not heard yet: one message each."),
    more=(N_("`labelqa sync` does so by itself after each pass."),),
    examples=("labelqa alerts send", "labelqa alerts send --json"),
    reports=True,
)
def send(session: Session) -> int:
    """Sends what is due."""
    from labelqa.adapters.notify.sending import notify

    with session.desk() as desk:
        told = notify(desk, session.env)
    if session.json:
        session.screen.json([asdict(each) | {"error": each.error and session.say(each.error)} for each in told])
    elif not told:
        session.screen.line(N_("No channel: notify.toml says which there are."))
    for each in told if not session.json else ():
        _told(session, each)
    return Exit.UNREACHABLE if any(each.error for each in told) else Exit.FINE


def _told(session: Session, told: Told) -> None:
    if told.error is not None:
        return session.screen.line(N_("{channel}: not sent: {why}"), channel=told.channel, why=told.error)
    if told.waits:
        return session.screen.line(
            N_("{channel}: waits; quiet hours, or the last message went out just now."), channel=told.channel
        )
    if not told.alerts:
        return session.screen.line(N_("{channel}: nothing new."), channel=told.channel)
    return session.screen.line(
        N_("{channel}: told of {n} {n:alert|alerts}; it said: {said}"),
        channel=told.channel,
        n=told.alerts,
        said=told.said,
    )


alerts = noun(
    "alerts", says=N_("See what came in and needs somebody, and tell people of it."),
    commands=[list_, seen, test, send, rebuild],
)  # fmt: skip
