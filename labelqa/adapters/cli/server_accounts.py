"""``labelqa server accounts`` and ``labelqa server log``: who has an account where, and the logs of what a server keeps silent about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from labelqa.adapters.cli.command import argument, command, flag, noun, option
from labelqa.adapters.cli.output import named, when
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE, MomentWord, Whole, in_zone
from labelqa.errors import BadInput, Exit, Unreachable
from labelqa.i18n import N_
from labelqa.records.accounts import AccountLine, AccountsTold, LogCoverage, LogLine
from labelqa.records.finding import Severity, worst

if TYPE_CHECKING:
    from labelqa.records.servers import ServerAccount
    from labelqa.workflows.desk import Desk

SERVER_SAYS = N_("Which server; may be left out where one is connected.")


@command(
    "accounts",
    says=N_("Show the accounts of the servers beside the people they stand for, and what is wrong with them."),
    more=(
        N_(
            "Asks each server who has an account there and keeps a copy of number and e-mail where names can be erased, "
            "since a server forgets who was removed. Findings: accounts of nobody registered or of two people, people who "
            "left and still have one, answers in somebody else's name, labelqa's own account used for labeling, safety "
            "data that is not kept apart. Exit code 1 with any error among them."
        ),
    ),
    examples=("labelqa server accounts", "labelqa server accounts --server vendor-a --offline --json"),
    words=(
        option("--server", default="", says=N_("Only this server; else all that are connected.")),
        flag("--offline", says=N_("Ask no server: what is known here.")),
    ),
    reports=True,
    names=True,
)
def accounts(session: Session, *, server: str, offline: bool) -> int:
    """Prints accounts and findings."""
    from labelqa.workflows.servers.accounts import accounts_told

    with session.desk() as desk:
        told, faults = ({}, []) if offline else _asked(session, desk, server)
        found, zone = accounts_told(desk, server, told), desk.settings.zone
    findings = tuple(each for one in found for each in one.findings)
    failed = Exit.FAILED if worst(findings) is Severity.ERROR else Exit.FINE
    if session.json:
        session.screen.json(found)
    elif not found:
        session.screen.line(N_("No server is connected: labelqa connect URL."))
    for one in () if session.json else found:
        _print(session, one, zone)
    return Exit.UNREACHABLE if faults else failed


def _asked(session: Session, desk: Desk, server: str) -> tuple[dict[str, Sequence[ServerAccount]], list[str]]:
    """What each server lists; one of several that does not answer is told on standard error and passed over."""
    import sys

    from labelqa.adapters.label_studio.client.opening import reading
    from labelqa.workflows.servers.accounts import see_accounts
    from labelqa.workflows.servers.connecting import connected, server_lines

    wanted = [connected(desk, server)] if server else [each for each in server_lines(desk) if not each.ended]
    told: dict[str, Sequence[ServerAccount]] = {}
    faults = []
    for each in wanted:
        try:
            with reading(desk, each.name, session.env) as (_, reads):
                told[each.name] = reads.accounts()
        except Unreachable as error:
            if len(wanted) == 1:
                raise
            sys.stderr.write(session.say(error.message) + "\n")
            faults.append(each.name)
            continue
        see_accounts(desk, each.name, told[each.name])
    return told, faults


def _print(session: Session, told: AccountsTold, zone: tzinfo) -> None:
    screen = session.screen
    screen.title(
        N_("{server}: accounts {n}, looked at {at}"), server=told.server, n=len(told.lines),
        at=when(told.seen_at, zone) if told.seen_at else session.say(N_("never")),
    )  # fmt: skip
    heads = (
        N_("account"), N_("e-mail"), N_("person"), N_("pseudonym"), N_("duties"), N_("state"), N_("answers"),
        N_("changed others'"), N_("last answer"), N_("last seen there"),
    )  # fmt: skip
    screen.table(heads, (_row(session, each, zone) for each in told.lines))
    screen.findings(told.findings)


def _row(session: Session, line: AccountLine, zone: tzinfo) -> tuple[object, ...]:
    say = session.say
    state = named(line.state, say)
    if line.ours:
        state += say(N_(" (labelqa signs in with it)"))
    if line.left is not None:
        state += say(N_(" (left {day})"), day=when(line.left, zone))
    duties = say(N_("model")) if line.model else ", ".join(named(each, say) for each in line.duties)
    return (
        line.account or "–", line.email or "–", line.name if line.registered else say(N_("nobody registered")), line.person,
        duties or "–", state, line.doing.made, line.doing.edited, when(line.doing.last, zone), when(line.last_active, zone),
    )  # fmt: skip


@command(
    "attach",
    says=N_("Attach an access log of the proxy in front of a server, by digest, with the time that it is about."),
    more=(
        N_(
            "Log-ins, views, exports and deletions by nobody known are told by no Community server: a log of the proxy "
            "tells them. The file stays where it is, readable by whom you decide, unless --keep copies it among the "
            "attachments of the workspace. Said again of the same file, the command corrects what was said of it; a file "
            "that has grown comes in the place of what it was with --instead-of."
        ),
    ),
    examples=(
        "labelqa server log attach access-2026-11.log --server vendor-a --from 2026-11-01 --to 2026-12-01",
    ),
    words=(
        argument("file", word=FILE),
        option("--server", default="", says=SERVER_SAYS),
        option("--from", "start", word=MomentWord(), required=True, says=N_("The beginning of the time that the log is about.")),
        option("--to", "end", word=MomentWord(), required=True, says=N_("Its end: the first moment that the log is not about.")),
        flag("--keep", says=N_("Keep a copy among the attachments of the workspace.")),
        option("--instead-of", "instead", word=Whole(), metavar="FACT", says=N_("The fact of an attached log in whose place it comes.")),
        option("--reason", default="", says=N_("A word on it; it is shown for ever and names nobody.")),
    ),
    reports=True,
)  # fmt: skip
def attach(
    session: Session,
    *,
    file: Path,
    server: str,
    start: datetime,
    end: datetime,
    keep: bool,
    instead: int | None,
    reason: str,
) -> int:
    """Attaches a log."""
    from labelqa.workflows.servers.logs import attach_log

    with session.desk() as desk:
        zone, now = desk.settings.zone, desk.clock()
        done = attach_log(
            desk, session.start / file, server=server, start=in_zone(start, zone, now), end=in_zone(end, zone, now),
            kept=keep, reason=reason, instead=instead or 0,
        )  # fmt: skip
    if session.json:
        session.screen.json(done)
    else:
        session.screen.line(
            N_("{file} is attached to {server}: {n} lines, sha256 {digest} (fact {fact}).")
            if done.new
            else N_("{file} was attached to {server} before: {n} lines, sha256 {digest} (fact {fact})."),
            file=file, server=done.line.server, n=done.line.lines, digest=done.line.digest, fact=done.line.fact,
        )  # fmt: skip
        session.screen.findings(done.findings)
    return Exit.FAILED if worst(done.findings) is Severity.ERROR else Exit.FINE


@command(
    "list",
    says=N_("List the attached logs, and how much of a time they are about."),
    more=(N_("With --verify each file is hashed again; exit code 1 when one is missing or altered."),),
    examples=("labelqa server log list --verify", "labelqa server log list --server vendor-a --from 2026-06-01"),
    words=(
        option("--server", default="", says=N_("Only this server; else all that are connected.")),
        option("--from", "start", word=MomentWord(), says=N_("How much is covered from then on; else for as long as logs are to be kept.")),
        option("--to", "end", word=MomentWord(), says=N_("How much is covered until then; else until today began.")),
        flag("--verify", says=N_("Hash each file again.")),
    ),
    reports=True,
)  # fmt: skip
def list_(session: Session, *, server: str, start: datetime | None, end: datetime | None, verify: bool) -> int:
    """Prints logs."""
    from labelqa.workflows.servers.logs import coverages, log_findings, log_lines

    with session.desk() as desk:
        zone, now = desk.settings.zone, desk.clock()
        moments = [in_zone(each, zone, now) if each else None for each in (start, end)]
        if moments[0] and moments[0] >= (moments[1] or now):
            raise BadInput("a log is about a time: --from comes before --to")
        lines = log_lines(desk, server, verify=verify)
        covered = coverages(desk, server, start=moments[0], end=moments[1])
    findings = log_findings(lines)
    if session.json:
        session.screen.json({"logs": lines, "coverage": covered, "findings": findings})
        return Exit.FAILED if findings else Exit.FINE
    if lines:
        _log_table(session, lines, zone)
    else:
        session.screen.line(
            N_("No log is attached: labelqa server log attach FILE --server NAME --from DATE --to DATE.")
        )
    for each in covered:
        for text in coverage_lines(each, session, zone):
            session.screen.line(text)
    session.screen.findings(findings)
    return Exit.FAILED if findings else Exit.FINE


def _log_table(session: Session, lines: Sequence[LogLine], zone: tzinfo) -> None:
    heads = (N_("server"), N_("from"), N_("to"), N_("file"), N_("lines"), N_("sha256"), N_("state"), N_("fact"))
    session.screen.table(
        heads,
        (
            (
                each.server, when(each.start, zone), when(each.end, zone), each.name or "–", each.lines, each.digest[:12],
                named(each.state, session.say), each.fact,
            )
            for each in lines
        ),
    )  # fmt: skip


def coverage_lines(covered: LogCoverage, session: Session, zone: tzinfo) -> Iterator[str]:
    """How much of a time the logs of a server are about, and the gaps, as sentences."""
    say = session.say
    values = {"server": covered.server, "start": when(covered.start, zone), "end": when(covered.end, zone)}
    if covered.share is None:
        return
    if covered.complete:
        yield say(N_("{server}: logs are about all of {start} to {end}."), **values)
        return
    share = f"{int(covered.share * 1000) / 10:.1f}"  # never rounded up to all of it
    yield say(
        N_("{server}: insufficient evidence: logs are about {share}% of {start} to {end}. Without any:"),
        share=share,
        **values,
    )
    for gap in covered.gaps:
        yield f"  {when(gap.start, zone)} – {when(gap.end, zone)}"


log = noun(
    "log",
    says=N_("Attach the access logs of a proxy by digest, and see which time they are about."),
    commands=[attach, list_],
)
