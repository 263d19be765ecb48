"""``labelqa train`` and ``labelqa exam``: what people were taught and what they passed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from labelqa.adapters.cli.command import argument, command, noun, option
from labelqa.adapters.cli.people import AT_SAYS, print_imported
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE, MomentWord, ReleaseWord, Share, in_zone
from labelqa.i18n import N_


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
    from labelqa.workflows.people import find_person, person_lines, record_training

    with session.desk() as desk:
        who = find_person(desk, person)
        held = organizer or next((each.organizer for each in person_lines(desk) if each.person == who), "")
        done = record_training(
            desk,
            who,
            release,
            at=in_zone(at, desk.settings.zone, desk.clock()),
            organizer=held,
            topics=_parts(topics),
            material=material,
        )
    if session.json:
        return session.screen.json(done)
    return session.screen.line(N_("Recorded: {person} was trained on {release}."), person=person, release=done.release)


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


@command(
    "import",
    says=N_("Record the trainings of a list (CSV or XLSX)."),
    more=(N_("Columns: person, release, date, organizer, topics (semicolons between), material."),),
    examples=("labelqa train import trainings.csv",),
    words=(argument("file", word=FILE),),
    reports=True,
)
def train_import(session: Session, *, file: Path) -> int:
    """Records a list of trainings."""
    from labelqa.adapters.cli.files import trainings_from

    with session.desk() as desk:
        done = trainings_from(desk, session.start / file)
    return print_imported(session, file, done)


train = noun("train", says=N_("Record who was trained on a release."), commands=[train_record, train_import])


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
    ),
    reports=True,
)
def exam_record(
    session: Session, *, person: str, release: str, score: float, pass_mark: float, at: datetime | None, paper: str
) -> None:
    """Records one exam."""
    from labelqa.workflows.people import find_person, record_exam

    with session.desk() as desk:
        when_ = in_zone(at, desk.settings.zone, desk.clock())
        done = record_exam(
            desk, find_person(desk, person), release, at=when_, score=score, pass_mark=pass_mark, paper=paper
        )
    if session.json:
        return session.screen.json(done)
    passed = N_("Recorded: {person} passed the exam on {release}.")
    failed = N_("Recorded: {person} did not pass the exam on {release}.")
    return session.screen.line(passed if done.passed else failed, person=person, release=done.release)


@command(
    "import",
    says=N_("Record the exams of a list (CSV or XLSX)."),
    more=(N_("Columns: person, release, date, score, pass_mark, paper; score and pass_mark are shares, 0 to 1."),),
    examples=("labelqa exam import exams.csv",),
    words=(argument("file", word=FILE),),
    reports=True,
)
def exam_import(session: Session, *, file: Path) -> int:
    """Records a list of exams."""
    from labelqa.adapters.cli.files import exams_from

    with session.desk() as desk:
        done = exams_from(desk, session.start / file)
    return print_imported(session, file, done)


exam = noun("exam", says=N_("Record who passed the exam of a release."), commands=[exam_record, exam_import])
