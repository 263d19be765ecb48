"""What is wrong with a project's webhook and with its form, looked at with every sweep and kept until the next.

Nothing is mended here: that takes somebody's consent.
"""

from __future__ import annotations

import json
from typing import Any, Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.ledger.view import Facts
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.servers import ServerProject
from labelqa.workflows.servers.bindings import drift, latest_pushed
from labelqa.workflows.servers.hooks import Wanted, mending, placed
from labelqa.workflows.sync.source import Source

NO_HOOK: Final = "LS210"


def noticed(facts: Facts, source: Source, server: str, project: ServerProject, *, secret: str) -> list[Finding]:
    """What is wrong now. Without a webhook of ours that is a note: everything is found by asking as well."""
    found: list[Finding] = []
    hook = placed(facts, server).get(project.project)
    if hook is None:
        text = N_("project {project} has no webhook: what is overwritten between two looks is lost")
        found.append(
            finding(
                "LS210", text, mend=Message("labelqa serve --register"), severity=Severity.NOTE,
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


def written(findings: list[Finding]) -> str:
    """Findings as JSON, for keeping."""
    return json.dumps([_told(each) for each in findings], ensure_ascii=False)


def read(text: str | None) -> tuple[Finding, ...]:
    """The findings that were kept."""
    return tuple(_finding_of(each) for each in json.loads(text or "[]"))


def written_message(message: Message) -> str:
    """A sentence as JSON, for keeping."""
    return json.dumps([message.text, _plain(message.values)], ensure_ascii=False)


def read_message(text: str | None) -> Message | None:
    """The sentence that was kept; None where none was."""
    return _message(json.loads(text)) if text else None


def _finding_of(told: dict[str, Any]) -> Finding:
    number, gravity, about, message, mend = (told[name] for name in ("code", "severity", "subject", "message", "mend"))
    return Finding(
        code=number, severity=Severity(gravity), message=_message(message), mend=_message(mend),
        place=Place(subject=about),
    )  # fmt: skip


def _message(told: list[Any]) -> Message:
    text, values = told
    return Message(text, values)


def _told(each: Finding) -> dict[str, Any]:
    return {
        "code": each.code, "severity": str(each.severity), "subject": each.place.subject,
        "message": [each.message.text, _plain(each.message.values)], "mend": [each.mend.text, _plain(each.mend.values)],
    }  # fmt: skip


def _plain(values: Any) -> dict[str, Any]:
    return {name: each if isinstance(each, int | float | str) else str(each) for name, each in values.items()}
