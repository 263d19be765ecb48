"""Rework rounds: what may go back, and the risk that several rounds carry together.

Every round that may accept is another chance for a batch that never got better. A fresh draw accepts such a batch with
at most the risk of its plan, whatever happened before; so the chance that none of them does is at least the product of
what each leaves. Nothing here draws or decides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from math import expm1, log1p
from typing import Final

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.batch import Batch, Conclusion
from labelqa.records.designs import Design
from labelqa.records.names import BatchName, ItemId
from labelqa.records.people import Person
from labelqa.records.review import Plan, Sample
from labelqa.records.rounds import RoundRisk, TotalRisk

UNBOUNDED: Final = frozenset({Design.CONTRACT, Design.AQL})  # their chance to accept is known once they are drawn


def total_risk(risks: Sequence[float]) -> float:
    """The chance that any of several rounds accepts a batch that is not better than demanded, at most: 1 − ∏(1 − α).

    It holds for draws that are fresh given everything before: each round's acceptance has the chance α at most on the
    condition that the earlier ones rejected. Never more than the sum of the risks (Boole), which it comes close to
    where they are small. ValueError for a risk outside 0 to 1.

    >>> round(total_risk([0.05, 0.05, 0.05]), 6)
    0.142625
    >>> total_risk([]), total_risk([0.0, 1.0])
    (0.0, 1.0)
    """
    if any(not 0 <= each <= 1 for each in risks):
        raise ValueError(f"a risk lies between 0 and 1, not {list(risks)}")
    if any(each == 1 for each in risks):
        return 1.0
    return 0.0 - expm1(sum(log1p(-each) for each in risks))  # 0.0, never -0.0


def risk_left(total: float, spent: Sequence[float]) -> float:
    """The largest risk that the plan of one more round may have, so that all rounds together keep to a total.

    0 where nothing is left. ValueError for a risk outside 0 to 1.

    >>> round(risk_left(0.1, [0.05]), 6), risk_left(0.05, [0.05, 0.05])
    (0.052632, 0.0)
    """
    used = total_risk(spent)
    if not 0 <= total <= 1:
        raise ValueError(f"a total risk lies between 0 and 1, not {total}")
    return 0.0 if used >= total else (total - used) / (1 - used)


def risk_of(batch: Batch, plan: Plan | None, sample: Sample | None) -> RoundRisk:
    """The risk of one round by the plan that decides it, and by its sample where one is drawn.

    A census reads every item, so it accepts nothing that it should not; an estimate decides nothing.
    """
    if plan is None:
        return RoundRisk(batch=batch.name, accuracy=None, risk=None, why=Message("no plan is declared yet"))
    if plan.design is Design.ESTIMATE:
        return RoundRisk(batch=batch.name, accuracy=plan.accuracy, risk=0.0, why=Message("an estimate accepts nothing"))
    if plan.design is Design.CENSUS:
        return RoundRisk(batch=batch.name, accuracy=plan.accuracy, risk=0.0, drawn=sample is not None)
    if plan.design in (Design.SEQUENTIAL, Design.STRATIFIED):
        return RoundRisk(batch=batch.name, accuracy=plan.accuracy, risk=plan.risk, drawn=sample is not None)
    if sample is not None:
        return RoundRisk(batch=batch.name, accuracy=plan.accuracy, risk=sample.resolved.risk, drawn=True)
    if plan.design in UNBOUNDED:
        why = Message("the chance that its rule accepts is known once it is drawn")
        return RoundRisk(batch=batch.name, accuracy=plan.accuracy, risk=None, why=why)
    return RoundRisk(batch=batch.name, accuracy=plan.accuracy, risk=plan.risk)


def total_of(rounds: Sequence[RoundRisk], *, limit: float | None = None) -> TotalRisk:
    """The total of several rounds, about a batch that is never better than the lowest accuracy that any demands."""
    known = [each.risk for each in rounds if each.risk is not None]
    demanded = [each.accuracy for each in rounds if each.accuracy is not None]
    return TotalRisk(
        accuracy=min(demanded, default=None), risk=total_risk(known) if known else None,
        crude=min(1.0, sum(known)) if known else None, rounds=tuple(rounds), unknown=len(rounds) - len(known),
        limit=limit, left=None if limit is None else risk_left(limit, known),
    )  # fmt: skip


def why_not_return(batch: Batch, *, items: int, by: Person | None, reason: str) -> list[Message]:
    """Why a batch cannot go back; ``items`` are those that would."""
    who = {"batch": batch.name}
    if batch.conclusion is None:
        return [
            Message("batch {batch} is not settled yet: only what was settled as to be labelled again goes back", who)
        ]
    if batch.conclusion is Conclusion.VOID:
        return [Message("batch {batch} is void, and that is final: its items are never batched again", who)]
    if batch.conclusion is Conclusion.ACCEPT:
        return [Message("batch {batch} is accepted: nothing in it goes back", who)]
    reasons: list[Message] = []
    if batch.recheck:
        text = N_(
            "batch {batch} looks at labels of other batches again: declare a batch for the items to be labelled anew"
        )
        reasons.append(Message(text, who))
    if not reason.strip():
        reasons.append(Message("a return needs its reason: say what was wrong"))
    if by is None or by.model:
        reasons.append(Message("a batch is returned by somebody who is registered and has not left, and by no model"))
    if items < 1:
        text = N_(
            "nothing of batch {batch} is left to go back: no item was found wrong, or all that were went back already; --scope whole returns the rest"
        )
        reasons.append(Message(text, who))
    return reasons


def accepted_once(rounds: Iterable[tuple[BatchName, Conclusion | None, Collection[ItemId]]]) -> dict[BatchName, int]:
    """How many items each accepted round is paid for; an item of several accepted rounds counts in the latest alone.

    ``rounds`` are told in the order of their declaration, with the items that have a label of record.

    >>> name, items = BatchName, [ItemId("a"), ItemId("b")]
    >>> accepted_once([(name("b1"), Conclusion.ACCEPT, items), (name("b1-r1"), Conclusion.ACCEPT, items[:1])])
    {'b1': 1, 'b1-r1': 1}
    """
    counted: set[ItemId] = set()
    found: dict[BatchName, int] = {}
    for name, conclusion, items in reversed(list(rounds)):
        mine = set(items) - counted if conclusion is Conclusion.ACCEPT else set[ItemId]()
        counted |= mine
        found[name] = len(mine)
    return dict(reversed(found.items()))
