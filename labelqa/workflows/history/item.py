"""The whole life of one item, from facts, frozen files and, while its batch is open, the intake.

Facts are asked for by their subject, and of the frozen files only the rows of the item are read, so the answer is
quick however much there is. What is not recorded is not in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from labelqa.batches.checks import in_force
from labelqa.batches.corrections import SAID_OF_LABELS, record_labels
from labelqa.batches.supervision import annotation_of
from labelqa.errors import BadInput, Message
from labelqa.i18n import N_
from labelqa.intake import AnnotationRow, ItemContent
from labelqa.records.annotation import Origin
from labelqa.records.facts import BatchDeclared, BatchFrozen, BatchReturned, Fact, ImportCounted, LabelsExported
from labelqa.records.history import Happened, HistoryLine, ItemHistory
from labelqa.records.names import BatchName, ItemId, PersonId
from labelqa.records.people import Standing
from labelqa.records.review import Identity
from labelqa.records.supervision import SupervisionChecked
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.drawn import items_of
from labelqa.workflows.history.exported import kept_back
from labelqa.workflows.history.told import OF_BATCHES, Say, line_of, with_details
from labelqa.workflows.labels import answers, label_of, shown_content
from labelqa.workflows.servers.links import item_url
from labelqa.workflows.state import State, read_state, shown_names

_ORDER = {each: place for place, each in enumerate(Happened)}  # of what happened at one moment
_COLUMNS = ("item_id", "person", "label", "editor", "origin", "release", "standing", "seconds", "rev")


def item_history(desk: Desk, item: str) -> ItemHistory:
    """Everything that is recorded of an item; BadInput that names close ids where there is no such item."""
    state, names = read_state(desk), shown_names(desk)
    frozen = _frozen_files(desk, state)
    held = _holding(frozen, item)
    facts = list(state.facts.about(f"item:{item}"))
    arrived = desk.intake.item(item)
    if not (held or facts or arrived):
        raise _unknown(frozen, item)
    rows = {batch: _row(desk, body, item) for batch, body in held.items()}
    every = _with_batches(state, facts, tuple(held), item)
    gone = {fact.supersedes for fact in every if fact.supersedes is not None}
    say = Say(lambda digest: desk.ledger.text_of(digest) or "", names)
    lines = [_line(state, fact, ItemId(item), rows, facts, say=say, gone=gone) for fact in every]
    lines += _drawn(desk, state, tuple(held), item, names)
    brought = _imports(desk, state, arrived)
    for batch, body in held.items():
        lines += _answers(desk, batch, body, item, names, brought)
    content = next((shown_content(row["data"]) for row in reversed(rows.values()) if row), {})
    if arrived is not None and not held:
        lines += _open_answers(desk, arrived.item_no, names, brought)
        content = shown_content(arrived.data)
    batches = tuple(dict.fromkeys([*held, *(BatchName(each.batch) for each in lines if each.batch)]))
    return ItemHistory(
        item_id=ItemId(item), content=content, batches=batches, releases=_releases(state, batches),
        label=_label(state, item, rows), lines=tuple(sorted(lines, key=_when)),
        url=item_url(desk, item),
    )  # fmt: skip


def _line(
    state: State, fact: Fact, item: ItemId, rows: Mapping[BatchName, dict[str, Any] | None], facts: Sequence[Fact],
    *, say: Say, gone: Collection[int],
) -> HistoryLine:  # fmt: skip
    """A fact as a line; an export that left the item out says so."""
    line = line_of(fact, say=say, gone=gone, held=frozenset(rows))
    why = kept_back(state, fact, item, rows, facts) if isinstance(fact.body, LabelsExported) else None
    if why is None:
        return line
    text = N_("left out of the export {export} of the batch: {why}")
    told = Message(text, {"export": fact.body.export, "why": why})
    return replace(line, happened=Happened.LEFT_OUT, message=told)


def _when(line: HistoryLine) -> tuple[bool, datetime, int, int]:
    """In order of time; what has no time comes first, at one moment the order of facts."""
    never = datetime.min.replace(tzinfo=UTC)
    return line.at is not None, line.at or never, line.fact, _ORDER[line.happened]


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    body: BatchFrozen


def _frozen_files(desk: Desk, state: State) -> dict[BatchName, _File]:
    """The item file of every frozen batch that is there; a missing one is the verification's matter."""
    told = {BatchName(body.batch): body for _, body in in_force(state.facts.of(BatchFrozen), BatchFrozen)}
    files = {batch: _File(desk.frozen.path(body.items), body) for batch, body in told.items()}
    return {batch: file for batch, file in files.items() if file.path.is_file()}


def _holding(frozen: Mapping[BatchName, _File], item: str) -> dict[BatchName, BatchFrozen]:
    from labelqa.reduce.lookup import files_with

    found = set(files_with(list(dict.fromkeys(file.path for file in frozen.values())), item))
    return {batch: file.body for batch, file in frozen.items() if file.path in found}


def _unknown(frozen: Mapping[BatchName, _File], item: str) -> BadInput:
    from labelqa.reduce.lookup import close_ids

    close = close_ids([file.path for file in frozen.values()], item)
    if close:
        return BadInput("nothing is known of an item {item}; did you mean {close}?", item=item, close=", ".join(close))
    return BadInput(
        "nothing is known of an item {item}: give the id as it was imported, or labelqa items pick shows some",
        item=item,
    )


def _row(desk: Desk, body: BatchFrozen, item: str) -> dict[str, Any] | None:
    """The item's row of a frozen batch."""
    return next(_rows_of(desk, body.items, item, ["item_id", "data", "label", "disputed"]), None)


def _rows_of(
    desk: Desk, digest: str, item: str, columns: Sequence[str], times: Sequence[str] = ()
) -> Iterator[dict[str, Any]]:
    """The item's rows of a frozen file, its bytes checked."""
    from labelqa.reduce.lookup import rows_of

    yield from (row for _, row in rows_of([desk.frozen.checked(digest)], [item], columns, times=times))


def _with_batches(state: State, facts: Sequence[Fact], held: Sequence[BatchName], item: str) -> list[Fact]:
    """The facts about the item, and those about its batches that concern it too, in the order of the ledger."""
    mine = {fact.seq for fact in facts}
    found = {fact.seq: fact for fact in facts}
    named = {BatchName(batch) for fact in facts if (batch := getattr(fact.body, "batch", ""))}
    for batch in dict.fromkeys([*held, *sorted(named)]):
        for fact in state.facts.about(f"batch:{batch}", *OF_BATCHES):
            if _concerns(fact, item, mine):
                found[fact.seq] = fact
    return [found[seq] for seq in sorted(found)]


def _concerns(fact: Fact, item: str, mine: set[int]) -> bool:
    body = fact.body
    if isinstance(body, SupervisionChecked):
        annotation, rest = annotation_of(body.work), body.work.partition(":")[2]
        return annotation[0] == item if annotation else rest.isdigit() and int(rest) in mine
    if isinstance(body, BatchReturned):
        return not body.items or item in body.items
    return True


def _drawn(
    desk: Desk, state: State, held: Sequence[BatchName], item: str, names: Mapping[PersonId, str]
) -> Iterator[HistoryLine]:
    """The samples of the item's batches in which it was drawn, each drawn again from its seed."""
    for batch in held:
        for sample in state.samples.get(batch, ()):
            for each in items_of(desk, state, sample):
                if each.item_id == item:
                    fact = state.facts.fact(sample.fact)
                    who = ", ".join(names.get(person, person) for person in (each.verifier, each.second) if person)
                    text = N_("drawn as number {order} of {n} in sample {sample}, for {who}")
                    told = {"order": each.order, "n": sample.resolved.n, "sample": sample.sample, "who": who or "–"}
                    yield HistoryLine(
                        at=fact.effective_at, happened=Happened.DRAWN, batch=batch, person=None, name=fact.actor,
                        identity=fact.identity, message=Message(text, told), fact=fact.seq,
                    )  # fmt: skip


def _imports(desk: Desk, state: State, arrived: ItemContent | None) -> dict[int, int]:
    """The fact of the import that brought each revision of an item's answers; {} where the intake has none of them."""
    if arrived is None:
        return {}
    brought = desk.intake.brought_by(arrived.item_no)
    facts = {n: fact.seq for n in set(brought.values()) for fact in state.facts.about(f"import:{n}", ImportCounted)}
    return {rev: facts[number] for rev, number in brought.items() if number in facts}


def _answers(
    desk: Desk,
    batch: BatchName,
    body: BatchFrozen,
    item: str,
    names: Mapping[PersonId, str],
    brought: Mapping[int, int],
) -> Iterator[HistoryLine]:
    """The item's answers as they were frozen."""
    for row in _rows_of(desk, body.annotations, item, _COLUMNS, ["created_at"]):
        editor = row["editor"]
        made = _labelled(row["label"], row["origin"])
        yield HistoryLine(
            at=row["created_at"], batch=batch, person=PersonId(row["person"]), identity=Identity.IMPORTED,
            fact=brought.get(row["rev"], 0),
            happened=Happened.MACHINE if row["origin"] == Origin.MACHINE else Happened.LABELLED,
            name=names.get(PersonId(row["person"]), row["person"]),
            message=with_details(
                made, (N_("last changed by {value}"), names.get(editor, editor) if editor else ""),
                (N_("release {value}"), row["release"]), (N_("without a qualification ({value})"), "" if row["standing"] in _QUALIFIED else Standing(row["standing"])),
                (N_("{value} seconds"), row["seconds"]),
            ),
        )  # fmt: skip


_QUALIFIED = (None, Standing.QUALIFIED, Standing.MODEL)
_BEGAN: Mapping[str, str] = {
    Origin.UNCHANGED: N_("labelled {label}: the pre-label, unchanged"),
    Origin.EDITED: N_("labelled {label}: a pre-label, edited"),
    Origin.MACHINE: N_("a model answered {label}"),
}


def _labelled(label: str | None, origin: str | None) -> Message:
    return Message(_BEGAN.get(origin or "", N_("labelled {label}")), {"label": label or "–"})


def _open_answers(
    desk: Desk, number: int, names: Mapping[PersonId, str], brought: Mapping[int, int]
) -> Iterator[HistoryLine]:
    """The item's answers as they stand in the intake, while no frozen batch holds it."""
    for row in desk.intake.annotations(item_nos=[number]):
        yield HistoryLine(
            at=_time(row), happened=Happened.MACHINE if row.origin == Origin.MACHINE else Happened.LABELLED,
            batch="", person=row.person, name=names.get(row.person, row.person),
            identity=Identity.IMPORTED, fact=brought.get(row.rev, 0),
            message=Message("skipped by the annotator") if row.skipped else _labelled(_said(row.value), row.origin),
        )  # fmt: skip


def _time(row: AnnotationRow) -> datetime | None:
    return None if row.created_at is None else datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=row.created_at)


def _said(value: str) -> str:
    """Every control's answer, where there are several."""
    found = answers(value)
    said = {control: label_of(found, control) or "" for control in found}
    return next(iter(said.values())) if len(said) == 1 else "; ".join(f"{key}={text}" for key, text in said.items())


def _releases(state: State, batches: Sequence[BatchName]) -> tuple[str, ...]:
    told = {
        fact.body.release: None
        for batch in batches
        for fact in state.facts.about(f"batch:{batch}", BatchDeclared)
        if fact.body.release
    }
    return tuple(told)


def _label(state: State, item: str, rows: Mapping[BatchName, Mapping[str, Any] | None]) -> str:
    """The label of record as it stands in the batch frozen last; "" where it has none."""
    label = ""
    for batch, row in rows.items():
        changed = record_labels(state.facts.about(f"item:{item}", *SAID_OF_LABELS), batch)
        now = changed.get(ItemId(item))
        label = (now.label if now else "") if ItemId(item) in changed else (row or {}).get("label") or ""
    return label
