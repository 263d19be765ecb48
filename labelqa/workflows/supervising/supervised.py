"""What a supervisor looks at, says of it, and finds: drawn pieces of work, one verdict on each, shares by person.

A supervisor has that duty and no other one in the batch. Notes are kept erasably. A later verdict on the same piece
supersedes the first; both stay on record.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from labelqa.batches.supervision import current_checks, fold_supervision_checks, why_not_check
from labelqa.errors import BadInput, LabelqaError, Message
from labelqa.i18n import N_
from labelqa.ledger.ledger import salted
from labelqa.people.duties import duty_conflicts, why_not_verifier
from labelqa.records.batch import Batch
from labelqa.records.facts import DisputeRuled, Draft, ReviewRecorded
from labelqa.records.finding import Finding, Place, finding
from labelqa.records.names import Digest, ItemId, PersonId
from labelqa.records.people import Duty
from labelqa.records.review import Identity, Verdict
from labelqa.records.supervision import (
    DrawnWork,
    SupervisedWork,
    Supervision,
    SupervisionCheck,
    SupervisionChecked,
    SupervisionImported,
    Work,
)
from labelqa.workflows.content import contents
from labelqa.workflows.desk import Desk
from labelqa.workflows.duties.fitting import Fitness
from labelqa.workflows.people import find_person
from labelqa.workflows.population import frozen_of, participants
from labelqa.workflows.refusals import joined, refuse
from labelqa.workflows.state import State, read_state, shown_names
from labelqa.workflows.supervising.supervision import hands, redrawn, supervision_of

SAID: Mapping[str, str] = {
    Verdict.CORRECT: N_("correct"), Verdict.INCORRECT: N_("incorrect"), Verdict.UNDECIDABLE: N_("undecidable"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRow:
    """One line of a filled sheet: the piece of work, what is said of it, and where it stands."""

    work: str
    verdict: str  # "" where nothing was filled in
    note: str = ""
    place: Place = field(default_factory=Place)


def supervised_work(desk: Desk, name: str) -> tuple[SupervisedWork, ...]:
    """The drawn pieces of work in order, each with what the item showed and what was said of it."""
    state, names = read_state(desk), shown_names(desk)
    found = supervision_of(state, name)
    drawn, checks = redrawn(desk, state, found).drawn, current_checks(checks_of(state, found))
    pieces = [each.piece for each in drawn]
    batch = state.batch(found.batch)
    shown = contents(desk, batch, {each.item_id for each in pieces})
    answers = _answers(desk, state, batch, pieces)
    return tuple(
        _row(desk, each, names=names, content=shown[each.piece.item_id], answer=answers[each.piece.work],
             check=checks.get(each.piece.work))
        for each in drawn
    )  # fmt: skip


def _row(
    desk: Desk, drawn: DrawnWork, *, names: Mapping[PersonId, str], content: Mapping[str, str], answer: Message,
    check: SupervisionCheck | None,
) -> SupervisedWork:  # fmt: skip
    piece = drawn.piece
    return SupervisedWork(
        order=drawn.order, work=piece.work, duty=piece.duty, person=piece.person,
        name=names.get(piece.person, piece.person), item_id=piece.item_id, content=content, answer=answer,
        verdict=check.verdict if check else None, supervisor=check.supervisor if check else None,
        note=desk.ledger.text_of(check.note) if check and check.note else "",
    )  # fmt: skip


def checks_of(state: State, supervision: Supervision) -> tuple[SupervisionCheck, ...]:
    """Every verdict of a supervisor on a supervision's pieces, changed ones too."""
    return fold_supervision_checks(
        state.facts.about(f"batch:{supervision.batch}", SupervisionChecked), supervision.supervision
    )


def _answers(desk: Desk, state: State, batch: Batch, pieces: Sequence[Work]) -> dict[str, Message]:
    """What was said in each piece of work."""
    labelled = {each.item_id for each in pieces if each.duty is Duty.EXECUTOR}
    said = dict(_labels(desk, batch, labelled))
    for each in pieces:
        if each.duty is not Duty.EXECUTOR:
            body = state.facts.fact(each.fact).body
            said[each.work] = _verdict(desk, body) if isinstance(body, ReviewRecorded) else _ruling(desk, body)
    return said


def _labels(desk: Desk, batch: Batch, items: Collection[ItemId]) -> Iterator[tuple[str, Message]]:
    import pyarrow as pa
    import pyarrow.compute as pc

    table = desk.frozen.read(frozen_of(batch).annotations, ["item_id", "person", "label", "value"])
    table = table.filter(pc.is_in(table.column("item_id"), value_set=pa.array(sorted(items), pa.string())))
    before, repeat = ("", ""), 1
    for item, person, label, value in zip(*(column.to_pylist() for column in table.columns), strict=True):
        repeat = repeat + 1 if (item, person) == before else 1
        before = item, person
        work = f"annotation:{item}:{person}" + (f":{repeat}" if repeat > 1 else "")
        yield work, Message("labelled {label}", {"label": label if label is not None else _plain(value)})


def _plain(value: str | None) -> str:
    """An answer of several parts as one text."""
    try:
        told = json.loads(value or "null")
    except ValueError:
        return value or ""
    return told if isinstance(told, str) else json.dumps(told, ensure_ascii=False)


def _verdict(desk: Desk, body: ReviewRecorded) -> Message:
    said = [Message("judged {label}: {verdict}", {"label": body.label, "verdict": Message(SAID[body.verdict])})]
    details = (
        (N_("rule {value}"), body.rule), (N_("defect {value}"), body.defect),
        (N_("should be {value}"), body.correct_label), (N_("suspected harm {value}"), body.unsafe),
        (N_("remark: {value}"), desk.ledger.text_of(body.comment) if body.comment else ""),
    )  # fmt: skip
    return joined([*said, *(Message(text, {"value": value}) for text, value in details if value)])


def _ruling(desk: Desk, body: DisputeRuled) -> Message:
    reason = desk.ledger.text_of(body.reason)
    if not reason:
        return Message("ruled {label}", {"label": body.label})
    return Message("ruled {label}: {reason}", {"label": body.label, "reason": reason})


class _Bench:
    """What the checks on a supervisor's words need, read once."""

    def __init__(self, desk: Desk, state: State, found: Supervision) -> None:
        self.state, self.found, self._desk = state, found, desk
        self._batch = state.batch(found.batch)
        self.drawn = redrawn(desk, state, found).drawn
        self._works = {each.piece.work for each in self.drawn}
        self._hands = hands(state, self._batch, participants(desk, self._batch))
        self.current = current_checks(checks_of(state, found))

    def named(self, work: str) -> str:
        """A piece of work by its name, or by its number in the list."""
        if work not in self._works and work.isdecimal() and 1 <= int(work) <= len(self.drawn):
            return self.drawn[int(work) - 1].piece.work
        return work

    def unfit(self, person: PersonId, at: datetime) -> list[Message]:
        """Why somebody may not supervise this batch."""
        return unfit_supervisor(self.state, self._batch, self._hands, person, at)

    def draft(
        self, work: str, verdict: Verdict, by: PersonId, note: str, *, identity: Identity, now: datetime
    ) -> tuple[Draft, list[tuple[Digest, str, str]]]:
        """The fact of one word and its erasable note; raises Refused."""
        text = salted(note, secrets.token_hex(16)) if note else None
        body = SupervisionChecked(
            supervision=self.found.supervision, batch=self.found.batch, work=self.named(work), verdict=str(verdict),
            supervisor=by, note=text[0] if text else "",
        )  # fmt: skip
        refuse([*self.unfit(by, now), *why_not_check(body, self._works, noted=bool(note.strip()))])
        before = self.current.get(body.work)
        draft = Draft(
            body=body, subjects=(f"batch:{self.found.batch}", f"person:{by}"), actor=self._desk.actor, identity=identity,
            supersedes=before.fact if before else None,
        )  # fmt: skip
        return draft, [text] if text else []

    def stands(self, work: str, verdict: Verdict, by: PersonId, note: str) -> bool:
        """Whether this very word is in force already."""
        before = self.current.get(self.named(work))
        if before is None or (before.verdict, before.supervisor) != (verdict, by):
            return False
        return (self._desk.ledger.text_of(before.note) if before.note else "") == note


def unfit_supervisor(
    state: State, batch: Batch, held: Mapping[Duty, Collection[PersonId]], person: PersonId, at: datetime
) -> list[Message]:
    """Why somebody may not supervise a batch: the duty, another duty in its labeling task, the qualification, gone."""
    known = state.people.get(person)
    if known is None or Duty.SUPERVISOR not in known.duties:
        return [Message("{person} is not registered as a supervisor", {"person": person})]
    conflicts = duty_conflicts({**held, Duty.SUPERVISOR: [person]})
    mine = [each.message for each in conflicts if each.place.subject == f"person:{person}"]
    standing = state.qualification(person, batch.release, at, Duty.SUPERVISOR)
    unfit = Fitness(state, batch).reasons(person, {Duty.SUPERVISOR}, at)
    return [*mine, *why_not_verifier(known, standing, (), at, duties=frozenset({Duty.SUPERVISOR})), *unfit]


def record_supervision(
    desk: Desk, name: str, work: str, *, verdict: Verdict, by: str, note: str = ""
) -> SupervisionCheck:
    """Record a supervisor's verdict on a drawn piece of work, named or by its number in the list.

    ``note`` says what was found and what was done about it; it is kept erasably, and needed where something is wrong.
    """
    state = read_state(desk)
    bench, now = _Bench(desk, state, supervision_of(state, name)), desk.clock()
    draft, texts = bench.draft(work, verdict, find_person(desk, by), note, identity=desk.identity, now=now)
    (fact,) = desk.ledger.append([draft], now=now, erasable=texts)
    again = read_state(desk)
    return next(each for each in checks_of(again, bench.found) if each.fact == fact.seq)


def import_supervision(desk: Desk, name: str, rows: Iterable[CheckRow], *, by: str) -> SupervisionImported:
    """Record a filled sheet; each row that a rule forbids becomes a finding, the others are recorded together.

    A verdict that stands there already adds nothing; a changed one supersedes the earlier. Empty rows stay open.
    """
    state = read_state(desk)
    bench, now, who = _Bench(desk, state, supervision_of(state, name)), desk.clock(), find_person(desk, by)
    drafts: list[Draft] = []
    texts: list[tuple[Digest, str, str]] = []
    found: list[Finding] = []
    seen: set[str] = set()
    unchanged = unfilled = 0
    for row in rows:
        if not row.verdict:
            unfilled += 1
            continue
        try:
            verdict = _read_verdict(row)
            if bench.named(row.work) in seen:
                raise BadInput("{work} stands in the sheet before", work=row.work)
            seen.add(bench.named(row.work))
            if bench.stands(row.work, verdict, who, row.note):
                unchanged += 1
                continue
            draft, text = bench.draft(row.work, verdict, who, row.note, identity=Identity.IMPORTED, now=now)
        except LabelqaError as error:
            found.append(_refused(row, error))
            continue
        drafts.append(draft)
        texts += text
    if drafts:
        desk.ledger.append(drafts, now=now, erasable=texts)
    return SupervisionImported(recorded=len(drafts), unchanged=unchanged, unfilled=unfilled, findings=tuple(found))


def _read_verdict(row: CheckRow) -> Verdict:
    try:
        return Verdict(row.verdict)
    except ValueError:
        raise BadInput(
            "{verdict} is no verdict: write {known}", verdict=row.verdict, known=", ".join(map(str, Verdict))
        ) from None


def _refused(row: CheckRow, error: LabelqaError) -> Finding:
    return finding(
        "supervision-refused", "the verdict on {work} was not taken: {why}",
        mend=Message("correct the row and import the sheet again; verdicts that were taken are not doubled"),
        place=row.place, work=row.work, why=error.message,
    )  # fmt: skip
