"""Batches: declare the population before it is labelled, freeze it when it is, and see where each one stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import inf

from labelqa.batches.preconditions import why_not_declare, why_not_freeze
from labelqa.batches.where import Record
from labelqa.errors import Refused, WrongUsage
from labelqa.intake import AnnotationRow, ItemContent
from labelqa.ledger.view import Facts
from labelqa.records.annotation import ControlKind
from labelqa.records.batch import Batch, Condition, Kind, Operator, RecordRule, Repeats
from labelqa.records.facts import BatchDeclared, BatchFrozen, Draft, ImportCounted
from labelqa.records.names import BatchName, ItemId
from labelqa.records.results import BatchDetail, Unbatched
from labelqa.records.summary import BatchLine
from labelqa.workflows.counted import told_of
from labelqa.workflows.desk import Desk
from labelqa.workflows.freeze import frozen_tables
from labelqa.workflows.lines import line_of
from labelqa.workflows.matching import item_record
from labelqa.workflows.people import find_person
from labelqa.workflows.rechecking.recheck import frozen_recheck
from labelqa.workflows.refusals import kind_said, refuse
from labelqa.workflows.reviewing.reviews import progress_of
from labelqa.workflows.rounds.returned import claim_of, voided_items
from labelqa.workflows.select import Matching, Selection, moment, select, taken_annotations
from labelqa.workflows.splits import Split, split_of
from labelqa.workflows.state import State, fold, read_state, shown_names


def declare_batch(
    desk: Desk,
    name: str,
    *,
    kind: Kind,
    release: str = "",
    labels: Sequence[str] = (),
    organizer: str,
    requester: str = "",
    where: Sequence[Condition] = (),
    control: str = "",
    record_rule: RecordRule = RecordRule.MAJORITY,
    answers: ControlKind | None = None,
) -> Batch:
    """Declare a batch: which annotations it will hold, under which release. Late when some of them exist already.

    Its labels and its control are those of the release; a trial batch without a release names its ``labels`` instead,
    and can be measured but never settled. ``answers`` says of which kind they are where they are no labels: then a
    trial needs no labels, and the freeze keeps answers that are not among them.
    """
    state = read_state(desk)
    check_batch_name(name)
    if release:
        body = state.release(release)
        if labels:
            raise WrongUsage("name a release or labels, not both: the release has its labels")
        if body.kind != kind:
            raise Refused(
                "{release} is a rulebook of {have}, and the batch is to be {want}: the two kinds have separate rulebooks",
                release=release, have=kind_said(body.kind), want=kind_said(kind),
            )  # fmt: skip
        control, labels = control or body.control, body.labels
    elif len(set(labels)) < 2 and answers in {None, ControlKind.CHOICE}:
        raise WrongUsage("a batch needs --rulebook NAME@VERSION, or for a trial two --labels or more")
    where = [_by_pseudonym(desk, each) for each in where]
    declared = BatchDeclared(
        batch=name, kind=str(kind), release=release, control=control, labels=list(labels), organizer=organizer,
        requester=requester, where=[[each.field, str(each.operator), each.value] for each in where],
        record_rule=str(record_rule), late=_begun(desk, where),
        answers="" if answers is None else answers.value,
    )  # fmt: skip
    subjects = (f"batch:{name}", *((f"release:{release}",) if release else ()))
    draft = Draft(body=declared, subjects=subjects, actor=desk.actor, identity=desk.identity)

    def unless(facts: Facts) -> None:
        refuse(why_not_declare(BatchName(name), fold(facts, desk.settings.qualification_days).batches.keys()))

    desk.ledger.append([draft], now=desk.clock(), unless=unless)
    return read_state(desk).batch(name)


def _by_pseudonym(desk: Desk, condition: Condition) -> Condition:
    """A condition on annotators with their pseudonyms: names stay out of the ledger, and may change."""
    if condition.field != "annotator":
        return condition
    if condition.operator not in {Operator.EQUAL, Operator.NOT_EQUAL, Operator.IN}:
        raise WrongUsage("annotators are equal or not: write annotator = NAME, != NAME or in NAME,NAME")
    told = condition.value.split(",") if condition.operator is Operator.IN else [condition.value]
    return replace(condition, value=",".join(find_person(desk, each.strip()) for each in told))


def check_batch_name(name: str) -> None:
    """WrongUsage for what cannot be a batch's name."""
    if (
        not name
        or len(name.encode()) > 150
        or any(not (each.isalnum() or each in "-_.") for each in name)
        or name[0] in "-."
    ):
        raise WrongUsage("{name!r} is no batch name: use up to 150 bytes of letters, digits, - _ and .", name=name)


def _begun(desk: Desk, where: Sequence[Condition]) -> bool:
    """Whether some annotation meets the conditions already."""
    matching = Matching(desk, where)
    items = matching.items(desk.intake.items())
    return bool(items) and any(row.item_no in items and matching.holds(row) for row in desk.intake.annotations())


def freeze_batch(
    desk: Desk,
    name: str,
    *,
    repeats: Repeats = Repeats.LAST,
    progress: Callable[[int], None] = lambda _n: None,
) -> Batch:
    """Lock a batch: write its annotations and items as shown to Parquet, and their digests into the ledger."""
    with desk.intake.locked():
        desk.intake.reconcile(told_of(desk))
        state = read_state(desk)
        batch = state.batch(name)
        if batch.freeze is not None:
            refuse(why_not_freeze(batch, batch.freeze.n_items))
        for _ in desk.frozen.sweep():
            pass
        if batch.recheck:
            body = frozen_recheck(desk, state, batch)
        else:
            chosen = select(desk, state, batch, repeats=repeats, progress=progress)
            _refuse_empty(batch, chosen)
            body = _frozen_body(desk, state, batch, chosen, repeats)
        draft = Draft(body=body, subjects=(f"batch:{name}",), actor=desk.actor, identity=desk.identity)

        def unless(facts: Facts) -> None:
            now = fold(facts, desk.settings.qualification_days).batch(name)
            refuse(why_not_freeze(now, body.n_items))

        desk.ledger.append([draft], now=desk.clock(), unless=unless)
    return read_state(desk).batch(name)


def _refuse_empty(batch: Batch, chosen: Selection) -> None:
    if chosen.chosen:
        return
    if chosen.findings:
        raise Refused("batch {batch} is empty: {why}", batch=batch.name, why=chosen.findings[0].message)
    if chosen.exclusions:
        told = ", ".join(f"{reason} {n}" for reason, n in chosen.exclusions.items())
        raise Refused(
            "batch {batch} is empty: everything that meets its conditions stays out ({told})",
            batch=batch.name,
            told=told,
        )
    refuse(why_not_freeze(batch, 0))


def _frozen_body(desk: Desk, state: State, batch: Batch, chosen: Selection, repeats: Repeats) -> BatchFrozen:
    tables = frozen_tables(desk, state, batch, chosen.chosen)
    declared = batch.declared_at
    return BatchFrozen(
        batch=batch.name, annotations=tables.annotations, items=tables.items, frame=tables.frame,
        n_annotations=len(chosen.chosen), n_items=tables.n_items, n_disputed=tables.n_disputed,
        exclusions=[[reason, n] for reason, n in chosen.exclusions.items()], repeats=str(repeats),
        before_declared=sum(
            each.row.created_at is not None and moment(each.row.created_at) < declared for each in chosen.chosen
        ),
        participants=sorted(chosen.participants), items_left_out=chosen.items_left_out, records_after=tables.records_after,
        origins=dict(tables.origins), items_prelabelled=tables.items_prelabelled,
    )  # fmt: skip


def batch_lines(desk: Desk) -> tuple[BatchLine, ...]:
    """Every batch, in the order in which they were declared."""
    state = read_state(desk)
    return tuple(line_of(desk, state, batch) for batch in state.batches.values())


def batch_line(desk: Desk, name: str) -> BatchLine:
    """One batch as a lead sees it."""
    state = read_state(desk)
    return line_of(desk, state, state.batch(name))


def batch_detail(desk: Desk, name: str) -> BatchDetail:
    """A batch with its plans and samples."""
    state = read_state(desk)
    batch = state.batch(name)
    names = shown_names(desk)
    return BatchDetail(
        batch=batch,
        plans=tuple(state.plans.get(batch.name, ())),
        samples=tuple(progress_of(desk, state, each, names) for each in state.samples.get(batch.name, ())),
    )


def unbatched(desk: Desk) -> tuple[Unbatched, ...]:
    """Annotations that no batch holds, waits for, or left out with a reason when it was frozen, by project."""
    rows: dict[str, list[tuple[int, datetime | None]]] = {}
    for project, item_no, made in unbatched_rows(desk):
        rows.setdefault(project, []).append((item_no, made))
    return tuple(_unbatched(project, found) for project, found in sorted(rows.items()))


def unbatched_rows(desk: Desk) -> Iterator[tuple[str, int, datetime | None]]:
    """The same one by one: project, item number, when it was made."""
    state = read_state(desk)
    taken = taken_annotations(desk, state)
    free = [row for row in desk.intake.annotations() if not row.skipped and row.rev > taken.get(row.annotation, 0)]
    if not free:
        return
    numbers, void = {row.item_no for row in free}, voided_items(desk, state)
    items = {item.item_no: item for item in desk.intake.items() if item.item_no in numbers and item.item_id not in void}
    claims, records = _claims(desk, state), {number: item_record(item) for number, item in items.items()}
    counted = {fact.body.import_no: fact.seq for fact in state.facts.of(ImportCounted)}
    for row in (row for row in free if row.item_no in items):
        item, known_since = items[row.item_no], counted.get(row.import_no, 0)
        if not any(each.holds(item, records[row.item_no], row, known_since) for each in claims):
            yield item.project, row.item_no, None if row.created_at is None else moment(row.created_at)


def _claims(desk: Desk, state: State) -> list[_Claim]:
    """What each batch is made of, and up to which fact: an open one takes whatever comes, a frozen one took its part."""
    return [
        _Claim(
            matching=Matching(desk, batch.where), until=inf if batch.freeze is None else batch.freeze.fact,
            split=None if batch.parent else split_of(state, batch), takes=claim_of(desk, state, batch),
        )
        for batch in state.labelled()
    ]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    """What a batch takes of what was imported; what it says of an item is kept."""

    matching: Matching
    until: float  # the fact up to which it takes
    split: Split | None
    takes: Callable[[ItemId, AnnotationRow], bool]
    mine: dict[int, bool] = field(default_factory=dict)

    def holds(self, item: ItemContent, record: Record, row: AnnotationRow, known_since: int) -> bool:
        """Whether it takes an annotation of an item, known since the fact that counted its import."""
        if known_since >= self.until:
            return False
        if item.item_no not in self.mine:
            self.mine[item.item_no] = self.matching.takes(record)
        return (
            self.mine[item.item_no] and self.takes(item.item_id, row) and self.matching.holds(row)
            and not (self.split and self.split.leaves(row, item.item_id))
        )  # fmt: skip


def _unbatched(project: str, rows: Sequence[tuple[int, datetime | None]]) -> Unbatched:
    times = [made for _, made in rows if made is not None]
    return Unbatched(
        project=project, annotations=len(rows), items=len({item for item, _ in rows}),
        first=min(times, default=None), last=max(times, default=None),
    )  # fmt: skip
