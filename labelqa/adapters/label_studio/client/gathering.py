"""What was sent out to a server comes home: verdicts of review projects, corrections of returned work.

It is looked for where something is out, or where something came in.
"""

from __future__ import annotations

from dataclasses import dataclass

from labelqa.adapters.label_studio.client.reading import Reading
from labelqa.adapters.label_studio.client.writing import Writing
from labelqa.adapters.label_studio.rework import ReworkReader, ReworkWriter
from labelqa.adapters.label_studio.sent import collect_reviews
from labelqa.errors import Message
from labelqa.i18n import Lang
from labelqa.records.finding import Finding
from labelqa.workflows.desk import Desk
from labelqa.workflows.sending.review_collect import servers_to_ask
from labelqa.workflows.sending.rework_collecting import collect_rework
from labelqa.workflows.sending.rework_sent import rework_projects
from labelqa.workflows.servers.connecting import Server
from labelqa.workflows.state import read_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What came home from one server; ``imports`` are answers taken into open rework rounds."""

    server: str
    verdicts: int = 0
    corrections: int = 0
    relabelled: int = 0
    imports: tuple[int, ...] = ()
    findings: tuple[Finding, ...] = ()
    error: Message | None = None  # why nothing could be collected


def gather(desk: Desk, server: Server, reads: Reading, writes: Writing, *, lang: Lang, news: bool) -> Gathered:
    """Collect what is out; ``news``: whether answers came in since, which may be corrections at their source."""
    verdicts, corrections, relabelled = 0, 0, 0
    imports: tuple[int, ...] = ()
    findings: list[Finding] = []
    if server.name in servers_to_ask(desk):
        reviews = collect_reviews(desk, reads, writes, server)
        verdicts, findings = reviews.recorded, [*reviews.findings]
    out = any(not each.ended for each in rework_projects(read_state(desk).facts, server=server.name))
    if out or news:
        rework = collect_rework(desk, ReworkReader(reads), ReworkWriter(reads, writes, lang=lang), server)
        corrections, relabelled, imports = len(rework.recorded), rework.relabelled, rework.imports
        findings += rework.findings
    return Gathered(
        server=server.name, verdicts=verdicts, corrections=corrections, relabelled=relabelled, imports=imports,
        findings=tuple(findings),
    )  # fmt: skip
