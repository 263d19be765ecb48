"""Pieces of work are drawn by tickets, the same number of everybody's, from a frame that is read once."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelqa.errors import WrongUsage
from labelqa.records.names import ItemId, PersonId
from labelqa.records.people import Duty
from labelqa.records.review import SeedStanding
from labelqa.records.supervision import Work
from labelqa.sampling.supervision import draw_work, proven_duties, work_digest, work_standing

SEED = "5f1c a seed"
DUTIES = [Duty.EXECUTOR, Duty.REVIEWER, Duty.ARBITRATOR]


def piece(number: int, duty: Duty = Duty.EXECUTOR, person: str = "p-1", fact: int = 9) -> Work:
    name = f"annotation:题{number}:{person}" if duty is Duty.EXECUTOR else f"{duty}:{number}"
    return Work(work=name, duty=duty, person=PersonId(person), item_id=ItemId(f"题{number}"), fact=fact)


def slowly(seed: str, frame: list[Work], each: int) -> list[tuple[str, str, str, str]]:
    """The same draw, said as plainly as can be: sort everybody's work by sha256 and take the first ones."""
    out = []
    for duty in Duty:
        for person in sorted({one.person for one in frame if one.duty is duty}):
            mine = [one.work for one in frame if (one.duty, one.person) == (duty, person)]
            tickets = sorted((sha256(seed.encode() + b"\x1f" + work.encode()).hexdigest(), work) for work in mine)
            out += [(str(duty), person, work, ticket) for ticket, work in tickets[:each]]
    return out


frames = st.lists(
    st.tuples(st.integers(0, 10**6), st.sampled_from(DUTIES), st.sampled_from(["p-1", "p-2", "p-3"])), unique=True
).map(
    lambda rows: [
        piece(number, duty, person) for number, duty, person in rows if duty is Duty.EXECUTOR or person == "p-3"
    ]
)


@given(frames, st.integers(1, 6), st.randoms(use_true_random=False))
def test_it_draws_what_a_plain_sort_draws_whatever_the_order(frame, each, random):
    made = draw_work(SEED, frame, each)
    told = [(str(one.piece.duty), one.piece.person, one.piece.work, one.ticket) for one in made.drawn]
    assert told == slowly(SEED, frame, each)
    assert [one.order for one in made.drawn] == list(range(1, len(made.drawn) + 1))
    shuffled = list(frame)
    random.shuffle(shuffled)
    assert draw_work(SEED, shuffled, each).drawn == made.drawn


@given(frames, st.integers(1, 5))
def test_everybody_is_looked_at_and_counted(frame, each):
    made = draw_work(SEED, frame, each)
    for one in made.strata:
        mine = [work for work in frame if (work.duty, work.person) == (one.duty, one.person)]
        assert (one.pieces, one.drawn) == (len(mine), min(each, len(mine)))
    assert {(one.duty, one.person) for one in made.strata} == {(one.duty, one.person) for one in frame}
    assert sum(one.drawn for one in made.strata) == len(made.drawn)


@given(frames, st.integers(1, 5))
def test_more_of_everybody_begins_with_fewer(frame, each):
    few = {one.piece.work for one in draw_work(SEED, frame, each).drawn}
    assert few <= {one.piece.work for one in draw_work(SEED, frame, each + 1).drawn}


def test_the_digests_are_what_the_docstring_says():
    frame = [piece(1), piece(2, Duty.REVIEWER, "p-2")]
    made = draw_work(SEED, frame, 1)
    lines = ['["annotation:题1:p-1","executor","p-1"]', '["reviewer:2","reviewer","p-2"]']
    assert made.frame == sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
    rows = [[1, "annotation:题1:p-1", "executor", "p-1", made.drawn[0].ticket],
            [2, "reviewer:2", "reviewer", "p-2", made.drawn[1].ticket]]  # fmt: skip
    text = "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)
    assert made.digest == work_digest(made.drawn) == sha256(text.encode()).hexdigest()
    assert draw_work(SEED, frame[::-1], 1).frame != made.frame


def test_moving_a_piece_to_somebody_else_changes_the_frame():
    mine, theirs = piece(1), piece(1)
    moved = Work(work=theirs.work, duty=theirs.duty, person=PersonId("p-2"), item_id=theirs.item_id, fact=theirs.fact)
    assert draw_work(SEED, [mine], 1).frame != draw_work(SEED, [moved], 1).frame


def test_work_before_the_declaration_is_not_proven():
    since = draw_work(SEED, [piece(1, fact=5), piece(2, Duty.REVIEWER, "p-2", fact=9)], 3).since
    assert since == {Duty.EXECUTOR: 5, Duty.REVIEWER: 9}
    assert proven_duties(4, since) == {Duty.EXECUTOR, Duty.REVIEWER}
    assert proven_duties(5, since) == {Duty.REVIEWER}
    assert work_standing(4, since, abandoned=0) is SeedStanding.COMMITTED
    assert work_standing(5, since, abandoned=0) is SeedStanding.UNPROVEN
    assert work_standing(4, since, abandoned=1) is SeedStanding.UNPROVEN


def test_the_first_fact_of_a_duty_counts_even_if_it_comes_last():
    assert draw_work(SEED, [piece(1, fact=9), piece(2, fact=5)], 1).since == {Duty.EXECUTOR: 5}


def test_wrong_words_are_refused():
    with pytest.raises(ValueError, match="each is a count"):
        draw_work(SEED, [], 0)
    with pytest.raises(WrongUsage, match="seed is empty"):
        draw_work(" ", [], 1)
    assert draw_work(SEED, [], 3).drawn == ()
