"""``labelqa login``: who may sign in to the dashboard, in which roles."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from labelqa.adapters.cli.command import argument, command, noun, option
from labelqa.adapters.cli.output import named, when
from labelqa.adapters.cli.secrets_in import password_words, read_password
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import Listed, OneOf
from labelqa.i18n import N_
from labelqa.records.logins import LoginLine, Role

if TYPE_CHECKING:
    from labelqa.workflows.identity.logins import Given

BY = option("--by", required=True, metavar="PERSON", says=N_("Who decides it: pseudonym, name or SERVER=ACCOUNT."))
ROLES = option("--role", word=Listed(OneOf.named(Role)), required=True, says=N_("What the person may do there, with commas between."))  # fmt: skip


@command(
    "add",
    says=N_("Give somebody a login to the dashboard."),
    more=(
        N_(
            "The password is asked for twice, or comes from a file or a pipe; it has at least 12 characters and is kept as an argon2id hash only. Roles that are duties need the duty on record; an inspector reads and records nothing."
        ),
    ),
    examples=(
        "labelqa login add 陈思远 --role lead --by 陈思远",
        "labelqa login add 周敏 --role reviewer --by 陈思远 --password-file password.txt",
    ),
    words=(argument("person"), ROLES, BY, *password_words()),
    reports=True,
)
def add(
    session: Session, *, person: str, role: Sequence[Role], by: str, password_file: Path | None, stdin: bool
) -> None:
    """Makes a login; the password is asked for only when nothing else stands against it."""
    from labelqa.workflows.identity.logins import add_login, check_new_login

    with session.desk() as desk:
        check_new_login(desk, person, role, by=by)
        given = add_login(desk, person, role, read_password(session, file=password_file, stdin=stdin), by=by)
    return _told(session, given, N_("{name} can sign in now as: {roles} (fact {fact})."))


@command(
    "role",
    says=N_("Give a login other roles; they count from the next click on."),
    examples=("labelqa login role 周敏 --role reviewer,author --by 陈思远",),
    words=(argument("person"), ROLES, BY),
    reports=True,
)
def role_(session: Session, *, person: str, role: Sequence[Role], by: str) -> None:
    """Changes roles."""
    from labelqa.workflows.identity.logins import change_roles

    with session.desk() as desk:
        given = change_roles(desk, person, role, by=by)
    return _told(session, given, N_("{name} signs in as: {roles} from now on (fact {fact})."))


@command(
    "password",
    says=N_("Set a new password; every session of the person ends."),
    examples=("labelqa login password 周敏 --by 陈思远",),
    words=(argument("person"), BY, *password_words()),
    reports=True,
)
def password(session: Session, *, person: str, by: str, password_file: Path | None, stdin: bool) -> None:
    """Changes a password."""
    from labelqa.workflows.identity.logins import change_password

    with session.desk() as desk:
        given = change_password(desk, person, read_password(session, file=password_file, stdin=stdin), by=by)
    return _told(session, given, N_("{name} has a new password; open sessions have ended (fact {fact})."))


@command(
    "remove",
    says=N_("Take a login away; every session of the person ends."),
    examples=("labelqa login remove 周敏 --by 陈思远",),
    words=(argument("person"), BY),
    reports=True,
)
def remove(session: Session, *, person: str, by: str) -> None:
    """Takes a login away."""
    from labelqa.workflows.identity.logins import remove_login

    with session.desk() as desk:
        given = remove_login(desk, person, by=by)
    return _told(session, given, N_("{name} can no longer sign in (fact {fact})."))


def _told(session: Session, given: Given, sentence: str) -> None:
    if session.json:
        return session.screen.json(given)
    return session.screen.line(sentence, name=given.name, roles=_roles(given.roles, session), fact=given.fact)


def _roles(roles: Sequence[Role], session: Session) -> str:
    return ", ".join(named(each, session.say) for each in roles)


@command(
    "list",
    says=N_("List who can sign in, in which roles, and who is signed in now."),
    examples=("labelqa login list", "labelqa login list --json"),
    reports=True,
)
def list_(session: Session) -> None:
    """Prints the logins."""
    from labelqa.workflows.identity.logins import login_lines

    with session.desk() as desk:
        lines, zone = login_lines(desk), desk.settings.zone
    if session.json:
        return session.screen.json(lines)
    if not lines:
        return session.screen.line(N_("Nobody has a login: the dashboard shows everything and records nothing."))
    heads = (
        N_("person"),
        N_("name"),
        N_("roles"),
        N_("password since"),
        N_("sessions"),
        N_("last seen"),
        N_("remarks"),
    )
    return session.screen.table(
        heads,
        (
            (
                each.person, each.name, _roles(each.roles, session), when(each.since, zone), each.sessions,
                when(each.seen, zone), "; ".join(_remarks(each, session)) or "–",
            )
            for each in lines
        ),
    )  # fmt: skip


def _remarks(line: LoginLine, session: Session) -> list[str]:
    said = [session.say(N_("no longer here"))] if line.left else []
    if line.lacking:
        said.append(session.say(N_("duty not on record: {roles}"), roles=_roles(line.lacking, session)))
    if line.failures:
        said.append(session.say(N_("{n} wrong {n:try|tries} in a row"), n=line.failures))
    return said


login = noun(
    "login",
    says=N_("Say who may sign in to the dashboard, in which roles."),
    commands=[add, role_, password, remove, list_],
)
