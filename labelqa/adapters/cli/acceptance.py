"""``labelqa acceptance``: the sheet by which a requester accepts a batch, its signatures, and the counts for payment."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from labelqa.adapters.cli.command import argument, command, noun, option
from labelqa.adapters.cli.forms import check_form, write_form
from labelqa.adapters.cli.output import named, when
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE, MomentWord, OneOf, in_zone
from labelqa.errors import WrongUsage
from labelqa.i18n import N_
from labelqa.records.acceptance import CountLine
from labelqa.records.governance import Meaning


@command(
    "sheet",
    says=N_("Write the acceptance sheet of a settled batch as PDF or HTML, to be signed by both parties."),
    more=(
        N_(
            "It says who ordered and who labelled, all rounds, what was checked by which plan at which risk, every result with "
            "its interval, corrections, disputes and appeals, and the digests by which all of it can be checked. PDF needs the "
            "extra pdf."
        ),
    ),
    examples=("labelqa acceptance sheet sft-w46 --out sft-w46.pdf --lang zh",),
    words=(
        argument("batch"),
        option("--out", word=FILE, required=True, says=N_("The file to write: .pdf or .html.")),
    ),
    reports=True,
    names=True,
)  # fmt: skip
def sheet(session: Session, *, batch: str, out: Path) -> None:
    """Writes the sheet."""
    from labelqa.adapters.report.acceptance_page import acceptance_html
    from labelqa.workflows.forms import Form
    from labelqa.workflows.identity.pseudonyms import shown
    from labelqa.workflows.rounds.acceptance import acceptance_sheet

    check_form(session, out)
    with session.desk() as desk:
        told = shown(desk, acceptance_sheet(desk, batch))
        write_form(session, desk, Form.ACCEPTANCE, batch, out=out, page=acceptance_html(told, session.screen.lang))
    if session.json:
        return session.screen.json(told)
    return session.screen.line(
        N_("{file}: sign it with `labelqa acceptance sign {batch} --file {file} --by PERSON --as approval`."),
        file=out, batch=batch,
    )  # fmt: skip


@command(
    "sign",
    says=N_("Record that somebody signed an acceptance sheet, over exactly the bytes of its file."),
    more=(
        N_("Only a file that `labelqa acceptance sheet` wrote for this batch in this workspace is taken, unaltered."),
    ),
    examples=("labelqa acceptance sign sft-w46 --file sft-w46.pdf --by 王主管 --as approval",),
    words=(
        argument("batch"),
        option("--file", word=FILE, required=True, says=N_("The sheet that was signed.")),
        option("--by", required=True, metavar="PERSON", says=N_("Who signs: pseudonym, name or SERVER=ACCOUNT.")),
        option("--as", word=OneOf(["approval", "review"]), required=True, says=N_("What the signature means.")),
    ),
    reports=True,
)
def sign(session: Session, *, batch: str, file: Path, by: str, **more: str) -> None:
    """Records a signature."""
    from labelqa.workflows.rounds.acceptance import sign_acceptance

    with session.desk() as desk:
        done = sign_acceptance(desk, batch, session.start / file, by=by, meaning=Meaning(more["as"]))
    if session.json:
        return session.screen.json(done)
    if done.already:
        return session.screen.line(N_("These bytes are signed by the same person already: nothing was recorded."))
    return session.screen.line(
        N_("{document} is signed ({digest}); approvals of these bytes: {n}."), document=done.document,
        digest=done.signature.digest[:12], n=done.approvals,
    )  # fmt: skip


@command(
    "show",
    says=N_("Show the conclusion on a batch and who signed which acceptance sheet of it."),
    examples=("labelqa acceptance show sft-w46",),
    words=(argument("batch"),),
    reports=True,
    names=True,
)
def show(session: Session, *, batch: str) -> None:
    """Prints signatures."""
    from labelqa.workflows.identity.pseudonyms import shown
    from labelqa.workflows.rounds.acceptance import acceptance_sheet

    with session.desk() as desk:
        found, zone = shown(desk, acceptance_sheet(desk, batch)), desk.settings.zone
    if session.json:
        return session.screen.json(found)
    screen, say = session.screen, session.say
    conclusion = named(found.batch.conclusion, say)
    screen.pairs(
        [
            (N_("batch"), batch),
            (N_("conclusion"), f"{conclusion} ({say(found.reason)})"),
            (N_("items accepted"), found.accepted),
        ]
    )
    if not found.signatures:
        return screen.line(N_("Nobody has signed an acceptance sheet of it."))
    heads = (N_("name"), N_("meaning"), N_("signed"), N_("digest"))
    return screen.table(
        heads,
        ((name, named(each.meaning, say), when(each.at, zone), each.digest[:16]) for name, each in found.signatures),
    )


@command(
    "counts",
    says=N_("Write accepted counts for payment: delivered, accepted, sent back and void, by organizer and batch."),
    more=(N_("An item is counted once, in the round in which it was accepted."),),
    examples=("labelqa acceptance counts --from 2026-11-01 --to 2026-12-01 --out counts.xlsx",),
    words=(
        option("--from", word=MomentWord(), says=N_("Batches settled from this time on.")),
        option("--to", word=MomentWord(), says=N_("Batches settled before this time.")),
        option("--organizer", default="", says=N_("Only this organizer's.")),
        option("--out", word=FILE, says=N_("Write them as a table (.xlsx or .csv); else they are printed.")),
    ),
    reports=True,
)
def counts(session: Session, *, organizer: str, out: Path | None, **more: datetime | None) -> None:
    """Prints or writes the counts."""
    from labelqa.adapters.files.count_table import write_counts
    from labelqa.workflows.rounds.counts import accepted_counts

    if out is not None and out.suffix.lower() not in {".xlsx", ".csv"}:
        raise WrongUsage("--out names an .xlsx or a .csv file, got {name}", name=out.name)
    with session.desk() as desk:
        zone, now = desk.settings.zone, desk.clock()
        start, end = (in_zone(told, zone, now) if told else None for told in (more["from"], more["to"]))
        found = accepted_counts(desk, start=start, end=end, organizer=organizer)
    if out is not None:
        write_counts(session.start / out, found, session.say, zone)
    if session.json:
        return session.screen.json(found)
    if not found.lines:
        session.screen.line(N_("No batch is to be counted: nothing matches."))
        return session.screen.line("{path}", path=out) if out else None
    heads = (
        N_("organizer"), N_("batch"), N_("round"), N_("conclusion"), N_("delivered"), N_("items accepted"), N_("went back"),
        N_("void"), N_("not accepted"), N_("labels corrected"),
    )  # fmt: skip
    session.screen.table(heads, (_row(session, each) for each in found.lines))
    for who, n in found.totals.items():
        session.screen.line(N_("{organizer}: {n} accepted {n:item|items}."), organizer=who, n=n)
    return session.screen.line("{path}", path=out) if out else None


def _row(session: Session, each: CountLine) -> tuple[object, ...]:
    conclusion = named(each.conclusion, session.say) if each.conclusion else "–"
    return (
        each.organizer, each.batch, each.round, conclusion, each.delivered, each.accepted, each.returned, each.voided,
        each.waiting, each.corrected,
    )  # fmt: skip


acceptance = noun(
    "acceptance", says=N_("Write and sign the acceptance of a batch; count what is paid for."),
    commands=[sheet, sign, show, counts],
)  # fmt: skip
