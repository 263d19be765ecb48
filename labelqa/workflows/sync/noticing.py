"""What is wrong with a project's webhook and with its form, looked at with every sweep and kept until the next.

Nothing is mended here: that takes somebody's consent.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.ledger.view import Facts
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.servers import ServerProject
from labelqa.workflows.servers.bindings import drift, latest_pushed
from labelqa.workflows.servers.hooks import Wanted, mending, placed
from labelqa.workflows.sync.source import Source
from labelqa.workflows.sync.standing import Standing, read_tasks

NO_HOOK: Final = "LS210"


def noticed(facts: Facts, source: Source, server: str, project: ServerProject, *, secret: str) -> list[Finding]:
    """What is wrong now. Without a webhook of ours that is a note: everything is found by asking as well."""
    found: list[Finding] = []
    hook = placed(facts, server).get(project.project)
    if hook is None:
        text = N_("project {project} has no webhook: what is overwritten between two looks is lost")
        found.append(
            finding(
                "LS210", text, mend=Message("labelqa serve --register --url http://HOST:8990/"), severity=Severity.NOTE,
                place=Place(subject=f"project:{server}/{project.project}"), project=project.project,
            )
        )  # fmt: skip
    else:
        wanted = Wanted(project=project.project, url=hook.url, secret=secret)
        found += mending(wanted, source.hooks(project.project), known=[hook.hook]).findings
    pushed = latest_pushed(facts).get((server, project.project))
    if pushed is not None and (changed := drift(pushed[1], project)) is not None:
        found.append(changed)
    return found


def written(findings: Sequence[Finding], standing: Standing) -> str:
    """What is kept with a project, as JSON."""
    told = {
        "found": [_told(each) for each in findings], "tasks": standing.tasks,
        "last": [_told(each) for each in standing.last],
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False)


def read(text: str | None) -> tuple[tuple[Finding, ...], Standing]:
    """What was kept: what is wrong with webhook and form, and what stands against the tasks."""
    told = json.loads(text or "[]")
    if isinstance(told, list):  # as it was kept before tasks were
        told = {"found": told, "tasks": {}, "last": []}
    standing = Standing(read_tasks(told["tasks"]), [_finding_of(each) for each in told["last"]])
    return tuple(_finding_of(each) for each in told["found"]), standing


def written_message(message: Message) -> str:
    """A sentence as JSON, for keeping."""
    return json.dumps([message.text, _plain(message.values)], ensure_ascii=False)


def read_message(text: str | None) -> Message | None:
    """The sentence that was kept, or the words that stand there instead; None where there are none."""
    if not text:
        return None
    try:
        found = _message(json.loads(text))
        str(found)  # nothing is missing in it
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return Message("{why}", {"why": text})
    return found


def _finding_of(told: dict[str, Any]) -> Finding:
    number, gravity, about, message, mend = (told[name] for name in ("code", "severity", "subject", "message", "mend"))
    return Finding(
        code=number, severity=Severity(gravity), message=_message(message), mend=_message(mend),
        place=Place(subject=about),
    )  # fmt: skip


def _message(told: list[Any]) -> Message:
    text, values = told
    return Message(text, {name: _value(each) for name, each in values.items()})


def _value(told: Any) -> Any:
    """A value of a sentence; one that is a sentence itself stands there as a list."""
    return _message(told) if isinstance(told, list) else told


def _told(each: Finding) -> dict[str, Any]:
    return {
        "code": each.code, "severity": str(each.severity), "subject": each.place.subject,
        "message": [each.message.text, _plain(each.message.values)], "mend": [each.mend.text, _plain(each.mend.values)],
    }  # fmt: skip


def _plain(values: Any) -> dict[str, Any]:
    return {name: _kept(each) for name, each in values.items()}


def _kept(value: Any) -> Any:
    if isinstance(value, Message):
        return [value.text, _plain(value.values)]
    return value if isinstance(value, int | float | str) else str(value)
