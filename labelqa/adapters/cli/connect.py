"""``labelqa connect``: a Label Studio server is looked at, recorded, and its token kept where nobody else can read it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from labelqa.adapters.cli.command import argument, command, flag, option
from labelqa.adapters.cli.secrets_in import read_token, token_words
from labelqa.adapters.cli.session import Session
from labelqa.errors import Refused, WrongUsage
from labelqa.i18n import N_

if TYPE_CHECKING:
    from labelqa.records.servers import ServerTold
    from labelqa.workflows.desk import Desk
    from labelqa.workflows.servers.connecting import Connecting, Server


@command(
    "connect",
    says=N_("Connect a Label Studio server: look at it, record it, keep its token."),
    more=(
        N_(
            "The address may come from LABEL_STUDIO_URL and the token from LABEL_STUDIO_API_KEY; a token from there is "
            "not kept. Else it is typed unseen, or read from a file or from standard input, and kept in the workspace "
            "where only its owner can read it. Make a personal access token under Account & Settings in Label Studio."
        ),
        N_("Said again, the command checks the connection and records what changed: a new version, another address."),
    ),
    examples=(
        "labelqa connect http://127.0.0.1:8080 --stdin",
        "labelqa connect https://labels.example.com --as vendor-a --organizer 甲公司 --token-file token.txt",
    ),
    words=(
        argument("url", required=False),
        option("--as", metavar="NAME", says=N_("What its accounts are known under; else the workspace's server.")),
        option("--organizer", says=N_("Who runs the labeling there.")),
        flag("--isolated", says=N_("Safety data is kept apart there.")),
        flag("--not-isolated", says=N_("Safety data is no longer kept apart there.")),
        flag("--moved", says=N_("It is the same server, with the same accounts, at a new address.")),
        *token_words(),
    ),
    reports=True,
)
def connect(
    session: Session,
    *,
    url: str | None,
    organizer: str | None,
    isolated: bool,
    not_isolated: bool,
    moved: bool,
    token_file: Path | None,
    stdin: bool,
    **told: str | None,
) -> None:
    """Looks at the server, then records it."""
    needs_client()
    from labelqa.adapters.label_studio.client.address import in_the_clear, server_address
    from labelqa.workflows.servers.connecting import Connecting, connect_server, may_connect
    from labelqa.workflows.servers.tokens import URL, keep_token

    if isolated and not_isolated:
        raise WrongUsage(N_("--isolated and --not-isolated exclude each other; say one of them."))
    address = server_address(url or session.env.get(URL, "") or _nowhere())
    with session.desk() as desk:
        wanted = Connecting(
            name=told["as"] or desk.settings.server, url=address, organizer=organizer, moved=moved,
            isolated=True if isolated else False if not_isolated else None,
        )  # fmt: skip
        may_connect(desk, wanted)
        token, keep = _token(session, desk, wanted, token_file, stdin=stdin)
        found, personal = _looked_at(address, token)
        server, new = connect_server(desk, wanted, found)
        if keep:
            keep_token(desk.settings.workspace, server.name, token)
    if session.json:
        return session.screen.json({"server": server, "told": found, "new": new, "personal_token": personal})
    return _shown(session, server, found, new=new, personal=personal, clear=in_the_clear(address))


def needs_client() -> None:
    """Refuse where what speaks to a server is not installed."""
    if find_spec("httpx") is None:
        raise Refused(N_("speaking to a server needs the extra label-studio: pip install 'labelqa[label-studio]'"))


def _nowhere() -> str:
    raise WrongUsage(N_("Which server? Give its address, or set LABEL_STUDIO_URL."))


def _token(session: Session, desk: Desk, wanted: Connecting, file: Path | None, *, stdin: bool) -> tuple[str, bool]:
    """The token, and whether it is to be kept: one of the environment or one that is kept already is not."""
    from labelqa.workflows.servers.tokens import has_token, kept_token, told_token

    if file is None and not stdin:
        if told := told_token(session.env, wanted.url):
            return told, False
        if has_token(desk.settings.workspace, wanted.name):
            return kept_token(desk.settings.workspace, wanted.name, env=session.env, url=wanted.url), False
    return read_token(session, file=file, stdin=stdin), True


def _looked_at(address: str, token: str) -> tuple[ServerTold, bool]:
    from labelqa.adapters.label_studio.client.reading import Reading
    from labelqa.adapters.label_studio.client.transport import Transport

    transport = Transport(address, token)
    try:
        return Reading(transport).told(), transport.personal
    finally:
        transport.close()


def _shown(session: Session, server: Server, found: ServerTold, *, new: bool, personal: bool, clear: bool) -> None:
    say = session.screen.line
    told = {"name": server.name, "url": server.url, "version": found.version, "edition": found.edition}
    if new:
        say(
            N_("{name} is connected: Label Studio {version} ({edition}) at {url} (fact {fact})."),
            **told,
            fact=server.fact,
        )
    else:
        say(N_("{name} answers: Label Studio {version} ({edition}) at {url}; nothing changed."), **told)
    say(
        N_("labelqa signs in as account {account} and sees this many projects: {n}."),
        account=found.account,
        n=found.projects,
    )
    if clear:
        say(N_("The address has no TLS: whoever is on the way can read the token. Use https."))
    if not personal:
        say(N_("The token is a legacy one, which new servers refuse: make a personal access token."))
    if not found.community:
        say(N_("labelqa is tested with the Community edition; reviews and assignments of this edition are not read."))
