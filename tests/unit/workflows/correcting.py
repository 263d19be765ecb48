"""A drawn and reviewed batch in which some labels were found wrong, for tests of what answers them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from labelqa.records.corrections import Correction, ItemProblems
from labelqa.records.names import ItemId, PersonId
from labelqa.records.people import Duty
from labelqa.records.review import Sample, Verdict
from labelqa.workflows.correcting import completeness_of, re_review, record_correction
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.draws import drawn_items
from labelqa.workflows.people import add_person
from labelqa.workflows.reviewing.reviews import record_review
from labelqa.workflows.state import read_state
from tests.building import EXECUTORS, agreeing, drawn_batch, qualified

CORRECTOR = "Cora Rector"


@dataclass(frozen=True)
class Checked:
    """The sample, the items found wrong in it, the rest, and somebody who re-reviews."""

    sample: Sample
    wrong: tuple[ItemId, ...]
    right: tuple[ItemId, ...]
    reviewer: PersonId


def checked(desk: Desk, *, n: int = 60, wrong: int = 3, name: str = "b1", **said: Any) -> Checked:
    """A batch of which every drawn item has a verdict, the first ones incorrect; the right label is off_topic."""
    sample = drawn_batch(desk, name, answers=agreeing(n))
    person = add_person(desk, CORRECTOR, organizer="Org", duties=[Duty.EXECUTOR], accounts={}).person
    qualified(desk, [person])
    drawn = drawn_items(desk, sample.sample)
    for place, each in enumerate(drawn):
        bad = {"verdict": Verdict.INCORRECT, "rule": "Q-03", "correct_label": "off_topic", **said}
        record_review(
            desk,
            sample.sample,
            each.item_id,
            by=each.verifier,
            **(bad if place < wrong else {"verdict": Verdict.CORRECT}),
        )
    items = [each.item_id for each in drawn]
    return Checked(sample, tuple(items[:wrong]), tuple(items[wrong:]), sample.verifiers[0])


def corrected(desk: Desk, item: str, **said: Any) -> Correction:
    return record_correction(desk, "b1", item, **{"label": "off_topic", "by": CORRECTOR, **said})


def passed(desk: Desk, item: str, by: str, verdict: Verdict = Verdict.CORRECT, **said: Any) -> ItemProblems:
    return re_review(desk, "b1", item, by=by, verdict=verdict, **said)


def open_now(desk: Desk) -> tuple[str, ...]:
    state = read_state(desk)
    return completeness_of(desk, state, state.batch("b1")).open_items


def later(desk: Desk, **passes: float) -> None:
    """Let time pass."""
    desk.clock.now += timedelta(**passes)  # type: ignore[attr-defined]


__all__ = ["CORRECTOR", "EXECUTORS", "Checked", "checked", "corrected", "later", "open_now", "passed"]
