"""``labelqa hit``: suspected illegal or harmful content, and what a second person makes of it."""

from __future__ import annotations

from datetime import tzinfo

from labelqa.adapters.cli.command import argument, command, flag, noun, option
from labelqa.adapters.cli.output import named, when
from labelqa.adapters.cli.session import Session
from labelqa.errors import WrongUsage
from labelqa.i18n import N_
from labelqa.records.life import HitLine, HitState


@command(
    "list",
    says=N_("List suspected illegal or harmful hits: who reported them, what became of them, and which block a batch."),
    examples=("labelqa hit list", "labelqa hit list sft-w46 --json"),
    words=(argument("batch", required=False),),
    reports=True,
)
def list_(session: Session, *, batch: str | None) -> None:
    """Prints the hits, those that block a batch first."""
    from labelqa.workflows.hits import hit_lines

    with session.desk() as desk:
        found, zone = hit_lines(desk, batch), desk.settings.zone
    if session.json:
        return session.screen.json(found)
    if not found:
        return session.screen.line(N_("No suspected illegal or harmful content was reported."))
    heads = (
        N_("batch"), N_("item"), N_("risk"), N_("state"), N_("reported by"), N_("reported"), N_("ruled by"),
        N_("content"),
    )  # fmt: skip
    session.screen.table(heads, (_row(session, each, zone) for each in found))
    session.screen.line(
        N_(
            "{n} {n:hit|hits}; {blocking} of them {blocking:blocks its|block their} batch until a second qualified person rules on {blocking:it|them}."
        ),
        n=len(found),
        blocking=sum(each.blocks for each in found),
    )
    return None


def _row(session: Session, each: HitLine, zone: tzinfo) -> tuple[object, ...]:
    return (
        each.batch, each.item_id, ", ".join(code or session.say(N_("unsafe")) for code in each.codes),
        named(each.state, session.say), ", ".join(each.reported_by), when(each.reported_at, zone), each.ruled_by or "–",
        " | ".join(each.content.values()),
    )  # fmt: skip


@command(
    "rule",
    says=N_("Confirm or overturn a suspected hit, as a second qualified person."),
    more=(
        N_(
            "By a qualified reviewer or arbitrator who neither reported it nor labelled in the batch. Confirmed, the batch is "
            "void, and that is final; overturned, the hit stays on record and the batch goes on."
        ),
    ),
    examples=("labelqa hit rule sft-w46 f-0012 --confirm --by p-3f9a2c71 --reason 'A.1 f: describes how to'",),
    words=(
        argument("batch"),
        argument("item"),
        flag("--confirm", says=N_("It is illegal or harmful: the batch is void.")),
        flag("--overturn", says=N_("It is not: the batch goes on.")),
        option("--by", required=True, metavar="PERSON", says=N_("Who rules: pseudonym, name or SERVER=ACCOUNT.")),
        option("--reason", required=True, says=N_("Why, in one sentence.")),
    ),
    reports=True,
)
def rule(session: Session, *, batch: str, item: str, confirm: bool, overturn: bool, by: str, reason: str) -> None:
    """Rules on one hit."""
    from labelqa.workflows.hits import rule_hit

    if confirm == overturn:
        raise WrongUsage("say either --confirm or --overturn")
    with session.desk() as desk:
        ruled = rule_hit(desk, batch, item, confirmed=confirm, by=by, reason=reason)
    if session.json:
        return session.screen.json(ruled)
    void = N_("The hit in {item} of {batch} is confirmed: the batch is void. Next: `labelqa settle {batch}`.")
    on = N_("The hit in {item} of {batch} is overturned; it stays on record.")
    return session.screen.line(void if ruled.state is HitState.CONFIRMED else on, item=item, batch=batch)


hit = noun("hit", says=N_("List suspected illegal or harmful hits, and rule on them."), commands=[list_, rule])
