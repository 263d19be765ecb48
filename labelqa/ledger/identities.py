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
        query = select(accounts.c.server, accounts.c.account, accounts.c.person)
        if server is not None:
            query = query.where(accounts.c.server == server)
        with self._engine.connect() as connection:
            return {(where, account): PersonId(person) for where, account, person in connection.execute(query)}

    def name(self, person: PersonId, name: str) -> None:
        """Set or correct a person's name."""
        with self._writing(self._engine) as connection:
            connection.execute(delete(names).where(names.c.person == person))
            connection.execute(insert(names), {"person": person, "name": name})

    def attach(self, server: str, owners: Mapping[str, PersonId]) -> None:
        """Note whose accounts these are: account -> pseudonym."""
        rows = [{"server": server, "account": account, "person": person} for account, person in owners.items()]
        with self._writing(self._engine) as connection:
            for row in rows:
                known = (accounts.c.server == row["server"]) & (accounts.c.account == row["account"])
                connection.execute(delete(accounts).where(known))
            if rows:
                connection.execute(insert(accounts), rows)

    def persons(self, server: str, wanted: Iterable[str], *, mint: Callable[[], str]) -> dict[str, PersonId]:
        """The pseudonym behind each account of a server; an account not known yet gets a fresh one."""
        known = {account: person for (_, account), person in self.accounts(server).items()}
        fresh = {account: PersonId(mint()) for account in dict.fromkeys(wanted) if account not in known}
        if fresh:
            self.attach(server, fresh)
        return known | fresh
