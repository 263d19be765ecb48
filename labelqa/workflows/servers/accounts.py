"""The accounts of a server beside the people they stand for: who is registered, who did what, who is gone.

A copy of number and e-mail is kept in the erasable table when an account is first seen, since a server forgets who was
removed. Accounts of different servers never mix. Nothing goes over the network here: what a server lists comes in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from labelqa.batches.checks import in_force
from labelqa.people.absence import Absence
from labelqa.records.accounts import AccountLine, AccountsSeen, AccountState, AccountsTold, Doing
from labelqa.records.facts import Draft, Fact, PersonAdded, PersonLeft
from labelqa.records.names import PersonId
from labelqa.records.people import Duty
from labelqa.records.servers import ServerAccount
from labelqa.workflows.desk import Desk
from labelqa.workflows.servers.account_findings import account_findings
from labelqa.workflows.servers.connecting import Server, connected, server_lines
from labelqa.workflows.state import State, read_state, shown_names

AGAIN: Final = timedelta(hours=24)  # after which it is recorded that the accounts are still the same
Listed = Callable[[str], Sequence[ServerAccount]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Owned:
    """What the erasable table has of somebody on one server."""

    numbers: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)


def see_accounts(desk: Desk, server: str, told: Sequence[ServerAccount]) -> bool:
    """Keep a copy of every account that a server lists, and record who has one there; whether anything was recorded.

    The same accounts are recorded again after a day only.
    """
    emails = {each.account: each.email for each in told}
    persons = desk.ledger.identities.seen(server, emails, mint=lambda: desk.new_id("p"))
    known = {account.casefold(): person for (_, account), person in desk.ledger.identities.accounts(server).items()}
    there = {persons[each.account] for each in told if not each.gone}
    several = {
        (persons[each.account], owner)
        for each in told
        if each.email and (owner := known.get(each.email.casefold(), persons[each.account])) != persons[each.account]
    }
    body = AccountsSeen(
        server=server, accounts=sum(not each.gone for each in told), there=sorted(there),
        gone=sorted(set(known.values()) - there - {other for _, other in several}), several=sorted(map(list, several)),
    )  # fmt: skip
    before, now = last_seen(read_state(desk).facts.about(f"server:{server}", AccountsSeen)), desk.clock()
    if before is not None and before.body == body and now - before.recorded_at < AGAIN:
        return False
    draft = Draft(body=body, subjects=(f"server:{server}",), actor=desk.actor, identity=desk.identity)
    desk.ledger.append([draft], now=now)
    return True


def last_seen(facts: Iterable[Fact]) -> Fact | None:
    """The last time that the accounts of a server were looked at, among facts about it."""
    return max((fact for fact, _ in in_force(facts, AccountsSeen)), key=lambda fact: fact.seq, default=None)


def accounts_told(
    desk: Desk, name: str = "", told: Mapping[str, Sequence[ServerAccount]] | None = None
) -> tuple[AccountsTold, ...]:
    """Every connected server (or one) with its accounts and what is wrong with them, by name.

    It is what is known here; ``told`` is what servers listed just now, from which e-mail and last activity are shown.
    """
    wanted = [connected(desk, name)] if name else [each for each in server_lines(desk) if not each.ended]
    return tuple(_told(desk, each, (told or {}).get(each.name, ())) for each in wanted)


def _told(desk: Desk, server: Server, told: Sequence[ServerAccount]) -> AccountsTold:
    state = read_state(desk)
    seen = last_seen(state.facts.about(f"server:{server.name}", AccountsSeen))
    lines = _lines(desk, state, server, seen, {each.account: each for each in told})
    return AccountsTold(
        server=server.name, seen_at=desk.clock() if told else seen.recorded_at if seen else None, lines=lines,
        findings=account_findings(desk, state, server, lines, seen.body if seen else None),
    )  # fmt: skip


def _lines(
    desk: Desk, state: State, server: Server, seen: Fact | None, told: Mapping[str, ServerAccount]
) -> tuple[AccountLine, ...]:
    names, now = shown_names(desk), desk.clock()
    doing, at_once = desk.intake.accounts.by_person(server.name), desk.intake.accounts.at_once(server.name)
    absence = Absence(state.facts.of(PersonAdded, PersonLeft))
    there = frozenset(seen.body.there) if seen else frozenset()
    gone = frozenset(seen.body.gone) if seen else frozenset()
    lines = []
    for person, owned in _owned(desk, server.name).items():
        known = state.people.get(person)
        for account in owned.numbers or owned.emails:
            listed = told.get(account)
            lines.append(AccountLine(
                server=server.name, account="" if desk.pseudonyms else account,
                email="" if desk.pseudonyms else listed.email if listed and listed.email else ", ".join(owned.emails),
                person=person, name=names.get(person, person), registered=known is not None,
                duties=tuple(duty for duty in Duty if known and duty in known.duties), model=known.model if known else "",
                state=_state(person, listed, there, gone), ours=account == server.account, left=absence.since(person, now),
                last_active=listed.last_active if listed else None, doing=doing.get(person, Doing()),
                suspicious=at_once.get(person, 0),
            ))  # fmt: skip
    return tuple(sorted(lines, key=_order))


def _order(line: AccountLine) -> tuple[bool, int, str]:
    return line.account == "", int(line.account) if line.account.isdecimal() else 1 << 62, line.account or line.person


def _state(person: PersonId, listed: ServerAccount | None, there: frozenset[str], gone: frozenset[str]) -> AccountState:
    if listed is not None:
        return AccountState.GONE if listed.gone else AccountState.THERE
    if person in there:
        return AccountState.THERE
    return AccountState.GONE if person in gone else AccountState.UNSEEN


def _owned(desk: Desk, server: str) -> dict[PersonId, _Owned]:
    """By person, the numbers and e-mails of accounts; an address beside a number is the number's copy."""
    found: dict[PersonId, _Owned] = {}
    for (_, account), person in sorted(desk.ledger.identities.accounts(server).items()):
        owned = found.setdefault(person, _Owned())
        (owned.emails if "@" in account else owned.numbers).append(account)
    return found


def last_activity(lines: Iterable[AccountLine]) -> datetime | None:
    """When anybody on a server was last seen to do something."""
    return max((at for each in lines for at in (each.doing.last, each.last_active) if at), default=None)
