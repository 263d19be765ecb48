"""Correct or erase what is known of a person, and see whose data may go.

Erasure takes away name, accounts, login, sessions and texts; facts stay, as they name nobody, and so does the chain.
It is refused while a retention class runs. Reports that were issued are not touched: they are named.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from labelqa.errors import BadInput, Busy, Message, Refused
from labelqa.i18n import N_
from labelqa.people.retention import LOG_ONLY, keepings
from labelqa.records.facts import Draft, PersonErased, PersonRenamed
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.names import PersonId
from labelqa.records.personal import Due, Erased, ErasureReason, Keeping
from labelqa.records.policy import Retention
from labelqa.workflows.desk import Desk
from labelqa.workflows.identity.person import Known, known_of, texts_naming, texts_of
from labelqa.workflows.people import check_name, find_person, registered
from labelqa.workflows.policies import policies_at
from labelqa.workflows.state import shown_names

LARGEST: Final = 64 * 2**20  # bytes of a file that is looked into
ARCHIVES: Final = (".xlsx", ".docx", ".zip")
OPAQUE: Final = (".sqlite3", ".sqlite3-wal", ".sqlite3-shm", ".parquet")
KEPT_AS: Final = {
    Retention.LOG: N_("log until {date}"),
    Retention.QA: N_("records of quality work until {date}"),
    Retention.EU: N_("EU documentation until {date}"),
}


def rename_person(desk: Desk, person: str, name: str, *, by: str) -> PersonId:
    """Correct a name. The old one is gone; the ledger keeps only that, when and by whom it was corrected."""
    who, wanted = find_person(desk, person), name.strip()
    known = desk.ledger.identities.names()
    if not wanted:
        raise BadInput("a person needs a name")
    if who not in known:
        raise Refused("{person} has no name on record that could be corrected", person=who)
    if known[who] == wanted:
        raise Refused("{name} is the name on record already", name=wanted)
    check_name(wanted, [each for other, each in known.items() if other != who])
    decider = registered(desk, by)
    draft = Draft(
        body=PersonRenamed(person=who, by=decider), subjects=tuple(dict.fromkeys((f"person:{who}", f"person:{decider}"))),
        actor=desk.actor, identity=desk.identity,
    )  # fmt: skip
    desk.ledger.append([draft], now=desk.clock(), beside=desk.ledger.identities.register(who, wanted, {}))
    desk.ledger.personal.shred()
    return who


def erase_person(desk: Desk, person: str, *, by: str, reason: ErasureReason) -> Erased:
    """Erase what names a person; Refused, with the day on which it becomes possible, while a retention class runs."""
    known, decider = known_of(desk, person), registered(desk, by)
    if decider == known.person:
        raise Refused("nobody erases their own records: --by names somebody else")
    now = desk.clock()
    others, kept = _of_others(desk, known, now)
    texts = (*(each.digest for each in texts_of(desk, known)), *others)
    if not (known.name or known.accounts or texts or desk.ledger.logins.of(known.person)):
        raise BadInput("nothing is left of {person} that could be erased", person=known.person)
    running = [each for each in known.keeping if each.until > now]
    if running:
        raise Refused(
            "{person} cannot be erased before {date}: {classes}",
            person=shown_names(desk).get(known.person, known.person),
            date=_day(desk, max(running, key=lambda each: each.until)), classes=_classes(desk, running),
        )  # fmt: skip
    draft = Draft(
        body=PersonErased(person=known.person, reason=str(reason), by=decider), subjects=(f"person:{known.person}",),
        actor=desk.actor, identity=desk.identity,
    )  # fmt: skip
    counts: dict[str, int] = {}
    beside = desk.ledger.personal.erased(known.person, texts, upto=known.head, late=_late, counts=counts)
    (fact,) = desk.ledger.append([draft], now=now, beside=beside)
    left = (*kept, *_for_good(desk, known), *_shredded(desk), *_still_named(desk, known))
    return Erased(person=known.person, fact=fact.seq, **counts, findings=left)


def due_people(desk: Desk) -> tuple[Due, ...]:
    """Everybody who still has a name or account here, the first who may be erased first; ``due`` says it is time.

    Of those who are not due ``until`` is the earliest that it can be.
    """
    now, policies, personal = desk.clock(), policies_at(desk, desk.ledger.view()), desk.ledger.personal
    last, worked = personal.last_about(), personal.last_about(but=LOG_ONLY)
    names, found = shown_names(desk), []
    for person in names:
        keeping = keepings(policies, log=last.get(person), work=worked.get(person))
        if not any(each.until > now for each in keeping):  # the index may be too early: look at everything
            keeping = known_of(desk, person).keeping
        until = max((each.until for each in keeping), default=now)
        found.append(Due(person=person, name=names[person], keeping=keeping, until=until, due=until <= now))
    return tuple(sorted(found, key=lambda each: (each.until, each.person)))


def _of_others(desk: Desk, known: Known, now: datetime) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """The texts of other people's facts that name somebody: those that may go, and what is said of those that stay."""
    policies, gone, kept = policies_at(desk, desk.ledger.view()), [], []
    held = desk.ledger.personal.last_holding([each.digest for each in texts_naming(desk, known)])
    for digest, at in held.items():
        until = max((each.until for each in keepings(policies, log=at, work=at)), default=now)
        if until <= now:
            gone.append(digest)
            continue
        kept.append(finding(
            "text-names", "a text of another record names {person} and has to stay until {date}", severity=Severity.WARNING,
            mend=Message("erase the person again then"), place=Place(subject=f"text:{digest}"), person=known.person,
            date=until.astimezone(desk.settings.zone).date().isoformat(),
        ))  # fmt: skip
    return tuple(gone), tuple(kept)


def shred_database(desk: Desk) -> None:
    """Write the database anew; Busy while somebody else uses it."""
    if not desk.ledger.personal.shred():
        raise Busy("another program uses the workspace: close the dashboard and try again")


def _late() -> None:
    raise Refused("something was recorded about this person meanwhile: nothing was erased")


def _day(desk: Desk, each: Keeping) -> str:
    return each.until.astimezone(desk.settings.zone).date().isoformat()


def _classes(desk: Desk, running: Sequence[Keeping]) -> Message:
    from labelqa.workflows.refusals import joined

    return joined([Message(KEPT_AS[each.retention], {"date": _day(desk, each)}) for each in running])


def _shredded(desk: Desk) -> Iterator[Finding]:
    if not desk.ledger.personal.shred():
        yield finding(
            "erased-not-shredded", "the records are erased; the database could not be written anew, so that traces may stay in its file until the next erasure",
            mend=Message("close the dashboard and other programs, then run labelqa people erase --shred"), severity=Severity.WARNING,
        )  # fmt: skip


def _for_good(desk: Desk, known: Known) -> Iterator[Finding]:
    """The facts into which somebody wrote the name: they stay as they are."""
    if found := desk.ledger.personal.facts_with(known.words):
        yield finding(
            "name-in-fact", "the name of {person} was written into facts, and stays there: {facts}", severity=Severity.WARNING,
            mend=Message("note why it stays; write reasons and titles without names"),
            place=Place(subject=f"person:{known.person}"), person=known.person, facts=" ".join(map(str, found)),
        )  # fmt: skip


def _still_named(desk: Desk, known: Known) -> Iterator[Finding]:
    """The files of the workspace in which the name still stands: they were issued, and are for people to settle."""
    folder = desk.settings.workspace
    words = [word.encode() for word in known.words]
    for path in sorted(folder.rglob("*")) if words else ():
        if path.is_file() and path.suffix not in OPAQUE and path.stat().st_size <= LARGEST and _holds(path, words):
            yield finding(
                "name-left", "the file still names {person}", severity=Severity.WARNING,
                mend=Message("delete it, or make it anew by pseudonyms; its digest stays in the ledger"),
                place=Place(file=str(path.relative_to(folder))), person=known.person,
            )  # fmt: skip


def _holds(path: Path, words: Sequence[bytes]) -> bool:
    if path.suffix in ARCHIVES and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            sizes = {each.filename: each.file_size for each in archive.infolist()}
            return any(_in(archive.read(name), words) for name, size in sizes.items() if size <= LARGEST)
    return _in(path.read_bytes(), words)


def _in(content: bytes, words: Sequence[bytes]) -> bool:
    return any(word in content for word in words)
