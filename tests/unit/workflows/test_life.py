"""The life of a batch beside its checks: its card, hits, corrections before acceptance, both kinds by their own rules."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from labelqa.errors import BadInput, Refused
from labelqa.records.batch import Conclusion, Kind, Stage
from labelqa.records.facts import AppealFiled, AppealRuled, BatchSettled, Draft, HitRuled, PersonLeft
from labelqa.records.life import CardState, HitState, Share
from labelqa.records.people import Duty
from labelqa.records.review import Verdict, VerdictKind
from labelqa.workflows.batches import batch_line
from labelqa.workflows.cards import CardForm, card_shown, record_card, record_cards
from labelqa.workflows.certifying.settle import settle_batch
from labelqa.workflows.correcting import close_problem, re_review, record_correction
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.draws import draw_sample, drawn_items
from labelqa.workflows.hits import hit_lines, rule_hit
from labelqa.workflows.people import add_person
from labelqa.workflows.planning.plans import declare_plan
from labelqa.workflows.reviewing.reviews import record_review
from labelqa.workflows.state import read_state
from tests.building import (
    ARBITRATOR,
    EXECUTORS,
    REVIEWERS,
    SAFETY,
    agreeing,
    carded,
    corrected,
    drawn_batch,
    frozen_batch,
    qualified,
    verified,
)


def judged(desk: Desk, sample: str, *, wrong: int = 0, **said: Any) -> list[str]:
    """Verdicts on every drawn item, the first ``wrong`` of them incorrect; those items."""
    drawn = drawn_items(desk, sample)
    for place, each in enumerate(drawn):
        found = (
            {"verdict": Verdict.INCORRECT, "defect": "R1", **said} if place < wrong else {"verdict": Verdict.CORRECT}
        )
        record_review(desk, sample, each.item_id, by=each.verifier, **found)
    return [each.item_id for each in drawn[:wrong]]


def settled(desk: Desk) -> BatchSettled:
    body: BatchSettled = read_state(desk).facts.of(BatchSettled)[-1].body
    return body


def other(desk: Desk, item: str) -> str:
    """A reviewer who did not report the hit in an item."""
    (line,) = [each for each in hit_lines(desk, "b1") if each.item_id == item]
    return next(name for name in REVIEWERS if name not in line.reported_by)


# Cards


FORM: dict[str, Any] = {
    "batch": "b1", "source": "commercial", "licence": "contract 7", "ip_check": "cleared", "personal": False,
    "modalities": ("text",), "languages": ("zh-CN",), "scale": 20,
}  # fmt: skip


def test_a_batch_is_not_accepted_without_a_card_and_a_late_one_is_told(desk: Desk) -> None:
    drawn_batch(desk, answers=agreeing(20), card=False)
    judged(desk, "b1")
    assert batch_line(desk, "b1").life.card is CardState.NONE
    with pytest.raises(Refused, match="batch b1 has no card"):
        settle_batch(desk, "b1")
    assert batch_line(desk, "b1").next_command == "labelqa card record b1"
    shown = record_card(desk, CardForm(**FORM))
    assert (shown.state, shown.missing) == (CardState.LATE, ())
    line = settle_batch(desk, "b1")
    assert (line.conclusion, line.life.card) == (Conclusion.ACCEPT, CardState.LATE)
    assert shown.card is not None
    assert settled(desk).card == shown.card.fact


def test_a_card_says_all_that_it_lacks_at_once_and_keeps_nothing(desk: Desk, tmp_path: Path) -> None:
    frozen_batch(desk, answers=agreeing(4), card=False)
    (tmp_path / "c.pdf").write_text("contract")
    head = desk.ledger.head()
    form = CardForm(
        batch="b1", source="bought", ip_check="yes", languages=("Chinese!",), attach=[("c", tmp_path / "c.pdf")]
    )
    with pytest.raises(Refused) as told:
        record_card(desk, form)
    for part in ("'bought' is none of", "intellectual property", "modalities", "Chinese!", "scale", "personal data"):
        assert part in str(told.value)
    assert desk.ledger.head() == head
    assert not list((desk.settings.workspace / "attachments").glob("*"))


def test_a_later_card_takes_the_place_of_the_first_and_both_stay_on_record(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "c.pdf").write_text("contract")
    frozen_batch(desk, answers=agreeing(4))
    assert card_shown(desk, "b1").state is CardState.RECORDED
    changed = CardForm(**FORM, attach=[("contract", Path("c.pdf"))], start=tmp_path)
    shown = record_card(desk, changed)
    assert (shown.state, shown.earlier) == (CardState.AMENDED, 1)
    assert shown.card is not None
    ((title, digest),) = shown.card.attachments
    assert title == "contract"
    assert (desk.settings.workspace / "attachments" / digest).read_text() == "contract"
    again = record_card(desk, changed)
    assert (again.recorded, again.earlier) == (False, 1)


def test_of_several_cards_all_are_recorded_or_none(desk: Desk) -> None:
    frozen_batch(desk, answers=agreeing(4), card=False)
    head = desk.ledger.head()
    with pytest.raises(BadInput, match="no batch is called nowhere"):
        record_cards(desk, [CardForm(**FORM), CardForm(**(FORM | {"batch": "nowhere"}))])
    with pytest.raises(Refused, match="several cards in one list"):
        record_cards(desk, [CardForm(**FORM), CardForm(**FORM)])
    assert desk.ledger.head() == head


# Hits


def hit_batch(desk: Desk, n: int = 40) -> str:
    """A functional batch whose first drawn item is reported as harmful; the item."""
    sample = drawn_batch(desk, answers=agreeing(n)).sample
    (item,) = judged(desk, sample, wrong=1, unsafe="A.1")
    return item


def test_a_report_blocks_the_batch_until_a_second_person_confirms_it_and_then_it_is_void(desk: Desk) -> None:
    item = hit_batch(desk)
    line = batch_line(desk, "b1")
    assert (line.stage, line.life.blocked, line.next_command) == (Stage.BLOCKED, True, "labelqa hit list b1")
    assert str(line.next_step).startswith("BLOCKED")
    with pytest.raises(Refused, match="1 suspected illegal or harmful hit"):
        settle_batch(desk, "b1")
    with pytest.raises(Refused, match="suspected"):
        settle_batch(desk, "b1", relabel=True)
    ruled = rule_hit(desk, "b1", item, confirmed=True, by=other(desk, item), reason="it says how to")
    assert (ruled.state, ruled.reason, ruled.blocks) == (HitState.CONFIRMED, "it says how to", False)
    with pytest.raises(Refused, match="confirmed, which is final"):
        rule_hit(desk, "b1", item, confirmed=False, by=ARBITRATOR, reason="no")
    line = settle_batch(desk, "b1")  # the defect is not corrected, and need not be
    assert (line.stage, line.conclusion) == (Stage.SETTLED, Conclusion.VOID)
    assert (settled(desk).reason, settled(desk).confirmed) == ("unsafe-content", 1)


def test_an_overturned_hit_stays_on_record_and_blocks_nothing_but_its_defect_stays(desk: Desk) -> None:
    item = hit_batch(desk, 200)
    rule_hit(desk, "b1", item, confirmed=False, by=ARBITRATOR, reason="a quotation")
    (line,) = hit_lines(desk)
    assert (line.state, line.blocks, line.ruled_by) == (HitState.OVERTURNED, False, ARBITRATOR)
    with pytest.raises(Refused, match="was overturned: it is looked at again once somebody reports it anew"):
        rule_hit(desk, "b1", item, confirmed=True, by=other(desk, item), reason="after all")
    with pytest.raises(Refused, match="1 item of batch b1 was found wrong") as told:
        settle_batch(desk, "b1")
    assert "suspected" not in str(told.value)
    corrected(desk)
    assert settle_batch(desk, "b1").conclusion is Conclusion.ACCEPT
    assert [each.state for each in hit_lines(desk)] == [HitState.OVERTURNED]


def test_a_new_report_of_an_overturned_hit_blocks_again(desk: Desk) -> None:
    item = hit_batch(desk)
    rule_hit(desk, "b1", item, confirmed=False, by=ARBITRATOR, reason="a quotation")
    record_correction(desk, "b1", item, label="inaccurate", by=EXECUTORS[0])
    again = other(desk, item)
    re_review(desk, "b1", item, by=again, verdict=Verdict.INCORRECT, unsafe="A.2")
    assert batch_line(desk, "b1").life.blocked
    assert set(hit_lines(desk)[0].codes) == {"A.1", "A.2"}
    with pytest.raises(Refused, match="a second person has to look"):
        rule_hit(desk, "b1", item, confirmed=True, by=again, reason="mine")
    rule_hit(desk, "b1", item, confirmed=True, by=ARBITRATOR, reason="indeed")
    assert settle_batch(desk, "b1").conclusion is Conclusion.VOID


def test_who_may_not_rule_on_a_hit(desk: Desk) -> None:
    item = hit_batch(desk)
    reporter = next(name for name in hit_lines(desk)[0].reported_by)
    fresh = add_person(desk, "New Comer", organizer="Org", duties=[Duty.REVIEWER], accounts={}).person
    watcher = add_person(desk, "Sue Visor", organizer="Org", duties=[Duty.SUPERVISOR], accounts={}).person
    qualified(desk, [watcher])
    head = desk.ledger.head()
    for who, why in (
        (reporter, "a second person has to look"),
        (EXECUTORS[0], "had a hand in the labels"),
        (EXECUTORS[0], "neither as a reviewer nor as an arbitrator"),
        (str(fresh), "is not qualified"),
        (str(watcher), "neither as a reviewer nor as an arbitrator"),
    ):
        with pytest.raises(Refused, match=why):
            rule_hit(desk, "b1", item, confirmed=True, by=who, reason="x")
    with pytest.raises(Refused, match="nobody reported illegal or harmful content in item q-999"):
        rule_hit(desk, "b1", "q-999", confirmed=True, by=ARBITRATOR, reason="x")
    with pytest.raises(BadInput, match="needs its reason"):
        rule_hit(desk, "b1", item, confirmed=True, by=ARBITRATOR, reason=" ")
    assert desk.ledger.head() == head


def test_two_at_once_cannot_both_rule_on_a_hit(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    import labelqa.workflows.hits as hits

    item = hit_batch(desk)
    stale = hits.read_state(desk)
    rule_hit(desk, "b1", item, confirmed=True, by=ARBITRATOR, reason="first")
    monkeypatch.setattr(hits, "read_state", lambda _desk: stale)
    with pytest.raises(Refused, match="confirmed, which is final"):
        rule_hit(desk, "b1", item, confirmed=False, by=other(desk, item), reason="second")
    assert len(read_state(desk).facts.of(HitRuled)) == 1


def test_what_a_hit_is_ruled_for_can_be_erased(desk: Desk) -> None:
    item = hit_batch(desk)
    rule_hit(desk, "b1", item, confirmed=False, by=ARBITRATOR, reason="names Mrs Example")
    assert "Mrs Example" not in "".join(row[6] for row in desk.ledger.rows())


# Corrections before acceptance


def test_problems_within_the_plan_are_corrected_or_closed_before_acceptance(desk: Desk) -> None:
    sample = drawn_batch(desk, answers=agreeing(200))
    (item,) = judged(desk, "b1", wrong=1)
    assert sample.resolved.c
    line = batch_line(desk, "b1")
    assert (line.stage, line.next_command, line.next_duty) == (Stage.CORRECTING, "labelqa correct list b1", "executor")
    assert (line.life.problems, line.life.problems_open) == (1, 1)
    record_correction(desk, "b1", item, label="inaccurate", by=EXECUTORS[0])
    line = batch_line(desk, "b1")
    assert (line.stage, line.next_duty, line.life.problems_open) == (Stage.CORRECTING, "reviewer", 1)
    with pytest.raises(Refused, match="1 correction in batch b1 waits for its re-review"):
        settle_batch(desk, "b1")
    re_review(desk, "b1", item, by=REVIEWERS[0], verdict=Verdict.CORRECT)
    assert batch_line(desk, "b1").stage is Stage.REVIEWED
    settle_batch(desk, "b1")
    assert settled(desk).problems == {"found": 1, "corrected": 1, "closed": 0, "open": 0}


def test_a_batch_may_be_labelled_again_by_choice_instead(desk: Desk) -> None:
    drawn_batch(desk, answers=agreeing(200))
    with pytest.raises(Refused, match="drawn items of batch b1 have no verdict"):
        settle_batch(desk, "b1", relabel=True)
    judged(desk, "b1", wrong=1)
    line = settle_batch(desk, "b1", relabel=True)
    assert (line.conclusion, line.life.scope) == (Conclusion.RELABEL, "found")
    assert (settled(desk).reason, settled(desk).chosen, settled(desk).scope) == ("not-corrected", True, "found")


def test_an_appeal_holds_up_acceptance_until_it_is_ruled_on(desk: Desk) -> None:
    drawn_batch(desk, answers=agreeing(20))
    judged(desk, "b1")

    def told(body: Any) -> None:
        desk.ledger.append([Draft(body=body, subjects=("batch:b1",), actor="lead")], now=desk.clock())

    told(AppealFiled(appeal="a1", person="p-1", against=1, batch="b1"))
    with pytest.raises(Refused, match="1 appeal against verdicts of batch b1 wait"):
        settle_batch(desk, "b1")
    assert batch_line(desk, "b1").next_duty == "arbitrator"
    told(AppealRuled(appeal="a1", ruling="rejected", by="p-2", reason=""))
    assert settle_batch(desk, "b1").conclusion is Conclusion.ACCEPT


def test_work_after_somebody_left_is_found_though_it_was_learned_after_the_freeze(desk: Desk, here: Any) -> None:
    from labelqa.workflows.certifying.evidence import unqualified_in

    drawn_batch(desk, answers=agreeing(20))

    def count() -> int:
        state = read_state(desk)
        return unqualified_in(desk, state, state.batch("b1"))

    assert count() == 0
    body = PersonLeft(person=here.people[EXECUTORS[0]], reason="left", revoked=[], by="p-lead")
    made = here.clock.now.replace(day=10)  # before anything was labelled
    desk.ledger.append(
        [Draft(body=body, subjects=(f"person:{body.person}",), actor="lead", effective_at=made)], now=desk.clock()
    )
    assert count() == 20
    judged(desk, "b1")
    assert settle_batch(desk, "b1").conclusion is Conclusion.RELABEL
    assert settled(desk).reason == "unqualified-work"


# Safety


@pytest.fixture
def safety(place: Callable[..., Any]) -> Callable[..., Desk]:
    """A safety batch of 40 items reviewed one by one, some of them failing."""

    def made(wrong: int, *, name: str = "b1", desk: Desk | None = None) -> Desk:
        desk = desk or place(SAFETY).desk
        answers = agreeing(40, label="safe", prefix=f"{name}-")  # 5 % of 40 is 2
        sample = drawn_batch(desk, name, answers=answers, kind=Kind.SAFETY, release=SAFETY)
        assert (sample.kind, sample.resolved.n) == (VerdictKind.REVIEW, 40)
        judged(desk, sample.sample, wrong=wrong)
        return desk

    return made


def test_safety_is_accepted_once_every_item_is_approved_and_outsiders_have_verified_it(safety: Any) -> None:
    desk = safety(2)
    line = batch_line(desk, "b1")
    assert (line.next_duty, line.next_command) == ("executor", "labelqa correct list b1")
    with pytest.raises(Refused, match="2 items of batch b1 were found wrong") as told:
        settle_batch(desk, "b1")
    assert "labelqa plan b1 --for verification" in str(told.value)
    corrected(desk)
    assert batch_line(desk, "b1").next_command == "labelqa plan b1 --for verification"
    sample = verified(desk)
    reviewed = {each.reviewer for each in read_state(desk).reviews["b1/1"]}
    assert sample.kind is VerdictKind.VERIFICATION
    assert not reviewed & set(sample.pool)  # nobody who reviewed the batch verifies it
    line = settle_batch(desk, "b1")
    assert (line.conclusion, settled(desk).reason) == (Conclusion.ACCEPT, "all-approved")
    told_ = line.life.first_review
    assert told_ is not None
    assert (told_.batch, told_.batch_after) == (Share(2, 40), Share(0, 40))
    assert settled(desk).first_review == {
        "batch": [2, 40], "whole": [2, 40], "batch_after": [0, 40], "whole_after": [0, 40],
    }  # fmt: skip
    assert settled(desk).verifications == ["b1/2"]


def test_more_than_five_percent_void_whatever_is_corrected(safety: Any) -> None:
    desk = safety(3)
    corrected(desk)
    line = settle_batch(desk, "b1")
    assert (line.conclusion, settled(desk).reason) == (Conclusion.VOID, "failing-over-limit")
    assert settled(desk).first_review["batch_after"] == [0, 40]


def test_failed_safety_items_are_labelled_again_only_by_choice(safety: Any) -> None:
    desk = safety(1)
    with pytest.raises(Refused):
        settle_batch(desk, "b1")
    assert settle_batch(desk, "b1", relabel=True).conclusion is Conclusion.RELABEL
    assert (settled(desk).reason, settled(desk).chosen) == ("failed-items", True)


def test_a_problem_closed_with_a_reason_is_no_approval(safety: Any) -> None:
    desk = safety(1)
    (item,) = [each.item_id for each in drawn_items(desk, "b1/1")[:1]]
    close_problem(desk, "b1", item, by=REVIEWERS[0], reason="a slip of the pen")
    verified(desk)
    with pytest.raises(Refused, match="1 item of batch b1 failed the safety review and no reviewer has approved"):
        settle_batch(desk, "b1")


def test_the_whole_set_counts_the_other_safety_batches_of_the_line(safety: Any) -> None:
    desk = safety(1)
    safety(4, name="b2", desk=desk)
    settle_batch(desk, "b2")  # void: 4 of 40
    told = batch_line(desk, "b1").life.first_review
    assert told is not None
    assert (told.batch, told.whole) == (Share(1, 40), Share(5, 80))
    assert told.whole_after == Share(5, 80)
    assert batch_line(desk, "b2").life.first_review == read_state_review(desk)


def read_state_review(desk: Desk) -> Any:
    """What was recorded of b2 when it was settled: an answer that does not change."""
    from labelqa.workflows.certifying.life import recorded_review

    state = read_state(desk)
    return recorded_review(state, state.batch("b2").name)


def test_a_harmful_item_blocks_no_safety_batch(place: Callable[..., Any]) -> None:
    desk = place(SAFETY).desk
    sample = drawn_batch(desk, answers=agreeing(40, label="safe"), kind=Kind.SAFETY, release=SAFETY)
    (item,) = judged(desk, sample.sample, wrong=1, unsafe="A.1")
    line = batch_line(desk, "b1")
    assert (line.life.blocked, line.life.hits, line.stage) == (False, 1, Stage.CORRECTING)
    with pytest.raises(Refused, match="is safety labeling"):
        rule_hit(desk, "b1", item, confirmed=True, by=ARBITRATOR, reason="x")


def test_a_verification_planned_beside_the_census_takes_no_plan_away(place: Callable[..., Any]) -> None:
    from labelqa.records.designs import Design, Terms
    from labelqa.workflows.batches import declare_batch, freeze_batch
    from tests.building import take_in

    desk = place(SAFETY).desk
    declare_batch(desk, "b1", kind=Kind.SAFETY, release=SAFETY, organizer="Org")
    carded(desk)
    declare_plan(desk, "b1", design=Design.CENSUS, seed="census")
    declare_plan(desk, "b1", design=Design.ZERO_ACCEPTANCE, terms=Terms(kind="verification"), seed="outside")
    take_in(desk, agreeing(20, label="safe"))
    freeze_batch(desk, "b1")
    first, second = draw_sample(desk, "b1"), None
    assert (first.kind, first.plan) == (VerdictKind.REVIEW, 1)
    second = draw_sample(desk, "b1", verifiers=1)
    assert (second.kind, second.plan) == (VerdictKind.VERIFICATION, 2)


def test_a_safety_batch_says_how_many_items_nobody_has_reviewed_yet(place: Callable[..., Any]) -> None:
    from types import SimpleNamespace

    from labelqa.adapters.cli.settle import first_review_rows
    from labelqa.adapters.report.tables import batches
    from labelqa.i18n import Speaker

    desk = place(SAFETY).desk
    sample = drawn_batch(desk, answers=agreeing(40, label="safe"), kind=Kind.SAFETY, release=SAFETY)
    for each in drawn_items(desk, sample.sample)[:15]:
        record_review(desk, "b1", each.item_id, by=each.verifier, verdict=Verdict.CORRECT)
    line = batch_line(desk, "b1")
    assert line.life.unreviewed == 25
    told = {lang: str(first_review_rows(Speaker(lang), line.life)) for lang in ("en", "zh")}
    assert "25 items are not reviewed yet" in told["en"]
    assert "25" in told["zh"]
    table: Any = SimpleNamespace(batches=(line,))
    assert "25 items are not reviewed yet" in str(batches(table, Speaker("en")).rows)
    for each in drawn_items(desk, sample.sample)[15:]:
        record_review(desk, "b1", each.item_id, by=each.verifier, verdict=Verdict.CORRECT)
    verified(desk)
    assert settle_batch(desk, "b1").conclusion is Conclusion.ACCEPT
    line = batch_line(desk, "b1")
    assert line.life.unreviewed == 0
    assert "not reviewed yet" not in str(first_review_rows(Speaker("en"), line.life))
