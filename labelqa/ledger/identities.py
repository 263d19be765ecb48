"""Who is behind a pseudonym: names and accounts, the one place from which they can be erased."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager

from sqlalchemy import Connection, Engine, delete, insert, select

from labelqa.ledger.tables import accounts, names
from labelqa.records.names import PersonId


class Identities:
    """Names and accounts by pseudonym."""

    def __init__(self, engine: Engine, writing: Callable[[Engine], AbstractContextManager[Connection]]) -> None:
        self._engine = engine
        self._writing = writing

    def names(self) -> dict[PersonId, str]:
        """Every known name by pseudonym."""
        with self._engine.connect() as connection:
            return {PersonId(person): name for person, name in connection.execute(select(names.c.person, names.c.name))}

    def accounts(self, server: str | None = None) -> dict[tuple[str, str], PersonId]:
        """Every account, as (server, account), with the pseudonym it belongs to."""
        with self._engine.connect() as connection:
            return _accounts(connection, server)

    def name(self, person: PersonId, name: str) -> None:
        """Set or correct a person's name."""
        with self._writing(self._engine) as connection:
            _name(connection, person, name)

    def attach(self, server: str, owners: Mapping[str, PersonId]) -> None:
        """Note whose accounts these are: account -> pseudonym."""
        with self._writing(self._engine) as connection:
            _attach(connection, server, owners)

    def register(self, person: PersonId, name: str, owned: Mapping[str, str]) -> Callable[[Connection], None]:
        """Names a person and notes the accounts (server -> account), beside the fact that registers them."""

        def write(connection: Connection) -> None:
            _name(connection, person, name)
            self.own(person, owned)(connection)

        return write

    def own(self, person: PersonId, owned: Mapping[str, str]) -> Callable[[Connection], None]:
        """Notes further accounts (server -> account) of somebody, beside the fact that says so."""

        def write(connection: Connection) -> None:
            for server, account in owned.items():
                _attach(connection, server, {account: person})

        return write

    def persons(self, server: str, wanted: Iterable[str], *, mint: Callable[[], str]) -> dict[str, PersonId]:
        """The pseudonym behind each account of a server; an account not known yet gets a fresh one."""
        known = {account: person for (_, account), person in self.accounts(server).items()}
        asked = dict.fromkeys(wanted)
        if asked.keys() <= known.keys():
            return known
        with self._writing(self._engine) as connection:  # looked up again: somebody may have registered them meanwhile
            known = {account: person for (_, account), person in _accounts(connection, server).items()}
            fresh = {account: PersonId(mint()) for account in asked if account not in known}
            _attach(connection, server, fresh)
        return known | fresh

    def seen(self, server: str, emails: Mapping[str, str], *, mint: Callable[[], str]) -> dict[str, PersonId]:
        """The pseudonym behind each account (number -> e-mail) of a server; the e-mail is kept beside the number.

        An account that is known by either keeps that pseudonym, the number going first; one that is not gets a fresh one.
        """
        with self._writing(self._engine) as connection:
            held = _accounts(connection, server)
            known = {account: person for (_, account), person in held.items()}
            folded = {account.casefold(): person for account, person in known.items()}
            fresh: dict[str, PersonId] = {}
            for account, email in emails.items():
                person = known.get(account) or folded.get(email.casefold()) or PersonId(mint())
                told = {account: person} | ({email: person} if email and email.casefold() not in folded else {})
                fresh |= {each: who for each, who in told.items() if each not in known}
                known[account] = person
                folded |= {each.casefold(): who for each, who in told.items()}
            _attach(connection, server, fresh)
        return {account: known[account] for account in emails}


def _accounts(connection: Connection, server: str | None) -> dict[tuple[str, str], PersonId]:
    query = select(accounts.c.server, accounts.c.account, accounts.c.person)
    if server is not None:
        query = query.where(accounts.c.server == server)
    return {(where, account): PersonId(person) for where, account, person in connection.execute(query)}


def _name(connection: Connection, person: PersonId, name: str) -> None:
    connection.execute(delete(names).where(names.c.person == person))
    connection.execute(insert(names), {"person": person, "name": name})


def _attach(connection: Connection, server: str, owners: Mapping[str, PersonId]) -> None:
    for account, person in owners.items():
        connection.execute(delete(accounts).where((accounts.c.server == server) & (accounts.c.account == account)))
        connection.execute(insert(accounts), {"server": server, "account": account, "person": person})
