"""``labelqa risk``: risks found in labeling or transfer, and how each was handled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from labelqa.adapters.cli.command import argument, command, noun, option
from labelqa.adapters.cli.output import named, when
from labelqa.adapters.cli.register import AT, BY, KNOWN, as_of
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import OneOf, Whole
from labelqa.i18n import N_
from labelqa.records.registers import RiskStep

ABOUT = option(
    "--about",
    word=Whole(),
    multiple=True,
    metavar="FACT",
    says=N_("A fact that shows it, by its number, such as a supervision check; may be given several times."),
)


@command(
    "note",
    says=N_("Note that a risk was found, handled or accepted."),
    examples=(
        "labelqa risk note usb-copies --step found --title '标注数据被拷到 U 盘' --by 何监督 --about 88",
        "labelqa risk note usb-copies --step handled --text '已停用 USB 接口并重新培训' --by 何监督",
    ),
    words=(
        argument("risk"),
        option("--step", word=OneOf.named(RiskStep), required=True, says=N_("What became of the risk.")),
        option("--title", default="", says=N_("What it is, in a few words; stays in the ledger, so no names.")),
        option("--text", default="", says=N_("What was found, how it was handled, or why it is accepted; erasable.")),
        option("--batch", default="", says=N_("The batch that it is about.")),
        ABOUT,
        option("--by", required=True, metavar="PERSON", says=BY),
    ),
    reports=True,
)
def note(
    session: Session, *, risk: str, step: RiskStep, title: str, text: str, batch: str, about: Sequence[int], by: str
) -> None:
    """Notes a risk."""
    from labelqa.workflows.registers.risks import RiskNoting, note_risk

    told = RiskNoting(risk=risk, step=step, title=title, text=text, batch=batch, about=about, by=by)
    with session.desk() as desk:
        made = note_risk(desk, told)
    if session.json:
        return session.screen.json(made)
    return session.screen.line(
        N_("{risk}: {step}, fact {fact}."), risk=risk, step=named(step, session.say), fact=made.lines[-1].fact
    )


@command(
    "list",
    says=N_("List risks, open ones first, with what was noted of each."),
    examples=("labelqa risk list",),
    words=(AT, KNOWN),
    reports=True,
)
def list_(session: Session, *, at: datetime | None, known: datetime | None) -> None:
    """Prints risks."""
    from labelqa.workflows.registers.risks import risks

    found, zone = as_of(session, risks, at, known)
    if session.json:
        return session.screen.json(found)
    if not found:
        return session.screen.line(N_("No risk is on record."))
    heads = (
        N_("risk"), N_("step"), N_("at"), N_("title"), N_("text"), N_("batch"), N_("facts"), N_("by"), N_("fact")
    )  # fmt: skip
    session.screen.table(
        heads,
        (
            (
                each.risk, named(line.step, session.say), when(line.at, zone), line.title, line.text or "–",
                line.batch or "–", ", ".join(map(str, line.about)) or "–", line.by_name, line.fact,
            )
            for each in found
            for line in each.lines
        ),
    )  # fmt: skip
    return session.screen.line(
        N_("{n} {n:risk|risks}, {open} open."), n=len(found), open=sum(each.open for each in found)
    )


risk = noun("risk", says=N_("Keep the log of risks found and handled."), commands=[note, list_])
