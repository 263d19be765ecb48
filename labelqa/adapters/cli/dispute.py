"""``labelqa dispute``: items without an undisputed label of record, and the arbitrator's rulings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from labelqa.adapters.cli.command import argument, command, flag, noun, option
from labelqa.adapters.cli.output import named
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE, OneOf
from labelqa.errors import Exit, WrongUsage
from labelqa.i18n import N_
from labelqa.records.production import DisputeOutcome
from labelqa.records.results import Dispute
from labelqa.records.review import Identity

if TYPE_CHECKING:
    from labelqa.adapters.cli.lists import Row
    from labelqa.workflows.disputes import RulingRow

RULING: Final = ("item_id", "label", "by", "reason")  # columns of a list of rulings
YES: Final = frozenset({"yes", "true", "1", "x", "是"})
WHO: Final = N_("The arbitrator: pseudonym, name or SERVER=ACCOUNT.")


@command(
    "list",
    says=N_("List the disputed items of a frozen batch: answers, rules that may decide, how long they wait."),
    examples=("labelqa dispute list safety-w46",),
    words=(argument("batch"),),
    reports=True,
)
def list_(session: Session, *, batch: str) -> None:
    """Prints the disputes, open ones first, those that wait longest first."""
    from labelqa.workflows.disputes import disputes

    with session.desk() as desk:
        found = disputes(desk, batch)
    if session.json:
        return session.screen.json(found)
    if not found:
        return session.screen.line(N_("{batch} has no disputed items."), batch=batch)
    heads = (
        N_("item"), N_("votes"), N_("ruling"), N_("identity"), N_("rule"), N_("rules that may decide"), N_("days"),
        N_("content"),
    )  # fmt: skip
    ranked = sorted(found, key=lambda each: (bool(each.outcome), -each.days))
    session.screen.table(heads, (_row(session, each) for each in ranked))
    for each in ranked:
        if each.why:
            session.screen.line(N_("{item} was disputed: {why}"), item=each.item_id, why=each.why)
    still = sum(not each.outcome for each in found)
    return session.screen.line(N_("{n} disputed {n:item|items}, {still} still open."), n=len(found), still=still)


def _row(session: Session, each: Dispute) -> tuple[object, ...]:
    votes = ", ".join(f"{label} × {n}" for label, n in each.votes)
    ruling = each.ruling or (named(DisputeOutcome(each.outcome), session.say) if each.outcome else session.say("open"))
    candidates = "" if each.outcome else ", ".join(each.candidates)
    known = named(Identity(each.identity), session.say) if each.identity else "–"
    return each.item_id, votes, ruling, known, each.rule, candidates, each.days, " | ".join(each.content.values())


@command(
    "raise",
    says=N_("Dispute an item of a frozen batch that has a label of record."),
    more=(N_("Until an arbitrator has ruled on it, the batch is not accepted."),),
    examples=("labelqa dispute raise safety-w46 q-0007 --by p-3f9a2c71 --reason 'the answer was cut off'",),
    words=(
        argument("batch"),
        argument("item"),
        option("--by", required=True, metavar="PERSON", says=N_("Who: pseudonym, name or SERVER=ACCOUNT.")),
        option("--reason", required=True, says=N_("Why, in one sentence.")),
    ),
    reports=True,
)
def raise_(session: Session, *, batch: str, item: str, by: str, reason: str) -> None:
    """Raises one dispute."""
    from labelqa.workflows.disputes import raise_dispute

    with session.desk() as desk:
        raised = raise_dispute(desk, batch, item, by=by, reason=reason)
    if session.json:
        return session.screen.json(raised)
    return session.screen.line(
        N_("{item} of {batch} waits for the arbitrator: labelqa dispute rule {batch} {item}"), item=item, batch=batch
    )


@command(
    "rule",
    says=N_("Record an arbitrator's ruling on a disputed item: a label stands, it is rejected, or sent back."),
    more=(
        N_(
            "A rejected item is discarded: it has no label of record and is never handed over. One that is sent back is "
            "corrected and looked at again before the batch is accepted. Once a sample is drawn, a ruling gives no other "
            "label: what was judged stays as it was judged, and a wrong label is sent back."
        ),
    ),
    examples=(
        "labelqa dispute rule safety-w46 q-0007 --label refuse --by p-3f9a2c71 --rule S-01 --reason 'no answer is given'",
        "labelqa dispute rule safety-w46 q-0007 --outcome sent-back --by p-3f9a2c71 --reason 'read past the cut' --rule S-01",
    ),
    words=(
        argument("batch"),
        argument("item"),
        option("--label", default="", says=N_("The label of record that stands.")),
        option(
            "--outcome", word=OneOf.named(DisputeOutcome), says=N_("What becomes of the item where no label stands.")
        ),
        option("--by", required=True, metavar="PERSON", says=WHO),
        option("--reason", required=True, says=N_("Why, in one sentence.")),
        option("--rule", default="", says=N_("The rule of the release that decides.")),
        flag("--unclear", says=N_("That rule is unclear: open a proposal on the rulebook.")),
    ),
    reports=True,
)
def rule(
    session: Session,
    *,
    batch: str,
    item: str,
    label: str,
    outcome: DisputeOutcome | None,
    by: str,
    reason: str,
    rule: str,
    unclear: bool,
) -> None:
    """Rules one dispute."""
    from labelqa.workflows.disputes import rule_dispute

    if not label and outcome in (None, DisputeOutcome.UPHELD):
        raise WrongUsage(N_("say which label stands (--label), or that none does (--outcome rejected or sent-back)"))
    with session.desk() as desk:
        ruled = rule_dispute(
            desk, batch, item, label=label, outcome=str(outcome or ""), by=by, reason=reason, rule=rule, unclear=unclear
        )
    if session.json:
        return session.screen.json(ruled)
    if ruled.already:
        text = N_("This very ruling on {item} of {batch} stands already: nothing was recorded.")
        return session.screen.line(text, item=ruled.item_id, batch=batch)
    said = N_("{item} of {batch} is now {label}.") if ruled.ruling else N_("{item} of {batch}: {label}.")
    shown = ruled.ruling or named(DisputeOutcome(ruled.outcome), session.say)
    session.screen.line(said, item=ruled.item_id, batch=batch, label=shown)
    if unclear:
        session.screen.line(N_("A proposal on rule {rule} is open: labelqa proposal list"), rule=rule)
    if not rule and ruled.candidates:
        session.screen.line(N_("The ruling cites no rule; say which one decides with --rule, such as {rules}."),
                            rules=", ".join(ruled.candidates))  # fmt: skip
    return None


@command(
    "import",
    says=N_("Record the rulings of a list (CSV or XLSX)."),
    more=(
        N_(
            "Columns: item_id, label, by (the arbitrator), reason. Exit code 1 when rows were refused; each is named "
            "with its number, the others are recorded."
        ),
        N_(
            "Further columns, where there are any: rule, outcome (rejected or sent-back, without a label), unclear (yes)."
        ),
    ),
    examples=("labelqa dispute import safety-w46 rulings.csv",),
    words=(argument("batch"), argument("file", word=FILE)),
    reports=True,
)
def import_(session: Session, *, batch: str, file: Path) -> int:
    """Records the rulings of a list."""
    from labelqa.adapters.cli.files import looked
    from labelqa.adapters.cli.lists import rows
    from labelqa.workflows.disputes import import_rulings

    with session.desk() as desk:
        held = rows(looked(desk, session.start / file), required=RULING)
        done = import_rulings(desk, batch, [_ruling(row) for row in held])
    if session.json:
        session.screen.json(done)
    else:
        session.screen.findings(done.findings)
        session.screen.line(
            N_("{file}: {recorded} rulings recorded, {unchanged} known before, {n} findings."),
            file=file,
            recorded=done.recorded,
            unchanged=done.unchanged,
            n=len(done.findings),
        )
    return Exit.FAILED if done.findings else Exit.FINE


def _ruling(row: Row) -> RulingRow:
    from labelqa.workflows.disputes import RulingRow

    return RulingRow(
        item_id=row.told("item_id"), label=row.told("label"), by=row.told("by"), reason=row.told("reason"),
        rule=row.told("rule"), outcome=row.told("outcome"), unclear=row.told("unclear").casefold() in YES,
        place=row.place,
    )  # fmt: skip


dispute = noun("dispute", says=N_("List, raise and rule disputed items."), commands=[list_, raise_, rule, import_])
