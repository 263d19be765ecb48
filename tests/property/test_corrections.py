"""Random facts about problems: what completeness says against a slow and obvious reading of them."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from labelqa.batches.correcting import Actor, why_not_re_review
from labelqa.batches.corrections import completeness, fold_corrections, record_labels
from labelqa.records.corrections import ProblemStatus
from labelqa.records.facts import CorrectionRecorded, CorrectionReviewed, Fact, ProblemClosed, ReviewRecorded
from labelqa.records.names import PersonId
from labelqa.records.people import Duty, Person
from tests.unit.batches.making import NAME, NOON, OK, batch
from tests.unit.batches.problems import closure, correction, re_review, verdict

ITEMS = ("x", "y", "z")


@st.composite
def stories(draw: st.DrawFn) -> list[Fact]:
    """A ledger of verdicts, corrections, re-reviews and closures in any order, sensible or not.

    Labels judged differ from fact to fact, so a problem is answered only by what names it.
    """
    facts: list[Fact] = []
    for seq in range(1, draw(st.integers(0, 14)) + 1):
        item = draw(st.sampled_from(ITEMS))
        found = [each.seq for each in facts if isinstance(each.body, ReviewRecorded) and each.body.item == item]
        fixed = [each for each in facts if isinstance(each.body, CorrectionRecorded) and each.body.item == item]
        step = draw(st.sampled_from(["verdict", "correct", "re-review", "close"]))
        if step == "correct" and found:
            named = draw(st.sets(st.sampled_from(found), min_size=1))
            last = fixed[-1].seq if fixed and draw(st.booleans()) else None
            facts.append(
                correction(seq, item, *sorted(named), before=f"old {seq}", after=f"new {seq}", supersedes=last)
            )
        elif step == "re-review" and fixed:
            said = draw(st.sampled_from(["correct", "incorrect"]))
            facts.append(re_review(seq, item, draw(st.sampled_from(fixed)).seq, said))
        elif step == "close" and found:
            facts.append(closure(seq, item, draw(st.sampled_from(found))))
        else:
            facts.append(verdict(seq, item, draw(st.sampled_from(["correct", "incorrect"])), label=f"old of {seq}"))
    return facts


def slowly(facts: list[Fact]) -> dict[str, bool]:
    """Item -> whether all that was found about it is answered, as one would find it with a pencil."""
    answered: set[int] = set()
    for each in facts:
        if isinstance(each.body, ProblemClosed):
            answered.update(each.body.problems)
        if isinstance(each.body, CorrectionRecorded) and not any(other.supersedes == each.seq for other in facts):
            said = [
                one.body.verdict
                for one in facts
                if isinstance(one.body, CorrectionReviewed) and one.body.correction == each.seq
            ]
            if said and said[-1] == "correct":
                answered.update(each.body.problems)
    found: dict[str, bool] = {}
    for each in facts:
        if isinstance(each.body, ReviewRecorded) and each.body.verdict == "incorrect":
            found[each.body.item] = found.get(each.body.item, True) and each.seq in answered
    return found


@given(stories())
def test_items_are_corrected_closed_or_open_and_nothing_else(facts: list[Fact]):
    found = completeness(facts, NAME)
    assert found.problems == found.corrected + found.closed + found.open
    assert found.waiting <= found.open
    assert {each.item_id: not each.open for each in found.items} == slowly(facts)
    assert set(found.open_items) == {item for item, done in slowly(facts).items() if not done}


@given(stories(), st.integers(0, 2**32))
def test_the_order_in_which_facts_are_read_does_not_matter(facts: list[Fact], seed: int):
    mixed = list(facts)
    random.Random(seed).shuffle(mixed)
    assert completeness(mixed, NAME) == completeness(facts, NAME)
    assert record_labels(mixed, NAME) == record_labels(facts, NAME)


@given(stories())
def test_who_must_act_is_told_exactly_while_something_is_open(facts: list[Fact]):
    for each in completeness(facts, NAME).items:
        assert (each.acts is not None) == each.open
        assert each.since in {one.at for one in each.problems}


@given(stories())
def test_a_label_of_record_is_one_that_passed_a_re_review(facts: list[Fact]):
    corrections = fold_corrections(facts, NAME)
    for item, label in record_labels(facts, NAME).items():
        assert label is not None
        (made,) = [each for each in corrections[item] if each.fact == label.fact]
        assert made.review is not None
        assert made.review.verdict == "correct"
        assert not made.replaced_by
        assert made.after == label.label


@given(stories(), st.sampled_from(["p-ann", "p-rae"]), st.booleans())
def test_nobody_re_reviews_own_correction(facts: list[Fact], who: str, own: bool):
    person = PersonId(who)
    known = Person(person=person, organizer="us", duties=frozenset(Duty), since=NOON)
    actor = Actor(person=person, known=known, qualification=OK, other_duty=False, own=own)
    for item, corrections in fold_corrections(facts, NAME).items():
        for each in corrections:
            reasons = why_not_re_review(each, batch=batch(), item=item, actor=actor)
            assert bool(reasons) == (own or each.corrector == person)


@given(stories())
def test_a_closure_of_everything_closes_everything(facts: list[Fact]):
    last = facts[-1].seq if facts else 0
    numbers = [(each.item_id, [one.fact for one in each.problems]) for each in completeness(facts, NAME).items]
    closed = [closure(last + at, item, *some) for at, (item, some) in enumerate(numbers, start=1)]
    found = completeness([*facts, *closed], NAME)
    assert found.open == 0
    assert {each.status for each in found.items} <= {ProblemStatus.CLOSED}
