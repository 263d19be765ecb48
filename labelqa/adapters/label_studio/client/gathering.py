"""What was sent out to a server comes home: verdicts of review projects, corrections of returned work.

It is looked for where something is out, or where something came in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from labelqa.adapters.label_studio.client.reading import Reading
from labelqa.adapters.label_studio.client.writing import Writing
from labelqa.adapters.label_studio.rework import ReworkReader, ReworkWriter
from labelqa.adapters.label_studio.sent import collect_reviews
from labelqa.errors import BadInput, Message, NotThere, Refused, Unreachable
from labelqa.i18n import Lang
from labelqa.records.finding import Finding
from labelqa.workflows.desk import Desk
from labelqa.workflows.refusals import joined
from labelqa.workflows.sending.review_collect import servers_to_ask
from labelqa.workflows.sending.rework_collecting import collect_rework
from labelqa.workflows.sending.rework_sent import rework_projects
from labelqa.workflows.servers.connecting import Server
from labelqa.workflows.state import read_state

OWN: Final = (BadInput, NotThere, Refused, Unreachable)  # what is wrong with one server, its token or its answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What came home from one server; ``imports`` are answers taken into open rework rounds."""

    server: str
    verdicts: int = 0
    corrections: int = 0
    relabelled: int = 0
    imports: tuple[int, ...] = ()
    findings: tuple[Finding, ...] = ()
    error: Message | None = None  # why not everything could be collected


def gather(desk: Desk, server: Server, reads: Reading, writes: Writing, *, lang: Lang, news: bool) -> Gathered:
    """Collect what is out; ``news``: whether answers came in since, which may be corrections at their source.

    Where one of both, reviews and returned work, cannot be collected, the other is all the same.
    """
    done, errors = Gathered(server=server.name), dict[str, Message]()
    try:
        done = _reviews(desk, server, reads, writes, done)
    except OWN as error:
        errors[str(error.message)] = error.message
    if not errors or reads.answers():
        try:
            done = _rework(desk, server, reads, writes, done, lang=lang, news=news)
        except OWN as error:
            errors[str(error.message)] = error.message
    return replace(done, error=joined([*errors.values()])) if errors else done


def _reviews(desk: Desk, server: Server, reads: Reading, writes: Writing, done: Gathered) -> Gathered:
    if server.name not in servers_to_ask(desk):
        return done
    reviews = collect_reviews(desk, reads, writes, server)
    return replace(done, verdicts=reviews.recorded, findings=(*done.findings, *reviews.findings))


def _rework(
    desk: Desk, server: Server, reads: Reading, writes: Writing, done: Gathered, *, lang: Lang, news: bool
) -> Gathered:
    out = any(not each.ended for each in rework_projects(read_state(desk).facts, server=server.name))
    if not out and not news:
        return done
    rework = collect_rework(desk, ReworkReader(reads), ReworkWriter(reads, writes, lang=lang), server)
    return replace(
        done, corrections=len(rework.recorded), relabelled=rework.relabelled, imports=rework.imports,
        findings=(*done.findings, *rework.findings),
    )  # fmt: skip
