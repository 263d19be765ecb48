"""Reports: where they go, and the fact that one was issued."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from labelqa.records.facts import Draft, ReportIssued
from labelqa.records.names import Digest
from labelqa.records.summary import Period
from labelqa.workflows.desk import Desk


def reports_folder(desk: Desk) -> Path:
    """The workspace's folder of reports."""
    folder = desk.settings.workspace / "reports"
    folder.mkdir(exist_ok=True)
    return folder


def record_report(desk: Desk, period: Period, files: Mapping[str, Digest], *, head: str) -> None:
    """Record that a report was issued: its files by digest, and the ``head`` of the ledger that it printed."""
    body = ReportIssued(period=period.name, head=head, files=dict(sorted(files.items())))
    draft = Draft(body=body, subjects=(f"period:{period.name}",), actor=desk.actor, identity=desk.identity)
    desk.ledger.append([draft], now=desk.clock())
