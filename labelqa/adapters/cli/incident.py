"""``labelqa incident``: what went wrong, what was done when, and who was told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from labelqa.adapters.cli.command import argument, command, noun, option
from labelqa.adapters.cli.output import named, when
from labelqa.adapters.cli.register import AT, ATTACH, BY, KNOWN, as_of, moments
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import MomentWord, OneOf
from labelqa.i18n import N_
from labelqa.records.registers import IncidentStep


@command(
    "note",
    says=N_("Note one step of an incident."),
    more=(
        N_(
            "The first step is opened, then contained, notified (with --notified), resolved and closed, with notes at "
            "any time; a closed incident is opened again where it comes back. Nothing is taken back: what was wrong "
            "is said in a later note."
        ),
    ),
    examples=(
        (
            "labelqa incident note leak-2026-11 --step opened --title '导出文件误发' --text '发给了错误的供应商' "
            "--batch safety-w46 --by 周主管"
        ),
        "labelqa incident note leak-2026-11 --step notified --notified '数据需求方' --at 2026-11-20T10:00 --by 周主管",
    ),
    words=(
        argument("incident"),
        option("--step", word=OneOf.named(IncidentStep), required=True, says=N_("What happened in this step.")),
        option("--title", default="", says=N_("What it is, in a few words; stays in the ledger, so no names.")),
        option("--text", default="", says=N_("What happened and what was done; it is kept erasably.")),
        option("--at", word=MomentWord(), says=N_("When it happened; now when it is not given.")),
        option("--batch", default="", says=N_("The batch that it is about.")),
        option("--notified", default="", metavar="WHOM", says=N_("Which body or party was told; no person's name.")),
        ATTACH,
        option("--by", required=True, metavar="PERSON", says=BY),
    ),
    reports=True,
)
def note(
    session: Session,
    *,
    incident: str,
    step: IncidentStep,
    title: str,
    text: str,
    at: datetime | None,
    batch: str,
    notified: str,
    attach: Sequence[str],
    by: str,
) -> None:
    """Notes one step."""
    from labelqa.workflows.registers.attachments import pair
    from labelqa.workflows.registers.incidents import Noting, note_incident

    with session.desk() as desk:
        told = Noting(
            incident=incident, step=step, title=title, text=text, at=moments(desk, at)[0], batch=batch,
            notified=notified, attach=[pair(each) for each in attach], by=by,
        )  # fmt: skip
        made = note_incident(desk, told, start=session.start)
    if session.json:
        return session.screen.json(made)
    return session.screen.line(
        N_("{incident}: {step}, fact {fact}; {n} steps so far."),
        incident=incident,
        step=named(step, session.say),
        fact=made.lines[-1].fact,
        n=len(made.lines),
    )


@command(
    "show",
    says=N_("Show the timeline of an incident."),
    examples=("labelqa incident show leak-2026-11",),
    words=(argument("incident"),),
    reports=True,
    names=True,
)
def show(session: Session, *, incident: str) -> None:
    """Prints a timeline."""
    from labelqa.workflows.identity.pseudonyms import shown
    from labelqa.workflows.registers import incidents

    with session.desk() as desk:
        found, zone = shown(desk, incidents.incident(desk, incident)), desk.settings.zone
    if session.json:
        return session.screen.json(found)
    session.screen.line(
        N_("{incident}: {title} ({state})"), incident=incident, title=found.title, state=named(found.state, session.say)
    )
    heads = (
        N_("at"), N_("step"), N_("title"), N_("text"), N_("batch"), N_("notified"), N_("attachments"), N_("by"),
        N_("how the author is known"), N_("recorded"), N_("fact"),
    )  # fmt: skip
    return session.screen.table(
        heads,
        (
            (
                when(each.at, zone), named(each.step, session.say), each.title, each.text or "–", each.batch or "–",
                each.notified or "–", len(each.attachments), each.by_name, named(each.identity, session.say),
                when(each.recorded_at, zone), each.fact,
            )
            for each in found.lines
        ),
    )  # fmt: skip


@command(
    "list",
    says=N_("List incidents, those that are not closed first."),
    examples=("labelqa incident list",),
    words=(AT, KNOWN),
    reports=True,
)
def list_(session: Session, *, at: datetime | None, known: datetime | None) -> None:
    """Prints incidents."""
    from labelqa.workflows.registers.incidents import incidents

    found, zone = as_of(session, incidents, at, known)
    if session.json:
        return session.screen.json(found)
    if not found:
        return session.screen.line(N_("No incident is on record."))
    heads = (N_("incident"), N_("title"), N_("state"), N_("opened"), N_("closed"), N_("batch"), N_("notified"))
    session.screen.table(
        heads,
        (
            (
                each.incident, each.title, named(each.state, session.say), when(each.opened_at, zone),
                when(each.closed_at, zone), ", ".join(each.batches) or "–", "; ".join(each.notified) or "–",
            )
            for each in found
        ),
    )  # fmt: skip
    return session.screen.line(
        N_("{n} {n:incident|incidents}, {open} not closed."),
        n=len(found),
        open=sum(each.state is not IncidentStep.CLOSED for each in found),
    )


incident = noun("incident", says=N_("Keep the timeline of incidents."), commands=[note, show, list_])
