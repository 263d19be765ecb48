"""``labelqa guidance``: what somebody was told to do otherwise, on which facts, and whether they have read it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from labelqa.adapters.cli.command import argument, command, noun, option
from labelqa.adapters.cli.output import when
from labelqa.adapters.cli.register import AT, KNOWN, as_of
from labelqa.adapters.cli.risk import ABOUT
from labelqa.adapters.cli.session import Session
from labelqa.i18n import N_


@command(
    "give",
    says=N_("Record guidance given to somebody, and the facts that gave the reason."),
    examples=("labelqa guidance give 赵甲 --text '先看完全文再判断' --about 88 --by 何监督",),
    words=(
        argument("person"),
        option("--text", required=True, says=N_("What is to be done otherwise; it is kept erasably.")),
        ABOUT,
        option("--batch", default="", says=N_("The batch that it is about.")),
        option("--by", required=True, metavar="PERSON", says=N_("Who gives it: pseudonym, name or SERVER=ACCOUNT.")),
    ),
    reports=True,
)
def give(session: Session, *, person: str, text: str, about: Sequence[int], batch: str, by: str) -> None:
    """Records guidance."""
    from labelqa.workflows.registers.guidance import give_guidance

    with session.desk() as desk:
        made = give_guidance(desk, person, text=text, by=by, about=about, batch=batch)
    if session.json:
        return session.screen.json(made)
    return session.screen.line(
        N_("Guidance {guidance} for {person} is recorded; `labelqa guidance acknowledge {guidance}` says it was read."),
        guidance=made.guidance,
        person=made.name,
    )


@command(
    "acknowledge",
    says=N_("Record that somebody has read the guidance that they were given."),
    examples=("labelqa guidance acknowledge g-3f9a2c71 --by 赵甲",),
    words=(
        argument("guidance"),
        option(
            "--by", required=True, metavar="PERSON", says=N_("Who was given it: pseudonym, name or SERVER=ACCOUNT.")
        ),
    ),
    reports=True,
)
def acknowledge(session: Session, *, guidance: str, by: str) -> None:
    """Records that it was read."""
    from labelqa.workflows.registers.guidance import acknowledge_guidance

    with session.desk() as desk:
        made, zone = acknowledge_guidance(desk, guidance, by=by), desk.settings.zone
    if session.json:
        return session.screen.json(made)
    return session.screen.line(
        N_("Guidance {guidance} was acknowledged by {person} at {at}."),
        guidance=made.guidance,
        person=made.name,
        at=when(made.acknowledged_at, zone),
    )


@command(
    "list",
    says=N_("List guidance, what nobody acknowledged first."),
    examples=("labelqa guidance list", "labelqa guidance list --person 赵甲"),
    words=(option("--person", default="", says=N_("Only what this person was given.")), AT, KNOWN),
    reports=True,
)
def list_(session: Session, *, person: str, at: datetime | None, known: datetime | None) -> None:
    """Prints guidance."""
    from labelqa.workflows.registers.guidance import guidance_list

    found, zone = as_of(session, guidance_list, at, known, person=person)
    if session.json:
        return session.screen.json(found)
    heads = (
        N_("guidance"), N_("person"), N_("given"), N_("by"), N_("text"), N_("batch"), N_("facts"), N_("acknowledged")
    )  # fmt: skip
    session.screen.table(
        heads,
        (
            (
                each.guidance, each.name, when(each.given_at, zone), each.by_name, each.text or "–", each.batch or "–",
                ", ".join(f"{seq} {kind}".strip() for seq, kind in each.about) or "–",
                when(each.acknowledged_at, zone),
            )
            for each in found
        ),
    )  # fmt: skip
    return session.screen.line(
        N_("{n} pieces of guidance, {open} not acknowledged."),
        n=len(found),
        open=sum(each.acknowledged_at is None for each in found),
    )


guidance = noun("guidance", says=N_("Keep the guidance that people were given."), commands=[give, acknowledge, list_])
