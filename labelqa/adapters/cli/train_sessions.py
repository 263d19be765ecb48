"""``labelqa train hold``, ``sessions``, ``show`` and ``acknowledge``: sessions, who came, and what was read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from labelqa.adapters.cli.command import argument, command, flag, option
from labelqa.adapters.cli.output import when
from labelqa.adapters.cli.people import AT_SAYS
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE, MomentWord, ReleaseWord, in_zone
from labelqa.adapters.report.names import ENUMS
from labelqa.i18n import N_, Speaker

if TYPE_CHECKING:
    from labelqa.workflows.desk import Desk
    from labelqa.workflows.training.sessions import SessionLine


@command(
    "hold",
    says=N_("Record a training session and everybody who attended it."),
    more=(
        N_("Each attendee gets a training record for each release, which names the session."),
        N_(
            "--material keeps the file as an attachment and records its digest; the minutes and the name of a trainer who "
            "is not registered are kept erasably."
        ),
    ),
    examples=(
        (
            "labelqa train hold 安全培训一期 --topics rule-safety,platform --release genai-safety@1.0.0 --organizer 云帆数据 "
            "--provider --starts 2026-11-16T09:00 --ends 2026-11-16T11:00 --attended 陈思远 --attended 李雨桐"
        ),
    ),
    words=(
        argument("title"),
        option("--topics", required=True, metavar="TOPIC,…", says=N_("What was covered, with commas between.")),
        option("--release", word=ReleaseWord(), required=True, multiple=True,
               says=N_("What was taught; may be given several times.")),
        option("--organizer", required=True, says=N_("Who held the training.")),
        flag("--provider", says=N_("The provider itself held it (TC260-003, 5.3 a) 1)).")),
        option("--starts", word=MomentWord(), required=True, says=N_("When it started.")),
        option("--ends", word=MomentWord(), required=True, says=N_("When it ended; the training counts from then on.")),
        option("--attended", required=True, multiple=True, metavar="PERSON",
               says=N_("Who attended; may be given several times.")),
        option("--absent", multiple=True, metavar="PERSON",
               says=N_("Who was invited and did not come; may be given several times.")),
        option("--place", default="", says=N_("Where it was held.")),
        option("--trainer", default="", says=N_("Who taught: a registered person, or a name.")),
        option("--material", word=FILE, multiple=True, says=N_("What was taught; may be given several times.")),
        option("--minutes", default="", says=N_("The minutes as text.")),
        option("--minutes-file", word=FILE, says=N_("The minutes as a text file.")),
        option("--id", default="", metavar="ID", says=N_("An id of the session's own; else it gets one.")),
    ),
    reports=True,
)  # fmt: skip
def train_hold(
    session: Session, *, title: str, topics: str, release: Sequence[str], organizer: str, provider: bool,
    starts: datetime, ends: datetime, attended: Sequence[str], absent: Sequence[str], place: str, trainer: str,
    material: Sequence[Path], minutes: str, minutes_file: Path | None, id: str,  # noqa: A002
) -> None:  # fmt: skip
    """Records one session."""
    from labelqa.adapters.cli.files import whole_text
    from labelqa.adapters.cli.training_rows import topics_in
    from labelqa.workflows.people import find_person
    from labelqa.workflows.registers.attachments import kept
    from labelqa.workflows.training.sessions import SessionTerms, hold_session

    with session.desk() as desk:
        zone, now = desk.settings.zone, desk.clock()
        came, missed = ([find_person(desk, each) for each in names] for names in (attended, absent))
        terms = SessionTerms(
            title=title, topics=topics_in(topics), releases=release, organizer=organizer, provider=provider, place=place,
            starts=in_zone(starts, zone, now), ends=in_zone(ends, zone, now), trainer=trainer_of(desk, trainer),
            materials=kept(desk, [(path.name, path) for path in material], start=session.start),
            minutes=whole_text(session.start / minutes_file) if minutes_file else minutes,
        )  # fmt: skip
        done = hold_session(desk, terms, attended=came, absent=missed, session=id)
    if session.json:
        return session.screen.json(done)
    return session.screen.line(
        N_("Recorded session {session}: {n} {n:person was|people were} trained on {releases}."), session=done.session,
        n=len(done.attended), releases=", ".join(done.releases),
    )  # fmt: skip


def trainer_of(desk: Desk, text: str) -> str:
    """The pseudonym of a registered trainer, else the name as it was given."""
    from labelqa.errors import BadInput
    from labelqa.workflows.people import find_person

    try:
        return find_person(desk, text) if text else ""
    except BadInput:
        return text


@command(
    "sessions",
    says=N_("List the training sessions."),
    examples=("labelqa train sessions",),
    reports=True,
)
def train_sessions(session: Session) -> None:
    """Prints every session."""
    from labelqa.workflows.training.sessions import sessions

    with session.desk() as desk:
        found, zone = sessions(desk), desk.settings.zone
    if session.json:
        return session.screen.json(found)
    if not found:
        return session.screen.line(
            N_("No session is on record yet: `labelqa train hold`, or `labelqa train import FILE`.")
        )
    heads = (N_("session"), N_("title"), N_("starts"), N_("organizer"), N_("held by the provider"), N_("topics"),
             N_("attended"), N_("absent"))  # fmt: skip
    session.screen.table(
        heads,
        [
            (each.session, each.title, when(each.starts, zone), each.organizer, _yes(each.provider, session.say),
             topic_names(each.topics, session.say), len(each.attended), len(each.absent))
            for each in found
        ],
    )  # fmt: skip
    return None


def _yes(told: bool, say: Speaker) -> str:
    return say(N_("yes")) if told else say(N_("no"))


def topic_names(topics: Sequence[str], say: Speaker) -> str:
    """The topics as people read them."""
    names = ENUMS["Topic"]
    named = (say(names.get(each, each)) for each in topics)
    return ("、" if say.lang == "zh" else ", ").join(named)


@command(
    "show",
    says=N_("Show one training session: what, when, by whom, who came."),
    examples=("labelqa train show t-1a2b3c4d",),
    words=(argument("session_id"),),
    reports=True,
)
def train_show(session: Session, *, session_id: str) -> None:
    """Prints one session."""
    from labelqa.workflows.training.sessions import session_line

    with session.desk() as desk:
        found, zone = session_line(desk, session_id), desk.settings.zone
    if session.json:
        return session.screen.json(found)
    between = "、" if session.lang == "zh" else ", "
    session.screen.line(N_("Session {session}: {title}"), session=found.session, title=found.title)
    session.screen.pairs(
        [
            (N_("starts"), when(found.starts, zone)),
            (N_("ends"), when(found.ends, zone)),
            (N_("place"), found.place or "–"),
            (N_("organizer"), found.organizer),
            (N_("held by the provider"), _yes(found.provider, session.say)),
            (N_("trainer"), found.trainer or "–"),
            (N_("topics"), topic_names(found.topics, session.say)),
            (N_("releases"), ", ".join(found.releases)),
            (N_("attended"), between.join(found.attended)),
            (N_("absent"), between.join(found.absent) or "–"),
            (N_("materials"), _materials(found) or "–"),
            (N_("facts"), " ".join(str(each) for each in (found.fact, *found.trained))),
        ]
    )
    if found.minutes:
        session.screen.title(N_("Minutes"))
        session.screen.out.write(found.minutes + "\n")
    return None


def _materials(line: SessionLine) -> str:
    return ", ".join(f"{title} {digest[:12]}".strip() for title, digest in line.materials)


@command(
    "acknowledge",
    says=N_("Record that a person has read a release of a rulebook."),
    examples=("labelqa train acknowledge 陈思远 genai-safety@1.0.0",),
    words=(
        argument("person"),
        argument("release", word=ReleaseWord()),
        option("--at", word=MomentWord(), says=AT_SAYS),
    ),
    reports=True,
)
def train_acknowledge(session: Session, *, person: str, release: str, at: datetime | None) -> None:
    """Records one acknowledgement."""
    from labelqa.workflows.people import find_person
    from labelqa.workflows.training.sessions import acknowledge_release

    with session.desk() as desk:
        moment = in_zone(at, desk.settings.zone, desk.clock()) if at else None
        done = acknowledge_release(desk, find_person(desk, person), release, at=moment)
    if session.json:
        return session.screen.json(done)
    return session.screen.line(N_("Recorded: {person} has read {release}."), person=person, release=release)
