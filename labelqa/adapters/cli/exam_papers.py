"""``labelqa exam papers``, ``sheet``, ``mark`` and ``verify``: papers on record, and exams on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from labelqa.adapters.cli.command import argument, command, option
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE, MomentWord, PairWord, in_zone
from labelqa.adapters.report.names import ENUMS
from labelqa.errors import BadInput, Exit, WrongUsage
from labelqa.i18n import N_, Speaker

if TYPE_CHECKING:
    from labelqa.workflows.training.papers import PaperLine

PAPER_SAYS = N_("PAPER is a registered paper: its title, TITLE@VERSION, or the first digits of its digest.")
LEAST = option(
    "--least",
    word=PairWord("ABILITY=SHARE"),
    multiple=True,
    says=N_("Lowest share of an ability that passes; may be given several times."),
)


def shares(pairs: Sequence[tuple[str, str]], name: str) -> dict[str, float]:
    """ABILITY=SHARE, as typed; WrongUsage for what is no share."""
    try:
        return {ability: float(share) for ability, share in pairs}
    except ValueError:
        raise WrongUsage("{name}: ABILITY=SHARE is expected, such as data-security=0.6", name=name) from None


@command(
    "papers",
    says=N_("List the registered exam papers."),
    examples=("labelqa exam papers",),
    reports=True,
)
def exam_papers(session: Session) -> None:
    """Prints every paper."""
    from labelqa.workflows.training.papers import papers

    with session.desk() as desk:
        found = papers(desk)
    if session.json:
        return session.screen.json(found)
    if not found:
        return session.screen.line(N_("No paper is registered yet: `labelqa exam register PAPER`."))
    heads = (N_("paper"), N_("title"), N_("version"), N_("release"), N_("questions"), N_("pass mark"),
             N_("abilities not examined"), N_("reason"))  # fmt: skip
    session.screen.table(heads, [_paper(each, session.say) for each in found])
    return None


def _paper(line: PaperLine, say: Speaker) -> tuple[object, ...]:
    between = "、" if say.lang == "zh" else ", "
    least = between.join(f"{ability_name(name, say)} ≥ {share:.2f}" for name, share in line.least.items())
    mark = f"{line.pass_mark:.2f}" + (f" ({least})" if least else "")
    missing = between.join(ability_name(each, say) for each in line.missing) or "–"
    return line.paper[:12], line.title, line.version, line.release, line.questions, mark, missing, line.reason


def ability_name(code: str, say: Speaker) -> str:
    """What an ability is called."""
    names = ENUMS["Ability"]
    return say(names.get(code, code))


@command(
    "sheet",
    says=N_("Hand out a registered paper, without its key."),
    more=(PAPER_SAYS,),
    examples=("labelqa exam sheet 上岗考核 --out paper.xlsx",),
    words=(
        argument("paper"),
        option(
            "--out", word=FILE, required=True, metavar="FILE", says=N_("FILE.xlsx to fill in, or FILE.html to print.")
        ),
    ),
    reports=True,
)
def exam_sheet(session: Session, *, paper: str, out: Path) -> None:
    """Writes the paper."""
    from labelqa.adapters.cli.rulebook_named import write_text
    from labelqa.workflows.state import read_state
    from labelqa.workflows.training.papers import find_paper, kept_paper

    form, path = out.suffix.lower(), session.start / out
    if form not in {".xlsx", ".html"}:
        raise WrongUsage("--out {path}: the name must end in .xlsx or .html", path=str(out))
    with session.desk() as desk:
        registered = find_paper(read_state(desk), paper)
        handed = kept_paper(desk, registered.paper).handed()
    if form == ".html":
        from labelqa.adapters.report.exam_page import exam_page

        write_text(path, exam_page(handed, session.lang))
    else:
        from labelqa.adapters.files.exam_sheet import write_exam_sheet

        if not path.parent.is_dir():
            raise BadInput("{folder}: there is no such folder; make it first, or name another", folder=str(path.parent))
        write_exam_sheet(path, handed, {"registered": handed.digest}, lang=session.lang)
    if session.json:
        return session.screen.json({"path": str(out), "paper": handed.digest, "questions": len(handed.questions)})
    return session.screen.line(
        N_("{path}: {n} {n:question|questions} on {release}; paper {digest}."), path=out, n=len(handed.questions),
        release=handed.release, digest=handed.digest,
    )  # fmt: skip


@command(
    "mark",
    says=N_("Mark the answers to a registered paper and put the exam on record."),
    more=(
        PAPER_SAYS,
        N_(
            "ANSWERS is the filled workbook, a CSV with the columns question and answer, or JSON; they are kept erasably."
        ),
    ),
    examples=("labelqa exam mark 陈思远 上岗考核 answers-chen.xlsx --proctor 周敏",),
    words=(
        argument("person"),
        argument("paper"),
        argument("answers", word=FILE),
        option("--at", word=MomentWord(), says=N_("When the exam was sat; else now.")),
        option("--proctor", default="", metavar="PERSON", says=N_("Who watched.")),
    ),
    reports=True,
)
def exam_mark(
    session: Session, *, person: str, paper: str, answers: Path, at: datetime | None, proctor: str
) -> None:  # fmt: skip
    """Marks and records one exam."""
    from labelqa.adapters.cli.exam_results import print_exam
    from labelqa.workflows.people import find_person
    from labelqa.workflows.state import read_state
    from labelqa.workflows.training.papers import find_paper
    from labelqa.workflows.training.results import record_marked

    with session.desk() as desk:
        registered = find_paper(read_state(desk), paper)
        told = _answers(session.start / answers, registered.paper)
        watched = find_person(desk, proctor) if proctor else ""
        moment = in_zone(at, desk.settings.zone, desk.clock()) if at else None
        done = record_marked(desk, find_person(desk, person), registered, told, at=moment, proctor=watched)
    if session.json:
        return session.screen.json(done)
    return print_exam(session, done, person, answers=str(answers))


def _answers(path: Path, paper: str) -> Mapping[str, str]:
    """The answers of a file; BadInput for a workbook of another paper."""
    from labelqa.adapters.files.exam_files import read_answers
    from labelqa.adapters.files.exam_sheet import read_exam_sheet

    if path.suffix.lower() != ".xlsx":
        return read_answers(path)
    facts, answers = read_exam_sheet(path)
    if facts.get("registered") != paper:
        raise BadInput(
            "{path}: the workbook of another paper; give the answers to the one that was sat", path=str(path)
        )
    return answers


@command(
    "verify",
    says=N_("Grade somebody's stored answers again and say whether the marks are identical."),
    examples=("labelqa exam verify 陈思远", "labelqa exam verify 陈思远 --paper 上岗考核"),
    words=(
        argument("person"),
        option("--paper", default="", says=N_("Only this paper; a gold exam by the first digits of its digest.")),
    ),
    reports=True,
)
def exam_verify(session: Session, *, person: str, paper: str) -> int:
    """Verifies the exams of a person."""
    from labelqa.adapters.cli.exam_results import print_verified
    from labelqa.workflows.people import find_person
    from labelqa.workflows.state import read_state
    from labelqa.workflows.training.papers import find_paper
    from labelqa.workflows.training.results import verify_exams

    with session.desk() as desk:
        who, zone = find_person(desk, person), desk.settings.zone
        try:
            digest = find_paper(read_state(desk), paper).paper if paper else ""
        except BadInput:
            if not all(letter in "0123456789abcdef" for letter in paper):
                raise
            digest = paper  # an exam on gold items has no registered paper
        found = verify_exams(desk, who, paper=digest)
    if session.json:
        session.screen.json(found)
    else:
        print_verified(session, found, zone)
    return Exit.ALTERED if any(each.identical is False for each in found) else Exit.FINE
