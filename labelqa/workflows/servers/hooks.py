"""Whether a project's webhook is as it should be: what is there is compared with what is wanted, and what to do follows.

Everything here but :func:`record_hook` is a pure comparison; what a server has comes in, and nothing is changed there.
The values of headers go through and are never shown.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from labelqa.errors import BadInput, Message
from labelqa.i18n import N_
from labelqa.ledger.view import Facts
from labelqa.records.facts import Draft
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.servers import HookPlaced
from labelqa.workflows.desk import Desk

ACTIONS: Final = (  # never all: one of the others makes a server fail its own users
    "ANNOTATION_CREATED", "ANNOTATIONS_CREATED", "ANNOTATION_UPDATED", "ANNOTATIONS_DELETED", "TASKS_CREATED",
    "TASKS_DELETED", "PROJECT_UPDATED",
)  # fmt: skip
HEADER: Final = "X-Labelqa-Secret"
PATH: Final = "hooks/label-studio"


class Hooking(Protocol):
    """The side of a server's client that webhooks need."""

    def hooks(self, project: int) -> list[dict[str, Any]]:
        """The webhooks of a project."""

    def create_hook(
        self, project: int, *, url: str, actions: Sequence[str], headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Make one."""

    def update_hook(
        self, hook: int, *, url: str, actions: Sequence[str], headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Set one right and switch it on."""

    def delete_hook(self, hook: int) -> None:
        """Remove one."""


class Doing(StrEnum):
    """What is to be done about a project's webhook."""

    NOTHING = "nothing"
    CREATE = "create"
    REPAIR = "repair"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The webhook as it should be; ``secret`` is never shown."""

    project: int
    url: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mending:
    """What is wrong with a project's webhook and what mends it: make, repair ``hook``, remove the ``doubled`` ones."""

    project: int
    url: str
    doing: Doing
    hook: int = 0
    doubled: tuple[int, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def fine(self) -> bool:
        """Whether nothing is to be done."""
        return self.doing == Doing.NOTHING and not self.doubled


def hook_url(base: str, server: str) -> str:
    """Where a server's webhook goes: the receiver's address with the path for that server. BadInput for no address.

    >>> hook_url("http://10.0.0.5:8990/", "vendor-a")
    'http://10.0.0.5:8990/hooks/label-studio/vendor-a'
    """
    told = base.strip()
    try:
        parts = urlsplit(told)
        fine = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fine = False
    if not fine or parts.query or parts.fragment or parts.username is not None:
        raise BadInput(
            "{url} is no address of the receiver: write one such as http://10.0.0.5:8990/, without name and password",
            url=told if "@" not in told else "…",
        )
    host = str(parts.hostname)
    if "." not in host and ":" not in host and host != "localhost":
        raise BadInput(
            "Label Studio refuses an address whose host is a single word ({host}): use its IP address or a name with "
            "a dot, such as {host}.local",
            host=host,
        )
    return f"{told.rstrip('/')}/{PATH}/{server}"


def mending(wanted: Wanted, there: Sequence[Mapping[str, Any]], *, known: Collection[int] = ()) -> Mending:
    """Compare the webhooks of a project with the wanted one; ``known`` are the numbers of those that labelqa placed.

    Ours are those and whatever goes to the wanted address. One that goes to the same path elsewhere may be another
    labelqa's: it is told and left alone.
    """
    ours = sorted(
        (each for each in there if _number(each) and (each.get("url") == wanted.url or _number(each) in known)),
        key=lambda each: (each.get("url") != wanted.url, _number(each)),
    )
    about = _About(wanted.project)
    path = urlsplit(wanted.url).path
    found = [about.note(each) for each in there if each not in ours and _path(each) == path]
    if not ours:
        found.append(about.wrong("hook-missing", N_("project {project} has no webhook of labelqa")))
        return Mending(project=wanted.project, url=wanted.url, doing=Doing.CREATE, findings=tuple(found))
    wrong = [*_wrong(wanted, ours[0], about)]
    found += wrong
    if len(ours) > 1:
        text = N_("project {project} has {n} webhooks of labelqa: each event comes that often")
        found.append(about.wrong("hook-doubled", text, n=len(ours)))
    return Mending(
        project=wanted.project, url=wanted.url, doing=Doing.REPAIR if wrong else Doing.NOTHING, hook=_number(ours[0]),
        doubled=tuple(map(_number, ours[1:])), findings=tuple(found),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _About:
    project: int

    def wrong(self, code: str, text: str, severity: Severity = Severity.ERROR, **values: Any) -> Finding:
        mend, place = (
            Message(N_("labelqa serve --register repairs it, after asking")),
            Place(subject=f"project:{self.project}"),
        )
        return finding(code, text, mend=mend, severity=severity, place=place, project=self.project, **values)

    def note(self, hook: Mapping[str, Any]) -> Finding:
        return finding(
            "hook-elsewhere",
            N_("webhook {hook} of project {project} goes to another labelqa at {host}: it is left alone"),
            mend=Message(N_("remove it in Label Studio if nobody listens there: each webhook makes annotators wait")),
            severity=Severity.NOTE, place=Place(subject=f"project:{self.project}"), project=self.project,
            hook=_number(hook), host=urlsplit(str(hook.get("url"))).hostname or "–",
        )  # fmt: skip


def _wrong(wanted: Wanted, hook: Mapping[str, Any], about: _About) -> Iterator[Finding]:
    if hook.get("url") != wanted.url:
        yield about.wrong("hook-url", N_("the webhook of project {project} goes to another address"))
    if hook.get("send_for_all_actions") is True:
        text = N_("the webhook of project {project} asks for all actions, which makes the server fail its users")
        yield about.wrong("hook-all-actions", text)
    else:
        actions = hook.get("actions")
        missing = [each for each in ACTIONS if not isinstance(actions, list) or each not in actions]
        if missing:
            text = N_("the webhook of project {project} does not send {actions}")
            yield about.wrong("hook-actions", text, actions=", ".join(missing))
    if hook.get("is_active") is False:
        yield about.wrong("hook-inactive", N_("the webhook of project {project} is switched off"))
    if wanted.secret and not hmac.compare_digest(_brought(hook).encode(errors="replace"), wanted.secret.encode()):
        yield about.wrong("hook-secret", N_("the webhook of project {project} brings another secret"))
    if hook.get("send_payload") is False:
        text = N_("the webhook of project {project} sends no content")
        yield about.wrong("hook-payload", text, Severity.WARNING)


def _brought(hook: Mapping[str, Any]) -> str:
    headers = hook.get("headers")
    given = headers if isinstance(headers, dict) else {}
    return next((str(value) for name, value in given.items() if str(name).casefold() == HEADER.casefold()), "")


def mend(hooking: Hooking, wanted: Wanted, todo: Mending) -> int:
    """Do what a comparison found to be done, and give the webhook's number.

    Raises Refused, BadInput or Unreachable as the server says it; :func:`why_not` tells what the reason may be.
    """
    headers = {HEADER: wanted.secret}
    number = todo.hook
    if todo.doing == Doing.CREATE:
        number = _number(hooking.create_hook(wanted.project, url=wanted.url, actions=ACTIONS, headers=headers))
    elif todo.doing == Doing.REPAIR:
        hooking.update_hook(todo.hook, url=wanted.url, actions=ACTIONS, headers=headers)
    for each in todo.doubled:
        hooking.delete_hook(each)
    return number


def why_not(said: str) -> Message | None:
    """What may stand behind a server's refusal of a webhook, and what to do; None where nothing is known of it."""
    told = said.casefold()
    if "reserved network address" in told:
        return Message(
            N_(
                "Label Studio sends nothing to private addresses unless it is told to: start it with "
                "SSRF_PROTECTION_ENABLED=false, or with USE_DEFAULT_BANNED_SUBNETS=false and its own list in "
                "USER_ADDITIONAL_BANNED_SUBNETS; or give the receiver a public address."
            )
        )
    if "valid url" in told:
        return Message(
            N_(
                "Label Studio takes no host of a single word: use an IP address or a name with a dot, such as labelqa.local."
            )
        )
    if "resolve hostname" in told or "status 500" in told:
        return Message(
            N_(
                "A server that cannot resolve the receiver's name answers so: check the name from where the server runs."
            )
        )
    return None


def record_hook(desk: Desk, server: str, todo: Mending, *, hook: int) -> None:
    """Record that a webhook was made or repaired with somebody's consent; where it is, and never its secret."""
    body = HookPlaced(
        server=server, project=todo.project, hook=hook, url=todo.url, actions=list(ACTIONS),
        repaired=todo.doing != Doing.CREATE,
    )  # fmt: skip
    subjects = (f"server:{server}", f"project:{server}/{todo.project}")
    draft = Draft(body=body, subjects=subjects, actor=desk.actor, identity=desk.identity)
    desk.ledger.append([draft], now=desk.clock())


def placed(facts: Facts, server: str) -> dict[int, HookPlaced]:
    """The webhooks that were made or repaired last, by project."""
    return {body.project: body for _, body in _told(facts, HookPlaced) if body.server == server}


def _told(facts: Facts, kind: Any) -> Any:
    from labelqa.batches.checks import in_force

    return in_force(facts.of(kind), kind)


def _path(hook: Mapping[str, Any]) -> str:
    try:
        return urlsplit(str(hook.get("url", ""))).path
    except ValueError:
        return ""


def _number(hook: Mapping[str, Any]) -> int:
    told = hook.get("id")
    return told if isinstance(told, int) and not isinstance(told, bool) else 0
