"""What the verdicts on a sample prove now: the design reads the completed stretch, and the sentence says what it shows.

Verdicts may be changed: the certificate is then worked out anew from those that hold, and where a changed verdict took
back what had been proven, it says so and names it. Nothing here is stored; anybody can work it out again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from labelqa.batches.checks import current_reviews
from labelqa.batches.counting import Mark, mark_of
from labelqa.batches.statements import ANYTIME, Told, statement
from labelqa.batches.stretch import Change, Judged, Rules, changes, judged
from labelqa.batches.uncovered import uncovered
from labelqa.errors import Message
from labelqa.records.designs import Certificate, Decision, Design
from labelqa.records.estimate import Figure, Unknown
from labelqa.records.names import ItemId
from labelqa.records.review import Drawn, Plan, Review, Sample, Verdict
from labelqa.stats.acceptance.aql import AqlPlan
from labelqa.stats.acceptance.design import Reading, Seen, SpotCheck
from labelqa.stats.acceptance.switching import Inspection
from labelqa.stats.hypergeometric import written

_GUARD = Fraction(1, 10**6)  # relative: a p-value that rounding may have made too small proves nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A design as it reads the verdicts of one plan; where items fail in groups, only the rule speaks."""

    check: SpotCheck
    plan: Plan
    grouped: bool
    figure: Figure | None = None  # of an estimate whose items had unequal chances: worked out by these

    def read(self, seen: Seen) -> Reading:
        """What the design says; without its statistics where the items fail in groups."""
        reading = self.check.read(seen)
        if self.figure is not None:
            return replace(reading, accuracy=self.figure)
        return replace(reading, p_value=None, accuracy=self._unknown(seen)) if self.grouped else reading

    def _unknown(self, seen: Seen) -> Unknown:
        text = Message(
            "items pass or fail together by {unit}, and the draw was of single items: the share that passes is the contract's count, and nothing is proven by it",
            {"unit": self.plan.terms.unit},
        )
        return Unknown(reason="counted-in-groups", message=text, n=len(seen.wrong))

    def stopped(self, found: Judged, read: int, reading: Reading) -> int | None:
        """After which review it was decided. Where items fail in groups an earlier moment did not know of later failures,
        so each moment is read as it stood."""
        if not self.grouped or reading.decision is Decision.GO_ON:
            return reading.stopped_at
        low, high = 1, read
        while low < high:
            middle = (low + high) // 2
            decided = self.check.read(found.seen(middle)).decision is reading.decision
            low, high = (low, middle) if decided else (middle + 1, high)
        return low


def certify(
    sample: Sample,
    plan: Plan,
    check: SpotCheck,
    *,
    drawn: Sequence[Drawn],
    reviews: Iterable[Review],
    rules: Rules,
    figure: Figure | None = None,
) -> Certificate:
    """The certificate of a sample. ``reviews`` are all its verdicts that count, changed ones too, in any order.

    ``figure`` is the accuracy of an estimate whose items were drawn with unequal chances, which the design cannot read.
    """
    known = [each for each in reviews if not each.second]
    found = judged(drawn, known, rules, strata=len(sample.strata) > 1)
    reader = Reader(check=check, plan=plan, grouped=rules.groups is not None, figure=figure)
    read = found.read
    seen = found.seen(read)
    reading = reader.read(seen)
    reading = replace(reading, stopped_at=reader.stopped(found, read, reading))
    proven = _proven(reader, reading, read)
    undecided = [each for each in _inside(found, known, read) if _unjudged(each, rules)]
    changed = _changed(known)
    certificate = Certificate(
        sample=sample.sample, design=plan.design, decision=reading.decision, population=check.population,
        drawn=len(found.order), given=found.given, read=read, wrong=int(seen.wrong.sum()),
        stopped_at=reading.stopped_at, target=plan.accuracy, risk=plan.risk, p_value=reading.p_value,
        accuracy=reading.accuracy, fewest_more=reading.fewest_more, rule=reading.rule, proven=proven,
        statement=statement(_told(reader, found, reading, proven)), changed=changed,
        retracted=_retracted(reader, reading, drawn, known, rules, strata=len(sample.strata) > 1) if changed else None,
        undecided=len(undecided), unreviewable=sum(bool(each.obstacle) for each in undecided),
        standing=str(sample.standing), to_give=_further(found, reading).fewest_more,
    )  # fmt: skip
    return replace(certificate, explained=uncovered(certificate, plan, sample))


def _inside(found: Judged, reviews: Sequence[Review], read: int) -> list[Review]:
    """The verdicts of the stretch that hold."""
    current: dict[ItemId, Review] = current_reviews(reviews)
    return [current[item] for item, place in found.order.items() if place < read]


def _unjudged(review: Review, rules: Rules) -> bool:
    return review.verdict is Verdict.UNDECIDABLE and mark_of(review, rules.terms) is not Mark.RIGHT


def _changed(reviews: Sequence[Review]) -> int:
    return sum(times - 1 for times in Counter(each.item_id for each in reviews).values())


def _told(reader: Reader, found: Judged, reading: Reading, proven: bool | None) -> Told:
    read = found.read
    seen = found.seen(read)
    stop = reading.stopped_at or read
    at_stop = seen if stop == read else found.seen(stop)
    p = reading.p_value
    if stop != read and reader.plan.design in ANYTIME:
        p = reader.check.read(at_stop).p_value
    left = 0 if seen.left_out is None else int(seen.left_out.sum())
    return Told(
        plan=reader.plan, population=reader.check.population, reading=_further(found, reading), n=reader.check.n,
        allowed=reader.check.allowed, read=read, wrong=int(seen.wrong.sum()), proven=proven, judged=read - left,
        at_stop=int(at_stop.wrong.sum()), p_at_stop=p, knocked=seen.knocked, inspection=_inspection(reader.check),
    )  # fmt: skip


def _further(found: Judged, reading: Reading) -> Reading:
    """The reading with the reviews that are still to come: verdicts that wait for their turn need not be given again."""
    if not reading.fewest_more:
        return reading
    ahead = found.marks[found.read : found.read + reading.fewest_more]
    return replace(reading, fewest_more=reading.fewest_more - int((ahead >= 0).sum()))


def _inspection(check: SpotCheck) -> Message | None:
    if not isinstance(check, AqlPlan):
        return None
    tightened = check.switch.inspection is Inspection.TIGHTENED
    return Message("tightened inspection") if tightened else Message("normal inspection")


def _proven(reader: Reader, reading: Reading, read: int) -> bool | None:
    """What the statistics say: proven, not proven, or not yet; None too where they can say nothing."""
    check, plan = reader.check, reader.plan
    if reader.grouped or plan.design is Design.ESTIMATE:
        return None
    if check.certifies:
        return None if reading.decision is Decision.GO_ON else reading.decision is Decision.ACCEPT
    if reading.p_value is None:
        return None
    if within(reading.p_value, plan.risk):
        return True
    return False if read >= min(check.n, check.population) else None


def within(p: float, risk: float) -> bool:
    """Whether a p-value is at most the risk, never by a rounding error.

    >>> within(0.0499, 0.05), within(0.05, 0.05), within(0.0501, 0.05)
    (True, False, False)
    """
    return Fraction(p) * (1 + _GUARD) <= written(risk)


def _retracted(
    reader: Reader, reading: Reading, drawn: Sequence[Drawn], reviews: Sequence[Review], rules: Rules, *, strata: bool
) -> Message | None:
    """What a changed verdict took back: the last change after which an acceptance stood no more.

    Moments are read again only where the answer can be another one: an acceptance rests on the verdicts up to its stop,
    and without one it takes new verdicts or better ones to come to it.
    """
    if reading.decision is Decision.ACCEPT:
        return None
    said: Message | None = None
    stop: int | None = None  # of the acceptance that stands
    for change in changes(drawn, reviews, rules, strata=strata):
        if change.better or (stop is None and change.longer):
            stop = _accepted_at(reader.read(change.before()))
        if stop is None or (change.place >= stop and not reader.grouped):
            continue
        stop = _accepted_at(reader.read(change.after()))
        said = said if stop is not None else _taken_back(change)
    return said


def _accepted_at(reading: Reading) -> int | None:
    return reading.stopped_at if reading.decision is Decision.ACCEPT else None


def _taken_back(change: Change) -> Message:
    return Message(
        "Taken back: after {read:,} reviews it was accepted, until the verdict on item {item} was changed to {verdict}. What the verdicts show now is all that holds.",
        {"read": change.read, "item": change.review.item_id, "verdict": _VERDICTS[change.review.verdict]},
    )


_VERDICTS = {
    Verdict.CORRECT: Message("correct"),
    Verdict.INCORRECT: Message("incorrect"),
    Verdict.UNDECIDABLE: Message("undecidable"),
}
