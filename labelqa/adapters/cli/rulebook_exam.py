"""``labelqa rulebook exam``, ``grade`` and ``bank``: a paper from the examples, its marks, and how its questions work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from labelqa.adapters.cli.command import argument, command, flag, option
from labelqa.adapters.cli.rulebook_named import named_rulebook, write_text
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE, MomentWord, Share, Whole, in_zone
from labelqa.errors import BadInput, WrongUsage
from labelqa.i18n import N_
from labelqa.records.finding import Finding, Place

if TYPE_CHECKING:
    from labelqa.records.people import Exam
    from labelqa.rulebook.exam import Paper
    from labelqa.workflows.exams import Graded, PaperFacts

_FORMS = (".xlsx", ".json", ".html")


@command(
    "exam",
    says=N_("Make an exam paper from a rulebook's examples, drawn by a seed."),
    more=(
        N_(
            "RULEBOOK is a file or NAME@VERSION. Every rule is asked before any is asked twice; the examples are those "
            "kept for exams. The same rulebook, seed and number give the same paper again."
        ),
        N_("FILE.xlsx is filled in by choosing, FILE.html is printed, FILE.json is for other programs."),
    ),
    examples=("labelqa rulebook exam genai-safety@1.0.0 --seed 2026-11-16 --questions 10 --out paper.xlsx",),
    words=(
        argument("rulebook"),
        option("--seed", required=True, says=N_("Words that nobody who sits the exam knows beforehand.")),
        option("--questions", word=Whole(), required=True, says=N_("How many questions.")),
        option("--out", word=FILE, required=True, metavar="FILE", says=N_("FILE.xlsx, FILE.html or FILE.json.")),
        flag("--with-handbook", says=N_("Ask borderline examples of the handbook too.")),
    ),
    reports=True,
)
def exam(session: Session, *, rulebook: str, seed: str, questions: int, out: Path, with_handbook: bool) -> None:
    """Writes the paper."""
    from labelqa.workflows.exams import facts_of, make_paper

    if out.suffix.lower() not in _FORMS:
        raise WrongUsage("--out {path}: the name must end in .xlsx, .html or .json", path=str(out))
    paper = make_paper(named_rulebook(session, rulebook), seed=seed, n=questions, with_handbook=with_handbook)
    _write_paper(session, session.start / out, paper, facts_of(paper))
    if session.json:
        return session.screen.json(facts_of(paper))
    return session.screen.line(
        N_("{path}: {n} {n:question|questions} on {release}; paper {digest}."),
        path=out, n=len(paper.questions), release=paper.release, digest=paper.digest,
    )  # fmt: skip


def _write_paper(session: Session, path: Path, paper: Paper, facts: PaperFacts) -> None:
    form = path.suffix.lower()
    if form == ".json":
        from labelqa.adapters.files.exam_files import paper_json

        return write_text(path, paper_json(paper, asdict(facts)))
    if form == ".html":
        from labelqa.adapters.report.exam_page import exam_page

        return write_text(path, exam_page(paper, session.lang))
    from labelqa.adapters.files.exam_sheet import write_exam_sheet

    if not path.parent.is_dir():
        raise BadInput("{folder}: there is no such folder; make it first, or name another", folder=str(path.parent))
    return write_exam_sheet(path, paper, asdict(facts), lang=session.lang)


@command(
    "grade",
    says=N_("Mark the answers to an exam paper; every answer is explained by its rule."),
    more=(
        N_(
            "PAPER is the paper as it was made (XLSX or JSON), ANSWERS the filled workbook, a CSV with the columns "
            "question and answer, or JSON. --record puts the score on record, as labelqa exam record does."
        ),
    ),
    examples=(
        "labelqa rulebook grade paper.xlsx answers-chen.xlsx",
        "labelqa rulebook grade paper.json answers.csv --record --person 陈思远 --pass-mark 0.8 --out marked-chen.json",
    ),
    words=(
        argument("paper", word=FILE),
        argument("answers", word=FILE),
        option("--rulebook", default="", metavar="FILE", says=N_("The rulebook, where it is no release known here.")),
        flag("--record", says=N_("Put the score on record.")),
        option("--person", default="", says=N_("Whose answers these are.")),
        option("--pass-mark", word=Share(), default=0.8, says=N_("Share of points to be reached.")),
        option("--at", word=MomentWord(), says=N_("When the exam was sat; else now.")),
        option("--out", word=FILE, metavar="FILE.json", says=N_("Write the marks, for labelqa rulebook bank.")),
    ),
    reports=True,
)
def grade(
    session: Session, *, paper: Path, answers: Path, rulebook: str, record: bool, person: str, pass_mark: float,
    at: datetime | None, out: Path | None,
) -> None:  # fmt: skip
    """Prints the marks with their reasons."""
    from labelqa.adapters.files.exam_files import marked_json, read_answers, read_paper
    from labelqa.workflows.exams import PaperFacts, grade_paper, remade

    if record and not person:
        raise WrongUsage("--record needs --person: whose exam is it?")
    facts = PaperFacts(**read_paper(session.start / paper))
    source = named_rulebook(session, rulebook or facts.release)
    told = read_answers(session.start / answers)
    graded = grade_paper(remade(source, facts), told, source.book)
    done = _recorded(session, graded, person, pass_mark, at) if record else None
    if out is not None:
        taker = done.person if done else answers.name
        write_text(session.start / out, marked_json(graded.result, taker=taker))
    if session.json:
        return session.screen.json({"graded": graded, "score": graded.result.score, "recorded": done})
    from labelqa.adapters.cli.exam_tables import print_graded

    session.screen.findings([_placed(each, str(answers)) for each in graded.result.findings])
    print_graded(session, graded, person=person, recorded=done, pass_mark=pass_mark)
    return None


def _recorded(session: Session, graded: Graded, person: str, pass_mark: float, at: datetime | None) -> Exam:
    from labelqa.workflows.exams import record_graded

    with session.desk() as desk:
        when = in_zone(at, desk.settings.zone, desk.clock())
        return record_graded(desk, graded, person, pass_mark=pass_mark, at=when)


def _placed(each: Finding, file: str) -> Finding:
    return Finding(
        code=each.code, severity=each.severity, message=each.message, mend=each.mend,
        place=Place(file=file, subject=each.place.subject),
    )  # fmt: skip


@command(
    "bank",
    says=N_("Show how well exam questions work over many marked papers: difficulty, discrimination, exposure."),
    more=(
        N_(
            "FILES are what labelqa rulebook grade --out wrote, of one rulebook. Flagged questions stand first; with "
            "fewer than 20 takers discrimination is unknown."
        ),
    ),
    examples=("labelqa rulebook bank marked-chen.json marked-lin.json",),
    words=(argument("files", word=FILE, many=True),),
    reports=True,
)
def bank(session: Session, *, files: Sequence[Path]) -> None:
    """Prints the questions with their figures."""
    from labelqa.adapters.files.exam_files import read_marked
    from labelqa.workflows.exam_bank import Sheet, item_bank

    found = item_bank([Sheet(**read_marked(session.start / each)) for each in files])
    if session.json:
        return session.screen.json(found)
    from labelqa.adapters.cli.exam_tables import print_bank

    return print_bank(session, found)
