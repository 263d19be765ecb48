"""Access logs of the proxy in front of a server, attached by digest: what the server itself does not tell.

A Community server tells nobody who signed in, looked at a page, exported data or deleted something: a log of the proxy
does. labelqa holds which log is about which time, and whether it is still the same file; it does not judge what it says.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from labelqa.batches.checks import in_force
from labelqa.errors import BadInput, Message, Refused
from labelqa.i18n import N_
from labelqa.ledger.ledger import salted
from labelqa.ledger.view import Facts
from labelqa.people.retention import after, months_kept
from labelqa.records.accounts import Gap, LogCoverage, LogLine, LogState
from labelqa.records.clock import moment_of, moment_text
from labelqa.records.facts import Draft, Fact, LogAttached
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.names import Digest
from labelqa.records.policy import Retention
from labelqa.workflows.desk import Desk
from labelqa.workflows.identity.pseudonyms import for_ever
from labelqa.workflows.registers.attachments import FOLDER, keep
from labelqa.workflows.servers.connecting import connected, server_lines
from labelqa.workflows.servers.log_file import Looked, look
from labelqa.workflows.state import read_state

SLACK: Final = timedelta(hours=24)  # a quiet day at either end of a log is no gap
_LINKS: Final[int] = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogDone:
    """A log that was attached, or was so already (``new`` is False)."""

    line: LogLine
    new: bool
    findings: tuple[Finding, ...]


def attach_log(
    desk: Desk,
    path: Path,
    *,
    server: str,
    start: datetime,
    end: datetime,
    kept: bool = False,
    reason: str = "",
    instead: int = 0,
) -> LogDone:
    """Attach a log that is about a server from ``start`` to before ``end``; said of the same file again, it corrects.

    ``instead`` is the fact of an attached log in whose place this one comes, such as the same file grown longer. ``kept`` puts a copy among the workspace's attachments, else the file stays where it is and has to stay there.
    BadInput for what is no log, for a period that is none or lies ahead; Refused where a copy would keep a secret.
    """
    there, now = connected(desk, server), desk.clock()
    if not start < end:
        raise BadInput("a log is about a time: --from comes before --to")
    if end > now:
        raise BadInput("no log is about a time that is still to come: --to is later than now")
    seen = _looked(path)
    if kept and seen.secrets:
        raise Refused(
            "{path} holds what looks like tokens or passwords, in {n} lines: leave them out of the log, and revoke them",
            path=str(path), n=seen.secrets,
        )  # fmt: skip
    name = salted(str(path.resolve()), secrets.token_hex(16))
    body = LogAttached(
        server=there.name, name=name[0], digest=seen.digest, start=moment_text(start), end=moment_text(end),
        lines=seen.lines, reason=for_ever(desk, reason), first=moment_text(seen.first) if seen.first else "",
        last=moment_text(seen.last) if seen.last else "", kept=kept,
    )  # fmt: skip
    before = _before(desk.ledger.view(), body, instead)
    told = _findings(seen, path, start, end)
    if before is not None and replace(before.body, name="") == replace(body, name=""):
        return LogDone(line=_line(desk, before), new=False, findings=told)
    if kept:
        keep(desk, path)
    draft = Draft(
        body=body, subjects=(f"server:{there.name}",), actor=desk.actor, identity=desk.identity,
        supersedes=before.seq if before else None,
    )  # fmt: skip
    (fact,) = desk.ledger.append([draft], now=now, erasable=[name], unless=_unless(body, before, instead))
    return LogDone(line=_line(desk, fact), new=True, findings=told)


def _before(facts: Facts, body: LogAttached, instead: int) -> Fact | None:
    """The attached log that this one corrects; Refused where the one named is none in force."""
    told = list(in_force(facts.about(f"server:{body.server}", LogAttached), LogAttached))
    found = next(
        (fact for fact, each in told if fact.seq == instead or (not instead and each.digest == body.digest)), None
    )
    if instead and found is None:
        raise Refused(
            "fact {fact} is no attached log of {server} in force: labelqa server log list",
            fact=instead,
            server=body.server,
        )
    return found


def _unless(body: LogAttached, before: Fact | None, instead: int) -> Callable[[Facts], None]:
    def unless(facts: Facts) -> None:
        now = _before(facts, body, instead)
        if (now.seq if now else None) != (before.seq if before else None):
            raise Refused("the log was attached meanwhile: look at labelqa server log list")

    return unless


def _looked(path: Path) -> Looked:
    try:
        number = os.open(path, os.O_RDONLY | _LINKS)
    except OSError as error:
        raise BadInput("{path}: the file cannot be read ({why})", path=str(path), why=error.strerror) from error
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise BadInput("{path}: not a file; name one file, not a folder", path=str(path))
    with os.fdopen(number, "rb") as source:
        found = look(source)
    if not found.lines:
        raise BadInput("{path}: the file is empty, so it proves nothing", path=str(path))
    return found


def _findings(seen: Looked, path: Path, start: datetime, end: datetime) -> tuple[Finding, ...]:
    """What in a log speaks against what is said of it."""
    found, place = [], Place(file=path.name)
    if seen.first is None or seen.last is None:
        found.append(finding(
            "AL001", "no time can be read in the log: that it is about this period rests on your word alone",
            mend=Message(N_("write times as nginx or Caddy do, or as ISO 8601 with the offset")),
            severity=Severity.WARNING, place=place,
        ))  # fmt: skip
    elif seen.first > start + SLACK or seen.last < end - SLACK:
        found.append(finding(
            "AL002", "the log's own lines run from {first} to {last} (UTC), which is less than the period that was said",
            mend=Message(N_("say the period that the log is about, or attach the rest of it too")),
            severity=Severity.WARNING, place=place, first=f"{seen.first:%Y-%m-%d %H:%M}", last=f"{seen.last:%Y-%m-%d %H:%M}",
        ))  # fmt: skip
    if seen.secrets:
        found.append(finding(
            "AL003", "what looks like tokens or passwords stands in the log; lines: {n}",
            mend=Message(N_("leave headers and query strings out of the log's format, and revoke those tokens")),
            place=place, n=seen.secrets,
        ))  # fmt: skip
    return tuple(found)


def log_lines(desk: Desk, server: str = "", *, verify: bool = False) -> tuple[LogLine, ...]:
    """The logs in force, of one server or of all, by the time they are about; with ``verify`` each file is hashed again."""
    facts = desk.ledger.view()
    told = facts.about(f"server:{connected(desk, server).name}", LogAttached) if server else facts.of(LogAttached)
    lines = (_line(desk, fact, verify=verify) for fact, _ in in_force(told, LogAttached))
    return tuple(sorted(lines, key=lambda each: (each.server, each.start, each.fact)))


def log_findings(lines: Iterable[LogLine]) -> tuple[Finding, ...]:
    """Logs whose file is missing or altered, as an error each."""
    found = []
    mend = Message(N_("restore it from a backup; where it stands elsewhere now, attach it again"))
    for each in lines:
        place = Place(subject=f"server:{each.server}")
        if each.state is LogState.MISSING:
            found.append(finding(
                "AL004", "the log of fact {fact} ({digest}) is not where it was", mend=mend, place=place, fact=each.fact,
                digest=each.digest[:12],
            ))  # fmt: skip
        elif each.state is LogState.ALTERED:
            found.append(finding(
                "AL005", "the log of fact {fact} ({digest}) was altered", mend=mend, place=place, fact=each.fact,
                digest=each.digest[:12],
            ))  # fmt: skip
    return tuple(found)


def _line(desk: Desk, fact: Fact, *, verify: bool = False) -> LogLine:
    body: LogAttached = fact.body
    path = desk.ledger.text_of(body.name)
    return LogLine(
        fact=fact.seq, server=body.server, name=Path(path).name if path else "", digest=body.digest,
        start=moment_of(body.start), end=moment_of(body.end), first=moment_of(body.first) if body.first else None,
        last=moment_of(body.last) if body.last else None, lines=body.lines, kept=body.kept, reason=body.reason,
        recorded_at=fact.recorded_at,
        state=_checked(desk, body, path) if verify else LogState.UNCHECKED,
    )  # fmt: skip


def _checked(desk: Desk, body: LogAttached, path: str) -> LogState:
    file = desk.settings.workspace / FOLDER / body.digest if body.kept else Path(path)
    if not (body.kept or path) or file.is_symlink():
        return LogState.MISSING
    try:
        found: Digest = _looked(file).digest
    except BadInput:
        return LogState.MISSING if not file.exists() else LogState.ALTERED
    return LogState.AS_ATTACHED if found == body.digest else LogState.ALTERED


def coverages(
    desk: Desk, server: str = "", *, start: datetime | None = None, end: datetime | None = None
) -> tuple[LogCoverage, ...]:
    """How much of a time is covered, for each connected server (or one).

    Without ``start`` from when the server was connected, at most as far back as the team keeps logs (six months at least);
    without ``end`` until today began.
    """
    state = read_state(desk)
    until = end or desk.clock().astimezone(desk.settings.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    kept = after(until, months=-months_kept(state.policies, Retention.LOG))
    wanted = [connected(desk, server)] if server else [each for each in server_lines(desk) if not each.ended]
    return tuple(
        log_coverage(state.facts, each.name, start or min(max(kept, each.since), until), until) for each in wanted
    )


def log_coverage(facts: Facts, server: str, start: datetime, end: datetime) -> LogCoverage:
    """How much of a time the attached logs of a server are about, and where there is none; from facts alone.

    What counts is the period that was said of each log, cut to its own lines where those say less by more than a day.
    A control that needs it has 证据不足 (insufficient evidence) unless it is complete.
    """
    told = in_force(facts.about(f"server:{server}", LogAttached), LogAttached)
    spans = sorted((*_span(body), fact.seq) for fact, body in told)
    reaching = [
        (max(begun, start), min(ended, end), fact) for begun, ended, fact in spans if begun < end and ended > start
    ]
    gaps, at = [], start
    for begun, ended, _ in reaching:
        if begun > at:
            gaps.append(Gap(start=at, end=begun))
        at = max(at, ended)
    if at < end:
        gaps.append(Gap(start=at, end=end))
    missing = sum((gap.end - gap.start for gap in gaps), timedelta())
    return LogCoverage(
        server=server, start=start, end=end, share=1 - missing / (end - start) if start < end else None,
        gaps=tuple(gaps), facts=tuple(fact for *_, fact in reaching),
    )  # fmt: skip


def _span(body: LogAttached) -> tuple[datetime, datetime]:
    start, end = moment_of(body.start), moment_of(body.end)
    if body.first and body.last:
        first, last = moment_of(body.first), moment_of(body.last)
        start = max(start, first) if first > start + SLACK else start
        end = min(end, last) if last < end - SLACK else end
    return start.astimezone(UTC), max(start, end).astimezone(UTC)
