"""Draw a sample again and say everything in which the recorded one differs.

Frame, commitment, items, order, verifiers and digests are worked out anew from the seed, the frame and the recorded
pool of verifiers. Not checked here: how many items a plan needs, which is the plan's own arithmetic, and whether the
pool holds everybody who was qualified, which the people's facts tell.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Final

from labelqa.errors import LabelqaError, Message
from labelqa.records.batch import Freeze
from labelqa.records.finding import Finding, Place, Severity
from labelqa.records.names import ItemId, PersonId
from labelqa.records.review import Drawn, DrawStep, Plan, Sample, SeedStanding, Ticket, VerdictKind
from labelqa.sampling.duty import deal, sample_digest, verifiers
from labelqa.sampling.seeds import NAMES, Commitment, Worth, why_not_seed
from labelqa.sampling.strata import Measures, in_order, smallest, steps_of
from labelqa.sampling.tickets import draw, frame_digest, seed_standing

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
    tickets = [Ticket(*each) for each in draw(seed, frame_ids, n)]
    steps = [DrawStep(sizes=(n,))]
    return deal(tickets, verifiers(seed, pool, k), seed=seed, steps=steps, annotators=annotators)


def redrawn(
    sample: Sample,
    tickets: Iterable[Ticket],
    *,
    annotators: Mapping[ItemId, Collection[PersonId]],
    chances: Mapping[ItemId, float] | None = None,
) -> list[Drawn]:
    """A sample as its draw and its extensions left it, from its smallest tickets, stratum by stratum."""
    steps = steps_of(sample)
    people = verifiers(sample.seed, sample.pool, len(sample.verifiers))
    order = in_order(tickets, steps)
    return deal(order, people, seed=sample.seed, steps=steps, annotators=annotators, chances=chances)


def verify(
    sample: Sample,
    drawn: Sequence[Drawn],
    frame_ids: Collection[ItemId],
    *,
    plan: Plan,
    freeze: Freeze,
    annotators: Mapping[ItemId, Collection[PersonId]],
    measures: Measures | None = None,
    proven: Worth | None = None,
    commitments: Sequence[Commitment] = (),
) -> list[Finding]:
    """Everything in which a recorded sample differs from its own redraw; empty when it is what it says.

    ``drawn`` are the recorded items, ``frame_ids`` the items of the frozen batch, ``plan`` and ``freeze`` the facts
    that the sample rests on, ``annotators`` who labelled which item of the frame, ``measures`` the strata and sizes
    where there are any, ``proven`` what the order of facts proves of the seed (a plan's own seed is judged here),
    ``commitments`` the promised parts of a joint one.
    """
    found = list(_frame_findings(sample, frame_ids, freeze))
    standing = proven.standing if proven else seed_standing(plan.fact, freeze.fact, blind=plan.blind)
    found += _seed_findings(sample, plan, standing, commitments)
    found += _people_findings(sample, annotators)
    found += _step_findings(sample, measures)
    try:
        people = verifiers(sample.seed, sample.pool, len(sample.verifiers))
        expected = _expected(sample, frame_ids, annotators, measures)
    except (LabelqaError, ValueError) as told:
        error = told if isinstance(told, LabelqaError) else LabelqaError("{why}", why=str(told))
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


def _expected(
    sample: Sample,
    frame_ids: Collection[ItemId],
    annotators: Mapping[ItemId, Collection[PersonId]],
    measures: Measures | None,
) -> list[Drawn]:
    sizes = steps_of(sample)[-1].sizes
    if measures is None:
        tickets = [Ticket(*each) for each in draw(sample.seed, frame_ids, sum(sizes))]
        return redrawn(sample, tickets, annotators=annotators)
    chances = dict(zip(measures.items, measures.chances(sizes).tolist(), strict=True))
    return redrawn(sample, smallest(sample.seed, measures.rows(), sizes), annotators=annotators, chances=chances)


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


def _seed_findings(
    sample: Sample, plan: Plan, standing: SeedStanding, commitments: Sequence[Commitment]
) -> Iterator[Finding]:
    if (plan.batch, plan.number) != (sample.batch, sample.plan):
        text = Message(
            "the sample rests on plan {found} of {batch}, not on plan {expected} of {other}",
            {"found": sample.plan, "batch": sample.batch, "expected": plan.number, "other": plan.batch},
        )
        yield _finding(sample, "sample-plan", text)
    parts = dict(sample.parts)
    if len(parts) != len(sample.parts) or (parts and not plan.terms.parties):
        yield _finding(sample, "sample-seed", Message("the parts of the seed are not those of the plan's parties"))
    for reason in why_not_seed(plan, sample.seed, parts, commitments):
        yield _finding(sample, "sample-seed", reason)
    if standing is not sample.standing:
        text = Message("the seed is recorded as {found}, but the order of the facts proves: {expected}",
                       {"found": Message(NAMES[sample.standing]), "expected": Message(NAMES[standing])})  # fmt: skip
        yield _finding(sample, "sample-standing", text)


def _step_findings(sample: Sample, measures: Measures | None) -> Iterator[Finding]:
    """Where the recorded numbers do not fit each other: items by stratum, items in all, second looks."""
    last = steps_of(sample)[-1]
    if (sum(last.sizes), last.doubles) != (sample.resolved.n, sample.doubles):
        text = Message("{n} items with {doubles} second looks are recorded, but the strata have {sizes} with {due}",
                       {"n": sample.resolved.n, "doubles": sample.doubles, "sizes": sum(last.sizes),
                        "due": last.doubles})  # fmt: skip
        yield _finding(sample, "sample-sizes", text)
    if measures is None:
        return
    held = [int((measures.stratum == number).sum()) for number in range(len(sample.strata))]
    for each, items in zip(sample.strata, held, strict=True):
        if each.items != items:
            text = Message("stratum {stratum} is recorded with {found} items, the frame has {expected} in it",
                           {"stratum": each.name, "found": each.items, "expected": items})  # fmt: skip
            yield _finding(sample, "sample-stratum", text)


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
    if found.second != due.second:
        nobody = Message("nobody")
        text = Message("the second look at item {item} is given to {found}, the draw gives it to {expected}",
                       {"item": found.item_id, "found": found.second or nobody,
                        "expected": due.second or nobody})  # fmt: skip
        yield _finding(sample, "sample-second", text, subject=subject)
    if (found.stratum, found.chance) != (due.stratum, due.chance):
        text = Message("item {item} is said to be in stratum {found} with chance {chance}, by the draw {expected} with {due}",
                       {"item": found.item_id, "found": found.stratum + 1, "chance": found.chance,
                        "expected": due.stratum + 1, "due": due.chance})  # fmt: skip
        yield _finding(sample, "sample-chance", text, subject=subject)


def _digest_findings(sample: Sample, drawn: Sequence[Drawn]) -> Iterator[Finding]:
    if sample_digest(drawn) != sample.digest:
        yield _finding(sample, "sample-digest", Message("the drawn items do not give the digest that was recorded"))
