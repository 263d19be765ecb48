"""Take answers to returned work home: from the projects that were made for it, and from the source where people went back to it.

Each comes back as a correction with its six fields, under every rule on corrections; what cannot be one is a finding
and records nothing. Collecting again adds nothing. An open rework round takes its answers as annotations of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from labelqa.errors import LabelqaError, Message
from labelqa.records.batch import Batch
from labelqa.records.facts import BatchFrozen
from labelqa.records.finding import Finding
from labelqa.records.names import BatchName, ItemId
from labelqa.records.review import Identity
from labelqa.workflows.correcting import CorrectionRow, import_corrections
from labelqa.workflows.correcting.bench import CorrectionBench
from labelqa.workflows.correcting.originals import answers as frozen_answers
from labelqa.workflows.correcting.recording import open_problems
from labelqa.workflows.desk import Desk
from labelqa.workflows.labels import label_of
from labelqa.workflows.sending import review_findings
from labelqa.workflows.sending.pace import Told
from labelqa.workflows.sending.rework_findings import place_of, unclosed
from labelqa.workflows.sending.rework_judging import Answered, judged
from labelqa.workflows.sending.rework_looking import Look, Looking, without_moved
from labelqa.workflows.sending.rework_rounds import relabelled
from labelqa.workflows.sending.rework_sent import ReworkProject, end_projects, held, rework_projects
from labelqa.workflows.sending.rework_source import revised
from labelqa.workflows.sending.rework_told import open_items
from labelqa.workflows.sending.rework_values import (
    CollectResult,
    ReworkAnswer,
    ReworkEnd,
    ReworkReading,
    ReworkWriting,
    There,
)
from labelqa.workflows.servers.connecting import Server
from labelqa.workflows.state import State, read_state

_NO_LABEL: Final = "LS008"  # whether it is a label the release says, not the form
_PASSING: Final = {"rework-unread", "rework-task-unread", "rework-not-ours"}  # told again when they come back
_MEND: Final = Message("have the answer mended where it was given; what was taken is not doubled")


@dataclass(frozen=True, slots=True)
class _Collected:
    """What came of one batch; what it moved on is remembered when all of it is handed over."""

    name: BatchName
    done: CollectResult
    looks: Sequence[Look]
    facts: int  # the last fact then


def collect_rework(
    desk: Desk,
    reading: ReworkReading,
    writing: ReworkWriting,
    server: Server,
    batches: Collection[str] | None = None,
) -> CollectResult:
    """Everything that came back from a server since the last time, of all batches or of some.

    Projects in which nothing is open any more are closed; what is wrong with a single project is a finding. Raises
    Unreachable where the server does not answer, and Refused where it does not take our token; what was recorded by then
    stays, and what was found by then is found again.
    """
    state = read_state(desk)
    wanted = [state.batch(each).name for each in batches] if batches is not None else _waiting(state, server)
    looking = Looking(desk, reading, server)
    done = [_collected(desk, looking, writing, name) for name in wanted]
    return _handed_over(desk, server, done)


def _handed_over(desk: Desk, server: Server, done: Sequence[_Collected]) -> CollectResult:
    """Everything as one, but for findings that were told before; from now on it counts as told and read."""
    looks = [look for each in done for look in each.looks]
    end_projects(desk, [each.project for each in looks if each.gone or each.over], ReworkEnd.GONE)
    kept: dict[tuple[str, str], int] = desk.memo.setdefault("batches collected", {})
    for each in done:
        kept[server.name, each.name] = each.facts
    for look in looks:
        look.done()
    whole = CollectResult.of(each.done for each in done)
    found = [*whole.findings, *(one for look in looks for one in look.told())]
    told: Told = desk.memo.setdefault("answers told", {}).setdefault(server.name, Told())
    told.forget(*(_PASSING - {each.code for each in found}))
    return replace(whole, findings=tuple(_with_address(each, server) for each in told.fresh(found)))


def _with_address(found: Finding, server: Server) -> Finding:
    """The same, at the address of its task."""
    match found.place.subject.removeprefix("annotation:").split("/"):
        case [server.name, project, task, _]:
            return replace(found, place=review_findings.place_of(server, int(project), int(task)))
    return found


def _waiting(state: State, server: Server) -> list[BatchName]:
    """The batches with a project that is read, and those that are frozen and not settled."""
    out = {each.batch: None for each in rework_projects(state.facts, server=server.name) if not each.ended}
    frozen = dict.fromkeys(BatchName(fact.body.batch) for fact in state.facts.of(BatchFrozen))
    return [name for name in {**frozen, **out} if name in out or name not in state.settlements]


def _collected(desk: Desk, looking: Looking, writing: ReworkWriting, name: BatchName) -> _Collected:
    state, server = read_state(desk), looking.server
    batch = state.batch(name)
    known = rework_projects(state.facts, batch=name)
    has = held(known)
    open_ = [without_moved(each, has) for each in known if not each.ended and each.server == server.name]
    looks = [looking.look(each, reads=batch.conclusion is None) for each in open_]
    kept: dict[tuple[str, str], int] = desk.memo.get("batches collected", {})
    if all(each.rests for each in looks) and kept.get((server.name, name)) == state.facts.last:
        return _Collected(name, CollectResult(), looks, state.facts.last)
    live = [each for each in looks if not each.gone]
    done = CollectResult()
    if batch.freeze is not None and batch.conclusion is None:
        done = _corrections(desk, state, batch, server, live)
    elif batch.freeze is None:
        done = relabelled(desk, looking.reading, batch, [(each.project, each.mine, each.strange) for each in live])
    for each in live:
        each.mine.clear()  # of many batches this would be much
    ending = _answered(desk, name, [each for each in live if each.whole])
    closed, found = _closed(desk, looking.reading, writing, ending, settled=batch.conclusion is not None)
    done = replace(done, ended=tuple(closed), findings=(*done.findings, *found))
    return _Collected(name, done, looks, desk.ledger.view().last)


def _answered(desk: Desk, name: BatchName, live: Sequence[Look]) -> list[Look]:
    """The projects in which nothing is open any more."""
    waiting = frozenset(open_items(desk, read_state(desk), name)) if live else frozenset()
    return [each for each in live if not each.project.items & waiting]


def _closed(
    desk: Desk, reading: ReworkReading, writing: ReworkWriting, looks: Sequence[Look], *, settled: bool
) -> tuple[list[int], list[Finding]]:
    """Say in projects that nothing is to be done any more, and read them no longer; what is not ours is left as it is."""
    closed: list[int] = []
    found: list[Finding] = []
    for look in looks:
        each = look.project
        why = ReworkEnd.SETTLED if settled else ReworkEnd.ANSWERED if each.items else ReworkEnd.REASSIGNED
        try:
            there = reading.there(each.project, each.batch, each.person)
            look.gone, look.other, look.over = there is There.GONE, there is There.OTHER, there is There.OTHER
            if there is There.OURS:
                writing.close(each.project, each.batch, each.person, why)
        except LabelqaError as error:
            if not reading.serves():
                raise
            found.append(unclosed(each, error.message))
        else:
            if there is There.OURS:
                end_projects(desk, [each], why)
                closed.append(each.project)
    return closed, found


def _corrections(desk: Desk, state: State, batch: Batch, server: Server, live: Sequence[Look]) -> CollectResult:
    """The answers to a frozen batch as corrections."""
    bench = CorrectionBench(desk, state, batch)
    if not bench.items and not live:
        return CollectResult()
    given: list[Answered] = []
    found: list[Finding] = []
    for look in live:
        found += look.strange
        given += [_said(each, look.project, batch) for each in look.mine]
    given = _not_held(desk, batch, bench, given) + revised(desk, batch, bench.items.keys(), server.name)
    bench.read([each.item_id for each in given])
    rows: dict[ItemId, Answered] = {}
    unchanged = 0
    for each in sorted(given, key=lambda one: one.at):
        known = bench.items.get(each.item_id)
        became = judged(each, known, wrong=_wrong(bench, each.item_id), kind=bench.kind)
        found += each.findings if became is not None else ()
        if isinstance(became, Finding):
            found.append(became)
        elif became is not None:
            rows[became.item_id] = became  # the last one counts
        else:
            unchanged += 1
    done = import_corrections(desk, batch.name, [_row(each) for each in rows.values()])
    refused = {each.place.subject for each in done.findings}
    taken = [each.item_id for each in rows.values() if each.place.subject not in refused]
    found += [replace(each, mend=_MEND) for each in done.findings]
    return CollectResult(
        recorded=tuple((batch.name, item) for item in taken),
        unchanged=unchanged + done.unchanged,
        findings=tuple(found),
    )


def _not_held(desk: Desk, batch: Batch, bench: CorrectionBench, given: list[Answered]) -> list[Answered]:
    """The answers but for those that a round was frozen with."""
    rest = {each.item_id for each in given if each.item_id not in bench.items}
    held = frozen_answers(desk, batch, rest) if rest and batch.parent else {}
    return [
        each for each in given
        if not any((one.person, one.label) == (each.person, each.label) for one in held.get(each.item_id, ()))
    ]  # fmt: skip


def _wrong(bench: CorrectionBench, item: ItemId) -> set[str]:
    """The labels of an item that were found wrong."""
    known = bench.items.get(item)
    if known is None:
        return set()
    live = set(open_problems(bench, item))
    judged_labels = {each.label for each in known.problems if each.fact in live and each.label}
    return judged_labels | {bench.original(item).label}


def _row(answer: Answered) -> CorrectionRow:
    return CorrectionRow(
        item_id=answer.item_id, label=answer.label, by=answer.person, at=answer.at, place=answer.place,
        identity=answer.identity,
    )  # fmt: skip


def _said(each: ReworkAnswer, project: ReworkProject, batch: Batch) -> Answered:
    if each.at is None:
        raise ValueError(each.annotation)  # such answers were told apart before
    label = label_of(dict(each.answers), batch.control)
    return Answered(
        item_id=ItemId(str(each.mark["item"])), person=project.person, label=(label or "").strip(), at=each.at,
        skipped=each.skipped, place=place_of(project, each),
        identity=Identity.AUTHENTICATED,
        findings=tuple(replace(one, place=place_of(project, each)) for one in each.findings if one.code != _NO_LABEL),
    )  # fmt: skip
