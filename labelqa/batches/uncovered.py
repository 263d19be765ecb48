"""What stands beside a certificate's sentence: what it rests on, and what it does not cover."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from labelqa.batches.statements import ANYTIME, REVIEWERS_TRUSTED, at_cut, percent
from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.designs import Certificate, Decision, Design, Undecided
from labelqa.records.review import Plan, Sample, SeedStanding


def uncovered(found: Certificate, plan: Plan, sample: Sample) -> tuple[Message, ...]:
    """What is to be said besides the sentence, in the order of its weight."""
    said = (_seed(plan, sample), _turns(found), _more(found, plan), _undecided(found, plan), _reviewers(found, plan))
    return tuple(chain.from_iterable(said))


def _seed(plan: Plan, sample: Sample) -> Iterator[Message]:
    if sample.standing is SeedStanding.UNPROVEN:
        yield Message("The seed is unproven: nothing in the ledger shows that these items were not picked.")
    if plan.after_results:
        yield Message("The plan was declared when verdicts on this batch were known already.")


def _turns(found: Certificate) -> Iterator[Message]:
    waiting = found.given - found.read
    if waiting > 0:
        yield Message("{n:,} verdicts came back out of turn: they are read when the items before them are judged.",
                      {"n": waiting})  # fmt: skip
    stop = found.stopped_at
    if stop is not None and stop < found.read and found.decision is not Decision.GO_ON:
        text = N_(
            "It was decided after review {stop:,}; the {n:,} reviews after it count for the estimate and change no decision."
        )
        yield Message(text, {"stop": stop, "n": found.read - stop})
    if found.changed:
        yield Message("{n:,} verdicts were changed after they were given, or overturned on appeal; all of them are on record.",
                      {"n": found.changed})  # fmt: skip


def _more(found: Certificate, plan: Plan) -> Iterator[Message]:
    """Where the drawn items will not be enough."""
    if found.decision is not Decision.GO_ON or plan.design not in ANYTIME or found.fewest_more is None:
        return
    left, n = found.drawn - found.read, found.read + found.fewest_more
    if found.fewest_more > left:
        yield Message(
            "Only {left:,} drawn items are left: labelqa sample extend {sample} --n {n} draws the rest.",
            {"left": left, "sample": found.sample, "n": n},
        )
    if plan.terms.cut is not None and n > plan.terms.cut and not at_cut(plan, found.read):
        yield Message("The cut at {cut:,} reviews comes before that.", {"cut": plan.terms.cut})


def _undecided(found: Certificate, plan: Plan) -> Iterator[Message]:
    if not found.undecided:
        return
    values = {"n": found.undecided, "out": found.unreviewable}
    if plan.terms.undecidable is Undecided.LEFT_OUT:
        text = N_(
            "{n:,} items could not be judged, {out:,} of them not even reviewed: they are left out, as declared, and not replaced."
        )
        yield Message(text, values)
        return
    text = N_(
        "{n:,} items could not be judged, {out:,} of them not even reviewed: they count as wrong and are not replaced."
    )
    yield Message(text, values)


def _reviewers(found: Certificate, plan: Plan) -> Iterator[Message]:
    terms = plan.terms
    if found.design is Design.ESTIMATE and not found.read:
        return
    if terms.sensitivity == 1.0 and terms.specificity == 1.0:
        yield Message(REVIEWERS_TRUSTED)
        return
    yield Message(
        "Reviewers are taken to call {sensitivity} of wrong labels wrong and {specificity} of right labels right, as declared; if they err more, the sentence does not hold.",
        {"sensitivity": percent(terms.sensitivity), "specificity": percent(terms.specificity)},
    )
