"""``labelqa people leave`` and ``access``: somebody is no longer here, and who had access from when until when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from labelqa.adapters.cli.command import argument, command, option
from labelqa.adapters.cli.output import named, when
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import MomentWord, OneOf, in_zone
from labelqa.i18n import N_
from labelqa.records.duties import LeaveReason

_AT = N_("When, in the workspace's time zone; else now.")


@command(
    "leave",
    says=N_("Record that somebody is no longer here: assignments, login and further checks end at once."),
    more=(
        N_(
            "Access on other servers is taken away there; --revoked records on which it was. Who comes back is registered "
            "with `labelqa people add` and keeps a qualification that has not run out; disqualified, every qualification "
            "is cancelled, and training and exam begin anew."
        ),
        N_("What somebody does after leaving is a finding of `labelqa duties check`."),
    ),
    examples=("labelqa people leave 陈思远 --reason left --by 周敏 --revoked label-studio",),
    words=(
        argument("person"),
        option("--reason", word=OneOf.named(LeaveReason), required=True, says=N_("Why.")),
        option("--by", required=True, metavar="PERSON",
               says=N_("Who decides it: pseudonym, name or SERVER=ACCOUNT.")),
        option("--at", word=MomentWord(), says=_AT),
        option("--revoked", multiple=True, metavar="SERVER",
               says=N_("A server on which access was taken away; may be given several times.")),
    ),
    reports=True,
)  # fmt: skip
def leave(
    session: Session, *, person: str, reason: LeaveReason, by: str, at: datetime | None, revoked: Sequence[str]
) -> None:
    """Records that somebody left."""
    from labelqa.workflows.duties.leaving import leave as record

    with session.desk() as desk:
        since = in_zone(at, desk.settings.zone, desk.clock()) if at else None
        line = record(desk, person, reason=reason, by=by, at=since, revoked=revoked)
        zone = desk.settings.zone
    if session.json:
        return session.screen.json(line)
    session.screen.line(N_("{name} is no longer here since {time}."), name=line.name, time=when(line.left, zone))
    if line.open_servers:
        session.screen.line(
            N_("No record says that access was taken away on {servers}: do it there, and it is found if it is used."),
            servers=", ".join(line.open_servers),
        )
    return None


@command(
    "access",
    says=N_("List who has or had access, on which servers, since when, and when it was taken away."),
    examples=("labelqa people access", "labelqa people access --at 2026-11-16 --json"),
    words=(
        option("--at", word=MomentWord(), says=_AT),
        option("--known", word=MomentWord(), says=N_("Only what was recorded by then.")),
    ),
    reports=True,
    names=True,
)
def access(session: Session, *, at: datetime | None, known: datetime | None) -> None:
    """Prints the access list."""
    from labelqa.workflows.duties.leaving import access_lines
    from labelqa.workflows.identity.pseudonyms import shown

    with session.desk() as desk:
        zone, now = desk.settings.zone, desk.clock()
        moments = [in_zone(each, zone, now) if each else None for each in (at, known)]
        lines = shown(desk, access_lines(desk, at=moments[0], known=moments[1]))
    if session.json:
        return session.screen.json(lines)
    heads = (
        N_("person"), N_("name"), N_("organizer"), N_("duties"), N_("servers"), N_("since"), N_("until"), N_("reason"),
        N_("taken away on"),
    )  # fmt: skip
    rows = [
        (
            each.person, each.name, each.organizer, ", ".join(named(duty, session.say) for duty in each.duties),
            ", ".join(each.servers) or "–", when(each.since, zone), when(each.left, zone),
            named(LeaveReason(each.reason), session.say) if each.reason else "–", ", ".join(each.revoked) or "–",
        )
        for each in lines
    ]  # fmt: skip
    return session.screen.table(heads, rows)
