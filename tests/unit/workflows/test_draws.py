"""Draws by stratum and size, second looks, extensions: what comes out again, what stays, and every false record found."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from labelqa.errors import Refused, WrongUsage
from labelqa.records.batch import Condition, Kind, Operator
from labelqa.records.designs import Allocation, Design, Terms
from labelqa.records.facts import Draft, SampleDrawn, SampleExtended
from labelqa.records.review import Verdict
from labelqa.sampling import draw_strata
from labelqa.stats.acceptance import estimate, estimate_strata
from labelqa.workflows.batches import declare_batch, freeze_batch
from labelqa.workflows.certifying.settle import settle_batch
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.draws import draw_sample, drawn_items, extend_sample, verify_sample
from labelqa.workflows.drawing.frame import merged, read_frame
from labelqa.workflows.drawing.sample_told import sample_called
from labelqa.workflows.planning.plans import declare_plan
from labelqa.workflows.population import annotators
from labelqa.workflows.reviewing.reviews import record_review
from labelqa.workflows.state import read_state
from tests.building import EXECUTORS, RELEASE, Answer, Clock, account, agreeing, frozen_batch, opened, take_in

TOPICS = ("法律", "health", "it's")
RARE = {0: "rare", 1: "rare", 2: "rarer"}
BY_TOPIC = Terms(strata=("data.topic",), minimum=3, double=0.2, margin=0.05)
BY_SCORE = Terms(strata=("data.topic",), score="data.p", floor=0.25, minimum=2, margin=0.08)


def prepared(desk: Desk, terms: Terms, *, design: Design = Design.ESTIMATE, n: int = 300, name: str = "b1") -> None:
    """A frozen batch of n items of three topics (and two rare ones), each with a probability of error."""
    declare_batch(desk, name, kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    declare_plan(desk, name, design=design, seed="the seed", terms=terms)
    data = {
        f"q-{number:03}": {"topic": RARE.get(number, TOPICS[min(number % 7, 2)]), "p": (number * 37 % 100) / 100}
        for number in range(n)
    }
    take_in(desk, agreeing(n), name=f"{name}.csv", data=data)
    freeze_batch(desk, name)


def codes(desk: Desk, sample: str = "b1/1") -> set[str]:
    return {each.code for each in verify_sample(desk, sample)}


def test_strata_are_drawn_as_the_plan_shares_them_out_and_come_out_again(desk: Desk) -> None:
    prepared(desk, BY_TOPIC)
    sample = draw_sample(desk, "b1")
    drawn = drawn_items(desk, "b1/1")
    assert [each.name for each in sample.strata] == ["health", "it's", "法律", "other"]
    assert sum(each.items for each in sample.strata) == 300
    assert Counter(each.stratum for each in drawn) == {at: each.n for at, each in enumerate(sample.strata)}
    assert sample.measures is not None
    measures, _ = read_frame(desk, sample.measures)
    again = draw_strata(sample.seed, measures.rows(), [each.n for each in sample.strata])
    assert [(each.ticket, each.item_id, each.stratum) for each in drawn] == [tuple(each) for each in again]
    for each in drawn:
        of = sample.strata[each.stratum]
        assert each.chance == pytest.approx(of.n / of.items)
    assert codes(desk) == set()


def test_a_rare_stratum_joins_others_and_none_is_below_the_minimum(desk: Desk) -> None:
    prepared(desk, BY_TOPIC)
    sample = draw_sample(desk, "b1")
    names = [each.name for each in sample.strata]
    assert "rare" not in names
    assert names[-1] == "other"
    assert all(each.items >= 3 and each.n >= 3 for each in sample.strata)


@pytest.mark.parametrize(
    ("names", "least", "expected"),
    [
        (["a"] * 5 + ["b"] * 2, 3, {"other": 7}),  # b alone is too small, so the smallest of the rest joins it
        (["a"] * 5 + ["b"] * 4, 3, {"a": 5, "b": 4}),
        (["a"] * 5 + ["b"] * 2 + ["c"] * 1, 3, {"a": 5, "other": 3}),
        (["other"] * 4 + ["b"], 2, {"other": 5}),
        (["a"], 2, {"other": 1}),
    ],
)
def test_small_strata_are_put_together_by_rule(names: list[str], least: int, expected: dict[str, int]) -> None:
    assert Counter(merged(names, least)) == expected
    assert Counter(merged(names[::-1], least)) == expected


def test_items_with_a_larger_score_are_drawn_more_often_and_their_chances_are_told(desk: Desk) -> None:
    prepared(desk, replace(BY_SCORE, strata=()))
    sample = draw_sample(desk, "b1")
    assert sample.measures is not None
    measures, scores = read_frame(desk, sample.measures)
    size = dict(zip(measures.items, measures.size.tolist(), strict=True))
    chances = measures.chances([sample.resolved.n])
    assert chances.sum() == pytest.approx(sample.resolved.n)
    drawn = drawn_items(desk, "b1")
    known = dict(zip(measures.items, chances.tolist(), strict=True))
    assert {each.item_id: each.chance for each in drawn} == {each.item_id: known[each.item_id] for each in drawn}
    assert max(chances) > 1.5 * min(chances)
    assert sum(size[each.item_id] for each in drawn) / len(drawn) > 1.05 * measures.size.mean()  # the seed is fixed
    assert scores.tolist() == [(number * 37 % 100) / 100 for number in range(300)]
    assert codes(desk) == set()


def test_an_estimate_by_strata_holds_its_margin_in_each(desk: Desk) -> None:
    prepared(desk, replace(BY_TOPIC, margin=0.06, double=0))
    strata = draw_sample(desk, "b1").strata
    for each in strata:  # the expected accuracy is .99, planned for the .95 to be proven
        alone = estimate_strata([each], margin=0.06, expected=1 - each.expected).n
        assert each.n >= min(each.items, alone)
    assert codes(desk) == set()


@pytest.mark.parametrize("sharp", [True, False])
def test_a_score_that_tells_much_saves_reviews_and_one_that_tells_nothing_does_not(desk: Desk, sharp: bool) -> None:
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    declare_plan(desk, "b1", design=Design.ESTIMATE, terms=Terms(score="data.p", margin=0.05))
    scores = [(0.9 if number < 15 else 0.01) if sharp else 0.5 for number in range(300)]
    take_in(desk, agreeing(300), data={f"q-{number:03}": {"p": score} for number, score in enumerate(scores)})
    freeze_batch(desk, "b1")
    sample = draw_sample(desk, "b1")
    simple = estimate(300, margin=0.05, expected=0.95).n
    assert sample.resolved.n == (-(-simple // 4) if sharp else simple)
    assert codes(desk) == set()
    assert extend_sample(desk, "b1", more=5).resolved.n == sample.resolved.n + 5
    assert codes(desk) == set()


@pytest.mark.parametrize("field", ["annotator", "label", "source", "meta.none", "risk"])
def test_each_word_for_strata_is_told_or_refused(desk: Desk, field: str) -> None:
    prepared(desk, replace(BY_TOPIC, strata=(field,)), n=60)
    if field in {"risk", "meta.none"}:
        with pytest.raises(Refused, match="plan other strata"):
            draw_sample(desk, "b1")
        return
    sample = draw_sample(desk, "b1")
    names = [each.name for each in sample.strata]
    assert len(names) == 1
    if field == "annotator":
        assert names[0].count("+") == 2
    if field == "label":
        assert names == ["accept"]
    assert codes(desk) == set()


def test_strata_combine(desk: Desk) -> None:
    prepared(desk, replace(BY_TOPIC, strata=("label", "data.topic")))
    assert {each.name for each in draw_sample(desk, "b1").strata} >= {"accept / it's", "accept / 法律"}


@pytest.mark.parametrize("score", ["disagreement", "posterior"])
def test_scores_from_the_annotations_find_what_annotators_dispute(desk: Desk, score: str) -> None:
    from labelqa.workflows.drawing.frame import frame_of

    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    declare_plan(desk, "b1", design=Design.ESTIMATE, seed="s", terms=Terms(score=score, margin=0.1))
    split = [Answer(each.item, each.account, "off_topic") if each.item < "q-020" and "cai" in each.account else each
             for each in agreeing(80)]  # fmt: skip
    take_in(desk, split)
    freeze_batch(desk, "b1")
    state = read_state(desk)
    frame = frame_of(desk, state, state.batch("b1"), state.plans["b1"][0])
    assert frame.score is not None
    disputed, agreed = frame.score[:20], frame.score[20:]
    assert (disputed > agreed.max()).all()
    if score == "disagreement":
        assert disputed.tolist() == [pytest.approx(1 / 3, abs=1e-6)] * 20
        assert agreed.tolist() == [0.0] * 60
    assert frame.measures.size[:20].min() > frame.measures.size[20:].max()
    draw_sample(desk, "b1")
    assert codes(desk) == set()


def test_a_score_by_speed_marks_the_items_of_the_fast(desk: Desk) -> None:
    from labelqa.workflows.drawing.frame import frame_of

    ann, bob, cai = map(account, EXECUTORS)
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    declare_plan(desk, "b1", design=Design.ESTIMATE, seed="s", terms=Terms(score="speed", margin=0.1))
    hasty = [
        Answer(f"q-{number:03}", who, "accept", seconds=0.2 if who == cai else 20 + number % 5)
        for number in range(90)
        for who in ((ann, bob) if number % 3 else (ann, cai))
    ]
    take_in(desk, hasty)
    freeze_batch(desk, "b1")
    state = read_state(desk)
    frame = frame_of(desk, state, state.batch("b1"), state.plans["b1"][0])
    assert frame.score is not None
    assert [each > 0 for each in frame.score] == [number % 3 == 0 for number in range(90)]


def test_a_field_that_holds_no_probability_is_refused(desk: Desk) -> None:
    prepared(desk, replace(BY_SCORE, score="data.topic"))
    with pytest.raises(Refused, match="no probability of error"):
        draw_sample(desk, "b1")


# Second looks


def test_second_looks_go_to_other_verifiers_and_loads_are_even(desk: Desk) -> None:
    prepared(desk, BY_TOPIC)
    sample = draw_sample(desk, "b1", verifiers=3)
    drawn = drawn_items(desk, "b1")
    twice = [each for each in drawn if each.second]
    assert len(twice) == sample.doubles == -(-len(drawn) // 5)
    assert all(each.second != each.verifier for each in twice)
    firsts = Counter(each.verifier for each in drawn)
    assert max(firsts.values()) - min(firsts.values()) <= 1
    seconds = Counter(each.second for each in twice)
    assert max(seconds.values()) - min(seconds.values()) <= 1
    assert codes(desk) == set()


def test_second_looks_need_two_verifiers(desk: Desk) -> None:
    prepared(desk, BY_TOPIC)
    with pytest.raises(Refused, match="only one verifier is drawn"):
        draw_sample(desk, "b1", verifiers=1)


# Extensions


@pytest.mark.parametrize("terms", [BY_TOPIC, BY_SCORE, replace(BY_SCORE, strata=()), Terms(double=0.1, margin=0.08)])
def test_an_extension_keeps_items_places_verifiers_and_second_looks(desk: Desk, terms: Terms) -> None:
    prepared(desk, terms)
    first = draw_sample(desk, "b1", verifiers=3)
    before = drawn_items(desk, "b1")
    for more in (17, 40):
        longer = extend_sample(desk, "b1", more=more)
    after = drawn_items(desk, "b1")
    assert len(after) == longer.resolved.n == len(before) + 57
    assert [replace(each, chance=1.0) for each in after[: len(before)]] == [
        replace(each, chance=1.0) for each in before
    ]
    assert len({each.item_id for each in after}) == len(after)
    assert longer.at == first.at
    assert len(longer.extended) == 2
    assert sum(each.second is not None for each in after) == longer.doubles
    assert Counter(each.stratum for each in after) == (
        {at: each.n for at, each in enumerate(longer.strata)} if terms.strata else {0: len(after)}
    )
    assert codes(desk) == set()


def test_an_extension_keeps_the_reviews(desk: Desk) -> None:
    prepared(desk, replace(BY_TOPIC, margin=None), design=Design.STRATIFIED)
    draw_sample(desk, "b1")
    mine = drawn_items(desk, "b1")[0]
    record_review(desk, "b1/1", mine.item_id, by=mine.verifier, verdict=Verdict.CORRECT)
    extend_sample(desk, "b1", more=5)
    state = read_state(desk)
    assert [each.item_id for each in state.reviews[state.sample("b1").sample]] == [mine.item_id]
    assert drawn_items(desk, "b1")[0] == replace(mine, chance=drawn_items(desk, "b1")[0].chance)


@pytest.mark.parametrize("design", [Design.TWO_POINT, Design.ZERO_ACCEPTANCE, Design.ESTIMATE])
def test_a_size_fixed_beforehand_is_not_changed_after_looking(desk: Desk, design: Design) -> None:
    prepared(desk, Terms(), design=design)
    draw_sample(desk, "b1")
    extend_sample(desk, "b1", more=2)  # nothing is known yet
    mine = drawn_items(desk, "b1")[0]
    record_review(desk, "b1/1", mine.item_id, by=mine.verifier, verdict=Verdict.CORRECT)
    with pytest.raises(Refused, match="hold only for a size fixed before"):
        extend_sample(desk, "b1", more=2)
    assert codes(desk) == set()


@pytest.mark.parametrize("design", [Design.SEQUENTIAL, Design.STRATIFIED])
def test_nothing_is_drawn_beyond_the_cut(desk: Desk, design: Design) -> None:
    terms = Terms(cut=90, strata=("data.topic",), minimum=3) if design is Design.STRATIFIED else Terms(cut=90)
    prepared(desk, terms, design=design)
    draw_sample(desk, "b1")
    with pytest.raises(Refused, match="gives up after 90 reviews"):
        extend_sample(desk, "b1", n=91)


def test_extensions_that_a_rule_forbids(desk: Desk) -> None:
    frozen_batch(desk, answers=agreeing(60))
    have = draw_sample(desk, "b1").resolved.n
    for n, said in ((have, "add nothing"), (10, "add nothing"), (61, "more than the 60")):
        with pytest.raises(Refused, match=said):
            extend_sample(desk, "b1", n=n)
    with pytest.raises(WrongUsage):
        extend_sample(desk, "b1")
    with pytest.raises(WrongUsage):
        extend_sample(desk, "b1", n=50, more=3)
    for each in drawn_items(desk, "b1"):
        record_review(desk, "b1/1", each.item_id, by=each.verifier, verdict=Verdict.CORRECT)
    settle_batch(desk, "b1")
    with pytest.raises(Refused, match="is settled"):
        extend_sample(desk, "b1", more=1)


def test_a_contract_is_not_extended(desk: Desk) -> None:
    prepared(desk, Terms(n=40, pass_rate=0.95, kind="acceptance"), design=Design.CONTRACT)
    draw_sample(desk, "b1")
    with pytest.raises(Refused, match="for no other number"):
        extend_sample(desk, "b1", more=10)


def test_two_extensions_at_once_are_not_both_taken(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    import labelqa.workflows.drawing.draws as draws

    prepared(desk, BY_TOPIC)
    draw_sample(desk, "b1")
    stale = read_state(desk)
    extend_sample(desk, "b1", more=5)
    monkeypatch.setattr(draws, "read_state", lambda _desk: stale)
    with pytest.raises(Refused, match=r"extended meanwhile|add nothing"):
        extend_sample(desk, "b1", more=9)


@pytest.mark.parametrize("allocation", [Allocation.PROPORTIONAL, Allocation.NEYMAN])
def test_a_stratified_certificate_draws_alike_within_strata_and_by_its_allocation(
    desk: Desk, allocation: Allocation
) -> None:
    terms = Terms(strata=("data.topic",), score="data.p", allocation=allocation, minimum=4, double=0.1)
    prepared(desk, terms, design=Design.STRATIFIED)
    sample = draw_sample(desk, "b1")
    assert sample.measures is not None
    measures, scores = read_frame(desk, sample.measures)
    assert set(measures.size.tolist()) == {1.0}
    for at, each in enumerate(sample.strata):
        assert each.expected == pytest.approx(scores[measures.stratum == at].mean(), abs=1e-6)
        assert each.n >= 4
    extend_sample(desk, "b1", more=10)
    assert codes(desk) == set()


# Every false record is found


def recorded(desk: Desk, terms: Terms = BY_SCORE) -> tuple[SampleDrawn, SampleExtended]:
    """What a draw and an extension would record, taken from a copy of the workspace at the same moment."""
    copy = desk.settings.workspace.with_name("copy")
    shutil.copytree(desk.settings.workspace, copy)
    with opened(copy, clock=Clock(desk.clock())) as other:
        draw_sample(other, "b1", verifiers=2)
        extend_sample(other, "b1", more=20)
        drawn, extended = (fact.body for fact in other.ledger.facts()[-2:])
    for file in copy.rglob("*.parquet"):
        if not (desk.settings.workspace / file.relative_to(copy)).exists():
            shutil.copy(file, desk.settings.workspace / file.relative_to(copy))
    return drawn, extended


def other(value: Any) -> Any:
    """Something else of the same shape."""
    if isinstance(value, str):
        return {"unproven": "committed", "committed": "unproven", "verification": "review"}.get(value, f"{value}x")
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, list):
        return [other(value[0]), *value[1:]] if value else [["organizer", "x"]]
    return 0


UNTOLD = {"batch"}  # another batch is another sample's


@pytest.mark.parametrize("name", [each.name for each in fields(SampleDrawn) if each.name not in UNTOLD])
def test_a_draw_recorded_otherwise_is_found_whatever_was_altered(desk: Desk, name: str) -> None:
    prepared(desk, replace(BY_SCORE, double=0.1))
    drawn, extended = recorded(desk)
    value = "2026-11-20T12:00:00+00:00" if name == "published" else other(asdict(drawn)[name])
    false = replace(drawn, **{name: value})
    place = false.sample if name == "sample" else extended.sample
    desk.ledger.append([Draft(body=false, subjects=(), actor="forger")], now=desk.clock() - timedelta(seconds=1))
    later = replace(extended, sample=place)
    desk.ledger.append([Draft(body=later, subjects=(), actor="forger")], now=desk.clock())
    assert codes(desk, false.sample)


@pytest.mark.parametrize("name", ["n", "digest", "strata", "doubles"])
def test_an_extension_recorded_otherwise_is_found(desk: Desk, name: str) -> None:
    prepared(desk, replace(BY_SCORE, double=0.1))
    drawn, extended = recorded(desk)
    false = replace(extended, **{name: other(asdict(extended)[name])})
    for body in (drawn, false):
        desk.ledger.append([Draft(body=body, subjects=(), actor="forger")], now=desk.clock())
    assert codes(desk)


def test_the_record_as_it_was_has_no_finding(desk: Desk) -> None:
    prepared(desk, replace(BY_SCORE, double=0.1))
    for body in recorded(desk):
        desk.ledger.append([Draft(body=body, subjects=(), actor="honest")], now=desk.clock())
    assert codes(desk) == set()


@pytest.mark.parametrize(("at", "value"), [(0, "law"), (1, 3), (2, 3), (3, 0.9)])
def test_every_column_of_the_recorded_strata_is_compared(desk: Desk, at: int, value: Any) -> None:
    prepared(desk, BY_SCORE)
    drawn, extended = recorded(desk)
    strata = [list(row) for row in drawn.strata]
    strata[1][at] = value
    for body in (replace(drawn, strata=strata), extended):
        desk.ledger.append([Draft(body=body, subjects=(), actor="forger")], now=desk.clock())
    assert codes(desk)


def test_measures_of_ones_own_are_found_even_when_everything_else_fits(desk: Desk) -> None:
    """Somebody weighs the items to suit and draws by that: every digest fits, the frozen batch does not."""
    prepared(desk, replace(BY_SCORE, strata=()))
    import labelqa.workflows.drawing.frame as frame

    def bent(*given: Any, honest: Callable[..., Any] = frame.frame_of) -> Any:
        made = honest(*given)
        size = made.measures.size.copy()
        size[:50] *= 9
        return replace(made, measures=replace(made.measures, size=size))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(frame, "frame_of", bent)
        draw_sample(desk, "b1")
    assert codes(desk) == {"sample-measures"}


def test_a_draw_of_an_older_labelqa_still_verifies(desk: Desk) -> None:
    """Its fact has none of the newer fields, and its digest is over four entries an item."""
    frozen_batch(desk, answers=agreeing(60))
    copy = desk.settings.workspace.with_name("copy")
    shutil.copytree(desk.settings.workspace, copy)
    with opened(copy, clock=Clock(desk.clock())) as again:
        draw_sample(again, "b1")
        body, drawn = again.ledger.facts()[-1].body, drawn_items(again, "b1")
    lines = [
        json.dumps([each.order, each.item_id, each.ticket, each.verifier], separators=(",", ":")) for each in drawn
    ]
    assert sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest() == body.digest
    newer = {"measures", "strata", "doubles", "parts", "published"}
    old = SampleDrawn(**{name: value for name, value in asdict(body).items() if name not in newer})
    desk.ledger.append([Draft(body=old, subjects=(), actor="lead")], now=desk.clock())
    assert codes(desk) == set()
    assert drawn_items(desk, "b1") == drawn


def test_a_plan_that_was_thought_over_is_never_drawn(desk: Desk) -> None:
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    for accuracy in (0.95, 0.9, 0.8):
        made = declare_plan(desk, "b1", design=Design.TWO_POINT, accuracy=accuracy)
        assert made.next == made.plan.number
    take_in(desk, agreeing(300))
    freeze_batch(desk, "b1")
    late = declare_plan(desk, "b1", design=Design.TWO_POINT, accuracy=0.7)
    assert (late.plan.number, late.next) == (4, 3)
    assert [draw_sample(desk, "b1").plan for _ in range(2)] == [3, 4]
    with pytest.raises(Refused):
        draw_sample(desk, "b1")


def test_the_name_of_a_batch_with_several_samples_names_none(desk: Desk) -> None:
    prepared(desk, Terms(), design=Design.TWO_POINT)
    draw_sample(desk, "b1")
    assert sample_called(desk, "b1") == "b1/1"
    declare_plan(desk, "b1", design=Design.TWO_POINT)
    draw_sample(desk, "b1")
    with pytest.raises(Refused, match="b1/1, b1/2"):
        sample_called(desk, "b1")


def test_costly_strata_get_fewer_reviews_where_cost_counts(desk: Desk) -> None:
    costs = {"法律": 32.0}
    terms = Terms(strata=("data.topic",), allocation=Allocation.COST_OPTIMAL, minimum=3, minutes=2.0)
    for name, given in (("b1", {}), ("b2", costs)):
        declare_batch(desk, name, kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org",
                      where=(Condition(field="data.batch", operator=Operator.EQUAL, value=name),))  # fmt: skip
        declare_plan(desk, name, design=Design.STRATIFIED, seed=name, terms=replace(terms, costs=given))
    answers = [*agreeing(300), *agreeing(300, prefix="r")]
    take_in(desk, answers, data={
        f"{prefix}-{number:03}": {"topic": TOPICS[min(number % 7, 2)], "batch": batch}
        for prefix, batch in (("q", "b1"), ("r", "b2")) for number in range(300)
    })  # fmt: skip
    shares = {}
    for name in ("b1", "b2"):
        freeze_batch(desk, name)
        strata = draw_sample(desk, name).strata
        shares[name] = next(each.n for each in strata if each.name == "法律") / sum(each.n for each in strata)
        assert codes(desk, f"{name}/1") == set()
    assert shares["b2"] < 0.5 * shares["b1"]
    assert read_state(desk).plans["b2"][0].terms.costs == costs


def test_a_cost_of_a_stratum_that_is_not_there_is_refused_at_the_draw(desk: Desk) -> None:
    terms = Terms(strata=("data.topic",), allocation=Allocation.COST_OPTIMAL, minimum=3, costs={"law": 6.0})
    prepared(desk, terms, design=Design.STRATIFIED)
    with pytest.raises(Refused, match="no stratum is called law"):
        draw_sample(desk, "b1")


@pytest.mark.parametrize("some", [False, True])
def test_who_had_a_hand_is_told_over_every_stretch_of_a_large_batch(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, some: bool
) -> None:
    batch = frozen_batch(desk, answers=agreeing(20))
    whole = annotators(desk, batch)
    among = sorted(whole[next(iter(whole))])[:1] if some else None
    known, stream = annotators(desk, batch, among=among), desk.frozen.stream
    monkeypatch.setattr(
        type(desk.frozen), "stream", lambda _self, digest, columns: stream(digest, columns, rows=7)
    )  # fmt: skip
    assert annotators(desk, batch, among=among) == known
    assert len(known) == 20
    assert {len(hands) for hands in known.values()} == {1 if some else 3}
