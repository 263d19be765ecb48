"""``labelqa people export | rename | erase`` and ``labelqa retention``: what is known of people, and how long."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labelqa.adapters.cli.command import argument, command, flag, noun, option
from labelqa.adapters.cli.output import named, when
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE, OneOf
from labelqa.errors import WrongUsage
from labelqa.i18n import N_
from labelqa.records.people import Duty
from labelqa.records.personal import Erased, ErasureReason, PersonalData, RetentionLine

if TYPE_CHECKING:
    from labelqa.workflows.desk import Desk

BY = N_("Who decides it: pseudonym, name or SERVER=ACCOUNT.")


@command(
    "export",
    says=N_("Write everything that is known of a person: JSON, and beside it the same as text."),
    more=(
        N_(
            "For a person who asks what is kept. Other people stand in it by pseudonym; password hashes do not stand in it. Only you can read the files (mode 0600)."
        ),
    ),
    examples=("labelqa people export 陈思远 --out 陈思远.json",),
    words=(argument("person"), option("--out", word=FILE, required=True, says=N_("The JSON file; the text goes beside it, as .txt."))),
)  # fmt: skip
def export(session: Session, *, person: str, out: Path) -> None:
    """Writes both files."""
    from labelqa.adapters.report.data import render_json
    from labelqa.workflows.identity.person import personal_data

    target = session.start / out
    text = target.with_suffix(".txt")
    if text == target:
        raise WrongUsage(N_("--out names the JSON file, such as person.json; the text goes beside it."))
    with session.desk() as desk:
        found, zone = personal_data(desk, person), desk.settings.zone
        lines = list(_readable(found, session, zone))
    _write_private(target, render_json(found, session.lang).encode())
    _write_private(text, ("\n".join(lines) + "\n").encode())
    session.screen.line("{path}", path=target)
    session.screen.line("{path}", path=text)


def _write_private(path: Path, content: bytes) -> None:
    """Writes a file that only its owner can read, whole or not at all."""
    from labelqa.adapters.files.whole import write_whole

    before = os.umask(0o077)
    try:
        write_whole(path, content)
    finally:
        os.umask(before)


def _readable(found: PersonalData, session: Session, zone: Any) -> Iterator[str]:
    say = session.say
    yield say(
        N_("What is known of {person}, as of {time}"), person=found.name or found.person, time=when(found.made_at, zone)
    )
    yield ""
    yield say(N_("Pseudonym: {person}"), person=found.person)
    yield say(N_("Name: {name}"), name=found.name or "–")
    for server, account in found.accounts:
        yield say(N_("Account on {server}: {account}"), server=server, account=account)
    if found.login:
        yield say(N_("Login to the dashboard: {roles}"), roles=", ".join(found.login["roles"]))
    for each in found.sessions:
        yield say(
            N_("Signed in from {start} to {end}"),
            start=when(each["made"], zone),
            end=when(each["over"] or each["seen"], zone),
        )
    span = (when(found.first_annotation, zone), when(found.last_annotation, zone))
    if found.annotations:
        yield say(N_("Answers to items: {n}, from {first} to {last}"), n=found.annotations, first=span[0], last=span[1])
    else:
        yield say(N_("Answers to items: none"))
    yield ""
    yield say(N_("Texts by or about you: {n}"), n=len(found.texts))
    for told in found.texts:
        yield f"  #{told.fact or '–'}  {' '.join(told.text.split())}"
    yield ""
    yield say(N_("Recorded facts: {n}"), n=len(found.facts))
    for fact in found.facts:
        yield f"  #{fact['seq']}  {when(fact['recorded_at'], zone)}  {fact['kind']}  {_flat(fact['body'], found, session, zone)}"


def _flat(body: Any, found: PersonalData, session: Session, zone: Any) -> str:
    """What a fact holds, field by field: texts instead of their digests, times of the workspace's zone."""
    from labelqa.adapters.report.data import plain

    texts = {str(each.digest): " ".join(each.text.split()) for each in found.texts}
    held: Mapping[str, Any] = plain(body, "en")
    between = "；" if session.say.lang == "zh" else "; "
    return between.join(
        f"{name}={_readable_value(value, texts, session, zone)}"
        for name, value in held.items()
        if value not in ("", [], {}, None)
    )


def _readable_value(value: Any, texts: Mapping[str, str], session: Session, zone: Any) -> str:
    if isinstance(value, list):
        between = "、" if session.say.lang == "zh" else ", "
        return between.join(_readable_value(each, texts, session, zone) for each in value)
    if isinstance(value, bool):
        return session.say(N_("yes")) if value else session.say(N_("no"))
    text = str(value)
    if text in set(Duty):
        return named(Duty(text), session.say)
    if len(text) > len("2026-11-16") and text[:4].isdigit():
        with suppress(ValueError):
            return when(datetime.fromisoformat(text), zone)
    return texts.get(text, text)


@command(
    "rename",
    says=N_("Correct a person's name; the old one is gone."),
    examples=("labelqa people rename 陈思远 陈思源 --by 周敏",),
    words=(argument("person"), argument("name"), option("--by", required=True, metavar="PERSON", says=BY)),
)
def rename(session: Session, *, person: str, name: str, by: str) -> None:
    """Corrects a name."""
    from labelqa.adapters.cli.people import check_name
    from labelqa.workflows.identity.erasing import rename_person

    check_name("NAME", name)
    with session.desk() as desk:
        who = rename_person(desk, person, name, by=by)
    session.screen.line(N_("{person} is called {name} from now on."), person=who, name=name)


@command(
    "erase",
    says=N_("Erase what names a person: name, accounts, login, texts. The pseudonym and the facts stay."),
    more=(
        N_(
            "Refused while a retention class runs, with the day on which it becomes possible; --due lists who may go now."
        ),
    ),
    examples=("labelqa people erase 陈思远 --by 周敏 --reason request", "labelqa people erase --due"),
    words=(
        argument("person", required=False),
        option("--by", default="", metavar="PERSON", says=BY),
        option("--reason", word=OneOf.named(ErasureReason), says=N_("Why; a code, since the reason stays for ever.")),
        flag("--due", says=N_("List everybody with a name: whose data may be erased now, and from when the others'.")),
        flag("--shred", says=N_("Only write the database anew, so that its file holds nothing that was erased.")),
    ),
    reports=True,
)
def erase(
    session: Session, *, person: str | None, by: str, reason: ErasureReason | None, due: bool, shred: bool
) -> None:
    """Erases one person, or lists who is due."""
    from labelqa.workflows.identity.erasing import erase_person, shred_database

    with session.desk() as desk:
        if due and not (person or shred):
            return _due(session, desk)
        if shred and not (person or due):
            shred_database(desk)
            return session.screen.line(N_("The database was written anew."))
        if not (person and by and reason) or due or shred:
            raise WrongUsage(N_("Say whom to erase with --by and --reason, or --due, or --shred alone."))
        done = erase_person(desk, person, by=by, reason=reason)
    return _erased(session, done)


def _erased(session: Session, done: Erased) -> None:
    if session.json:
        return session.screen.json(done)
    session.screen.findings(done.findings)
    return session.screen.line(
        N_("{person} is nobody here any more: {accounts} {accounts:account|accounts}, {texts} {texts:text|texts}, {sessions} {sessions:session|sessions} erased (fact {fact})."),
        person=done.person, accounts=done.accounts, texts=done.texts, sessions=done.sessions, fact=done.fact,
    )  # fmt: skip


def _due(session: Session, desk: Desk) -> None:
    from labelqa.workflows.identity.erasing import due_people

    lines, zone = due_people(desk), desk.settings.zone
    if session.json:
        return session.screen.json(lines)
    if not lines:
        return session.screen.line(N_("Nobody has a name here."))
    heads = (N_("person"), N_("name"), N_("may be erased"), N_("kept by"))
    return session.screen.table(
        heads,
        (
            (
                each.person, each.name, session.say(N_("now")) if each.due else when(each.until, zone)[:10],
                ", ".join(named(kept.retention, session.say) for kept in each.keeping),
            )
            for each in lines
        ),
    )  # fmt: skip


@command(
    "show",
    says=N_("Show the classes of retention: floor, value in force and its reason, the oldest record, what is due."),
    examples=("labelqa retention show", "labelqa retention show --json"),
    reports=True,
)
def retention_show(session: Session) -> None:
    """Prints the classes."""
    from labelqa.workflows.identity.retention import retention_lines

    with session.desk() as desk:
        lines, zone = retention_lines(desk), desk.settings.zone
    if session.json:
        return session.screen.json(lines)
    heads = (
        N_("class"),
        N_("at least"),
        N_("in force"),
        N_("reason"),
        N_("oldest record"),
        N_("records"),
        N_("due now"),
    )
    session.screen.table(
        heads,
        (
            (
                named(each.retention, session.say), _long(each, each.floor, session),
                _long(each, each.value, session) if each.applies else session.say(N_("does not apply")),
                each.reason or "–", when(each.oldest, zone), each.records, each.due,
            )
            for each in lines
        ),
    )  # fmt: skip
    for each in lines:
        for at, value, reason in each.shortened:
            session.screen.line(
                N_("Shortened: {name} to {value} on {time}, because: {reason}"),
                name=named(each.retention, session.say), value=_long(each, int(value), session), time=when(at, zone),
                reason=reason,
            )  # fmt: skip
    return None


def _long(line: RetentionLine, value: int, session: Session) -> str:
    months = N_("{n} {n:month|months}") if line.unit == "months" else N_("{n} {n:year|years}")
    return session.say(months, n=value)


retention = noun("retention", says=N_("Show how long which records stay, and what may go."), commands=[retention_show])
