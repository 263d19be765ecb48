"""``labelqa proposal``: rules that a ruling found unclear, and what became of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labelqa.adapters.cli.command import argument, command, noun, option
from labelqa.adapters.cli.output import named, when
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import OneOf
from labelqa.i18n import N_
from labelqa.records.production import ProposalOutcome

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from labelqa.workflows.proposals import Proposal


@command(
    "list",
    says=N_("List the proposals on rules, open ones first."),
    examples=("labelqa proposal list", "labelqa proposal list --rulebook genai-safety"),
    words=(option("--rulebook", default="", says=N_("Only those on this rulebook.")),),
    reports=True,
)
def list_(session: Session, *, rulebook: str) -> None:
    """Prints the proposals."""
    from labelqa.workflows.proposals import proposals

    with session.desk() as desk:
        found, zone = proposals(desk, rulebook=rulebook), desk.settings.zone
    if session.json:
        return session.screen.json(found)
    if not found:
        return session.screen.line(N_("No rule was found unclear."))
    heads = (N_("proposal"), N_("rulebook"), N_("rule"), N_("item"), N_("since"), N_("days"), N_("outcome"), N_("why"))
    ranked = sorted(found, key=lambda each: (each.outcome is not None, each.opened_at))
    session.screen.table(heads, (_row(session, each, zone) for each in ranked))
    still = sum(each.outcome is None for each in found)
    return session.screen.line(N_("{n} proposals, {still} still open."), n=len(found), still=still)


def _row(session: Session, each: Proposal, zone: ZoneInfo) -> tuple[object, ...]:
    outcome = session.say("open") if each.outcome is None else f"{named(each.outcome, session.say)} {each.reference}"
    return (
        each.proposal, each.rulebook, each.rule, f"{each.batch} {each.item_id}", when(each.opened_at, zone), each.days,
        outcome.strip(), each.why or each.text,
    )  # fmt: skip


@command(
    "close",
    says=N_("Say what became of a proposal on a rule."),
    examples=(
        "labelqa proposal close proposal-8c21f0 --outcome taken --reference 2.1.0 --by 高志远 --reason 'rule 2.3 says it now'",
    ),
    words=(
        argument("name"),
        option("--outcome", word=OneOf.named(ProposalOutcome), required=True, says=N_("What became of it.")),
        option("--reference", default="", says=N_("The version that took it in, or the clarification's number.")),
        option("--by", required=True, metavar="PERSON", says=N_("Who: pseudonym, name or SERVER=ACCOUNT.")),
        option("--reason", required=True, says=N_("Why, in one sentence.")),
    ),
    reports=True,
)
def close(session: Session, *, name: str, outcome: ProposalOutcome, reference: str, by: str, reason: str) -> None:
    """Closes one proposal."""
    from labelqa.workflows.proposals import close_proposal

    with session.desk() as desk:
        done = close_proposal(desk, name, outcome=outcome, reference=reference, by=by, reason=reason)
    if session.json:
        return session.screen.json(done)
    return session.screen.line(
        N_("Proposal {name} on rule {rule} is closed: {outcome}."), name=name, rule=done.rule,
        outcome=named(outcome, session.say),
    )  # fmt: skip


proposal = noun("proposal", says=N_("Keep the proposals on rules that rulings found unclear."), commands=[list_, close])
