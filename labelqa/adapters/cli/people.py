"""``labelqa people``: who works here, with which duties and accounts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from labelqa.adapters.cli.command import argument, command, flag, noun, option
from labelqa.adapters.cli.output import named
from labelqa.adapters.cli.people_leave import access, leave
from labelqa.adapters.cli.personal import erase, export, rename
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE, Listed, OneOf, PairWord
from labelqa.errors import Exit, WrongUsage
from labelqa.i18n import N_
from labelqa.records.finding import Severity, worst
from labelqa.records.people import Duty
from labelqa.records.results import PeopleImported

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
    "change",
    says=N_("Give somebody registered a further account, other duties or another organizer, from now on."),
    more=(N_("What was so before stays on record and counts for the time before. Nobody gives oneself a duty."),),
    examples=("labelqa people change 陈思远 --duties executor,reviewer --account lms=chen --by 周敏",),
    words=(
        argument("person"),
        option("--account", word=PairWord("SERVER=ACCOUNT"), multiple=True,
               says=N_("An account; may be given several times.")),
        option("--duties", word=Listed(OneOf.named(Duty)),
               says=N_("All that the person does from now on, with commas between; else as before.")),
        option("--organizer", default="", says=N_("For whom the person works.")),
        option("--by", required=True, metavar="PERSON",
               says=N_("Who decides it: pseudonym, name or SERVER=ACCOUNT.")),
    ),
    reports=True,
)  # fmt: skip
def change(
    session: Session,
    *,
    person: str,
    account: Sequence[tuple[str, str]],
    duties: Sequence[Duty] | None,
    organizer: str,
    by: str,
) -> None:
    """Changes a registration."""
    from labelqa.workflows.changing import change_person
    from labelqa.workflows.people import shown_name

    if organizer:
        check_name("--organizer", organizer)
    with session.desk() as desk:
        done = change_person(desk, person, by=by, accounts=dict(account), duties=duties or (), organizer=organizer)
        name = shown_name(desk, done.person)
    if session.json:
        return session.screen.json(done)
    told = ", ".join(named(each, session.say) for each in Duty if each in done.duties)
    text = N_("{name} is registered from now on for {organizer}: {duties}.")
    return session.screen.line(text, name=name, organizer=done.organizer, duties=told)


@command(
    "import",
    says=N_("Register the people of a list (CSV or XLSX)."),
    more=(
        N_(
            "Columns: person, organizer, duties, and one account:SERVER for each server. Rows of registered people that say otherwise are findings: `labelqa people change`."
        ),
    ),
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
    from labelqa.adapters.cli.lists import in_order
    from labelqa.adapters.files.people_table import read_people
    from labelqa.workflows.people import import_people

    rows, findings = read_people(path, limit=limit(desk))
    done = import_people(desk, rows)
    return replace(done, findings=in_order((*findings, *done.findings)))


def print_imported(session: Session, file: Path, done: PeopleImported) -> int:
    """What a list brought; exit code 1 when rows of it were refused."""
    if session.json:
        session.screen.json(done)
    else:
        session.screen.findings(done.findings)
        if any(each.place.row for each in done.findings):
            session.screen.line(N_("Rows are counted as a spreadsheet shows them: the titles are row 1."))
        session.screen.line(
            N_("{file}: {added} added, {unchanged} unchanged, {n} {n:finding|findings}."),
            file=file,
            added=done.added,
            unchanged=done.unchanged,
            n=len(done.findings),
        )
    return Exit.FAILED if worst(done.findings) is Severity.ERROR else Exit.FINE


@command(
    "list",
    says=N_("List the people: duties, and qualification by release."),
    examples=("labelqa people list", "labelqa people list --all"),
    words=(flag("--all", says=N_("Also those who are no longer here.")),),
    reports=True,
    names=True,
)
def list_(session: Session, *, all: bool) -> None:  # noqa: A002 - the option's name
    """Prints everybody."""
    from labelqa.adapters.cli.qualify import print_standings

    print_standings(session, person="", release="", at=None, known=None, everybody=all)


people = noun(
    "people",
    says=N_("Register people with their duties and accounts."),
    commands=[add, change, import_, list_, leave, access, export, rename, erase],
)
