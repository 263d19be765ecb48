"""A stratified check in plain words: what is drawn, when it stops, what acceptance means and what it does not."""

from __future__ import annotations

from collections.abc import Sequence

from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.designs import Allocation, StratumSize
from labelqa.stats.acceptance import words
from labelqa.stats.strata.simulated import Simulated

_SHARED = {
    Allocation.PROPORTIONAL: N_("in proportion to their items"),
    Allocation.NEYMAN: N_("by their items and by how mixed right and wrong are expected to be in them (Neyman)"),
    Allocation.COST_OPTIMAL: N_(
        "by their items, by how mixed right and wrong are expected to be, and by the cost of a review"
    ),
}


def drawn(strata: Sequence[StratumSize], allocation: Allocation) -> Message:
    """What is drawn from which stratum."""
    n, population = sum(each.n for each in strata), sum(each.items for each in strata)
    return Message(
        "{n:,} of {population:,} items are drawn, at random within each of {strata} strata, shared out {how}: {list}.",
        {"n": n, "population": population, "strata": len(strata), "how": Message(_SHARED[allocation]),
         "list": ", ".join(f"{each.name} {each.n:,}/{each.items:,}" for each in strata)},
    )  # fmt: skip


def stopping(clean: int | None, cut: int, population: int, futility: float) -> tuple[Message, ...]:
    """When reviewing ends."""
    told = [
        Message("Items are read in an order in which every stretch from the start is shared out like the whole."),
        Message(
            "After every verdict reviewers may look and stop. If every label is right, {n:,} reviews prove it.",
            {"n": clean},
        )
        if clean is not None
        else Message("Not even right labels alone prove it within {cut:,} reviews.", {"cut": cut}),
    ]
    if futility:
        told.append(Message(
            "It is given up as hopeless when the verdicts speak against it; a batch that is good enough is given up so with a chance of at most {futility}.",
            {"futility": words.percent(futility)},
        ))  # fmt: skip
    if cut < population:
        told.append(Message("After {cut:,} reviews without an answer it is given up.", {"cut": cut}))
    else:
        told.append(Message("Without an answer reviewing goes on, if need be to the last item."))
    return tuple(told)


def meaning(accuracy: float, risk: float, limit: int) -> tuple[Message, ...]:
    """What acceptance proves."""
    return (
        Message(
            "Acceptance means: at least {accuracy} of all labels are right. A batch with {limit:,} wrong labels or more is accepted with a chance of at most {risk}, in whichever strata they are, and however often anybody looks.",
            {"accuracy": words.percent(accuracy), "limit": limit, "risk": words.percent(risk)},
        ),
        Message("What was expected of the strata only steers how soon it ends: where it was wrong, more reviews are needed, not more luck."),
        Message("Nothing is said of a single stratum: a small one may be worse than the whole."),
        words.others(),
    )  # fmt: skip


def foreseen(expected: float, found: Simulated) -> Message:
    """The chances at the expected accuracy, and where they come from."""
    return Message(
        "If {expected} are right, it is accepted with a chance of about {accept} (± {error}), after {reviews} reviews on average. These two figures come from {batches:,} simulated batches, followed for {horizon:,} reviews at most.",
        {"expected": words.percent(expected), "accept": words.chance(found.accept),
         "error": f"{200 * found.accept_error:.1f}%", "reviews": f"{found.reviews:,.0f}", "batches": found.batches,
         "horizon": found.horizon},
    )  # fmt: skip
