"""``labelqa register``: platforms, assessments, fixes, sites, channels, isolation, assisting models, contracts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING, TypeVar

from labelqa.adapters.cli.command import argument, command, noun, option
from labelqa.adapters.cli.output import named, when
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import DayWord, MomentWord, OneOf, PairWord, in_zone
from labelqa.errors import BadInput, Exit
from labelqa.i18n import N_
from labelqa.records.registers import Register

if TYPE_CHECKING:
    from labelqa.workflows.desk import Desk
    from labelqa.workflows.registers.entries import Entry

Found = TypeVar("Found")
BY = N_("Who enters it: pseudonym, name or SERVER=ACCOUNT.")
AT = option("--at", word=MomentWord(), says=N_("As it was at this time; now when it is not given."))
KNOWN = option("--known", word=MomentWord(), says=N_("As it was known at this time; now when it is not given."))
ATTACH = option(
    "--attach",
    multiple=True,
    metavar="TITLE=FILE",
    says=N_("A file to keep with it, under its digest; may be given several times."),
)


@command(
    "enter",
    says=N_("Enter something into a register; a later entry of the same id supersedes it."),
    more=(
        N_(
            "Fields: platform: name, version, owner. assessment (--about PLATFORM, --until): assessor, result. "
            "fix (--about PLATFORM): vulnerability, found, fixed (a day, or open). site: kind (on-site or remote), "
            "on site also zoning and access, and people or organizer. channel: device, channel, and people or "
            "--about SITE. isolation: where, how; batches. model: name, version, provider, filing or reason; batches "
            "that it pre-labels (or *). contract (--until): party, term. Further fields are kept as they are."
        ),
        N_("Titles and fields stay in the ledger for good: name people by --field people=NAME,… only."),
    ),
    examples=(
        (
            "labelqa register enter platform platform:ls --title 'Label Studio' --field name='Label Studio' "
            "--field version=1.22.0 --field owner='数据平台组' --by 周主管"
        ),
        (
            "labelqa register enter assessment assess:2026 --about platform:ls --title '2026 年度安全评估' "
            "--field assessor='安全部' --field result='通过' --until 2027-11-01 --attach 报告=report.pdf --by 周主管"
        ),
    ),
    words=(
        argument("register", word=OneOf.named(Register)),
        argument("entry"),
        option("--title", required=True, says=N_("What it is, in a few words.")),
        option(
            "--field",
            word=PairWord("NAME=VALUE"),
            multiple=True,
            says=N_("A field of the entry; may be given several times."),
        ),
        option("--about", default="", metavar="ENTRY", says=N_("The entry that it is about.")),
        option("--since", word=DayWord(), says=N_("From which day it holds; today when it is not given.")),
        option("--until", word=DayWord(), says=N_("Its last day, or the day on which it is due again.")),
        ATTACH,
        option("--by", required=True, metavar="PERSON", says=BY),
    ),
    reports=True,
)
def enter(
    session: Session,
    *,
    register: Register,
    entry: str,
    title: str,
    field: Sequence[tuple[str, str]],
    about: str,
    since: date | None,
    until: date | None,
    attach: Sequence[str],
    by: str,
) -> None:
    """Enters something."""
    from labelqa.workflows.registers import entries
    from labelqa.workflows.registers.attachments import pair

    if len({name for name, _ in field}) < len(field):
        raise BadInput(N_("a field is given twice: give each --field once"))
    told = entries.Entering(
        register=register, entry=entry, title=title, data=dict(field), about=about, since=since, until=until, by=by,
        attach=[pair(each) for each in attach],
    )  # fmt: skip
    with session.desk() as desk:
        made = entries.enter(desk, told, start=session.start)
    if session.json:
        return session.screen.json(made)
    return session.screen.line(
        N_("{register} {entry} is entered: fact {fact}, {n} attachments."),
        register=named(made.register, session.say),
        entry=made.entry,
        fact=made.fact,
        n=len(made.attachments),
    )


@command(
    "list",
    says=N_("List the entries in force, of one register or of all."),
    examples=("labelqa register list", "labelqa register list platform --at 2026-11-01"),
    words=(argument("register", word=OneOf.named(Register), required=False), AT, KNOWN),
    reports=True,
    names=True,
)
def list_(session: Session, *, register: Register | None, at: datetime | None, known: datetime | None) -> None:
    """Prints entries."""
    from labelqa.workflows.identity.pseudonyms import shown
    from labelqa.workflows.registers.entries import entries, shown_data
    from labelqa.workflows.state import shown_names

    with session.desk() as desk:
        when_, seen = moments(desk, at, known)
        found, names = shown(desk, entries(desk, register, at=when_, known=seen)), shown_names(desk)
        today = (when_ or desk.clock()).astimezone(desk.settings.zone).date()
    if session.json:
        return session.screen.json(found)
    heads = (
        N_("register"), N_("entry"), N_("title"), N_("about"), N_("since"), N_("until"), N_("state"), N_("fields"),
        N_("attachments"),
    )  # fmt: skip
    session.screen.table(
        heads,
        (
            (
                named(each.register, session.say), each.entry, each.title, each.about or "–", each.since or "–",
                each.until or "–", session.say(standing(each, today)), _fields(shown_data(each, names)),
                len(each.attachments),
            )
            for each in found
        ),
    )  # fmt: skip
    return session.screen.line(N_("{n} {n:entry|entries}."), n=len(found))


def standing(entry: Entry, today: date) -> str:
    """Whether an entry holds, for people."""
    if not entry.begun(today):
        return N_("not yet")
    return N_("past") if entry.ended(today) else N_("holds")


def _fields(data: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in data.items())


def as_of(
    session: Session, ask: Callable[..., Found], at: datetime | None, known: datetime | None, **more: object
) -> tuple[Found, tzinfo]:
    """What a list says as of the moments that were asked for, and the time zone to show times in."""
    with session.desk() as desk:
        when_, seen = moments(desk, at, known)
        return ask(desk, at=when_, known=seen, **more), desk.settings.zone


def moments(desk: Desk, *told: datetime | None) -> list[datetime | None]:
    """Moments of options in UTC, read in the workspace's time zone."""
    return [None if each is None else in_zone(each, desk.settings.zone, desk.clock()) for each in told]


@command(
    "show",
    says=N_("Show an entry with everything that was ever entered under its id, and its attachments."),
    examples=("labelqa register show platform:ls",),
    words=(argument("entry"),),
    reports=True,
    names=True,
)
def show(session: Session, *, entry: str) -> None:
    """Prints one entry."""
    from labelqa.workflows.identity.pseudonyms import shown
    from labelqa.workflows.registers.entries import history, shown_data
    from labelqa.workflows.state import shown_names

    with session.desk() as desk:
        told, names, zone = shown(desk, history(desk, entry)), shown_names(desk), desk.settings.zone
    if session.json:
        return session.screen.json(told)
    last = told[-1]
    session.screen.line(
        N_("{entry}: {title} ({register})"), entry=entry, title=last.title, register=named(last.register, session.say)
    )
    session.screen.table((N_("field"), N_("value")), shown_data(last, names).items())
    session.screen.line()
    session.screen.pairs(
        [(N_("about"), last.about or "–"), (N_("since"), last.since or "–"), (N_("until"), last.until or "–")]
    )
    if last.attachments:
        session.screen.title(N_("Attachments"))
        session.screen.table((N_("title"), N_("digest")), last.attachments)
    session.screen.title(N_("What was entered"))
    heads = (
        N_("fact"),
        N_("recorded"),
        N_("title"),
        N_("fields"),
        N_("until"),
        N_("by"),
        N_("how the author is known"),
    )
    return session.screen.table(
        heads,
        (
            (
                each.fact, when(each.recorded_at, zone), each.title, _fields(shown_data(each, names)),
                each.until or "–", each.by_name, named(each.identity, session.say),
            )
            for each in told
        ),
    )  # fmt: skip


@command(
    "check",
    says=N_("Say what the registers do not show: assessments due, open vulnerabilities, people without a site …"),
    more=(N_("Exit code 1 when anything is found."),),
    examples=("labelqa register check", "labelqa register check --at 2026-11-01"),
    words=(AT, KNOWN),
    reports=True,
)
def check(session: Session, *, at: datetime | None, known: datetime | None) -> int:
    """Checks the registers."""
    from labelqa.workflows.registers.checks import register_check

    with session.desk() as desk:
        when_, seen = moments(desk, at, known)
        found = register_check(desk, at=when_, known=seen)
    if session.json:
        session.screen.json({"findings": found})
    else:
        session.screen.findings(found)
        session.screen.line(N_("{n} findings in the registers."), n=len(found))
    return Exit.FAILED if found else Exit.FINE


@command(
    "erase",
    says=N_("Erase a kept file whose time of keeping is over; what the facts say stays."),
    examples=(
        (
            "labelqa register erase 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 "
            "--reason '保存期限届满' --by 周主管"
        ),
    ),
    words=(
        argument("digest"),
        option("--reason", required=True, says=N_("Why; it stays in the ledger.")),
        option("--by", required=True, metavar="PERSON", says=BY),
    ),
    reports=True,
)
def erase(session: Session, *, digest: str, reason: str, by: str) -> None:
    """Erases one attachment."""
    from labelqa.workflows.registers.erasing import erase_attachment

    with session.desk() as desk:
        until = erase_attachment(desk, digest, reason=reason, by=by)
    if session.json:
        return session.screen.json({"digest": digest, "kept_until": until})
    return session.screen.line(
        N_("{digest} is erased; it had to be kept until {day}."), digest=digest, day=until.date().isoformat()
    )


register = noun(
    "register",
    says=N_("Keep the registers of platforms, sites, assisting models and contracts."),
    commands=[enter, list_, show, check, erase],
)
