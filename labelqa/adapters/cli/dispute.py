"""``labelqa dispute``: items without a label of record, and the arbitrator's ruling."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from labelqa.adapters.cli.command import argument, command, noun, option
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE
from labelqa.errors import Exit
from labelqa.i18n import N_
from labelqa.records.results import Dispute

RULING: Final = ("item_id", "label", "by", "reason")  # columns of a list of rulings


@command(
    "list",
    says=N_("List the disputed items of a frozen batch with the votes on each."),
    examples=("labelqa dispute list safety-w46",),
    words=(argument("batch"),),
    reports=True,
)
def list_(session: Session, *, batch: str) -> None:
    """Prints the disputes, open ones first."""
    from labelqa.workflows.disputes import disputes

    with session.desk() as desk:
        found = disputes(desk, batch)
    if session.json:
        return session.screen.json(found)
    if not found:
        return session.screen.line(N_("{batch} has no disputed items."), batch=batch)
    heads = (N_("item"), N_("votes"), N_("ruling"), N_("content"))
    session.screen.table(heads, (_row(session, each) for each in sorted(found, key=lambda each: bool(each.ruling))))
    still = sum(not each.ruling for each in found)
    return session.screen.line(N_("{n} disputed items, {still} still open."), n=len(found), still=still)


def _row(session: Session, each: Dispute) -> tuple[object, ...]:
    votes = ", ".join(f"{label} × {n}" for label, n in each.votes)
    content = " | ".join(each.content.values())
    return each.item_id, votes, each.ruling or session.say(N_("open")), content


@command(
    "rule",
    says=N_("Record an arbitrator's ruling on a disputed item."),
    examples=("labelqa dispute rule safety-w46 q-0007 --label refuse --by p-3f9a2c71 --reason 'rule 2.3 applies'",),
    words=(
        argument("batch"),
        argument("item"),
        option("--label", required=True, says=N_("The label of record.")),
        option("--by", required=True, metavar="PERSON", says=N_("The arbitrator: pseudonym, name or SERVER=ACCOUNT.")),
        option("--reason", required=True, says=N_("Why, in one sentence.")),
    ),
    reports=True,
)
def rule(session: Session, *, batch: str, item: str, label: str, by: str, reason: str) -> None:
    """Rules one dispute."""
    from labelqa.workflows.disputes import rule_dispute

    with session.desk() as desk:
        ruled = rule_dispute(desk, batch, item, label=label, by=by, reason=reason)
    if session.json:
        return session.screen.json(ruled)
    return session.screen.line(
        N_("{item} of {batch} is now {label}."), item=ruled.item_id, batch=batch, label=ruled.ruling
    )


@command(
    "import",
    says=N_("Record the rulings of a list (CSV or XLSX)."),
    more=(
        N_(
            "Columns: item_id, label, by (the arbitrator), reason. Exit code 1 when rows were refused; each is named "
            "with its number, the others are recorded."
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
    from labelqa.workflows.disputes import RulingRow, import_rulings

    with session.desk() as desk:
        held = rows(looked(desk, session.start / file), required=RULING)
        told = [RulingRow(place=row.place, **{name: row.told(name) for name in RULING}) for row in held]
        done = import_rulings(desk, batch, told)
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


dispute = noun("dispute", says=N_("List and rule disputed items."), commands=[list_, rule, import_])
