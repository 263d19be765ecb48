"""What stands against the next step: each function lists its reasons, and an empty list means go ahead.

Only the caller refuses; here nothing is raised and nothing is changed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from labelqa.batches.disputing import Disputed, why_not_outcome
from labelqa.batches.verdict import below, contradictions, unknown_words
from labelqa.errors import Message
from labelqa.records.batch import Batch, Kind
from labelqa.records.designs import Design, Preset, Terms
from labelqa.records.facts import DisputeRuled, ReviewRecorded
from labelqa.records.names import BatchName, Digest, ItemId, PersonId
from labelqa.records.people import Duty, Qualification, Standing
from labelqa.records.review import Drawn, Plan, Sample, Verdict, VerdictKind


def why_not_declare(name: BatchName, batches: Collection[BatchName]) -> list[Message]:
    """A name is given once; further work on the same items is another batch."""
    if name in batches:
        return [Message("a batch called {batch} is declared already: choose another name", {"batch": name})]
    return []


def why_not_freeze(batch: Batch, n_items: int) -> list[Message]:
    """A batch is frozen once, and only with something in it; ``n_items`` are those that would be in the frame."""
    reasons = _settled(batch)
    if batch.freeze is not None:
        reasons.append(Message("batch {batch} is frozen already: what was locked stays locked", {"batch": batch.name}))
    if n_items < 1:
        text = Message(
            "batch {batch} is empty: import its labels or look at its conditions again", {"batch": batch.name}
        )
        reasons.append(text)
    return reasons


def why_not_plan(batch: Batch, design: Design, terms: Terms | None = None) -> list[Message]:
    """A plan may come at any time before the end; safety labeling is checked item by item (GB/T 45674—2025, 8.3 b).

    A verification or an acceptance of a safety batch goes by any design: it stands beside the census and never
    replaces it.
    """
    reasons, told = _settled(batch), terms or Terms()
    if batch.kind is Kind.SAFETY and design is not Design.CENSUS and not told.kind:
        text = Message(
            "batch {batch} is safety labeling, where every item is reviewed: plan a census, or say that the plan is for "
            "a verification or an acceptance beside it", {"batch": batch.name}
        )  # fmt: skip
        reasons.append(text)
    meant = _MEANT_FOR.get(told.preset)
    if meant is not None and meant is not batch.kind:
        text = Message(
            "preset {preset} is not meant for the kind of labeling of batch {batch}",
            {"preset": told.preset, "batch": batch.name},
        )
        reasons.append(text)
    return reasons


_MEANT_FOR: Final[Mapping[str, Kind]] = {Preset.SAFETY_CENSUS: Kind.SAFETY, Preset.FUNCTIONAL_BATCH: Kind.FUNCTIONAL}


def why_not_draw(
    batch: Batch, plan: Plan | None, n: int, *, seed_digest: Digest, samples: Sequence[Sample]
) -> list[Message]:
    """A draw needs a frozen batch, a plan of its own, the committed seed, and no more items than the frame has.

    ``seed_digest`` is of the seed now revealed, ``samples`` are those already drawn from the batch.
    """
    reasons = _settled(batch)
    if batch.freeze is None:
        reasons.append(Message("batch {batch} is not frozen yet: freeze it before drawing", {"batch": batch.name}))
    elif n > batch.freeze.n_items:
        text = Message(
            "{n} items are to be drawn, but the frame of batch {batch} has only {available}: check every item instead",
            {"n": n, "batch": batch.name, "available": batch.freeze.n_items},
        )
        reasons.append(text)
    if n < 1:
        reasons.append(Message("no item is to be drawn: a check needs at least one"))
    return reasons + _plan_reasons(batch, plan, seed_digest, samples)


def _plan_reasons(batch: Batch, plan: Plan | None, seed_digest: Digest, samples: Sequence[Sample]) -> list[Message]:
    if plan is None or plan.batch != batch.name:
        return [Message("batch {batch} has no such plan: plan before drawing", {"batch": batch.name})]
    reasons: list[Message] = []
    own = not (plan.terms.parties or plan.terms.seed_source)  # else its seed is judged where it is revealed
    if own and plan.seed_digest != seed_digest:
        text = Message("this is not the seed that plan {plan} committed itself to", {"plan": plan.number})
        reasons.append(text)
    reasons += [
        Message("plan {plan} was drawn already as sample {sample}", {"plan": plan.number, "sample": each.sample})
        for each in samples
        if each.plan == plan.number
    ]
    return reasons


def why_not_extend(batch: Batch, sample: Sample, n: int) -> list[Message]:
    """More is drawn while the batch is not settled, by designs that do not fix how many items are checked."""
    reasons = _settled(batch)
    who = {"sample": sample.sample, "n": n, "have": sample.resolved.n, "size": sample.resolved.population}
    if n <= sample.resolved.n:
        reasons.append(Message("sample {sample} has {have} items already, so {n} add nothing: ask for more", who))
    if n > sample.resolved.population:
        text = Message("{n} items are more than the {size} of the frame: check every item instead", who)
        reasons.append(text)
    return reasons


def why_not_review(
    review: ReviewRecorded,
    drawn: Mapping[ItemId, Drawn],
    *,
    batch: Batch,
    executors_of_item: Collection[PersonId],
    participants: Collection[PersonId],
    qualification: Qualification | None,
    duties: Collection[Duty] = (Duty.REVIEWER,),
) -> list[Message]:
    """A verdict is given on a drawn item, by somebody qualified who neither labelled it nor held another duty.

    ``drawn`` are the items of the verdict's sample; ``participants`` the people with another duty in the batch;
    ``qualification`` the reviewer's under the batch's release at the time of the verdict; ``duties`` what the
    reviewer is registered for.
    """
    who = {"person": review.reviewer, "item": review.item, "batch": batch.name, "sample": review.sample}
    person, reasons = PersonId(review.reviewer), _settled(batch)
    if review.item not in drawn:
        reasons.append(Message("item {item} was not drawn in sample {sample}", who))
    if person in executors_of_item:
        reasons.append(Message("{person} labelled item {item} and may not review own work", who))
    elif person in participants:
        reasons.append(Message("{person} held another duty in batch {batch} and may not review in it", who))
    if (
        review.kind in (VerdictKind.VERIFICATION, VerdictKind.ACCEPTANCE)
        and review.item in drawn
        and person not in (drawn[ItemId(review.item)].verifier, drawn[ItemId(review.item)].second)
    ):
        reasons.append(Message("item {item} of sample {sample} was drawn for another verifier than {person}", who))
    if Duty.REVIEWER not in duties:
        reasons.append(Message("{person} is not registered as a reviewer", who))
    if qualification is None or qualification.standing is not Standing.QUALIFIED:
        reasons.append(Message("{person} is not qualified under the release of batch {batch}", who))
    return reasons


def why_not_verdict(review: ReviewRecorded, *, lines: Mapping[str, float] = MappingProxyType({})) -> list[Message]:
    """A verdict says what it found, and nothing that contradicts it; ``lines`` are the pass lines of the plan.

    Incorrect names a rule or a defect, or rests on a score below its line or on another answer given blind; correct
    names no defect.
    """
    reasons = [*unknown_words(review), *contradictions(review, lines)]
    if review.verdict == Verdict.INCORRECT and not (
        review.rule or review.defect or review.answer or below(review.scores, lines)
    ):
        text = Message("the verdict on item {item} is incorrect but names no rule and no defect", {"item": review.item})
        reasons.append(text)
    if review.verdict == Verdict.CORRECT and (review.defect or review.correct_label):
        text = Message(
            "the verdict on item {item} is correct and yet names a defect or another label", {"item": review.item}
        )
        reasons.append(text)
    return reasons


def why_not_rule(
    ruling: DisputeRuled,
    *,
    batch: Batch,
    disputed: Collection[ItemId],
    participants: Collection[PersonId],
    qualification: Qualification | None,
    drawn: bool = False,
    standing: Disputed | None = None,
    rules: Collection[str] | None = None,
) -> list[Message]:
    """A ruling decides a disputed item with a label of the batch, by somebody with no other duty in it.

    GB/T 45674—2025, 7.3 c). A second ruling must supersede the first. Once a sample is drawn only items that somebody
    disputed since are ruled on (``standing``), and no label changes; ``rules`` are those that may be cited.
    """
    who = {"person": ruling.arbitrator, "item": ruling.item, "batch": batch.name, "label": ruling.label}
    reasons, known = _settled(batch), standing or Disputed(waits=False)
    if batch.freeze is None:
        reasons.append(Message("batch {batch} is not frozen yet, so nothing in it is disputed", who))
    elif ruling.item not in disputed:
        reasons.append(Message("item {item} of batch {batch} is not disputed", who))
    if batch.labels and ruling.label and ruling.label not in batch.labels:
        reasons.append(Message("{label} is not a label of batch {batch}", who))
    if drawn and not known.waits:
        reasons.append(
            Message("a sample of batch {batch} is drawn: its labels of record stay as they were judged", who)
        )
    else:
        reasons += why_not_outcome(ruling, batch=batch, standing=known, drawn=drawn, rules=rules)
    if ruling.arbitrator in participants:
        reasons.append(Message("{person} held another duty in batch {batch} and may not rule in it", who))
    if qualification is None or qualification.standing is not Standing.QUALIFIED:
        reasons.append(Message("{person} is not qualified under the release of batch {batch}", who))
    return reasons


def _settled(batch: Batch) -> list[Message]:
    if batch.conclusion is None:
        return []
    return [Message("batch {batch} is settled: declare a new batch for further work", {"batch": batch.name})]
