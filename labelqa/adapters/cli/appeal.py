"""``labelqa appeal``: object to a verdict or to a suspension, and rule on what was objected to."""

from __future__ import annotations

from datetime import tzinfo
from typing import TYPE_CHECKING, Final

from labelqa.adapters.cli.command import argument, command, noun, option
from labelqa.adapters.cli.output import named, when
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import OneOf, Whole
from labelqa.i18n import N_
from labelqa.records.personnel import AppealRuling

if TYPE_CHECKING:
    from labelqa.workflows.appeals import AppealLine


@command(
    "file",
    says=N_("Object to a verdict on own work, or to a suspension or cancellation, by the number of its fact."),
    more=(
        N_(
            "A verdict against a label is appealed against once, by somebody who labelled the item, within the days of policy "
            "appeal-days and before the batch is settled. An open appeal keeps the batch from being accepted."
        ),
    ),
    examples=("labelqa appeal file 214 --person 陈思远 --reason '金标 q-0007 有误'",),
    words=(
        argument("fact", word=Whole()),
        option("--person", required=True, metavar="PERSON", says=N_("Who objects: pseudonym, name or SERVER=ACCOUNT.")),
        option("--reason", required=True, says=N_("What is wrong, and why; it is kept erasably.")),
    ),
    reports=True,
)
def file(session: Session, *, fact: int, person: str, reason: str) -> None:
    """Files an appeal."""
    from labelqa.workflows.appeals import file_appeal

    with session.desk() as desk:
        done = file_appeal(desk, fact, person=person, reason=reason)
    if session.json:
        return session.screen.json(done)
    return session.screen.line(
        N_("Appeal {appeal} against fact {fact} is filed; somebody else rules: `labelqa appeal rule {appeal}`."),
        appeal=done.appeal, fact=fact,
    )  # fmt: skip


@command(
    "rule",
    says=N_("Rule on an appeal: the final word, by somebody who did not decide what is objected to."),
    more=(
        N_(
            "A verdict is ruled on by a qualified arbitrator with no other duty in the batch. Upheld, it stays on record and "
            "counts for the label from then on; figures before and after appeals are both told."
        ),
    ),
    examples=("labelqa appeal rule ap-3f9a2c7101 --ruling upheld --by 何仲裁 --reason '金标有误，规则 2.3'",),
    words=(
        argument("appeal"),
        option("--ruling", word=OneOf.named(AppealRuling), required=True, says=N_("Who is right.")),
        option("--by", required=True, metavar="PERSON", says=N_("Who rules: pseudonym, name or SERVER=ACCOUNT.")),
        option("--reason", required=True, says=N_("Why, in one sentence.")),
        option("--rule", default="", says=N_("The rule cited.")),
    ),
    reports=True,
)
def rule(session: Session, *, appeal: str, ruling: AppealRuling, by: str, reason: str, rule: str) -> None:
    """Rules on an appeal."""
    from labelqa.workflows.appeals import rule_appeal

    with session.desk() as desk:
        done = rule_appeal(desk, appeal, ruling, by=by, reason=reason, rule=rule)
    if session.json:
        return session.screen.json(done)
    return session.screen.line(
        N_("{appeal}: {ruling} (fact {fact})."), appeal=appeal, ruling=named(ruling, session.say), fact=done.ruled_fact
    )


@command(
    "list",
    says=N_("List the appeals with their rulings, open ones first."),
    examples=("labelqa appeal list", "labelqa appeal list --person 陈思远 --json"),
    words=(
        option("--person", default="", metavar="PERSON", says=N_("Only this person's.")),
        option("--batch", default="", says=N_("Only about this batch.")),
    ),
    reports=True,
)
def list_(session: Session, *, person: str, batch: str) -> None:
    """Prints the appeals."""
    from labelqa.workflows.appeals import appeal_lines

    with session.desk() as desk:
        zone = desk.settings.zone
        found = sorted(appeal_lines(desk, person=person, batch=batch), key=lambda each: each.appeal.ruling is not None)
    if session.json:
        return session.screen.json(found)
    if not found:
        return session.screen.line(N_("Nobody appealed."))
    heads = (N_("appeal"), N_("name"), N_("against"), N_("filed"), N_("reason"), N_("ruling"), N_("by"), N_("why"))
    return session.screen.table(heads, (_row(session, each, zone) for each in found))


_MATTERS: Final = {
    "review.recorded": N_("verdict"), "qualification.decided": N_("suspension or cancellation"),
}  # by the kind of fact objected to  # fmt: skip


def _row(session: Session, line: AppealLine, zone: tzinfo) -> tuple[object, ...]:
    told = line.appeal
    waits = session.say(N_("lapsed: the batch was settled") if line.lapsed else N_("open"))
    ruling = waits if told.ruling is None else named(told.ruling, session.say)
    matter = session.say(_MATTERS.get(line.matter, line.matter))
    about = " ".join(part for part in (matter, f"#{told.against}", told.batch, told.item) if part)
    return told.appeal, line.name, about, when(told.at, zone), line.text, ruling, line.ruled_by, line.ruled_text


appeal = noun(
    "appeal", says=N_("Object to a verdict or a suspension, and rule on appeals."), commands=[file, rule, list_]
)
