"""Draw a sample again and say everything in which the recorded one differs.

Frame, commitment, items, order, verifiers and digests are worked out anew from the seed, the frame and the recorded
pool of verifiers. Not checked here: how many items a plan needs, which is the plan's own arithmetic, and whether the
pool holds everybody who was qualified, which the people's facts tell.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Final

from labelqa.errors import LabelqaError, Message
from labelqa.records.batch import Freeze
from labelqa.records.finding import Finding, Place, Severity
from labelqa.records.names import ItemId, PersonId
from labelqa.records.review import Drawn, Plan, Sample, SeedStanding, VerdictKind
from labelqa.sampling.duty import assign, sample_digest, verifiers
from labelqa.sampling.tickets import draw, frame_digest, seed_digest, seed_standing

KEEP_BOTH: Final = Message(
    "Keep both records, ask who changed what, and draw the sample anew if it cannot be explained."
)


def redraw(
    seed: str,
    frame_ids: Collection[ItemId],
    n: int,
    *,
    pool: Collection[PersonId],
    k: int,
    annotators: Mapping[ItemId, Collection[PersonId]],
) -> list[Drawn]:
    """The sample of n items with its k verifiers out of the pool, from nothing but seed and frame."""
    return assign(draw(seed, frame_ids, n), verifiers(seed, pool, k), annotators=annotators)


def verify(
    sample: Sample,
    drawn: Sequence[Drawn],
    frame_ids: Collection[ItemId],
    *,
    plan: Plan,
    freeze: Freeze,
    annotators: Mapping[ItemId, Collection[PersonId]],
) -> list[Finding]:
    """Everything in which a recorded sample differs from its own redraw; empty when it is what it says.

    ``drawn`` are the recorded items, ``frame_ids`` the items of the frozen batch, ``plan`` and ``freeze`` the facts
    that the sample rests on, ``annotators`` who labelled which item of the frame.
    """
    found = list(_frame_findings(sample, frame_ids, freeze))
    found += _seed_findings(sample, plan, freeze)
    found += _people_findings(sample, annotators)
    try:
        people = verifiers(sample.seed, sample.pool, len(sample.verifiers))
        expected = assign(draw(sample.seed, frame_ids, sample.resolved.n), people, annotators=annotators)
    except LabelqaError as error:
        found.append(_finding(sample, "sample-redraw", Message("the sample cannot be drawn again: {why}",
                                                               {"why": error.message})))  # fmt: skip
        return [*found, *_digest_findings(sample, drawn)]
    if people != sample.verifiers:
        text = Message(
            "the seed draws {expected} as verifiers, the record names {found}",
            {"expected": ", ".join(people), "found": ", ".join(sample.verifiers)},
        )
        found.append(_finding(sample, "sample-verifiers", text))
    return [*found, *_item_findings(sample, drawn, expected), *_digest_findings(sample, drawn)]


def _finding(sample: Sample, code: str, message: Message, *, subject: str = "") -> Finding:
    place = Place(subject=subject or f"sample:{sample.sample}")
    return Finding(code=code, severity=Severity.ERROR, message=message, mend=KEEP_BOTH, place=place)


def _frame_findings(sample: Sample, frame_ids: Collection[ItemId], freeze: Freeze) -> Iterator[Finding]:
    try:
        frame = frame_digest(frame_ids)
    except LabelqaError as error:
        yield _finding(sample, "frame-repeat", error.message)
        return
    if frame != sample.frame:
        text = Message(
            "the frame's digest is {found}, the sample was drawn from {expected}: items were added, removed or renamed",
            {"found": frame, "expected": sample.frame},
        )
        yield _finding(sample, "sample-frame", text)
    if freeze.frame != sample.frame:
        text = Message(
            "the sample names the frame {found}, but the batch was frozen with the frame {expected}",
            {"found": sample.frame, "expected": freeze.frame},
        )
        yield _finding(sample, "sample-other-frame", text)
    if len(frame_ids) != sample.resolved.population:
        text = Message(
            "the frame has {found} items, the sample was planned for {expected}",
            {"found": len(frame_ids), "expected": sample.resolved.population},
        )
        yield _finding(sample, "sample-population", text)


def _seed_findings(sample: Sample, plan: Plan, freeze: Freeze) -> Iterator[Finding]:
    if (plan.batch, plan.number) != (sample.batch, sample.plan):
        text = Message(
            "the sample rests on plan {found} of {batch}, not on plan {expected} of {other}",
            {"found": sample.plan, "batch": sample.batch, "expected": plan.number, "other": plan.batch},
        )
        yield _finding(sample, "sample-plan", text)
    if seed_digest(sample.seed) != plan.seed_digest:
        yield _finding(sample, "sample-seed", Message("the seed is not the one that the plan committed itself to"))
    standing = seed_standing(plan.fact, freeze.fact, blind=plan.blind)
    if standing is not sample.standing:
        text = Message("the seed is recorded as committed, but its digest came into the ledger after the frame")
        if standing is SeedStanding.COMMITTED:
            text = Message("the seed is recorded as unproven, but its digest came into the ledger before the frame")
        yield _finding(sample, "sample-standing", text)


def _people_findings(sample: Sample, annotators: Mapping[ItemId, Collection[PersonId]]) -> Iterator[Finding]:
    if sample.kind is not VerdictKind.VERIFICATION:
        return
    labelled = {person for people in annotators.values() for person in people}
    for person in sorted(labelled.intersection(sample.pool)):
        text = Message("{person} labelled in the batch and yet stood in the pool of verifiers", {"person": person})
        yield _finding(sample, "sample-participant", text, subject=f"person:{person}")


def _item_findings(sample: Sample, drawn: Sequence[Drawn], expected: Sequence[Drawn]) -> Iterator[Finding]:
    for place, (found, due) in enumerate(zip_longest(drawn, expected), start=1):
        if found is None and due is not None:
            text = Message("item {item} is drawn at place {place}, but the record ends before it",
                           {"item": due.item_id, "place": place})  # fmt: skip
            yield _finding(sample, "sample-missing", text, subject=f"item:{due.item_id}")
        elif due is None and found is not None:
            text = Message("item {item} stands at place {place}, but only {n} items are drawn",
                           {"item": found.item_id, "place": place, "n": len(expected)})  # fmt: skip
            yield _finding(sample, "sample-extra", text, subject=f"item:{found.item_id}")
        elif found is not None and due is not None:
            yield from _place_findings(sample, place, found, due)


def _place_findings(sample: Sample, place: int, found: Drawn, due: Drawn) -> Iterator[Finding]:
    subject = f"item:{found.item_id}"
    if found.item_id != due.item_id:
        text = Message("at place {place} the record has item {found}, the seed draws item {expected}",
                       {"place": place, "found": found.item_id, "expected": due.item_id})  # fmt: skip
        yield _finding(sample, "sample-item", text, subject=subject)
        return
    if found.order != place:
        text = Message("item {item} stands at place {place} but is numbered {order}",
                       {"item": found.item_id, "place": place, "order": found.order})  # fmt: skip
        yield _finding(sample, "sample-order", text, subject=subject)
    if found.ticket != due.ticket:
        text = Message("item {item} has the ticket {found}, the seed gives {expected}",
                       {"item": found.item_id, "found": found.ticket, "expected": due.ticket})  # fmt: skip
        yield _finding(sample, "sample-ticket", text, subject=subject)
    if found.verifier != due.verifier:
        text = Message("item {item} is given to {found}, the draw gives it to {expected}",
                       {"item": found.item_id, "found": found.verifier, "expected": due.verifier})  # fmt: skip
        yield _finding(sample, "sample-verifier", text, subject=subject)


def _digest_findings(sample: Sample, drawn: Sequence[Drawn]) -> Iterator[Finding]:
    if sample_digest(drawn) != sample.digest:
        yield _finding(sample, "sample-digest", Message("the drawn items do not give the digest that was recorded"))
