"""How the receiver is: what /health and /metrics say, put together from the inbox, the worker and our own figures.

Asking is cheap and changes nothing. A number that cannot be had is left out.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from labelqa.adapters.receiver.reception import Reception
from labelqa.adapters.receiver.tally import Labels
from labelqa.errors import Busy, LabelqaError
from labelqa.workflows.servers.inbox import InboxCounts, Last
from labelqa.workflows.sync.noticing import read_message

LATE: Final = timedelta(minutes=10)  # without a pass for so long a worker is not at work
_ROOM: Final = 64 * 1024 * 1024  # bytes that must be free on the inbox's disk


def health(reception: Reception) -> tuple[bool, dict[str, Any]]:
    """Whether all is well, and what there is to say of it."""
    now = reception.clock()
    inbox = _writable(reception)
    told: dict[str, Any] = {"inbox": inbox, "worker": reception.pulse.worker, "restarts": reception.pulse.restarts}
    late = False
    try:
        counts, passes = reception.inbox.counts(), reception.inbox.passes()
    except LabelqaError:
        inbox = told["inbox"] = "busy" if inbox == "writable" else inbox
    else:
        told |= _waiting(counts, now)
        told["last_pass"] = {
            name: {"at": _iso(each.at), "why": str(read_message(each.why) or "")}
            for name, each in sorted(passes.items())
        }
        late = reception.pulse.worker != "none" and _late(passes, reception.started, now)
        told["late"] = late
    answers = reception.tally.answers
    told["not_kept"] = {
        why: sum(n for (_, _, answer), n in answers.items() if answer == why)
        for why in ("busy", "full", "disk", "defect")
    }
    told["note"] = "what was not kept is found by the next reconcile"
    fine = inbox == "writable" and not late
    return fine, {"status": "ok" if fine else "failing", **told}


def metrics(reception: Reception) -> str:
    """The page for Prometheus."""
    gauges: dict[str, tuple[str, dict[Labels, float]]] = {
        "labelqa_worker_restarts_total": ("Times the worker was started again.", {(): reception.pulse.restarts}),
        "labelqa_log_lines_dropped_total": (
            "Lines of the log that nobody read in time.",
            {(): reception.lines.dropped},
        ),
    }
    try:
        counts, passes = reception.inbox.counts(), reception.inbox.passes()
    except LabelqaError:
        return reception.tally.text(gauges)
    now = reception.clock()
    gauges["labelqa_inbox_waiting"] = ("Events that wait to be worked through.", {(): counts.waiting})
    gauges["labelqa_inbox_failed"] = ("Events that could not be worked through.", {(): counts.failed})
    age = (now - counts.oldest_waiting).total_seconds() if counts.oldest_waiting else 0.0
    gauges["labelqa_inbox_oldest_waiting_seconds"] = ("Age of the oldest event that waits.", {(): max(age, 0.0)})
    gauges["labelqa_last_pass_timestamp_seconds"] = (
        "When a server's events were last worked through.",
        {(("server", name),): each.at.timestamp() for name, each in sorted(passes.items())},
    )
    return reception.tally.text(gauges)


def _writable(reception: Reception) -> str:
    try:
        reception.inbox.probe()
        return "writable" if shutil.disk_usage(reception.inbox.path.parent).free > _ROOM else "full"
    except Busy:
        return "busy"
    except (LabelqaError, OSError):
        return "full"


def _waiting(counts: InboxCounts, now: datetime) -> dict[str, Any]:
    age = max((now - counts.oldest_waiting).total_seconds(), 0.0) if counts.oldest_waiting else None
    return {"waiting": counts.waiting, "oldest_waiting_seconds": age, "failed": counts.failed}


def _late(passes: dict[str, Last], started: datetime, now: datetime) -> bool:
    return now - max([started, *(each.at for each in passes.values())]) > LATE


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
