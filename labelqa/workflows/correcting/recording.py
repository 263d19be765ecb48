"""Recording corrections, one by one or from a list; each has the six fields of GB/T 45674—2025, 8.1 f) 2).

The corrected label becomes the label of record once somebody else has found it correct, and not before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from labelqa.batches.correcting import CORRECTORS, why_not_correct
from labelqa.batches.corrections import answers
from labelqa.errors import BadInput, LabelqaError, Message
from labelqa.records.corrections import Correction
from labelqa.records.facts import CorrectionRecorded, Draft
from labelqa.records.finding import Finding, Place, finding
from labelqa.records.names import ItemId, PersonId
from labelqa.records.review import Identity
from labelqa.workflows.correcting.bench import CorrectionBench
from labelqa.workflows.correcting.originals import Original
from labelqa.workflows.correcting.problems import completeness_of
from labelqa.workflows.desk import Desk
from labelqa.workflows.people import find_person
from labelqa.workflows.refusals import refuse, with_names
from labelqa.workflows.reviewing.verdicts import SKEW
from labelqa.workflows.state import read_state, shown_names


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionRow:
    """One correction as it stands in a list: ``by`` is a pseudonym, a name or SERVER=ACCOUNT."""

    item_id: str
    label: str
    by: str
    at: datetime | None = None  # when it was corrected; None: now
    made_at: datetime | None = None  # when the label was made, where the frozen batch does not know
    place: Place = field(default_factory=Place)
    identity: Identity = Identity.IMPORTED  # how the corrector is known


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionsImported:
    """A list of corrections read in."""

    recorded: int
    unchanged: int
    findings: tuple[Finding, ...]


def record_correction(
    desk: Desk, batch: str, item: str, *, label: str, by: str, at: datetime | None = None, made_at: datetime | None = None
) -> Correction:  # fmt: skip
    """Record a corrected label; one that waits for its re-review, or failed it, is replaced, but not by the same again.

    Refused with every rule that stands against it; BadInput where the time of the original label is not known and
    ``made_at`` does not say it.
    """
    state = read_state(desk)
    bench = CorrectionBench(desk, state, state.batch(batch))
    row = CorrectionRow(item_id=item, label=label, by=by, at=at, made_at=made_at)
    if _stands(bench, row):
        return replace(bench.items[ItemId(item)].corrections[-1], already=True)
    draft = _draft(bench, row, desk.clock())
    unless = bench.unchanged([ItemId(item)], [PersonId(draft.body.corrector)], CORRECTORS)
    (fact,) = desk.ledger.append([draft], now=desk.clock(), unless=unless)
    later = read_state(desk)
    (found,) = [each for each in completeness_of(desk, later, later.batch(batch)).items if each.item_id == item]
    return next(each for each in found.corrections if each.fact == fact.seq)


def import_corrections(
    desk: Desk, batch: str, rows: Sequence[CorrectionRow], *, source: str = ""
) -> CorrectionsImported:  # fmt: skip
    """Record a list of corrections; each that a rule forbids becomes a finding, the others are recorded together.

    A correction that stands there already adds nothing. ``source`` is the digest of the file.
    """
    state = read_state(desk)
    bench, now = CorrectionBench(desk, state, state.batch(batch)), desk.clock()
    bench.read([ItemId(row.item_id) for row in rows])
    drafts: list[Draft] = []
    found: list[Finding] = []
    seen: set[str] = set()
    unchanged = 0
    for row in rows:
        try:
            if row.item_id in seen:
                raise BadInput("item {item} stands in the list before", item=row.item_id)
            seen.add(row.item_id)
            if _stands(bench, row):
                unchanged += 1
            else:
                drafts.append(_draft(bench, row, now, source=source, identity=row.identity))
        except LabelqaError as error:
            found.append(_refused(row, error))
    if drafts:
        people = {PersonId(each.body.corrector) for each in drafts}
        items = [ItemId(each.body.item) for each in drafts]
        desk.ledger.append(drafts, now=now, unless=bench.unchanged(items, people, CORRECTORS))
    return CorrectionsImported(recorded=len(drafts), unchanged=unchanged, findings=tuple(found))


def _refused(row: CorrectionRow, error: LabelqaError) -> Finding:
    return finding(
        "correction-refused",
        "the correction of item {item} was not taken: {why}",
        mend=Message("correct the row and import the list again; corrections that were taken are not doubled"),
        place=row.place, item=row.item_id, why=error.message,
    )  # fmt: skip


def _stands(bench: CorrectionBench, row: CorrectionRow) -> bool:
    """Whether this very correction is in force already."""
    known = bench.items.get(ItemId(row.item_id))
    last = known.corrections[-1] if known and known.corrections else None
    if last is None or last.after != row.label.strip() or last.corrector != find_person(bench.desk, row.by):
        return False
    return (row.at is None or last.corrected_at == row.at) and (last.review is None or last.stands)


def _draft(
    bench: CorrectionBench, row: CorrectionRow, now: datetime, *, source: str = "", identity: Identity | None = None
) -> Draft:  # fmt: skip
    """The fact of a correction; raises BadInput or Refused."""
    item, corrector, at = ItemId(row.item_id), find_person(bench.desk, row.by), row.at or now
    known = bench.items.get(item)
    original = _dated(bench.original(item), row) if known is not None else None
    body = CorrectionRecorded(
        batch=bench.batch.name, item=item, annotator=original.annotator if original else "", corrector=corrector,
        before=original.label if original else "", after=row.label.strip(),
        made_at=_text(original.made_at if original and original.made_at else at), corrected_at=_text(at),
        problems=[] if known is None else open_problems(bench, item), source=source,
    )  # fmt: skip
    actor = bench.actor(corrector, item, CORRECTORS, at)
    against = why_not_correct(
        body, batch=bench.batch, item=known, actor=actor, in_labels=bench.is_label(body.after), now=now + SKEW
    )
    if reasons := [*against, *bench.unfit(corrector, item, CORRECTORS, at)]:
        refuse(with_names(reasons, shown_names(bench.desk)))
    tried = bench.tried(item)
    people = dict.fromkeys([*(original.people if original else ()), corrector])
    return Draft(
        body=body,
        subjects=(f"batch:{body.batch}", f"item:{item}", *(f"person:{person}" for person in people)),
        actor=bench.desk.actor, identity=identity or bench.desk.identity, effective_at=at,
        supersedes=tried.fact if tried else None,
    )  # fmt: skip


def open_problems(bench: CorrectionBench, item: ItemId) -> list[int]:
    """The problems of an item that no closure and no earlier correction answers."""
    known = bench.items[item]
    done = [each for each in known.corrections if each.stands]
    return [
        each.fact for each in known.problems if each.closed is None and not any(answers(one, each) for one in done)
    ]  # fmt: skip


def _dated(original: Original, row: CorrectionRow) -> Original:
    """The original with its time, which every record of a correction has."""
    if original.made_at is not None:
        return original
    if row.made_at is None:
        raise BadInput(
            "nobody knows when the label of item {item} was made: the frozen batch has no time for it, so say it with "
            "--made-at, in a list in the column made_at", item=row.item_id,
        )  # fmt: skip
    return replace(original, made_at=row.made_at)


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
