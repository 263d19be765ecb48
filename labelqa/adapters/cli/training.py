"""``labelqa train`` and ``labelqa exam``: what people were taught and what they passed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from labelqa.adapters.cli.command import argument, command, noun, option
from labelqa.adapters.cli.exam_gold import exam_gold
from labelqa.adapters.cli.exam_papers import (
    LEAST,
    exam_mark,
    exam_papers,
    exam_sheet,
    exam_verify,
    shares,
)
from labelqa.adapters.cli.exam_register import exam_register
from labelqa.adapters.cli.people import AT_SAYS, print_imported
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.train_export import train_export, train_matrix
from labelqa.adapters.cli.train_sessions import train_acknowledge, train_hold, train_sessions, train_show
from labelqa.adapters.cli.words import FILE, MomentWord, OneOf, PairWord, ReleaseWord, Share, in_zone
from labelqa.i18n import N_
from labelqa.records.results import PeopleImported

if TYPE_CHECKING:
    from labelqa.workflows.training.statements import StatementTerms


@command(
    "record",
    says=N_("Record that a person was trained on a release."),
    examples=(
        "labelqa train record 陈思远 --release genai-safety@1.0.0 --organizer 云帆数据 --topics rule-safety,platform",
    ),
    words=(
        argument("person"),
        option("--release", word=ReleaseWord(), required=True, says=N_("What was taught.")),
        option("--organizer", default="", says=N_("Who held the training; else the person's organizer.")),
        option("--at", word=MomentWord(), says=AT_SAYS),
        option("--topics", default="", metavar="TOPIC,…", says=N_("What was covered, with commas between.")),
        option("--material", default="", metavar="DIGEST", says=N_("Digest of what was taught.")),
    ),
    reports=True,
)
def train_record(
    session: Session, *, person: str, release: str, organizer: str, at: datetime | None, topics: str, material: str
) -> None:
    """Records one training."""
    from labelqa.adapters.cli.training_rows import topics_in
    from labelqa.workflows.people import find_person, person_lines, record_training
    from labelqa.workflows.training.checks import check_topics

    with session.desk() as desk:
        who, covered = find_person(desk, person), check_topics(topics_in(topics))
        held = organizer or next((each.organizer for each in person_lines(desk) if each.person == who), "")
        moment = in_zone(at, desk.settings.zone, desk.clock())
        done = record_training(desk, who, release, at=moment, organizer=held, topics=covered, material=material)
    if session.json:
        return session.screen.json(done)
    return session.screen.line(N_("Recorded: {person} was trained on {release}."), person=person, release=done.release)


@command(
    "import",
    says=N_("Record the trainings of a list (CSV or XLSX), or learning statements (xAPI)."),
    more=(
        N_("Columns: person, release, date, organizer, topics (semicolons between), material."),
        N_(
            "A list of sessions has the columns session, title, starts, ends, place, trainer, provider and attended as well: "
            "rows of one session name its attendees, and more of them may come later."
        ),
        N_(
            "Statements (FILE.json, FILE.jsonl; xAPI 1.0 and 2.0: attended, completed, passed, failed, scored, acknowledged) "
            "are read once each, by their ids. The options below say what they leave out."
        ),
    ),
    examples=(
        "labelqa train import trainings.csv",
        "labelqa train import statements.json --format xapi --server https://lms.example.com=lms --pass-mark 0.8",
    ),
    words=(
        argument("file", word=FILE),
        option("--format", word=OneOf(["table", "xapi"]), shown=N_("table, or xapi for .json and .jsonl"),
               says=N_("What the file is.")),
        option("--server", word=PairWord("HOMEPAGE=SERVER"), multiple=True,
               says=N_("xAPI: whose accounts those of a home page are; may be given several times.")),
        option("--release", word=ReleaseWord(), says=N_("xAPI: the release, where a statement names none.")),
        option("--topics", default="", metavar="TOPIC,…", says=N_("xAPI: the topics, where a statement names none.")),
        option("--organizer", default="", says=N_("xAPI: who held the trainings, where a statement does not say.")),
        option("--pass-mark", word=Share(), says=N_("xAPI: the pass mark, where a statement has none.")),
        option("--reason", default="", says=N_("xAPI: why this pass mark.")),
    ),
    reports=True,
)  # fmt: skip
def train_import(
    session: Session, *, file: Path, format: str | None, server: Sequence[tuple[str, str]], release: str | None,  # noqa: A002
    topics: str, organizer: str, pass_mark: float | None, reason: str,
) -> int:  # fmt: skip
    """Records a list of trainings, or learning statements."""
    from labelqa.adapters.cli.training_rows import topics_in, trainings_from
    from labelqa.workflows.training.statements import StatementTerms

    path = session.start / file
    if (format or ("xapi" if file.suffix.lower() in {".json", ".jsonl"} else "table")) == "table":
        with session.desk() as desk:
            return print_imported(session, file, trainings_from(desk, path))
    terms = StatementTerms(
        servers=dict(server), release=release or "", topics=topics_in(topics), organizer=organizer, pass_mark=pass_mark,
        reason=reason,
    )  # fmt: skip
    return print_imported(session, file, statements_from(session, path, terms))


def statements_from(session: Session, path: Path, terms: StatementTerms) -> PeopleImported:
    """Records the statements of a file; those that cannot be taken are among the findings."""
    from dataclasses import replace
    from hashlib import sha256

    from labelqa.adapters.cli.files import limit
    from labelqa.adapters.files.small import file_bytes
    from labelqa.adapters.xapi.reading import read_statements
    from labelqa.workflows.training.statements import import_statements

    with session.desk() as desk:
        data = file_bytes(path, limit=limit(desk))
        rows, found = read_statements(data, file=str(path))
        done = import_statements(desk, rows, replace(terms, source=sha256(data).hexdigest()))
    return replace(done, findings=(*found, *done.findings))


train = noun(
    "train",
    says=N_("Record who was trained on a release: sessions, lists, learning statements; see who was taught what."),
    commands=[
        train_hold, train_record, train_import, train_sessions, train_show, train_acknowledge, train_matrix, train_export,
    ],
)  # fmt: skip


@command(
    "record",
    says=N_("Record a person's exam on a release."),
    examples=("labelqa exam record 陈思远 --release genai-safety@1.0.0 --score 0.92 --pass-mark 0.8",),
    words=(
        argument("person"),
        option("--release", word=ReleaseWord(), required=True, says=N_("What was examined.")),
        option("--score", word=Share(), required=True, says=N_("Share of points reached.")),
        option("--pass-mark", word=Share(), default=0.8, says=N_("Share of points to be reached.")),
        option("--at", word=MomentWord(), says=AT_SAYS),
        option("--paper", default="", says=N_("Name or digest of the exam paper.")),
        option("--ability", word=PairWord("ABILITY=SHARE"), multiple=True,
               says=N_("Share right of an ability; may be given several times.")),
        LEAST,
        option("--reason", default="", says=N_("Why this pass mark: no text sets one.")),
        option("--proctor", default="", metavar="PERSON", says=N_("Who watched.")),
    ),
    reports=True,
)  # fmt: skip
def exam_record(
    session: Session, *, person: str, release: str, score: float, pass_mark: float, at: datetime | None, paper: str,
    ability: Sequence[tuple[str, str]], least: Sequence[tuple[str, str]], reason: str, proctor: str,
) -> None:  # fmt: skip
    """Records one exam."""
    from labelqa.records.training import ExamRow
    from labelqa.workflows.training.exam_lists import record_told

    with session.desk() as desk:
        row = ExamRow(
            person=person, release=release, at=in_zone(at, desk.settings.zone, desk.clock()), score=score,
            pass_mark=pass_mark, paper=paper, reason=reason, proctor=proctor, abilities=shares(ability, "--ability"),
            least=shares(least, "--least"),
        )  # fmt: skip
        done = record_told(desk, row)
    if session.json:
        return session.screen.json(done)
    passed = N_("Recorded: {person} passed the exam on {release}.")
    failed = N_("Recorded: {person} did not pass the exam on {release}.")
    return session.screen.line(passed if done.passed else failed, person=person, release=done.release)


@command(
    "import",
    says=N_("Record the exams of a list (CSV or XLSX)."),
    more=(
        N_("Columns: person, release, date, score, pass_mark, paper; score and pass_mark are shares, 0 to 1."),
        N_(
            "Further columns: reason, proctor, and a share for each ability: law, rules, platform, risk-judgement, data-security."
        ),
    ),
    examples=("labelqa exam import exams.csv",),
    words=(argument("file", word=FILE),),
    reports=True,
)
def exam_import(session: Session, *, file: Path) -> int:
    """Records a list of exams."""
    from labelqa.adapters.cli.exam_rows import exams_from

    with session.desk() as desk:
        done = exams_from(desk, session.start / file)
    return print_imported(session, file, done)


exam = noun(
    "exam",
    says=N_("Register exam papers, mark them, and record who passed the exam of a release."),
    commands=[exam_register, exam_papers, exam_sheet, exam_mark, exam_record, exam_import, exam_gold, exam_verify],
)
