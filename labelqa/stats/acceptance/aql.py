"""Single sampling plans by AQL (ISO 2859-1, GB/T 2828.1) as designs, with what they do not protect.

The tables and their source are in :mod:`labelqa.stats.acceptance.iso2859`, the switching rules in
:mod:`labelqa.stats.acceptance.switching`.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from labelqa.errors import InsufficientData, Message, Refused
from labelqa.records.designs import Decision, Design
from labelqa.records.estimate import Figure, unknown
from labelqa.stats.acceptance import curtailed, words
from labelqa.stats.acceptance.design import Reading, Seen
from labelqa.stats.acceptance.iso2859 import EDITION, LotPlan, lot_plan, one_step_tighter
from labelqa.stats.acceptance.switching import Inspection, Switch
from labelqa.stats.proportion import hypergeometric_interval

SELDOM = 0.1  # chance of acceptance at which a batch's share of defects is called the limiting quality


@dataclass(frozen=True, slots=True, kw_only=True)
class AqlPlan:
    """Draw as many as the table says, accept with at most Ac wrong; made for a stream of batches, not for one."""

    population: int
    aql: str
    level: str
    switch: Switch
    table: LotPlan

    @property
    def design(self) -> Design:
        """AQL."""
        return Design.AQL

    @property
    def n(self) -> int:
        """Items to draw; all of them where the table asks for more than there are."""
        return min(self.table.n, self.population)

    @property
    def allowed(self) -> int:
        """Ac."""
        return self.table.ac

    @property
    def certifies(self) -> bool:
        """Never: an AQL protects who delivers, over a stream of batches."""
        return False

    def read(self, seen: Seen) -> Reading:
        """Accepted with at most Ac wrong among the first ``n``, rejected from Re on; decided as soon as it is certain.

        The standard knows no items that are left out: here they count as wrong.
        """
        wrong = curtailed.counted(seen)
        if len(wrong) > self.population:
            raise ValueError(f"{len(wrong)} verdicts on {self.population} items")
        decision, stopped = curtailed.decided_at(wrong, self.n, self.allowed)
        return Reading(
            decision=decision,
            stopped_at=stopped,
            p_value=None,
            accuracy=self._figure(wrong),
            fewest_more=curtailed.fewest_more(wrong, self.n, self.allowed),
            rule=None if decision is Decision.GO_ON else decision is Decision.ACCEPT,
        )

    def _figure(self, wrong: npt.NDArray[np.bool_]) -> Figure:
        """The share of the whole sample with an ordinary interval, 95 %."""
        if len(wrong) < self.n:
            return unknown(curtailed.not_read(len(wrong), self.n), n=len(wrong))
        return hypergeometric_interval(int((~wrong[: self.n]).sum()), self.n, self.population)

    def accept_chance(self, defects: int) -> float:
        """The chance to accept with so many wrong items in the batch, exact."""
        return curtailed.accept_chance(self.population, defects, self.n, self.allowed)

    def mean_reviews(self, defects: int) -> float:
        """Reviews on average until it is decided."""
        return curtailed.mean_reviews(self.population, defects, self.n, self.allowed)

    def seldom_accepted(self) -> int:
        """The fewest wrong items in the batch with which it is accepted with a chance of 10 % at most."""
        counts = range(self.population + 1)
        return counts[bisect_left(counts, True, key=lambda defects: self.accept_chance(defects) <= SELDOM)]

    def accepted_tighter(self, seen: Seen) -> bool | None:
        """Whether the batch would have been accepted at the next smaller AQL, which the switching score asks for.

        Judged on the sample that was drawn; None where the smaller AQL needs a larger sample or is not in the tables.
        """
        aql, wrong = one_step_tighter(self.aql), curtailed.counted(seen)
        if aql is None:
            return None
        tighter = aql_plan(self.population, aql=aql, level=self.level, switch=self.switch)
        if tighter.n > min(self.n, len(wrong)):
            return None
        return int(wrong[: tighter.n].sum()) <= tighter.allowed

    def explain(self) -> tuple[Message, ...]:
        """The plan in plain words, with what an AQL does not protect."""
        still = self.seldom_accepted() - 1
        values = {
            "edition": EDITION, "level": self.level, "letter": self.table.letter, "aql": self.aql,
            "inspection": _INSPECTION[self.switch.inspection], "ac": self.allowed, "re": self.allowed + 1,
            "defects": still, "share": f"{100 * still / self.population:.2g}%",
            "chance": words.chance(self.accept_chance(still)),
        }  # fmt: skip
        return (
            words.drawn(self.n, self.population),
            Message("Code letter {letter} of level {level}, AQL {aql}, {inspection} ({edition}).", values),
            Message("Accepted with at most {ac:,} wrong, not accepted from {re:,} on.", values),
            _WHOLE if self.n == self.population else Message(
                "An AQL protects who delivers a long stream of batches, not who takes one: with {defects:,} wrong items ({share}) this batch would still be accepted with a chance of {chance}.",
                values,
            ),
            _SWITCHING,
            words.others(),
        )  # fmt: skip


_WHOLE = Message("The table asks for as many items as the batch has, or more, so all are reviewed.")
_SWITCHING = Message(
    "What protects the other side is switching: two of five batches not accepted tighten the inspection, five not accepted under it end it."
)
_INSPECTION = {
    Inspection.NORMAL: Message("normal inspection"),
    Inspection.TIGHTENED: Message("tightened inspection"),
}


def aql_plan(population: int, *, aql: str, level: str = "II", switch: Switch | None = None) -> AqlPlan:
    """The plan for the next batch of a stream, normal or tightened as the stream stands.

    Raises Refused where the stream's sampling is discontinued, InsufficientData for a batch of fewer than 2 items.

    >>> plan = aql_plan(5000, aql="1.5", level="II")
    >>> plan.n, plan.allowed
    (200, 7)
    """
    switch = switch or Switch()
    if switch.inspection is Inspection.DISCONTINUED:
        raise Refused(
            "sampling by AQL is discontinued for this stream: five batches were not accepted under tightened inspection; remove the cause and resume, or review whole batches"
        )
    tightened = switch.inspection is Inspection.TIGHTENED
    table = lot_plan(population, aql=aql, level=level, tightened=tightened)
    if table.ac >= min(table.n, population):
        raise InsufficientData(
            "lot-too-small", "{n} items are too few for this plan: review the batch whole", n=population
        )
    return AqlPlan(population=population, aql=aql, level=level, switch=switch, table=table)
