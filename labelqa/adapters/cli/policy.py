"""``labelqa policy``: what no text sets and the team declares for itself, with its reason."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from labelqa.adapters.cli.command import argument, command, noun, option
from labelqa.adapters.cli.output import named, when
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import MomentWord, OneOf, in_zone
from labelqa.i18n import N_
from labelqa.records.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labelqa.records.names import PersonId
    from labelqa.workflows.policies import PolicyLine


@command(
    "declare",
    says=N_("Declare a policy of the house, with its reason."),
    more=(
        N_(
            "It counts from now on and never changes an answer about an earlier time. A retention is never shorter "
            "than the law's; a shortened one is shown for ever, with its reason."
        ),
    ),
    examples=(
        "labelqa policy declare suspend-below 0.8 --reason 'below it most labels are corrected' --by 陈思远",
        "labelqa policy declare qualification-days 180 --reason 'rules change twice a year' --by 陈思远",
    ),
    words=(
        argument("name", word=OneOf.named(Policy)),
        argument("value"),
        option("--reason", required=True, says=N_("Why, in one sentence; it is shown for ever and names nobody.")),
        option("--by", required=True, metavar="PERSON", says=N_("Who declares it: pseudonym, name or SERVER=ACCOUNT.")),
    ),
    reports=True,
)
def declare(session: Session, *, name: str, value: str, reason: str, by: str) -> None:
    """Records one declaration."""
    from labelqa.workflows.policies import declare_policy

    with session.desk() as desk:
        told = declare_policy(desk, str(name), value, reason=reason, by=by)
    if session.json:
        return session.screen.json(told)
    session.screen.line(N_("{name} is {value} from now on (fact {fact})."), name=name, value=value, fact=told.fact)
    if told.shortens:
        session.screen.line(
            N_("Records are kept for a shorter time than before: that is shown for ever, with the reason.")
        )
    return None


@command(
    "show",
    says=N_("Show every policy: its value, who declared it, when and why, and what it was before."),
    examples=("labelqa policy show", "labelqa policy show --at 2026-11-16 --json"),
    words=(
        option("--at", word=MomentWord(), says=N_("When, in the workspace's time zone; else now.")),
        option("--known", word=MomentWord(), says=N_("Only what was recorded by then.")),
    ),
    reports=True,
)
def show(session: Session, *, at: datetime | None, known: datetime | None) -> None:
    """Prints the policies."""
    from labelqa.workflows.policies import policy_lines
    from labelqa.workflows.state import shown_names

    with session.desk() as desk:
        zone, now = desk.settings.zone, desk.clock()
        moments = [in_zone(each, zone, now) if each else None for each in (at, known)]
        lines, names = policy_lines(desk, at=moments[0], known=moments[1]), shown_names(desk)
    if session.json:
        return session.screen.json(lines)
    heads = (N_("policy"), N_("what it sets"), N_("value"), N_("declared"), N_("by"), N_("reason"))
    session.screen.table(heads, (_row(session, each, zone, names) for each in lines))
    return _before(session, lines, zone, names)


_SOURCES = {"settings": N_("labelqa.toml"), "default": N_("default")}


def _row(session: Session, line: PolicyLine, zone: tzinfo, names: Mapping[PersonId, str]) -> tuple[object, ...]:
    value = session.say(N_("not declared")) if line.value is None else line.value
    means = named(line.policy, session.say)
    if not line.declared:
        return str(line.policy), means, value, session.say(_SOURCES[line.source]), "–", "–"
    last = line.declared[-1]
    return str(line.policy), means, value, when(last.at, zone), names.get(last.by, last.by), last.reason


def _before(session: Session, lines: tuple[PolicyLine, ...], zone: tzinfo, names: Mapping[PersonId, str]) -> None:
    """Values that were declared and are no longer in force, and every shortening of a retention."""
    told = [each for line in lines for each in line.declared[:-1]]
    if told:
        session.screen.title(N_("Declared before:"))
        heads = (N_("policy"), N_("value"), N_("declared"), N_("by"), N_("reason"))
        rows = (
            (str(each.policy), each.value, when(each.at, zone), names.get(each.by, each.by), each.reason)
            for each in told
        )
        session.screen.table(heads, rows)
    for each in (each for line in lines for each in line.declared if each.shortens):
        session.screen.line(
            N_("{name} was shortened to {value} on {day} by {by}: {reason} (fact {fact})"),
            name=each.policy, value=each.value, day=when(each.at, zone), by=names.get(each.by, each.by), reason=each.reason, fact=each.fact,
        )  # fmt: skip


policy = noun("policy", says=N_("Declare what no text sets: numbers and rules of the house."), commands=[declare, show])
