"""From a drawn sample to a settled batch: stop when it is proven, extend, retract, and say what was proven."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from labelqa.errors import Refused
from labelqa.records.batch import Conclusion, Kind
from labelqa.records.designs import Certificate, Decision, Design, Terms, Undecided
from labelqa.records.estimate import Estimate
from labelqa.records.facts import BatchSettled
from labelqa.records.review import Safety, Verdict
from labelqa.stats.acceptance.switching import Inspection
from labelqa.workflows.accuracy import accuracy_report
from labelqa.workflows.batches import batch_line, declare_batch, freeze_batch
from labelqa.workflows.certifying.certificate import certificate_named
from labelqa.workflows.certifying.settle import settle_batch
from labelqa.workflows.certifying.streams import stream_of, switch_of, why_not_sampled
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.draws import draw_sample, drawn_items, extend_sample
from labelqa.workflows.planning.plans import declare_plan
from labelqa.workflows.reviewing.reviews import record_review
from labelqa.workflows.state import read_state
from tests.building import RELEASE, SAFETY, agreeing, carded, corrected, take_in, verified


def drawn(
    desk: Desk, name: str = "b1", *, n: int = 200, kind: Kind = Kind.FUNCTIONAL, release: str = RELEASE, **plan: Any
) -> str:
    """A frozen batch with one plan, drawn; the sample's name."""
    declare_batch(desk, name, kind=kind, release=release, organizer="Org")
    carded(desk, name)
    declare_plan(desk, name, **plan)
    label = "safe" if kind is Kind.SAFETY else "accept"
    take_in(desk, agreeing(n, prefix=f"{name}-q", label=label), name=f"{name}.csv")
    freeze_batch(desk, name)
    return draw_sample(desk, name).sample


def say(desk: Desk, sample: str, start: int, end: int, verdict: str = "correct", **more: Any) -> None:
    """Verdicts on the drawn items from place ``start`` (from 0) to before ``end``."""
    for each in drawn_items(desk, sample)[start:end]:
        told = {"defect": "R1"} if verdict == "incorrect" else {}
        record_review(desk, sample, each.item_id, verdict=Verdict(verdict), by=each.verifier, **told, **more)


def settled(desk: Desk) -> BatchSettled:
    body: BatchSettled = read_state(desk).facts.of(BatchSettled)[-1].body
    return body


def enough(found: Certificate) -> int:
    assert found.fewest_more is not None
    return found.fewest_more


def test_a_sequential_batch_is_settled_as_soon_as_it_is_proven(desk: Desk) -> None:
    sample = drawn(desk, design=Design.SEQUENTIAL)
    at = enough(certificate_named(desk, "b1"))
    say(desk, sample, 0, at - 1)
    assert certificate_named(desk, "b1").fewest_more == 1
    with pytest.raises(Refused, match="drawn items of batch b1 have no verdict"):
        settle_batch(desk, "b1")
    say(desk, sample, at - 1, at)
    found = certificate_named(desk, sample)
    assert (found.decision, found.stopped_at, found.proven) == (Decision.ACCEPT, at, True)
    assert "Settle" in str(batch_line(desk, "b1").next_step)
    assert settle_batch(desk, "b1").conclusion is Conclusion.ACCEPT
    told = settled(desk)
    assert (told.reason, told.design, told.proven, told.rule, told.reviewed) == ("proven", "sequential", True, None, at)
    assert told.p_value is not None
    assert told.p_value <= 0.05
    assert told.method == "anytime, beta-binomial mixture"


def test_report_and_certificate_show_the_interval_that_holds_at_every_verdict(desk: Desk) -> None:
    sample = drawn(desk, design=Design.SEQUENTIAL)
    say(desk, sample, 0, 30)
    report, found = accuracy_report(desk, "b1"), certificate_named(desk, "b1")
    assert report.accuracy == found.accuracy == batch_line(desk, "b1").accuracy
    assert isinstance(report.fixed, Estimate)
    assert isinstance(report.accuracy, Estimate)
    assert report.fixed.method == "hypergeometric"
    assert report.accuracy.low <= report.fixed.low  # the price of looking at every verdict
    assert any("holds at every verdict" in str(each) for each in report.notes)


def test_a_fixed_plan_read_to_its_end_keeps_the_ordinary_interval(desk: Desk) -> None:
    sample = drawn(desk, design=Design.ZERO_ACCEPTANCE)
    say(desk, sample, 0, 500)
    report = accuracy_report(desk, "b1")
    assert report.fixed is None
    assert isinstance(report.accuracy, Estimate)
    assert report.accuracy.method == "hypergeometric"


def test_a_fixed_plan_that_stopped_at_a_wrong_item_does_not(desk: Desk) -> None:
    sample = drawn(desk, design=Design.ZERO_ACCEPTANCE)
    say(desk, sample, 0, 9)
    say(desk, sample, 9, 10, "incorrect")
    report = accuracy_report(desk, "b1")
    assert isinstance(report.accuracy, Estimate)
    assert report.accuracy.method == "anytime, beta-binomial mixture"
    assert settle_batch(desk, "b1").conclusion is Conclusion.RELABEL
    assert (settled(desk).reason, settled(desk).reviewed, settled(desk).proven) == ("defects-over-plan", 10, False)


def test_a_verdict_changed_after_the_proof_takes_it_back(desk: Desk) -> None:
    sample = drawn(desk, design=Design.SEQUENTIAL)
    at = enough(certificate_named(desk, "b1"))
    say(desk, sample, 0, at)
    say(desk, sample, 4, 5, "incorrect")
    found = certificate_named(desk, "b1")
    item = drawn_items(desk, sample)[4].item_id
    assert (found.decision, found.changed) == (Decision.GO_ON, 1)
    assert f"after {at} reviews it was accepted, until the verdict on item {item} was changed" in str(found.retracted)
    with pytest.raises(Refused):
        settle_batch(desk, "b1")


def test_nothing_decided_when_all_is_reviewed_asks_for_more_items_and_at_the_cut_it_ends(desk: Desk) -> None:
    sample = drawn(desk, "b1", n=400, design=Design.SEQUENTIAL, terms=Terms(futility=0.0), expected=0.999)
    say(desk, sample, 0, 2, "incorrect")
    say(desk, sample, 2, 400)
    found = certificate_named(desk, "b1")
    assert (found.decision, found.read) == (Decision.GO_ON, found.drawn)
    with pytest.raises(Refused, match=f"labelqa sample extend b1/1 --n {found.read + enough(found)}"):
        settle_batch(desk, "b1")
    assert "labelqa sample extend b1/1" in batch_line(desk, "b1").next_command
    extend_sample(desk, sample, n=found.read + enough(found))
    say(desk, sample, found.read, 400)
    more = certificate_named(desk, "b1")
    assert (more.decision, more.read, more.wrong) == (Decision.ACCEPT, found.read + enough(found), 2)
    assert corrected(desk, "b1") == 2
    assert settle_batch(desk, "b1").conclusion is Conclusion.ACCEPT
    other = drawn(desk, "b2", n=400, design=Design.SEQUENTIAL, terms=Terms(futility=0.0, cut=40))
    say(desk, other, 0, 2, "incorrect")
    say(desk, other, 2, 40)
    assert settle_batch(desk, "b2").conclusion is Conclusion.RELABEL
    assert (settled(desk).reason, settled(desk).proven) == ("not-proven", False)


def test_little_hope_ends_it_too(desk: Desk) -> None:
    sample = drawn(desk, n=400, design=Design.SEQUENTIAL)
    say(desk, sample, 0, 12, "incorrect")
    assert settle_batch(desk, "b1").conclusion is Conclusion.RELABEL
    assert settled(desk).reason == "hopeless"


def test_an_estimate_decides_nothing_and_a_plan_that_does_takes_over(desk: Desk) -> None:
    first = drawn(desk, design=Design.ESTIMATE, terms=Terms(margin=0.2))
    say(desk, first, 0, 500)
    with pytest.raises(Refused, match="an estimate, which decides nothing"):
        settle_batch(desk, "b1")
    assert batch_line(desk, "b1").next_command == "labelqa plan b1"
    declare_plan(desk, "b1", design=Design.SEQUENTIAL)
    second = draw_sample(desk, "b1").sample
    say(desk, second, 0, enough(certificate_named(desk, "b1")))
    assert certificate_named(desk, "b1").sample == second
    assert settle_batch(desk, "b1").conclusion is Conclusion.ACCEPT


def test_a_further_sample_adds_evidence_and_never_replaces_the_first(desk: Desk) -> None:
    first = drawn(desk, design=Design.ZERO_ACCEPTANCE)
    declare_plan(desk, "b1", design=Design.ZERO_ACCEPTANCE)
    second = draw_sample(desk, "b1").sample
    say(desk, first, 0, 1, "incorrect")
    say(desk, second, 0, 500)  # a better second draw does not save it
    assert settle_batch(desk, "b1").conclusion is Conclusion.RELABEL
    other = drawn(desk, "b2", design=Design.ZERO_ACCEPTANCE)
    declare_plan(desk, "b2", design=Design.ZERO_ACCEPTANCE)
    further = draw_sample(desk, "b2").sample
    say(desk, other, 0, 500)
    say(desk, further, 0, 1, "incorrect")  # and a worse one is heard
    assert settle_batch(desk, "b2").conclusion is Conclusion.RELABEL
    assert settled(desk).reason == "further-sample"


def test_the_contract_decides_and_the_statistics_are_recorded_beside_it(desk: Desk) -> None:
    terms = Terms(n=20, pass_rate=0.9, decimals=0)
    sample = drawn(desk, design=Design.CONTRACT, terms=terms, accuracy=0.9, expected=0.99)
    say(desk, sample, 0, 1, "incorrect")
    say(desk, sample, 1, 500)
    assert corrected(desk, "b1") == 1
    assert settle_batch(desk, "b1").conclusion is Conclusion.ACCEPT
    told = settled(desk)
    assert (told.reason, told.rule, told.proven, told.design) == ("rule-passed", True, False, "contract")
    assert told.p_value is not None
    assert told.p_value > 0.05


def test_left_out_items_are_told_both_ways(desk: Desk) -> None:
    terms = Terms(margin=0.2, undecidable=Undecided.LEFT_OUT)
    sample = drawn(desk, design=Design.ESTIMATE, terms=terms)
    n = certificate_named(desk, "b1").drawn
    say(desk, sample, 0, 3, "undecidable")
    say(desk, sample, 3, n)
    report = accuracy_report(desk, "b1")
    assert report.left_out == 3
    assert report.bounds is not None
    points = [each.point for each in (*report.bounds, report.accuracy) if isinstance(each, Estimate)]
    assert points == [pytest.approx((n - 3) / n), 1.0, 1.0]
    assert isinstance(report.accuracy, Estimate)
    assert report.accuracy.n == n - 3


def test_a_safety_batch_is_decided_by_its_census_and_no_other_sample(place: Callable[..., Any]) -> None:
    desk: Desk = place(SAFETY).desk
    sample = drawn(desk, n=20, kind=Kind.SAFETY, release=SAFETY)
    say(desk, sample, 0, 19, safety=Safety.SAFE)
    with pytest.raises(Refused, match="1 of 20 items"):
        settle_batch(desk, "b1")
    say(desk, sample, 19, 20, safety=Safety.SAFE)
    verified(desk, "b1")
    assert settle_batch(desk, "b1").conclusion is Conclusion.ACCEPT
    assert settled(desk).reason == "all-approved"


def test_a_stream_tightens_after_two_lots_that_were_not_accepted(desk: Desk) -> None:
    terms = Terms(aql="4.0", stream="vendor a")
    seen = []
    for number in range(3):
        sample = drawn(desk, f"b{number}", n=60, design=Design.AQL, terms=terms)
        say(desk, sample, 0, 5, "incorrect")
        settle_batch(desk, f"b{number}")
        assert (settled(desk).rule, settled(desk).proven) == (False, None)
        seen.append(settled(desk).inspection)
    assert seen == ["normal", "normal", "tightened"]
    state = read_state(desk)
    batch, (plan,) = state.batch("b0"), state.plans[state.batch("b0").name]
    assert stream_of(batch, plan) == "vendor a"
    assert switch_of(state, batch, plan).rejected == 1
    assert why_not_sampled(switch_of(state, batch, plan), "vendor a") == []


def test_a_stream_is_discontinued_and_says_so(desk: Desk) -> None:
    terms = Terms(aql="4.0")
    for number in range(7):
        sample = drawn(desk, f"b{number}", n=30, design=Design.AQL, terms=terms)
        say(desk, sample, 0, 5, "incorrect")
        settle_batch(desk, f"b{number}")
    state = read_state(desk)
    batch, (plan,) = state.batch("b0"), state.plans[state.batch("b0").name]
    switch = switch_of(state, batch, plan)
    assert switch.inspection is Inspection.DISCONTINUED
    (reason,) = why_not_sampled(switch, stream_of(batch, plan))
    assert "discontinued in the stream Org/functional" in str(reason)


def by_topic(desk: Desk, **plan: Any) -> str:
    """A drawn batch whose items carry a topic and a probability of being wrong; the sample's name."""
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    declare_plan(desk, "b1", **plan)
    answers = agreeing(200)
    shown = {
        item: {"topic": "hard" if at % 4 == 0 else "easy", "p_wrong": 0.5 if at % 4 == 0 else 0.02}
        for at, item in enumerate(sorted({each.item for each in answers}))
    }
    take_in(desk, answers, name="b1.csv", data=shown)
    freeze_batch(desk, "b1")
    return draw_sample(desk, "b1").sample


def test_items_drawn_by_risk_count_for_as_many_as_their_chance_says(desk: Desk) -> None:
    terms = Terms(margin=0.08, score="data.p_wrong")
    sample = by_topic(desk, design=Design.ESTIMATE, terms=terms, expected=0.96)
    items = drawn_items(desk, sample)
    likely = {each.chance for each in items}
    assert len(likely) == 2
    for each in items:  # every likely item is wrong, no other
        wrong = each.chance == max(likely)
        told = {"verdict": Verdict.INCORRECT, "defect": "R1"} if wrong else {"verdict": Verdict.CORRECT}
        record_review(desk, sample, each.item_id, by=each.verifier, **told)  # type: ignore[arg-type]
    report, found = accuracy_report(desk, "b1"), certificate_named(desk, "b1")
    assert report.weighted is not None
    assert report.accuracy == report.weighted.figure == found.accuracy == batch_line(desk, "b1").accuracy
    assert report.weighted.naive.point < report.weighted.figure.point
    assert report.weighted.figure.low <= 0.75 <= report.weighted.figure.high  # the truth


def test_strata_have_lines_of_their_own_and_one_promise_for_the_whole(desk: Desk) -> None:
    sample = by_topic(desk, design=Design.STRATIFIED, terms=Terms(strata=("data.topic",)))
    say(desk, sample, 0, 500)
    report, found = accuracy_report(desk, "b1"), certificate_named(desk, "b1")
    assert {(each.field, each.value, each.items) for each in report.strata} == {
        ("data.topic", "easy", 150),
        ("data.topic", "hard", 50),
    }
    assert all(isinstance(each.accuracy, Estimate) for each in report.strata)
    assert report.accuracy == found.accuracy
    assert isinstance(report.accuracy, Estimate)
    assert report.accuracy.method == "anytime, mixture over strata"
    assert report.weighted is not None
    assert report.fixed == report.weighted.figure
