"""The lines of a sequential check are exactly where its own reading changes its mind, and the path is the verdicts'."""

from __future__ import annotations

import numpy as np
import pytest

from labelqa.records.batch import Kind
from labelqa.records.designs import Decision, Design, Terms
from labelqa.records.review import Verdict
from labelqa.stats.acceptance.design import Seen
from labelqa.stats.sequential import sequential
from labelqa.workflows.batches import declare_batch, freeze_batch
from labelqa.workflows.certifying.stopping import stopping_lines, stopping_of
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.draws import draw_sample, drawn_items
from labelqa.workflows.planning.compare import compared
from labelqa.workflows.planning.plans import declare_plan
from labelqa.workflows.reviewing.reviews import record_review
from labelqa.workflows.state import read_state
from tests.building import RELEASE, agreeing, take_in


def decided(check, verdicts: int, at: list[int]) -> Decision:
    """What the check says after so many verdicts, those ``at`` these places (from 1) wrong."""
    marks = np.zeros(verdicts, dtype=bool)
    marks[[place - 1 for place in at]] = True
    return check.read(Seen(wrong=marks)).decision


@pytest.mark.parametrize("terms", [Terms(), Terms(sensitivity=0.9, specificity=0.99), Terms(futility=0.2)])
def test_the_lines_are_where_the_reading_changes(terms):
    made = compared(800, accuracy=0.9, terms=terms)
    check = sequential(
        800, accuracy=0.9, risk=0.05, expected=made.expected, power=made.power, futility=terms.futility,
        sensitivity=terms.sensitivity, specificity=terms.specificity,
    )  # fmt: skip
    lines = stopping_lines(made, terms)
    assert len(lines.proven) > 3
    assert len(lines.hopeless) > 3
    for verdicts, wrong in lines.proven[:4]:
        # each error comes just before the verdict that would have proven without it
        at = [before - 1 for before, _ in lines.proven[:wrong]]
        assert decided(check, verdicts, at) is Decision.ACCEPT
        assert decided(check, verdicts - 1, at) is Decision.GO_ON
    for verdicts, wrong in lines.hopeless[:6]:
        last = list(range(verdicts - wrong + 1, verdicts + 1))
        assert decided(check, verdicts, last) is Decision.REJECT
        assert decided(check, verdicts + 1, [place + 1 for place in last]) is Decision.GO_ON


def test_a_cut_within_the_horizon_is_told():
    made = compared(800, accuracy=0.9, terms=Terms(cut=70))
    assert stopping_lines(made, Terms(cut=70)).cut == 70
    assert stopping_lines(made, Terms()).cut is None


def worked(desk: Desk, design: Design) -> str:
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    declare_plan(desk, "b1", seed="the seed of b1", design=design, accuracy=0.9)
    take_in(desk, agreeing(120))
    freeze_batch(desk, "b1")
    return draw_sample(desk, "b1", verifiers=2).sample


def test_the_path_is_that_of_the_completed_stretch(desk):
    sample = worked(desk, Design.SEQUENTIAL)
    drawn = drawn_items(desk, sample)
    for each in (*drawn[:5], drawn[7]):  # the sixth is open, so the eighth waits
        wrong = each.order == 3
        record_review(
            desk, sample, each.item_id, verdict=Verdict.INCORRECT if wrong else Verdict.CORRECT, by=each.verifier,
            defect="R1" if wrong else "",
        )  # fmt: skip
    state = read_state(desk)
    lines = stopping_of(desk, state, state.sample(sample))
    assert lines is not None
    assert lines.path == ((0, 0), (1, 0), (2, 0), (3, 1), (4, 1), (5, 1))
    assert lines.proven


def test_other_designs_have_no_lines(desk):
    sample = worked(desk, Design.TWO_POINT)
    state = read_state(desk)
    assert stopping_of(desk, state, state.sample(sample)) is None
