"""A sequential check in plain words: what is drawn, when it may stop, what acceptance means, what it does not promise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from labelqa.errors import Message
from labelqa.stats.hypergeometric import written


def percent(share: float) -> str:
    """A share as it was written, in percent, no digit lost.

    >>> percent(0.9995), percent(0.05), percent(1)
    ('99.95%', '5%', '100%')
    """
    return f"{float(100 * written(share)):.15g}%"


def explained(
    *,
    population: int,
    n: int,
    cut: int,
    limit: int,
    accuracy: float,
    risk: float,
    futility: float,
    sensitivity: float,
    specificity: float,
    proven: Sequence[int],
) -> tuple[Message, ...]:
    """The sentences; ``proven`` says after how many reviews it is proven with no error, with one, with two."""
    return (
        Message(
            "{n} of {population} items are drawn at random at first and reviewed in ticket order; more can be drawn later. After every verdict the check says whether to stop, and anybody may look at any time.",
            {"n": n, "population": population},
        ),
        *_earliest(proven, cut),
        Message(
            "Accepted means: if {limit} or more of the {population} items were wrong, so that the accuracy was below {accuracy}, the chance of ever being accepted would be at most {risk}.",
            {"limit": limit, "population": population, "accuracy": percent(accuracy), "risk": percent(risk)},
        ),
        *_end(population, cut, accuracy, futility),
        *_reviewers(sensitivity, specificity),
        Message(
            "It speaks of the batch as a whole: it does not say which items are wrong, nor that every part of the batch is as good."
        ),
    )


def _earliest(proven: Sequence[int], cut: int) -> Iterator[Message]:
    if not proven:
        yield Message("It cannot be proven within {cut} reviews, even if all are right.", {"cut": cut})
    elif len(proven) < 3:
        yield Message("If all are right, it stops after {none} reviews at the earliest.", {"none": proven[0]})
    else:
        yield Message(
            "If all are right, it stops after {none} reviews; with one error after {one} at the earliest, with two after {two}.",
            {"none": proven[0], "one": proven[1], "two": proven[2]},
        )


def _end(population: int, cut: int, accuracy: float, futility: float) -> Iterator[Message]:
    if futility > 0:
        yield Message(
            "It is given up as hopeless once the verdicts show that {accuracy} is not reached; a batch that reaches it is given up so with a chance of at most {futility}.",
            {"accuracy": percent(accuracy), "futility": percent(futility)},
        )
    else:
        yield Message("It is given up as hopeless only once so many errors were found that the accuracy is missed for certain.")  # fmt: skip
    if cut < population:
        yield Message(
            "After {cut} reviews without proof it is given up; that says that the proof was not found, not that the batch is bad.",
            {"cut": cut},
        )
    else:
        yield Message("Otherwise it goes on, if need be until every item is reviewed.")


def _reviewers(sensitivity: float, specificity: float) -> Iterator[Message]:
    if sensitivity == 1 and specificity == 1:
        yield Message("Verdicts are taken as true: it does not make up for errors that reviewers overlook.")
    else:
        yield Message(
            "It reckons with reviewers who call {sensitivity} of wrong items wrong and {specificity} of right items right, each time by chance. If they find fewer, or overlook the same errors together, the risk is larger than stated.",
            {"sensitivity": percent(sensitivity), "specificity": percent(specificity)},
        )
