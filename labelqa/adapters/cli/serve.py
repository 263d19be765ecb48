"""``labelqa serve``: listens to what changes on connected servers, keeps it, and starts the worker that reads it."""

from __future__ import annotations

import ipaddress
import os
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from labelqa.adapters.cli.command import command, flag, option
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import OneOf, Whole
from labelqa.errors import BadInput, LabelqaError, Refused, WrongUsage
from labelqa.i18n import N_

if TYPE_CHECKING:
    from labelqa.adapters.receiver.guards import Guards

_MB = 1024 * 1024
_SIGNED = ("hmac", "standard")


@command(
    "serve",
    says=N_("Listen to the webhooks of connected servers; Ctrl-C ends it."),
    more=(
        N_(
            "What comes is kept on the disk before the server gets its answer; a worker beside it, `labelqa sync "
            "run --follow`, reads what changed. /health says how it is, /metrics says so to Prometheus, and standard error "
            "has one line of JSON for each call."
        ),
        N_(
            "With --register it makes or repairs the webhooks of the followed projects instead, after asking, and ends. "
            "The secret that they bring is made at random and kept in the workspace; LABELQA_HOOK_SECRET goes before it."
        ),
        N_(
            "Calls are listened to from this machine, and from the addresses that --allow names. A proxy in front that "
            "signs what it passes on is told with --signed and LABELQA_HOOK_KEY."
        ),
    ),
    examples=(
        "labelqa serve",
        "labelqa serve --host 0.0.0.0 --allow 10.0.0.0/8",
        "labelqa serve --register --url http://10.0.0.5:8990/ --project 3",
    ),
    words=(
        option("--port", word=Whole(1, 65535), default=8990, says=N_("Port to listen on.")),
        option("--host", default="127.0.0.1", says=N_("Address to listen on.")),
        option("--allow", multiple=True, metavar="NET", says=N_("Address or network that may call; may be said again.")),
        option(
            "--behind-proxy", multiple=True, metavar="NET",
            says=N_("Address of a proxy in front, whose X-Forwarded-For is believed; may be said again."),
        ),
        option("--signed", word=OneOf(_SIGNED), says=N_("How the proxy in front signs: HMAC-SHA256 or Standard Webhooks.")),
        option("--max-mb", word=Whole(1, 32), default=32, says=N_("Largest body of a call, in MB.")),
        option("--rate", word=Whole(1, 100_000), default=1000, says=N_("Calls a second from one address.")),
        flag("--receive-only", says=N_("Start no worker; run labelqa sync run --follow elsewhere.")),
        flag("--register", says=N_("Make or repair the webhooks, then end.")),
        option("--url", says=N_("With --register: the address at which the server reaches this command.")),
        option("--server", metavar="NAME", says=N_("With --register: the connected server; not needed when there is one.")),
        option("--project", word=Whole(1, 2**31), multiple=True, says=N_("With --register: the project; may be said again.")),
        flag("--yes", says=N_("With --register: do it without asking.")),
    ),
)  # fmt: skip
def serve(
    session: Session,
    *,
    port: int,
    host: str,
    register: bool,
    receive_only: bool,
    yes: bool,
    url: str | None,
    server: str | None,
    project: Sequence[int],
    **told: object,
) -> None:
    """Listens until it is told to end, or places the webhooks."""
    if register:
        from labelqa.adapters.cli.serve_register import register_hooks

        register_hooks(session, server=server or "", projects=list(project), url=url or "", yes=yes)
        return
    if url or server or project or yes:
        raise WrongUsage(N_("--url, --server, --project and --yes go with --register."))
    needs_receiver()
    place = _place(session)
    _listen(session, place, _guards(session, place, told), host=host, port=port, alone=receive_only)


def needs_receiver() -> None:
    """Refuse where what listens is not installed."""
    if any(find_spec(name) is None for name in ("fastapi", "uvicorn", "h11")):
        raise Refused(N_("listening to webhooks needs the extra webhook: pip install 'labelqa[webhook]'"))


@dataclass(frozen=True, slots=True)
class _Place:
    """The workspace, the servers that are connected, and those whose connection ended."""

    workspace: Path
    servers: list[str]
    ended: list[str]


def _place(session: Session) -> _Place:
    from labelqa.workflows.servers.connecting import server_lines

    with session.desk() as desk:  # closed again: who listens holds no ledger
        lines = server_lines(desk)
        return _Place(
            desk.settings.workspace,
            [each.name for each in lines if not each.ended],
            [each.name for each in lines if each.ended],
        )


def _guards(session: Session, place: _Place, told: dict[str, object]) -> Guards:
    from labelqa.adapters.receiver.guards import LOOPBACK, Guards, Signed, networks, remembered
    from labelqa.adapters.receiver.proofs import standard_key
    from labelqa.workflows.servers.hook_secrets import SECRET, hook_secret, kept_secret, signing_key

    for name in place.servers:  # says at once when one is unusable
        hook_secret(place.workspace, name, env=session.env)
        key = signing_key(place.workspace, name, env=session.env)
        if key and told["signed"] == Signed.STANDARD and not standard_key(key):
            raise BadInput(N_("the signing key of {name} is none of Standard Webhooks: whsec_ and base64"), name=name)
    everywhere = bool(session.env.get(SECRET, "").strip())

    def secret_of(name: str) -> str:
        """Asked anew every second, so that a webhook that is placed meanwhile is believed."""
        try:
            if name in place.ended:
                return ""
            known = everywhere and name in place.servers
            return hook_secret(place.workspace, name, env=session.env) if known else kept_secret(place.workspace, name)
        except LabelqaError:
            return ""

    def key_of(name: str) -> str:
        try:
            return signing_key(place.workspace, name, env=session.env)
        except LabelqaError:
            return ""

    rate = float(str(told["rate"]))
    return Guards(
        secret_of=remembered(secret_of, time.monotonic), key_of=remembered(key_of, time.monotonic), signed=Signed(str(told["signed"] or Signed.NOT)),
        allow=(*LOOPBACK, *networks(_words(told["allow"]))), proxies=networks(_words(told["behind_proxy"])),
        largest=int(str(told["max_mb"])) * _MB, rate=rate, burst=2 * rate,
    )  # fmt: skip


def _words(told: object) -> list[str]:
    return [str(each) for each in told] if isinstance(told, tuple | list) else []


def _listen(session: Session, place: _Place, guards: Guards, *, host: str, port: int, alone: bool) -> None:
    from labelqa.adapters.receiver.app import create_app
    from labelqa.adapters.receiver.lines import Lines
    from labelqa.adapters.receiver.reception import Reception
    from labelqa.adapters.receiver.serving import listening
    from labelqa.adapters.receiver.serving import serve as answer
    from labelqa.adapters.receiver.slots import Slots
    from labelqa.adapters.receiver.worker import Worker, worker_words
    from labelqa.workflows.servers.inbox import inbox_of

    clock = session.clock or (lambda: datetime.now(UTC))
    with ExitStack() as stack:
        sock = stack.enter_context(listening(host, port))
        inbox = stack.enter_context(inbox_of(place.workspace))
        lines = stack.enter_context(Lines(_own_stderr(), clock, time.monotonic))
        reception = Reception(inbox=inbox, guards=guards, lines=lines, clock=clock, seconds=time.monotonic)
        stack.callback(reception.close)
        _greet(session, place, guards, host=host, port=sock.getsockname()[1])
        try:
            inbox.probe()
        except LabelqaError as error:  # it may pass
            lines.write("inbox", why=str(error))
        if not alone:
            words = worker_words(
                ["sync", "run", "--follow", "--workspace", str(place.workspace), "--lang", session.lang]
            )
            stack.enter_context(Worker(words, env=_worker_env(session), pulse=reception.pulse, lines=lines))
        answer(
            create_app(reception), sock, Slots(guards, reception.unheard),
            ready=lambda: lines.write("listening", host=host, port=sock.getsockname()[1]),
        )  # fmt: skip
        lines.write("ended")


def _own_stderr() -> TextIO:
    """Standard error once more: a log that nobody reads then holds up nothing else, not even our end."""
    return os.fdopen(os.dup(sys.stderr.fileno()), "w", encoding="utf-8", errors="backslashreplace")


def _worker_env(session: Session) -> dict[str, str]:
    from labelqa.workflows.servers.hook_secrets import KEY, SECRET

    return {name: value for name, value in session.env.items() if name not in {SECRET, KEY}}


def _greet(session: Session, place: _Place, guards: Guards, *, host: str, port: int) -> None:
    from labelqa.adapters.receiver.guards import LOOPBACK
    from labelqa.workflows.servers.hooks import PATH

    say = session.screen.line
    shown = f"[{host}]" if ":" in host else host
    say(N_("Listening at http://{host}:{port}/{path}/NAME ; Ctrl-C ends it."), host=shown, port=port, path=PATH)
    for name in place.servers:
        if not guards.secret_of(name):
            say(
                N_("No webhook was placed on {name} yet: labelqa serve --register --url http://HOST:{port}/"),
                name=name,
                port=port,
            )
        if guards.signed != "not" and not guards.key_of(name):
            say(
                N_(
                    "Calls for {name} are turned away until LABELQA_HOOK_KEY or secrets/{name}.signing holds the proxy's key."
                ),
                name=name,
            )
    if not place.servers:
        say(N_("No server is connected: labelqa connect URL."))
    if not _loopback(host):
        if guards.allow == LOOPBACK:
            say(N_("Calls from other machines are turned away: name those that may call with --allow."))
        say(N_("This address has no TLS: what comes over a network that others share needs a proxy with TLS in front."))
    session.screen.out.flush()


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
