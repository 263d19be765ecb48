"""``labelqa vendor``: a vendor's records of people, trainings and exams, taken in or handed out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from labelqa.adapters.cli.command import argument, command, noun, option
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE, PairWord, PathWord
from labelqa.errors import Exit
from labelqa.i18n import N_
from labelqa.records.finding import Severity, worst


@command(
    "import",
    says=N_("Take in a vendor's people, trainings and exams from a file that somebody signed for."),
    more=(
        N_(
            "The file is what `labelqa vendor export` writes (a zip, or unpacked), or a workbook with the sheets people, "
            "trainings and exams. Taken in twice it adds nothing; a changed file is told, and only what is new is taken."
        ),
        N_(
            "Accounts stay those of the vendor's own servers; --server says which of them is a server here, so that labels "
            "from there are theirs. Who is registered here for the vendor with such an account is the same person."
        ),
        N_("It stays the vendor's record: no training in it counts as held by the provider itself."),
    ),
    examples=("labelqa vendor import yunfan.zip --vendor 云帆数据 --signed-by 周敏",),
    words=(
        argument("file", word=FILE),
        option("--vendor", required=True, metavar="NAME", says=N_("Which vendor.")),
        option("--signed-by", required=True, metavar="PERSON", says=N_("Who answers for the file: a registered person.")),
        option("--server", word=PairWord("THEIRS=OURS"), multiple=True,
               says=N_("Which server of the vendor is which one here; may be given several times.")),
    ),
    reports=True,
)  # fmt: skip
def import_(session: Session, *, file: Path, vendor: str, signed_by: str, server: Sequence[tuple[str, str]]) -> int:
    """Takes in one file."""
    from labelqa.adapters.cli.files import limit
    from labelqa.adapters.files.vendor_files import read_vendor
    from labelqa.workflows.vendors import import_vendor

    with session.desk() as desk:
        told = read_vendor(session.start / file, limit=limit(desk))
        done = import_vendor(desk, told, vendor=vendor, signed_by=signed_by, servers=dict(server))
    if session.json:
        session.screen.json(done)
    else:
        session.screen.findings(done.findings)
        session.screen.line(
            N_("{vendor}: {people} {people:person|people}, {trainings} {trainings:training|trainings} and {exams} {exams:exam|exams} added, {unchanged} unchanged, {n} {n:finding|findings}."),
            vendor=done.vendor, people=done.people, trainings=done.trainings, exams=done.exams,
            unchanged=done.unchanged, n=len(done.findings),
        )  # fmt: skip
    return Exit.FAILED if worst(done.findings) is Severity.ERROR else Exit.FINE


@command(
    "export",
    says=N_("Hand out one's own people by pseudonym, with accounts, trainings and exams, for whom they work for."),
    more=(N_("No names go out. The manifest holds the head of the ledger and the digests of the parts."),),
    examples=("labelqa vendor export --out yunfan.zip",),
    words=(option("--out", word=PathWord("FILE"), required=True, says=N_("Where to write the zip.")),),
    reports=True,
)
def export(session: Session, *, out: Path) -> None:
    """Writes one file."""
    from labelqa.adapters.files.vendor_files import write_vendor
    from labelqa.workflows.vendor_own import vendor_records

    with session.desk() as desk:
        records = vendor_records(desk)
    digest = write_vendor(session.start / out, records)
    if session.json:
        return session.screen.json({"file": str(out), "digest": digest, **records["ledger"]})
    return session.screen.line(
        N_("{file}: {people} {people:person|people}, {trainings} {trainings:training|trainings}, {exams} {exams:exam|exams}; sha256 {digest}."), file=str(out), digest=digest,
        people=len(records["people"]), trainings=len(records["trainings"]), exams=len(records["exams"]),
    )  # fmt: skip


vendor = noun(
    "vendor",
    says=N_("Take in a vendor's records of people, trainings and exams, or hand out one's own."),
    commands=[import_, export],
)
