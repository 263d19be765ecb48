"""The gold register: retire an answer, see how often each was given and whether it wears out, propose a rotation."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, TypeAlias

from labelqa.errors import BadInput, InsufficientData, Message
from labelqa.i18n import N_
from labelqa.ledger.view import Facts
from labelqa.records.annotation import Origin
from labelqa.records.estimate import Estimate, Figure, Unknown, unknown
from labelqa.records.facts import Draft, GoldRetired
from labelqa.records.gold import GoldLine, GoldRegister, GoldState, Retired, Rotation
from labelqa.records.names import ItemId, PersonId
from labelqa.stats.accuracy import accuracy
from labelqa.stats.change import change
from labelqa.workflows.desk import Desk
from labelqa.workflows.golden.retired import retired_gold
from labelqa.workflows.people import find_person
from labelqa.workflows.refusals import refuse
from labelqa.workflows.select import by_machine
from labelqa.workflows.state import State, read_state, shown_names

Mark: TypeAlias = tuple[datetime, bool]  # when somebody answered, and whether rightly
FEWEST: Final = 10  # answers in each half before a change is looked for
_FEW: Final = Message("fewer than {n} answers in each half, so no change is looked for", {"n": FEWEST})


def retire_gold(desk: Desk, item: str, *, by: str, reason: str) -> Retired:
    """Take a gold answer out of use: from now on every figure against gold is computed without it.

    Refused where it is retired already or no reason is given; BadInput for an item that the register does not have.
    """
    state, who = read_state(desk), find_person(desk, by)
    register = desk.intake.gold()
    if item not in register:
        raise BadInput("{item} is not in the gold register: labelqa gold list shows what is", item=item)
    body = GoldRetired(item=item, label=register[ItemId(item)], reason=reason.strip(), by=who)

    def unless(facts: Facts) -> None:
        refuse(_why_not_retire(facts, item, reason))

    unless(state.facts)
    draft = Draft(
        body=body, subjects=("gold", f"item:{item}", f"person:{who}"), actor=desk.actor, identity=desk.identity
    )
    desk.ledger.append([draft], now=desk.clock(), unless=unless)
    return retired_gold(read_state(desk))[ItemId(item)]


def _why_not_retire(facts: Facts, item: str, reason: str) -> list[Message]:
    reasons = []
    if facts.about(f"item:{item}", GoldRetired):
        reasons.append(Message("the gold answer of {item} is retired already", {"item": item}))
    if not reason.strip():
        reasons.append(Message("a gold answer is retired with a reason: say what is wrong, or that it is worn out"))
    return reasons


def gold_lines(desk: Desk, *, known: datetime | None = None) -> GoldRegister:
    """Every gold item with its exposures; retired ones last, then by exposures, most first."""
    state = read_state(desk, known=known) if known else read_state(desk)
    register, gone, limit = desk.intake.gold(), retired_gold(state), state.policies.gold_exposures
    seen, marks = _exposures(desk, state, register), _marks(desk, state, register)
    looked = sum(min(_halves(marks[item])[0][1], _halves(marks[item])[1][1]) >= FEWEST for item in register)
    level = 1 - (1 - desk.settings.confidence) / max(looked, 1)
    lines = [
        _line(item, label, gone.get(item), seen[item], marks[item], limit, (desk.settings.confidence, level))
        for item, label in register.items()
    ]
    text = N_(
        "{n} items have answers enough to look for a change; the intervals of the changes are widened for as many looks (Bonferroni)"
    )
    return GoldRegister(
        lines=tuple(sorted(lines, key=lambda each: (each.retired is not None, -each.exposures, each.item_id))),
        limit=limit, names=shown_names(desk), notes=(Message(text, {"n": looked}),) if looked else (),
    )  # fmt: skip


def rotation(desk: Desk) -> Rotation:
    """What is to be taken out of use by policy gold-exposures, or because answers became right; nothing is recorded."""
    found = gold_lines(desk)
    use = [each for each in found.lines if each.retired is None]
    due = tuple(each for each in use if each.state is GoldState.DUE)
    suspected = tuple(each for each in use if each.state is GoldState.SUSPECTED)
    gone = {each.item_id for each in (*due, *suspected)}
    stays = Counter({each.label: 0 for each in use})
    stays.update(each.label for each in use if each.item_id not in gone)
    return Rotation(
        due=due,
        suspected=suspected,
        in_use=len(use),
        needed=len(gone),
        limit=found.limit,
        low=dict(sorted(stays.items())),
    )


def _exposures(desk: Desk, state: State, items: Collection[ItemId]) -> dict[ItemId, Counter[PersonId]]:
    """How often each person answered, or skipped, each gold item; models are not counted.

    Answers that a later one took the place of are seen where a batch was frozen with them.
    """
    numbers = desk.intake.numbers(items)
    seen: dict[ItemId, Counter[PersonId]] = defaultdict(Counter)
    for row in desk.intake.annotations(item_nos=numbers):
        if not by_machine(state, row):
            seen[numbers[row.item_no]][row.person] += 1
    for item, people in _frozen_exposures(desk, state, items).items():
        seen[item] |= people  # the larger of both counts
    return seen


def _frozen_exposures(desk: Desk, state: State, items: Collection[ItemId]) -> dict[ItemId, Counter[PersonId]]:
    import pyarrow as pa
    import pyarrow.compute as pc

    found: dict[ItemId, Counter[PersonId]] = defaultdict(Counter)
    where = pc.field("item_id").isin(pa.array(list(items), pa.string()))
    for batch in state.labelled():
        if batch.freeze is not None and items:
            table = desk.frozen.read(batch.freeze.annotations, ["item_id", "person", "origin"], where=where)
            for item, person, origin in zip(*(column.to_pylist() for column in table.columns), strict=True):
                if origin != Origin.MACHINE:
                    found[ItemId(item)][PersonId(person)] += 1
    return found


def _marks(desk: Desk, state: State, register: dict[ItemId, str]) -> dict[ItemId, list[Mark]]:
    """When people answered in frozen batches, and whether rightly, in the order of time."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found: dict[ItemId, list[Mark]] = defaultdict(list)
    columns = ["item_id", "label", "created_at", "origin"]
    where = pc.field("item_id").isin(pa.array(list(register), pa.string()))
    for batch in state.labelled():
        if batch.freeze is None or not register:
            continue
        table = desk.frozen.read(batch.freeze.annotations, columns, where=where)
        for item, label, made, origin in zip(*(table.column(each).to_pylist() for each in columns), strict=True):
            if label is not None and made is not None and origin != Origin.MACHINE:
                found[ItemId(item)].append((made, label == register[ItemId(item)]))
    return defaultdict(list, {item: sorted(told, key=lambda mark: mark[0]) for item, told in found.items()})


def _halves(marks: Sequence[Mark]) -> tuple[tuple[int, int], tuple[int, int]]:
    """The earlier and the later half as (right, answers), parted where time passes: of answers at one moment nobody
    knows which came first, so all at one moment have no later half."""
    bounds = [at for at in range(1, len(marks)) if marks[at - 1][0] < marks[at][0]]
    middle = min(bounds, key=lambda at: abs(2 * at - len(marks)), default=len(marks))
    early, late = marks[:middle], marks[middle:]
    return (_right(early), len(early)), (_right(late), len(late))


def _right(marks: Sequence[Mark]) -> int:
    return sum(right for _, right in marks)


def _line(
    item: ItemId,
    label: str,
    gone: Retired | None,
    seen: Counter[PersonId],
    marks: Sequence[Mark],
    limit: int | None,
    levels: tuple[float, float],
) -> GoldLine:
    early, late = _halves(marks)
    moved: Figure = Unknown(reason="too-few-answers", message=_FEW, n=len(marks))
    if min(early[1], late[1]) >= FEWEST:
        moved = change(early, late, confidence=levels[1])
    exposures = seen.total()
    state = GoldState.IN_USE
    if gone is not None:
        state = GoldState.RETIRED
    elif isinstance(moved, Estimate) and moved.low > 0:
        state = GoldState.SUSPECTED
    elif limit is not None and exposures >= limit:
        state = GoldState.DUE
    return GoldLine(
        item_id=item, label=label, state=state, exposures=exposures, people=len(seen), often=tuple(seen.most_common()),
        right=_share((_right(marks), len(marks)), levels[0]), early=_share(early, levels[0]), late=_share(late, levels[0]),
        change=moved, retired=gone,
    )  # fmt: skip


def _share(told: tuple[int, int], confidence: float) -> Figure:
    try:
        return accuracy(*told, confidence=confidence)
    except InsufficientData as error:
        return unknown(error)
