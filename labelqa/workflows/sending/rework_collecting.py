"""Take answers to returned work home: from the projects that were made for it, and from the source where people went back to it.

Each comes back as a correction with its six fields, under every rule on corrections; what cannot be one is a finding
and records nothing. Collecting again adds nothing. An open rework round takes its answers as annotations of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

from labelqa.errors import Message
from labelqa.ledger.view import Facts
from labelqa.records.batch import Batch
from labelqa.records.facts import BatchFrozen, ReworkSent
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.names import BatchName, ItemId
from labelqa.records.review import Identity
from labelqa.workflows.correcting import CorrectionRow, import_corrections
from labelqa.workflows.correcting.bench import CorrectionBench
from labelqa.workflows.correcting.originals import answers as frozen_answers
from labelqa.workflows.correcting.recording import open_problems
from labelqa.workflows.desk import Desk
from labelqa.workflows.labels import label_of
from labelqa.workflows.refusals import refuse_changed
from labelqa.workflows.sending.pace import Told
from labelqa.workflows.sending.review_findings import place_of
from labelqa.workflows.sending.rework_judging import Answered, judged
from labelqa.workflows.sending.rework_looking import Look, looked, without_moved
from labelqa.workflows.sending.rework_rounds import relabelled
from labelqa.workflows.sending.rework_sent import ReworkProject, held, rework_projects, sent_draft
from labelqa.workflows.sending.rework_source import revised
from labelqa.workflows.sending.rework_told import open_items
from labelqa.workflows.sending.rework_values import (
    CollectResult,
    ReworkAnswer,
    ReworkEnd,
    ReworkReading,
    ReworkWriting,
)
from labelqa.workflows.servers.connecting import Server
from labelqa.workflows.state import State, read_state

_NO_LABEL: Final = "LS008"  # whether it is a label the release says, not the form
_MEND: Final = Message("have the answer mended where it was given; what was taken is not doubled")


def collect_rework(
    desk: Desk,
    reading: ReworkReading,
    writing: ReworkWriting,
    server: Server,
    batches: Collection[str] | None = None,
) -> CollectResult:
    """Everything that came back from a server since the last time, of all batches or of some.

    Projects in which nothing is open any more are closed. Raises Unreachable where the server does not answer; what was
    recorded by then stays.
    """
    state = read_state(desk)
    wanted = [state.batch(each).name for each in batches] if batches is not None else _waiting(state, server)
    done = CollectResult.of(_collected(desk, reading, writing, server, name) for name in wanted)
    return replace(done, findings=tuple(_with_address(each, server) for each in done.findings))


def _with_address(found: Finding, server: Server) -> Finding:
    """The same, at the address of its task."""
    match found.place.subject.removeprefix("annotation:").split("/"):
        case [server.name, project, task, _]:
            return replace(found, place=place_of(server, int(project), int(task)))
    return found


def _waiting(state: State, server: Server) -> list[BatchName]:
    """The batches with a project that is read, and those that are frozen and not settled."""
    out = {each.batch: None for each in rework_projects(state.facts, server=server.name) if not each.ended}
    frozen = dict.fromkeys(BatchName(fact.body.batch) for fact in state.facts.of(BatchFrozen))
    return [name for name in {**frozen, **out} if name in out or name not in state.settlements]


def _collected(
    desk: Desk, reading: ReworkReading, writing: ReworkWriting, server: Server, name: BatchName
) -> CollectResult:
    state = read_state(desk)
    batch = state.batch(name)
    known = rework_projects(state.facts, batch=name)
    has = held(known)
    open_ = [without_moved(each, has) for each in known if not each.ended and each.server == server.name]
    looks = [looked(desk, reading, each) for each in open_]
    kept: dict[tuple[str, str], int] = desk.memo.setdefault("batches collected", {})
    if all(each.rests for each in looks) and kept.get((server.name, name)) == state.facts.last:
        return CollectResult()
    live = [each for each in looks if not each.gone]
    done = CollectResult()
    if batch.freeze is not None and batch.conclusion is None:
        done = _corrections(desk, state, batch, reading, server, live)
    elif batch.freeze is None:
        done = relabelled(desk, reading, batch, [(each.project, *_ours(desk, reading, each)) for each in live])
    _end(desk, [each.project for each in looks if each.gone], ReworkEnd.GONE)
    ended = _answered_projects(desk, name, [each.project for each in live if each.unread is None])
    for each in ended:
        writing.close(each.project, each.batch, each.person)
    _end(desk, ended, ReworkEnd.SETTLED if batch.conclusion else ReworkEnd.ANSWERED)
    for look in live:
        look.done()
    kept[server.name, name] = desk.ledger.view().last
    told: Told = desk.memo.setdefault("answers told", Told())
    if not any(each.unread for each in looks):
        told.forget("rework-unread")
    fresh = told.fresh([*done.findings, *(one for each in looks for one in each.told())])
    return replace(done, ended=tuple(each.project for each in ended), findings=tuple(fresh))


def _corrections(
    desk: Desk, state: State, batch: Batch, reading: ReworkReading, server: Server, live: Sequence[Look]
) -> CollectResult:
    """The answers to a frozen batch as corrections."""
    bench = CorrectionBench(desk, state, batch)
    if not bench.items and not live:
        return CollectResult()
    given: list[Answered] = []
    found: list[Finding] = []
    for look in live:
        mine, strange = _ours(desk, reading, look)
        found += strange
        given += [_answered(each, look.project, batch) for each in mine]
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


def _ours(desk: Desk, reading: ReworkReading, look: Look) -> tuple[list[ReworkAnswer], list[Finding]]:
    """The last answer to each item by the person whose project it is, and what else stands in the project."""
    project, seal = look.project, look.seal
    if look.rests or seal is None or look.unread is not None:
        return [], []
    accounts = desk.ledger.identities.accounts(project.server)
    found: list[Finding] = []
    others: list[tuple[str, Finding]] = []
    mine: dict[str, ReworkAnswer] = {}
    for each in reading.answers(project.project, look.since):
        item, place = str(each.mark.get("item", "")), _place(project, each)
        hands = {accounts.get((project.server, account)) for account in (each.account, each.editor) if account}
        if each.mark.get("rework") != project.batch or item not in project.items:
            found += [_stranger(place)] if each.answers and not each.skipped else []
        elif not seal.holds(each.mark, each.data) or (seal.name and each.mark.get("person") != project.person):
            found.append(_altered(place, item))
        elif not each.account or not each.editor or hands != {project.person}:  # what nobody saved, anybody can bring
            others.append((item, _other_hand(place, item)))
        elif each.at is None:
            found.append(_timeless(place, item))
        else:
            if item not in mine or _later(each, mine[item]):
                mine[item] = each
    notes = (replace(each, severity=Severity.NOTE) if item in mine else each for item, each in others)
    return list(mine.values()), [*found, *notes]


def _later(one: ReworkAnswer, other: ReworkAnswer) -> bool:
    return other.at is None or (one.at is not None and (one.at, one.annotation) > (other.at, other.annotation))


def _answered(each: ReworkAnswer, project: ReworkProject, batch: Batch) -> Answered:
    if each.at is None:
        raise ValueError(each.annotation)  # such answers were told apart before
    label = label_of(dict(each.answers), batch.control)
    return Answered(
        item_id=ItemId(str(each.mark["item"])), person=project.person, label=(label or "").strip(), at=each.at,
        skipped=each.skipped, place=_place(project, each),
        identity=Identity.AUTHENTICATED,
        findings=tuple(replace(one, place=_place(project, each)) for one in each.findings if one.code != _NO_LABEL),
    )  # fmt: skip


def _place(project: ReworkProject, each: ReworkAnswer) -> Place:
    return Place(subject=f"annotation:{project.server}/{project.project}/{each.task}/{each.annotation}")


def _answered_projects(desk: Desk, name: BatchName, live: Sequence[ReworkProject]) -> list[ReworkProject]:
    """The projects in which nothing is open any more."""
    waiting = frozenset(open_items(desk, read_state(desk), name)) if live else frozenset()
    return [each for each in live if not each.items & waiting]


def _end(desk: Desk, projects: Iterable[ReworkProject], why: ReworkEnd) -> None:
    for _, group in groupby(projects, key=lambda each: each.batch):
        ending = list(group)
        drafts = [
            sent_draft(
                desk, server=each.server, project=each.project, batch=each.batch, person=each.person, items=each.items,
                before=each, ended=True, reason=why, seal=each.seal,
            )
            for each in ending
        ]  # fmt: skip

        def unless(facts: Facts, ending: Sequence[ReworkProject] = ending) -> None:
            for each in ending:
                refuse_changed(facts, f"project:{each.server}/{each.project}", each.fact, ReworkSent)

        desk.ledger.append(drafts, now=desk.clock(), unless=unless)


def _altered(place: Place, item: str) -> Finding:
    return finding(
        "rework-altered", "the task of item {item} is no longer as sent: what it shows, or whose it is, was altered on the "
        "server; the answer was not taken",
        mend=Message("ask who altered it and remove it on the server, then labelqa rework send sends the item anew"),
        place=place, item=item,
    )  # fmt: skip


def _stranger(place: Place) -> Finding:
    return finding(
        "rework-stranger", "an answer is about nothing that was sent into this project; it was not taken",
        mend=Message("tasks are sent by labelqa rework send; an item that somebody else has now is answered there"),
        severity=Severity.WARNING, place=place,
    )  # fmt: skip


def _other_hand(place: Place, item: str) -> Finding:
    return finding(
        "rework-other-hand", "item {item} was answered by an account that is not the one it was sent to; it was not taken",
        mend=Message("have it answered by whom it was sent to, from their own account"), place=place, item=item,
    )  # fmt: skip


def _timeless(place: Place, item: str) -> Finding:
    return finding(
        "rework-no-time", "the answer to item {item} has no time that can be read; it was not taken",
        mend=Message("have it submitted again"), place=place, item=item,
    )  # fmt: skip
