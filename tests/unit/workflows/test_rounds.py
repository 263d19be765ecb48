"""Rework rounds: what goes back, what a round holds, who may check it, and the risk of all rounds together."""

from __future__ import annotations

from datetime import timedelta

import pytest

from labelqa.adapters.report.acceptance_page import acceptance_html
from labelqa.errors import Refused
from labelqa.records.batch import Conclusion, Kind, Stage
from labelqa.records.designs import Design
from labelqa.records.duties import LeaveReason
from labelqa.records.facts import BatchReturned, BatchSettled, CardRecorded, Draft
from labelqa.records.people import Duty
from labelqa.records.production import RoundScope
from labelqa.records.review import Verdict
from labelqa.workflows.batches import declare_batch, freeze_batch, unbatched
from labelqa.workflows.cards import CardForm, card_shown, record_card
from labelqa.workflows.certifying.settle import settle_batch
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.draws import draw_sample, drawn_items
from labelqa.workflows.duties.leaving import leave
from labelqa.workflows.people import add_person
from labelqa.workflows.planning.plans import declare_plan
from labelqa.workflows.reviewing.reviews import record_review
from labelqa.workflows.rounds.acceptance import acceptance_sheet
from labelqa.workflows.rounds.chain import round_chain
from labelqa.workflows.rounds.returned import voided_items
from labelqa.workflows.rounds.returning import return_batch
from labelqa.workflows.state import read_state
from tests.building import (
    EXECUTORS,
    MONDAY,
    RELEASE,
    REVIEWERS,
    Answer,
    account,
    agreeing,
    drawn_batch,
    frozen_batch,
    qualified,
    take_in,
)

BY = "Art Biter"


def judged(desk: Desk, sample: str, wrong: int) -> list[str]:
    """Verdicts on every drawn item, the first ones incorrect; those items."""
    drawn = drawn_items(desk, sample)
    for place, each in enumerate(drawn):
        said = {"verdict": Verdict.INCORRECT, "defect": "R1"} if place < wrong else {"verdict": Verdict.CORRECT}
        record_review(desk, sample, each.item_id, by=each.verifier, **said)
    return sorted(each.item_id for each in drawn[:wrong])


def rejected(desk: Desk, *, n: int = 60, wrong: int = 3, name: str = "b1") -> list[str]:
    """A functional batch that is settled as to be labelled again; the items found wrong."""
    drawn_batch(desk, name, answers=agreeing(n))
    found = judged(desk, name, wrong)
    assert settle_batch(desk, name).conclusion is Conclusion.RELABEL
    return found


def concluded(desk: Desk, name: str, conclusion: Conclusion) -> None:
    """Say the conclusion on a batch, whatever its checks say."""
    body = BatchSettled(
        batch=name, conclusion=conclusion, reason="unsafe-content", drawn=0, reviewed=0, defects=0, critical=0,
        allowed=0, accuracy=[], method="",
    )  # fmt: skip
    desk.ledger.append([Draft(body=body, subjects=(f"batch:{name}",), actor="test")], now=desk.clock())


def rework(desk: Desk, items: list[str], *, label: str = "inaccurate", after: timedelta = timedelta(hours=1), name: str = "again.csv", who: tuple[str, ...] = EXECUTORS) -> None:  # fmt: skip
    """The executors label some items again, later than now."""
    at = desk.clock() + after
    take_in(desk, [Answer(item, account(each), label, at=at) for item in items for each in who], name=name)


def test_who_has_left_sends_nothing_back(here) -> None:
    desk = here.desk
    rejected(desk)
    leave(desk, BY, reason=LeaveReason.LEFT, by=REVIEWERS[0])
    head = desk.ledger.head()
    with pytest.raises(Refused, match="has not left"):
        return_batch(desk, "b1", by=BY, reason="R1 in three items")
    assert desk.ledger.head() == head


def test_the_items_found_wrong_go_back_and_only_work_done_since_counts(here) -> None:
    desk = here.desk
    found = rejected(desk)
    done = return_batch(desk, "b1", by=BY, reason="R1 in three items")
    assert (done.child, done.round, done.scope, done.items, done.card) == ("b1-r1", 1, RoundScope.FOUND, 3, True)
    assert done.left == 57
    child = read_state(desk).batch("b1-r1")
    assert (child.parent, child.round, child.stage, child.organizer) == ("b1", 1, Stage.OPEN, "Org")
    with pytest.raises(Refused, match="before-return 9"):
        freeze_batch(desk, "b1-r1")
    take_in(desk, [Answer(found[0], account(EXECUTORS[0]), "off_topic", at=MONDAY)], name="old.csv")
    rework(desk, [*found[:2], "q-059" if "q-059" not in found else "q-058"])
    here.clock.now += timedelta(hours=2)
    frozen = freeze_batch(desk, "b1-r1").freeze
    assert frozen is not None
    assert (frozen.n_items, frozen.n_annotations, frozen.items_left_out) == (2, 6, 1)
    assert {each.reason: each.count for each in frozen.exclusions} == {"before-return": 3}
    assert not read_state(desk).batch("b1-r1").late
    assert frozen.before_declared == 0


def test_a_round_has_verifiers_who_took_part_in_no_round_and_a_draw_of_its_own(here) -> None:
    desk = here.desk
    found = rejected(desk)
    first = read_state(desk).sample("b1")
    return_batch(desk, "b1", by=BY, reason="again", scope=RoundScope.WHOLE)
    rework(desk, [f"q-{number:03}" for number in range(60)], label="accept")
    here.clock.now += timedelta(hours=2)
    declare_plan(desk, "b1-r1", design=Design.TWO_POINT, seed="another seed")
    freeze_batch(desk, "b1-r1")
    (free,) = {here.people[each] for each in REVIEWERS} - set(first.verifiers)
    second = draw_sample(desk, "b1-r1", verifiers=1)
    assert second.verifiers == (free,)
    assert second.seed != first.seed
    again = [each.item_id for each in drawn_items(desk, second.sample)]
    assert len(again) == second.resolved.n
    for each in REVIEWERS:
        if here.people[each] != free:
            with pytest.raises(Refused):
                record_review(desk, second.sample, again[0], by=each, verdict=Verdict.CORRECT)
    assert found


def test_nobody_who_judged_the_first_round_labels_the_second(here) -> None:
    desk = here.desk
    found = rejected(desk)
    judge = next(name for name in REVIEWERS if here.people[name] in read_state(desk).sample("b1").verifiers)
    return_batch(desk, "b1", by=BY, reason="again")
    rework(desk, found, who=(*EXECUTORS[:2], judge))
    here.clock.now += timedelta(hours=2)
    frozen = freeze_batch(desk, "b1-r1").freeze
    assert frozen is not None
    assert {each.reason: each.count for each in frozen.exclusions} == {"before-return": 3, "judged-before": 3}
    assert frozen.n_annotations == 6


def test_a_whole_batch_goes_back_and_later_the_rest_of_one(here) -> None:
    desk = here.desk
    found = rejected(desk)
    return_batch(desk, "b1", by=BY, reason="found")
    rest = return_batch(desk, "b1", by=BY, reason="the rest too", scope=RoundScope.WHOLE)
    assert (rest.child, rest.items, rest.left) == ("b1-r1b", 57, 0)
    body = read_state(desk).facts.about("batch:b1-r1b", BatchReturned)[0].body
    assert not set(body.items) & set(found)
    with pytest.raises(Refused, match="nothing of batch b1 is left"):
        return_batch(desk, "b1", by=BY, reason="once more", scope=RoundScope.WHOLE)


def test_a_round_of_a_round_counts_on_and_keeps_to_its_items(here) -> None:
    desk = here.desk
    rejected(desk)
    return_batch(desk, "b1", by=BY, reason="again", scope=RoundScope.WHOLE)
    body = read_state(desk).facts.about("batch:b1", BatchReturned)[-1].body
    assert body.items == []
    rework(desk, [f"q-{number:03}" for number in range(20)])
    here.clock.now += timedelta(hours=2)
    freeze_batch(desk, "b1-r1")
    concluded(desk, "b1-r1", Conclusion.RELABEL)
    done = return_batch(desk, "b1-r1", by=BY, reason="again", scope=RoundScope.WHOLE)
    assert (done.child, done.round, done.items) == ("b1-r2", 2, 20)
    rework(desk, ["q-001", "q-030"], name="third.csv", after=timedelta(hours=1))
    here.clock.now += timedelta(hours=2)
    frozen = freeze_batch(desk, "b1-r2").freeze
    assert frozen is not None
    assert (frozen.n_items, frozen.items_left_out) == (1, 19)
    # what the first round left out may go back again, what it holds may not
    assert return_batch(desk, "b1", by=BY, reason="left out", scope=RoundScope.WHOLE).items == 40


@pytest.mark.parametrize(
    ("conclusion", "says"),
    [(None, "not settled yet"), (Conclusion.ACCEPT, "is accepted"), (Conclusion.VOID, "is void, and that is final")],
)
def test_only_what_is_to_be_labelled_again_goes_back(desk: Desk, conclusion: Conclusion | None, says: str) -> None:
    frozen_batch(desk, answers=agreeing(4))
    if conclusion:
        concluded(desk, "b1", conclusion)
    head = desk.ledger.head()
    with pytest.raises(Refused, match=says):
        return_batch(desk, "b1", by=BY, reason="again", scope=RoundScope.WHOLE)
    assert desk.ledger.head() == head


def test_a_return_needs_its_reason_something_found_and_a_name_of_its_own(desk: Desk) -> None:
    frozen_batch(desk, answers=agreeing(4))
    concluded(desk, "b1", Conclusion.RELABEL)
    with pytest.raises(Refused, match="a return needs its reason"):
        return_batch(desk, "b1", by=BY, reason=" ", scope=RoundScope.FOUND)
    with pytest.raises(Refused, match="no item was found wrong"):
        return_batch(desk, "b1", by=BY, reason="x", scope=RoundScope.FOUND)
    with pytest.raises(Refused, match="declared already"):
        return_batch(desk, "b1", by=BY, reason="x", scope=RoundScope.WHOLE, name="b1")
    model = add_person(desk, "gpt", organizer="Org", duties=[Duty.EXECUTOR], accounts={}, model="m 1")
    with pytest.raises(Refused, match="by no model"):
        return_batch(desk, "b1", by=model.person, reason="x", scope=RoundScope.WHOLE)


def test_labels_of_people_who_were_not_qualified_go_back_as_found(here) -> None:
    desk = here.desk
    add_person(desk, "New Comer", organizer="Org", duties=[Duty.EXECUTOR], accounts={"file": "new"})
    drawn_batch(desk, answers=[*agreeing(60), Answer("q-000", "new", "accept"), Answer("q-001", "new", "accept")])
    judged(desk, "b1", 0)
    assert settle_batch(desk, "b1").conclusion is Conclusion.RELABEL
    done = return_batch(desk, "b1", by=BY, reason="not qualified")
    body = read_state(desk).facts.about(f"batch:{done.child}", BatchReturned)[0].body
    assert body.items == ["q-000", "q-001"]


def test_items_of_void_batches_are_never_batched_again(here) -> None:
    desk = here.desk
    frozen_batch(desk, answers=agreeing(4))
    concluded(desk, "b1", Conclusion.VOID)
    assert voided_items(desk, read_state(desk)) == {f"q-{number:03}" for number in range(4)}
    declare_batch(desk, "b2", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    rework(desk, [f"q-{number:03}" for number in range(4)])
    with pytest.raises(Refused, match="nothing but 4 items of void batches"):
        freeze_batch(desk, "b2")
    take_in(desk, [Answer("new-1", account(each), "accept") for each in EXECUTORS], name="new.csv")
    frozen = freeze_batch(desk, "b2").freeze
    assert frozen is not None
    assert (frozen.n_items, frozen.items_left_out) == (1, 0)
    assert {each.reason: each.count for each in frozen.exclusions} == {"voided": 12}
    assert unbatched(desk) == ()


def test_work_for_an_open_round_enters_no_other_batch(here) -> None:
    desk = here.desk
    found = rejected(desk)
    return_batch(desk, "b1", by=BY, reason="again")
    declare_batch(desk, "b2", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    rework(desk, [*found, "fresh"])
    frozen = freeze_batch(desk, "b2").freeze
    assert frozen is not None
    assert frozen.n_items == 1
    assert unbatched(desk) == ()
    freeze_batch(desk, "b1-r1")


def test_the_same_label_given_anew_is_work_of_the_round(here) -> None:
    desk = here.desk
    found = rejected(desk)
    return_batch(desk, "b1", by=BY, reason="again")
    rework(desk, found, label="accept")
    frozen = freeze_batch(desk, "b1-r1").freeze
    assert frozen is not None
    assert (frozen.n_annotations, frozen.items_left_out) == (9, 0)


def test_the_card_goes_along_marked_as_a_copy(desk: Desk) -> None:
    rejected(desk)
    return_batch(desk, "b1", by=BY, reason="again")
    body = read_state(desk).facts.about("batch:b1-r1", CardRecorded)[-1].body
    assert (body.copied, body.scale, body.licence) == ("b1", 3, "contract 1")
    shown = card_shown(desk, "b1-r1")
    assert shown.card is not None
    assert (shown.card.copied, shown.missing) == ("b1", ())
    page = acceptance_html(acceptance_sheet(desk, "b1"), "zh")
    assert "照抄自批次" not in page
    same = CardForm(batch="b1-r1", source="commercial", licence="contract 1", ip_check="cleared", personal=False,
                    modalities=["text"], languages=["zh-CN"], scale=3)  # fmt: skip
    own = record_card(desk, same)
    assert own.card is not None
    assert (own.recorded, own.card.copied, own.earlier) == (True, "", 1)
    assert not record_card(desk, same).recorded


def test_the_chain_tells_every_round_and_the_total_risk(here) -> None:
    desk = here.desk
    rejected(desk)
    return_batch(desk, "b1", by=BY, reason="again", scope=RoundScope.WHOLE)
    chain = round_chain(desk, "b1-r1", limit=0.2)
    assert [each.batch for each in chain.lines] == ["b1", "b1-r1"]
    first, second = chain.lines
    assert (first.found, first.went_back, first.conclusion, first.defects) == (3, 60, Conclusion.RELABEL, 3)
    assert (second.returned, second.items, second.scope) == (60, 0, "whole")
    assert chain.total.unknown == 1
    risk = read_state(desk).sample("b1").resolved.risk
    assert chain.total.risk == pytest.approx(risk)
    declare_plan(desk, "b1-r1", design=Design.SEQUENTIAL, seed="s", risk=0.04)
    chain = round_chain(desk, "b1", limit=0.2)
    assert chain.total.unknown == 0
    assert chain.total.risk == pytest.approx(1 - (1 - risk) * 0.96)
    assert chain.total.left == pytest.approx(1 - 0.8 / ((1 - risk) * 0.96))


def test_an_executor_of_the_first_round_is_no_verifier_of_the_second(here) -> None:
    desk = here.desk
    both = add_person(
        desk, "Both Ways", organizer="Org", duties=[Duty.EXECUTOR, Duty.REVIEWER], accounts={"file": "both"}
    )
    qualified(desk, [both.person])
    drawn_batch(desk, answers=[*agreeing(60), Answer("q-000", "both", "accept", at=MONDAY + timedelta(days=1))])
    judged(desk, "b1", 3)
    settle_batch(desk, "b1")
    return_batch(desk, "b1", by=BY, reason="again", scope=RoundScope.WHOLE)
    rework(desk, [f"q-{number:03}" for number in range(60)], label="accept", who=("Ann Lee",))
    here.clock.now += timedelta(hours=2)
    declare_plan(desk, "b1-r1", design=Design.TWO_POINT, seed="another seed")
    freeze_batch(desk, "b1-r1")
    assert both.person not in draw_sample(desk, "b1-r1", verifiers=1).pool
