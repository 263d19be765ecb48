"""``labelqa exam register``: a paper with its key, its pass mark and the reason goes on record."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from labelqa.adapters.cli.command import argument, command, option
from labelqa.adapters.cli.exam_papers import LEAST, shares
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE, ReleaseWord, Share, Whole
from labelqa.errors import BadInput, Exit, WrongUsage
from labelqa.i18n import N_
from labelqa.records.finding import Severity, worst

if TYPE_CHECKING:
    from labelqa.records.finding import Finding
    from labelqa.rulebook.exam import KeyedPaper, Paper, WrittenQuestion
    from labelqa.workflows.rulebooks import Source


@command(
    "register",
    says=N_("Put an exam paper on record, with its pass mark and the reason for it."),
    more=(
        N_(
            "PAPER is what labelqa rulebook exam wrote (XLSX or JSON), or a file of questions (YAML, CSV, XLSX: question, "
            "choices, answer, ability, rule). More questions come from --questions, and from the bank that comes with labelqa "
            "with --common N: so all five abilities can be examined."
        ),
        N_("The paper with its key stays in the workspace; labelqa exam sheet hands it out without the key."),
    ),
    examples=(
        (
            "labelqa exam register paper.xlsx --common 3 --least data-security=0.6 --pass-mark 0.8 "
            "--reason '试考中合格者的抽检错误率低于 2%'"
        ),
        "labelqa exam register questions.yaml --release genai-safety@1.0.0 --pass-mark 0.8 --reason pilot",
    ),
    words=(
        argument("paper", word=FILE),
        option("--pass-mark", word=Share(), required=True, says=N_("Share of points to be reached.")),
        option("--reason", required=True, says=N_("Why this pass mark: no text sets one.")),
        LEAST,
        option("--questions", word=FILE, multiple=True, says=N_("A file of questions; may be given several times.")),
        option("--common", word=Whole(), metavar="N",
               says=N_("So many questions of each ability from the bank that comes with labelqa.")),
        option("--release", word=ReleaseWord(), says=N_("The release, where PAPER is a file of questions.")),
        option("--seed", default="", says=N_("Puts written questions and choices into order; else the paper's own.")),
        option("--title", default="", says=N_("What the paper is called.")),
    ),
    reports=True,
)  # fmt: skip
def exam_register(
    session: Session, *, paper: Path, pass_mark: float, reason: str, least: Sequence[tuple[str, str]],
    questions: Sequence[Path], common: int | None, release: str | None, seed: str, title: str,
) -> int:  # fmt: skip
    """Registers one paper."""
    from labelqa.workflows.training.papers import PaperTerms, compose_paper, register_paper

    source, drawn, written, found = _parts(session, paper, questions, release or "")
    sown = seed or (drawn.seed if drawn else source.release)
    written = (*written, *_common(common, sown))
    if worst(found) is Severity.ERROR:
        return _refused(session, found)
    keyed, more = compose_paper(source, drawn=drawn, written=written, seed=sown, title=title)
    found = [*found, *more]
    if worst(found) is Severity.ERROR:
        return _refused(session, found)
    terms = PaperTerms(pass_mark=pass_mark, reason=reason, least=shares(least, "--least"), title=title)
    with session.desk() as desk:
        done = register_paper(desk, keyed, terms, origin=_origin(drawn, keyed))
    if session.json:
        session.screen.json({"paper": done, "findings": found})
        return Exit.FINE
    session.screen.findings(found)
    session.screen.line(
        N_("Registered {title} version {version}: {n} {n:question|questions} on {release}, pass mark {mark}; paper {digest}."),
        title=done.title, version=done.version, n=done.questions, release=done.release, mark=done.pass_mark,
        digest=done.paper[:12],
    )  # fmt: skip
    return Exit.FINE


def _origin(drawn: Paper | None, keyed: KeyedPaper) -> str:
    written = any(each.source.startswith("question:") for each in keyed.questions)
    return "upload" if drawn is None else "mixed" if written else "rulebook"


def _refused(session: Session, found: Sequence[Finding]) -> int:
    if session.json:
        session.screen.json({"paper": None, "findings": found})
    else:
        session.screen.findings(found)
        session.screen.line(N_("Nothing was registered: mend the {n} {n:problem|problems} first."), n=len(found))
    return Exit.FAILED


def _parts(
    session: Session, paper: Path, questions: Sequence[Path], release: str
) -> tuple[Source, Paper | None, tuple[WrittenQuestion, ...], list[Finding]]:
    """The rulebook, the paper drawn from it where there is one, and the written questions with what is wrong in them."""
    from labelqa.adapters.cli.rulebook_named import named_rulebook
    from labelqa.adapters.files.exam_files import read_paper
    from labelqa.adapters.files.question_table import written_questions
    from labelqa.workflows.exams import PaperFacts, remade

    files, drawn = list(questions), None
    try:
        facts = None if release else PaperFacts(**read_paper(session.start / paper))
    except BadInput:
        if paper.suffix.lower() in {".yaml", ".yml", ".csv", ".tsv"}:
            raise WrongUsage("{path} is a file of questions: --release says which rulebook is examined",
                             path=str(paper)) from None  # fmt: skip
        raise
    source = named_rulebook(session, facts.release if facts else release)
    if facts:
        drawn = remade(source, facts)
    else:
        files.insert(0, paper)
    read = [written_questions(session.start / each) for each in files]
    return source, drawn, tuple(one for held, _ in read for one in held), [one for _, found in read for one in found]


def _common(n: int | None, seed: str) -> tuple[WrittenQuestion, ...]:
    from labelqa.rulebook.exam import chosen, shipped_questions

    return chosen(shipped_questions(), each=n, seed=seed) if n else ()
