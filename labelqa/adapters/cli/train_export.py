"""``labelqa train export`` and ``matrix``: training records for other programs, and who was taught what until when."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from labelqa.adapters.cli.command import command, flag, option
from labelqa.adapters.cli.people import AT_SAYS
from labelqa.adapters.cli.rulebook_named import write_text
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE, MomentWord, OneOf, ReleaseWord, in_zone
from labelqa.adapters.report.names import ENUMS
from labelqa.errors import WrongUsage
from labelqa.i18n import N_
from labelqa.records.personnel import Topic
from labelqa.records.training import Covered, Demand

if TYPE_CHECKING:
    from labelqa.workflows.training.matrix import Matrix, MatrixLine

HOME_SAYS = N_("Home page that ids and accounts begin with, such as https://labels.example.com/.")


@command(
    "export",
    says=N_("Write trainings, exams and acknowledgements for other programs."),
    more=(
        N_(
            "People stand in it by pseudonym, names come along with --names only. The same records give the same bytes, ids "
            "of statements included."
        ),
    ),
    examples=("labelqa train export --format xapi --out statements.json",),
    words=(
        option("--format", word=OneOf(["xapi"]), default="xapi", says=N_("The form: xapi (1.0.3 statements).")),
        option("--out", word=FILE, required=True, metavar="FILE.json", says=N_("Where to write.")),
        option("--person", default="", says=N_("Only this person.")),
        flag("--names", says=N_("Tell names too: then the file holds personal data.")),
        option("--home", default="", metavar="URL", says=HOME_SAYS),
    ),
    reports=True,
)
def train_export(session: Session, *, format: str, out: Path, person: str, names: bool, home: str) -> None:  # noqa: A002
    """Writes the records."""
    from labelqa.adapters.xapi import words
    from labelqa.adapters.xapi.writing import statements_text
    from labelqa.workflows.people import find_person
    from labelqa.workflows.training.exported import learning_records

    base = home_page(home) or words.HOME
    with session.desk() as desk:
        who = find_person(desk, person) if person else None
        records = learning_records(desk, person=who, names=names)
    write_text(session.start / out, statements_text(records, home=base))
    if session.json:
        return session.screen.json({"path": str(out), "format": format, "statements": len(records), "names": names})
    return session.screen.line(N_("{path}: {n} {n:statement|statements}."), path=out, n=len(records))


def home_page(text: str) -> str:
    """The home page as given; WrongUsage for what is no address of the web."""
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if text and (parts.scheme not in {"http", "https"} or not parts.netloc or any(each.isspace() for each in text)):
        raise WrongUsage("--home {text}: give an address such as https://labels.example.com/", text=text)
    return text


@command(
    "matrix",
    says=N_("Show who was taught which topic, by which session and until when, and what is missing."),
    more=(
        N_(
            "Held against the six topics of GB/T 45674—2025, 7.1 a), and the four of TC260-003, 5.3 a) 1), which count where "
            "the provider itself held the training."
        ),
    ),
    examples=("labelqa train matrix --release genai-safety@1.0.0", "labelqa train matrix --out coverage.xlsx"),
    words=(
        option("--release", word=ReleaseWord(), says=N_("Only the line of this release.")),
        option("--person", default="", says=N_("Only this person.")),
        option("--at", word=MomentWord(), says=AT_SAYS),
        option("--known", word=MomentWord(), says=N_("Only what was recorded by then.")),
        option("--out", word=FILE, metavar="FILE.xlsx", says=N_("Write the matrix as a workbook.")),
    ),
    reports=True,
    names=True,
)
def train_matrix(
    session: Session, *, release: str | None, person: str, at: datetime | None, known: datetime | None, out: Path | None
) -> None:
    """Prints the matrix, or writes it."""
    from labelqa.workflows.identity.pseudonyms import shown
    from labelqa.workflows.people import find_person
    from labelqa.workflows.training.matrix import training_matrix

    if out is not None and out.suffix.lower() != ".xlsx":
        raise WrongUsage("--out {path}: the name must end in .xlsx", path=str(out))
    with session.desk() as desk:
        zone, now = desk.settings.zone, desk.clock()
        moments = {name: in_zone(each, zone, now) for name, each in (("at", at), ("known", known)) if each}
        who = find_person(desk, person) if person else None
        found = shown(desk, training_matrix(desk, release=release or "", person=who, **moments))
    if out is not None:
        from labelqa.adapters.files.matrix_sheet import write_matrix

        write_matrix(session.start / out, found, zone=zone, lang=session.lang)
    if session.json:
        return session.screen.json(found)
    if out is not None:
        return session.screen.line(N_("{path}: {n} {n:person|people} × {lines} {lines:line|lines}."), path=out, lines=len(found.lines),
                                   n=len(found.people) // max(len(found.lines), 1))  # fmt: skip
    return _print(session, found)


def _print(session: Session, matrix: Matrix) -> None:
    if not matrix.people:
        return session.screen.line(N_("Nobody is registered here yet: `labelqa people import FILE`."))
    for line in matrix.lines:
        session.screen.title(N_("{line}: a training counts for {days} {days:day|days}"), line=line, days=matrix.days)
        mine = [each for each in matrix.people if each.coverage.line == line]
        heads = (N_("name"), N_("organizer"), *(ENUMS["Topic"][each] for each in Topic), *_DEMANDS)
        session.screen.table(heads, [_cells(each) for each in mine])
        whole = sum(each.coverage.complete for each in mine)
        session.screen.line(N_("{n} of {all} {all:person|people} {n:misses|miss} nothing."), n=whole, all=len(mine))
    return session.screen.line(
        N_("A day is when a training ends to count; * held by the provider; ! it counts no longer.")
    )


_DEMANDS = (N_("missing of GB/T 45674"), N_("missing of TC260-003"))


def _cells(line: MatrixLine) -> tuple[str, ...]:
    found = line.coverage
    told = (cell_of(found.covered[each]) if each in found.covered else "–" for each in Topic)
    return (line.name, line.organizer, *told, *(str(len(found.gaps[each])) for each in Demand))


def cell_of(covered: Covered) -> str:
    """The end of a training in a cell: its day, else a dash for "never", with its marks."""
    until = f"{covered.until:%Y-%m-%d}" if covered.until else "∞"
    return until + ("*" if covered.provider else "") + ("!" if covered.lapsed else "")
