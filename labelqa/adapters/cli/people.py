"""``labelqa people`` and ``labelqa qualify``: who works here, and who may work under which release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from labelqa.adapters.cli.command import argument, command, noun, option
from labelqa.adapters.cli.output import named, when
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE, Listed, MomentWord, OneOf, PairWord, in_zone
from labelqa.errors import Exit, WrongUsage
from labelqa.i18n import N_
from labelqa.records.finding import Severity, worst
from labelqa.records.people import Duty
from labelqa.records.results import PeopleImported
from labelqa.records.summary import PersonLine

if TYPE_CHECKING:
    from labelqa.workflows.desk import Desk

AT_SAYS = N_("When, in the workspace's time zone; else now.")


@command(
    "add",
    says=N_("Register a person with duties and accounts."),
    more=(N_("The name stays in one erasable table; everything else knows a random pseudonym, which is printed."),),
    examples=(
        "labelqa people add 陈思远 --organizer 云帆数据 --duties executor --account label-studio=11",
        "labelqa people add 安全判别模型 --organizer 云帆数据 --duties executor --model judge@2026-10",
    ),
    words=(
        argument("name"),
        option("--organizer", required=True, says=N_("For whom the person works.")),
        option(
            "--duties",
            word=Listed(OneOf.named(Duty)),
            required=True,
            says=N_("What the person does, with commas between."),
        ),
        option(
            "--account",
            word=PairWord("SERVER=ACCOUNT"),
            multiple=True,
            says=N_("An account; may be given several times."),
        ),
        option(
            "--model",
            default="",
            metavar="NAME@VERSION",
            says=N_("It is no person but a model that labels: which one, and its version."),
        ),
    ),
    reports=True,
)
def add(
    session: Session,
    *,
    name: str,
    organizer: str,
    duties: Sequence[Duty],
    account: Sequence[tuple[str, str]],
    model: str,
) -> None:
    """Registers one person, or one model."""
    from labelqa.workflows.people import add_person

    check_name("NAME", name)
    check_name("--organizer", organizer)
    with session.desk() as desk:
        person = add_person(desk, name, organizer=organizer, duties=duties, accounts=dict(account), model=model)
    if session.json:
        return session.screen.json(person)
    told = ", ".join(named(each, session.say) for each in Duty if each in person.duties)
    return session.screen.line(
        N_("Registered {name} as {person}: {duties}."), name=name, person=person.person, duties=told
    )


def check_name(word: str, name: str) -> None:
    """Raises WrongUsage for a name that cannot be read on a page: empty, endless, or with characters nobody sees."""
    from labelqa.adapters.files.people_table import LONGEST, readable_name

    if not name.strip() or not readable_name(name):
        raise WrongUsage(
            N_("{word}: a name has 1 to {most} characters, without line breaks, control or invisible characters."),
            word=word,
            most=LONGEST,
        )


@command(
    "import",
    says=N_("Register the people of a list (CSV or XLSX)."),
    more=(N_("Columns: person, organizer, duties, and one account:SERVER for each server."),),
    examples=("labelqa people import people.csv",),
    words=(argument("file", word=FILE),),
    reports=True,
)
def import_(session: Session, *, file: Path) -> int:
    """Registers the people of a list."""
    with session.desk() as desk:
        done = people_from(desk, session.start / file)
    return print_imported(session, file, done)


def people_from(desk: Desk, path: Path) -> PeopleImported:
    """Reads a list of people into the workspace; rows that cannot be taken are among the findings."""
    from dataclasses import replace

    from labelqa.adapters.cli.files import limit
    from labelqa.adapters.files.people_table import read_people
    from labelqa.workflows.people import import_people

    rows, findings = read_people(path, limit=limit(desk))
    done = import_people(desk, rows)
    return replace(done, findings=(*findings, *done.findings))


def print_imported(session: Session, file: Path, done: PeopleImported) -> int:
    """What a list brought; exit code 1 when rows of it were refused."""
    if session.json:
        session.screen.json(done)
    else:
        session.screen.findings(done.findings)
        session.screen.line(
            N_("{file}: {added} added, {unchanged} unchanged, {n} findings."),
            file=file,
            added=done.added,
            unchanged=done.unchanged,
            n=len(done.findings),
        )
    return Exit.FAILED if worst(done.findings) is Severity.ERROR else Exit.FINE


@command(
    "list",
    says=N_("List the people: duties, and qualification by release."),
    examples=("labelqa people list",),
    reports=True,
)
def list_(session: Session) -> None:
    """Prints everybody."""
    _show(session, person="", release="", at=None, known=None)


people = noun("people", says=N_("Register people with their duties and accounts."), commands=[add, import_, list_])


@command(
    "show",
    says=N_("Show who is qualified for which release, and which facts say so."),
    more=(N_("--at asks for the qualification at another time; --known for what was known by then."),),
    examples=("labelqa qualify show", "labelqa qualify show 陈思远 --release genai-safety@1.0.0 --at 2026-11-16"),
    words=(
        argument("person", required=False),
        option("--release", default="", metavar="NAME@VERSION", says=N_("Only this release.")),
        option("--at", word=MomentWord(), says=AT_SAYS),
        option("--known", word=MomentWord(), says=N_("Only what was recorded by then.")),
    ),
    reports=True,
)
def qualify_show(
    session: Session, *, person: str | None, release: str, at: datetime | None, known: datetime | None
) -> None:
    """Prints qualifications."""
    _show(session, person=person or "", release=release, at=at, known=known)


def _show(session: Session, *, person: str, release: str, at: datetime | None, known: datetime | None) -> None:
    from labelqa.workflows.people import find_person

    with session.desk() as desk:
        zone, now = desk.settings.zone, desk.clock()
        who = find_person(desk, person) if person else None
        moments: Mapping[str, datetime] = {
            name: in_zone(moment, zone, now) for name, moment in (("at", at), ("known", known)) if moment
        }
        lines = [
            each
            for each in _lines(desk, **moments)
            if (who is None or each.person == who) and release in {"", each.release}
        ]
    if session.json:
        return session.screen.json(lines)
    if not lines:
        nobody = N_("Nobody is registered here yet: `labelqa people import FILE`.")
        nothing = N_("Nothing was on record for that person, release and time.")
        return session.screen.line(nothing if who or release or moments else nobody)
    heads = (
        N_("person"),
        N_("name"),
        N_("organizer"),
        N_("duties"),
        N_("release"),
        N_("standing"),
        N_("score"),
        N_("until"),
        N_("facts"),
    )
    session.screen.table(
        heads,
        (
            (
                each.person,
                each.name,
                each.organizer,
                ", ".join(named(duty, session.say) for duty in each.duties),
                each.release or "–",
                named(each.standing, session.say),
                "–" if each.score is None else f"{each.score:.2f}",
                _until(each, zone, session),
                " ".join(str(fact) for fact in each.facts),
            )
            for each in lines
        ),
    )
    return None


def _until(line: PersonLine, zone: tzinfo, session: Session) -> str:
    """The end of a qualification; said where it is another release that ends it."""
    told = when(line.until, zone)
    return session.say(N_("{time} (the release ends)"), time=told) if line.replaced and line.until else told


def _lines(desk: Desk, **moments: datetime) -> tuple[PersonLine, ...]:
    from labelqa.workflows.people import person_lines

    return person_lines(desk, **moments)


qualify = noun("qualify", says=N_("Show who may work under which release, and why."), commands=[qualify_show])
