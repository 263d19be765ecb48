"""What is wrong with the accounts of a server: nobody's, somebody else's, of people who left, or used as they should not be.

A suspicion is called one: labelqa sees what was sent, not who sat at the keyboard.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from labelqa.errors import Altered, Message
from labelqa.i18n import N_
from labelqa.people.absence import Absence
from labelqa.records.accounts import AccountLine, AccountsSeen, AccountState
from labelqa.records.batch import Kind
from labelqa.records.facts import PersonAdded, PersonLeft
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.names import PersonId
from labelqa.workflows.desk import Desk
from labelqa.workflows.servers.connecting import Server, fold_servers
from labelqa.workflows.state import State, shown_names

PAIRS: Final = 5  # so often is no slip of one hand


def account_findings(
    desk: Desk, state: State, server: Server, lines: Sequence[AccountLine], seen: AccountsSeen | None
) -> tuple[Finding, ...]:
    """The findings of one server, errors first."""
    accounts = Counter(line.person for line in lines)
    found = [
        *_unseen(server, seen),
        *(each for line in lines for each in _of_account(line, alone=accounts[line.person] == 1)),
        *(each for line in {line.person: line for line in reversed(lines)}.values() for each in _of_person(line)),
        *_several(desk, server, lines, seen),
        *_left(desk, state, server, lines),
        *_isolation(desk, state, server),
    ]
    order = list(Severity)
    return tuple(sorted(found, key=lambda each: (order.index(each.severity), each.code)))


def _called(line: AccountLine) -> str:
    """The name of somebody registered, else the account as commands take it, else the pseudonym."""
    return f"{line.server}={line.account}" if line.account and not line.registered else line.name


def _unseen(server: Server, seen: AccountsSeen | None) -> Iterator[Finding]:
    if seen is None:
        yield finding(
            "AC001", "the accounts of {server} were never looked at: who has one there is not known",
            mend=Message(N_("look at them: labelqa server accounts --server {server}"), {"server": server.name}),
            severity=Severity.WARNING, place=Place(subject=f"server:{server.name}"), server=server.name,
        )  # fmt: skip


def _of_account(line: AccountLine, *, alone: bool) -> Iterator[Finding]:
    """What one account shows by itself; answers are a person's, so only one ``alone`` is sure to have given them."""
    place, who, doing = Place(subject=f"person:{line.person}"), _called(line), line.doing
    busy = bool(doing.made or doing.edited or doing.behalf)
    if not line.registered and line.state is not AccountState.GONE and (busy or not line.ours):
        yield finding(
            "AC002", "the account {who} on {server} belongs to nobody who is registered; answers so far: {n}",
            mend=Message(
                N_("register whose it is: labelqa people add NAME --account {server}={account}, or people change"),
                {"server": line.server, "account": line.account or "ACCOUNT"},
            ),
            severity=Severity.WARNING if busy else Severity.NOTE, place=place, who=who, server=line.server, n=doing.made,
        )  # fmt: skip
    if line.state is AccountState.GONE and (busy or line.registered) and line.left is None:
        yield finding(
            "AC003", "the account {who} is not on {server} any more; answers of it kept here: {n}",
            mend=Message(N_("was the number right? if the person left: labelqa people leave; else nothing: who it was stays known here")),
            severity=Severity.NOTE, place=place, who=who, server=line.server, n=doing.made,
        )  # fmt: skip
    if line.ours and alone and doing.made:
        yield finding(
            "AC005", "labelqa's own account {who} on {server} was used for labeling; answers: {n}",
            mend=Message(N_("people label with accounts of their own; give labelqa one that nobody labels with")),
            severity=Severity.WARNING, place=place, who=who, server=line.server, n=doing.made,
        )  # fmt: skip


def _of_person(line: AccountLine) -> Iterator[Finding]:
    """What somebody did on the server, by whichever account."""
    place, who = Place(subject=f"person:{line.person}"), _called(line)
    if line.doing.behalf:
        yield finding(
            "AC004", "{who} created answers on {server} in somebody else's name: {n}",
            mend=Message(N_("ask why; every member may write as anybody there, and nobody can be held to such an answer")),
            severity=Severity.WARNING, place=place, who=who, server=line.server, n=line.doing.behalf,
        )  # fmt: skip
    if line.suspicious >= PAIRS and not line.model:
        yield finding(
            "AC006",
            "suspicion: {who} on {server} gave answers on two items within one second, each after seconds of work: {n} times",
            mend=Message(N_("ask whether several people use the account; two windows of one person look the same")),
            severity=Severity.WARNING, place=place, who=who, server=line.server, n=line.suspicious,
        )  # fmt: skip


def _several(desk: Desk, server: Server, lines: Sequence[AccountLine], seen: AccountsSeen | None) -> Iterator[Finding]:
    """One account of two people, and one person with several accounts."""
    names = shown_names(desk)
    for one, other in seen.several if seen else ():
        yield finding(
            "AC007", "one account on {server} is registered to two people: by its number to {one}, by its e-mail to {other}",
            mend=Message(N_("one account, one person: register the other with an account of their own")),
            place=Place(subject=f"person:{one}"), server=server.name, one=names.get(PersonId(one), one), other=names.get(PersonId(other), other),
        )  # fmt: skip
    for person, n in Counter(line.person for line in lines if line.state is not AccountState.GONE).items():
        if n > 1:
            yield finding(
                "AC008", "{who} has several accounts on {server}: {n}",
                mend=Message(N_("nothing, if that is meant: their answers count as one person's")),
                severity=Severity.NOTE, place=Place(subject=f"person:{person}"), who=names.get(person, person),
                server=server.name, n=n,
            )  # fmt: skip


def _left(desk: Desk, state: State, server: Server, lines: Sequence[AccountLine]) -> Iterator[Finding]:
    """People who left and still have an account, or did something afterwards."""
    absence, now = Absence(state.facts.of(PersonAdded, PersonLeft)), desk.clock()
    for line in {line.person: line for line in lines if line.person in absence.leavers}.values():
        place, who = Place(subject=f"person:{line.person}"), _called(line)
        if line.left is not None and line.state is AccountState.THERE:
            text = N_("{who} left on {day}, and the account on {server} is still there")
            if _revoked(state, line.person, server.name):
                text = N_(
                    "{who} left on {day} and access to {server} was said to be taken away, but the account is still there"
                )
            yield finding(
                "AC009", text, mend=Message(N_("remove the account on the server (GB/T 45674—2025, 7.3 f)")),
                place=place, who=who, server=server.name, day=_day(desk, line.left),
            )  # fmt: skip
        for left, back in absence.stretches(line.person):
            n, last = desk.intake.accounts.between(server.name, line.person, left, back or now)
            if n and last is not None:
                yield finding(
                    "AC010", "{who} left on {day} and gave or changed answers on {server} afterwards: {n}, last on {last}",
                    mend=Message(N_("find out who used the account, and check those answers: labelqa duties check")),
                    place=place, who=who, server=server.name, day=_day(desk, left), n=n, last=_day(desk, last),
                )  # fmt: skip


def _revoked(state: State, person: str, server: str) -> bool:
    told = [fact.body for fact in state.facts.about(f"person:{person}", PersonLeft) if fact.body.person == person]
    return bool(told) and server in told[-1].revoked


def _day(desk: Desk, moment: datetime) -> str:
    return f"{moment.astimezone(desk.settings.zone):%Y-%m-%d %H:%M}"


def _isolation(desk: Desk, state: State, server: Server) -> Iterator[Finding]:
    """Safety data where it is not kept apart."""
    place = Place(subject=f"server:{server.name}")
    if server.isolated:
        others = [each.name for each in fold_servers(state.facts).values() if not each.isolated]
        for other, n in desk.intake.accounts.shared_items(server.name, others).items():
            yield finding(
                "AC011", "items of {server}, which keeps safety data apart, have answers on {other} as well: {n}",
                mend=Message(N_("find out how they got there; take them off the server that is not kept apart (GB/T 45674—2025, 5 d)")),
                place=place, server=server.name, other=other, n=n,
            )  # fmt: skip
        return
    for batch in state.batches.values():
        if batch.kind is not Kind.SAFETY or batch.freeze is None:
            continue
        try:
            held = desk.frozen.read(batch.freeze.annotations, ["server"]).column("server").unique().to_pylist()
        except Altered:  # told by labelqa ledger verify
            continue
        if server.name in held:
            yield finding(
                "AC012", "the safety batch {batch} was labelled on {server}, which does not keep safety data apart",
                mend=Message(N_("safety data should be stored apart (GB/T 45674—2025, 5 d): labelqa connect URL --isolated, where it is")),
                severity=Severity.WARNING, place=place, batch=batch.name, server=server.name,
            )  # fmt: skip
