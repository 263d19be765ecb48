"""My queue: verdicts by who is signed in, refusals in sentences, blind work, and what comes after the last item."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from labelqa.i18n import LANGS, Speaker
from labelqa.records.batch import Kind
from labelqa.records.facts import DisputeRuled, HitRuled, ReviewRecorded
from labelqa.records.logins import Role
from labelqa.records.queue import Waiting
from labelqa.records.review import Identity, Verdict
from labelqa.workflows.batches import declare_batch, freeze_batch
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.draws import draw_sample
from labelqa.workflows.identity.logins import change_roles
from labelqa.workflows.people import find_person
from labelqa.workflows.planning.plans import declare_plan
from labelqa.workflows.queue import queue_of
from labelqa.workflows.reviewing.reviews import record_review
from labelqa.workflows.state import read_state
from tests.apps.dashboard.signing import made, signed_in, sound, with_logins
from tests.building import (
    ARBITRATOR,
    EXECUTORS,
    RELEASE,
    REVIEWERS,
    Answer,
    account,
    agreeing,
    carded,
    drawn_batch,
    frozen_batch,
    take_in,
    usual,
)

EVIL = "<img src=x onerror=alert(1)> **b** 退款"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("LABELQA_WORKSPACE", str(tmp_path / "ws"))
    with with_logins(tmp_path / "ws") as desk:
        yield desk


def drawn(desk: Desk) -> str:
    """A batch in review; who has most to verify, the lead left out."""
    drawn_batch(desk, answers=agreeing(120, at=made(desk)))
    return next(name for name in REVIEWERS[:2] if queue_of(desk, find_person(desk, name)))


def told(desk: Desk, kind: type) -> list[tuple[str, Identity, str]]:
    facts = [fact for fact in desk.ledger.view().of(kind) if fact.identity is Identity.AUTHENTICATED]
    return [(fact.actor, fact.identity, fact.body.item) for fact in facts]


def test_verdicts_are_recorded_as_who_is_signed_in_and_the_next_item_comes(desk):
    who = drawn(desk)
    person = find_person(desk, who)
    (group,) = queue_of(desk, person)
    app = signed_in(who, "queue")
    sound(app.button(key="mode-seen").click().run())
    assert "◉" in "".join(each.proto.body for each in app.get("html"))
    sound(app.button(key="verdict-1").click().run())
    sound(app.button(key="verdict-3").click().run())
    assert told(desk, ReviewRecorded) == [(person, Identity.AUTHENTICATED, item) for item in group.keys[:2]]
    verdicts = [fact.body.verdict for fact in desk.ledger.view().of(ReviewRecorded)]
    assert verdicts == ["correct", "undecidable"]
    assert group.keys[2] in [each.value for each in app.text]
    assert app.toast


def test_incorrect_asks_for_a_rule_or_a_defect_and_says_so(desk):
    who = drawn(desk)
    app = signed_in(who, "queue")
    sound(app.button(key="mode-seen").click().run())
    sound(app.button(key="verdict-2").click().run())
    record = next(each for each in app.button if each.label == "Record")
    sound(record.click().run())
    assert "names no rule and no defect" in app.error[0].value
    assert told(desk, ReviewRecorded) == []
    next(each for each in app.selectbox if each.label == "Defect").set_value("R1")
    sound(next(each for each in app.button if each.label == "Record").click().run())
    assert [fact.body.defect for fact in desk.ledger.view().of(ReviewRecorded)] == ["R1"]
    assert not app.error


@pytest.mark.parametrize("lang", LANGS)
def test_blind_shows_no_label_and_records_that_it_was_blind(desk, lang):
    who = drawn(desk)
    app = signed_in(who, "queue", lang=lang)
    assert "◉" not in "".join(each.proto.body for each in app.get("html"))  # nothing is seen before it is chosen
    sound(app.button(key="mode-blind").click().run())
    assert "◉" not in "".join(each.proto.body for each in app.get("html"))
    sound(app.button(key="blind-0").click().run())
    (fact,) = desk.ledger.view().of(ReviewRecorded)
    assert fact.body.blind
    assert fact.body.answer


def test_after_the_last_item_it_is_said_what_is_next(desk, everything):
    who = drawn(desk)
    person = find_person(desk, who)
    (group,) = queue_of(desk, person)
    for item in group.keys[:-1]:
        record_review(desk, group.name, item, by=who, verdict=Verdict.CORRECT)
    app = signed_in(who, "queue")
    sound(app.button(key="mode-seen").click().run())
    sound(app.button(key="verdict-1").click().run())
    assert f"All {len(group.keys)} items" in app.success[-1].value.replace("\\", "") or "are done" in everything(app)
    sound(app.button(key="again").click().run())
    assert group.keys[0] in [each.value for each in app.text]
    assert "Your verdict so far" in everything(app)


def test_a_login_that_lost_its_role_records_nothing(desk):
    who = drawn(desk)
    app = signed_in(who, "queue")
    sound(app.button(key="mode-seen").click().run())
    change_roles(desk, who, [Role.INSPECTOR], by=next(name for name in REVIEWERS if name != who))
    sound(app.button(key="verdict-1").click().run())
    assert told(desk, ReviewRecorded) == []


def test_an_address_leads_to_nobody_elses_work(desk, everything):
    who = drawn(desk)
    other = next(name for name in REVIEWERS if name != who)
    (group,) = queue_of(desk, find_person(desk, who))
    app = signed_in(other, "queue", group=f"{group.waiting}:{group.name}")
    assert not [each for each in app.button if each.key == "verdict-1"] or other in everything(app)
    assert not set(group.keys) & {each.value for each in app.text}


def test_an_arbitrator_rules_with_a_reason(desk):
    labels = read_state(desk).release(RELEASE).labels
    given = [Answer("d-1", account(who), label, at=made(desk)) for who, label in zip(EXECUTORS, labels, strict=False)]
    frozen_batch(desk, answers=[*agreeing(4, at=made(desk)), *given])
    app = signed_in(ARBITRATOR, "queue")
    next(each for each in app.selectbox if each.label == "Label that stands").set_value(labels[0])
    sound(next(each for each in app.button if each.label == "Record").click().run())
    assert "needs its reason" in app.error[0].value
    app.text_area[0].input("the rule says so")
    sound(next(each for each in app.button if each.label == "Record").click().run())
    assert told(desk, DisputeRuled) == [(find_person(desk, ARBITRATOR), Identity.AUTHENTICATED, "d-1")]
    assert "Nothing waits for you" in app.success[0].value


def test_a_second_person_overturns_a_hit(desk):
    who = drawn(desk)
    (group,) = queue_of(desk, find_person(desk, who))
    record_review(desk, group.name, group.keys[0], by=who, verdict=Verdict.INCORRECT, defect="R1", unsafe="A.1")
    app = signed_in(ARBITRATOR, "queue", group=f"{Waiting.HIT}:b1")
    record = next(each for each in app.button if each.label == "Record")
    sound(record.click().run())
    assert "confirmed or overturned" in app.warning[0].value
    app.radio(key=f"hit-{group.keys[0]}").set_value(False)
    app.text_area[0].input("a quotation")
    sound(next(each for each in app.button if each.label == "Record").click().run())
    assert told(desk, HitRuled) == [(find_person(desk, ARBITRATOR), Identity.AUTHENTICATED, group.keys[0])]


@pytest.mark.parametrize("lang", LANGS)
def test_what_an_item_holds_is_shown_and_never_run(desk, lang):
    answers = [Answer(each.item, each.account, each.label, at=made(desk)) for each in agreeing(120)]
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    carded(desk)
    declare_plan(desk, "b1", design=usual(Kind.FUNCTIONAL), seed="s")
    take_in(desk, answers, data={each.item: {"prompt": EVIL, "response": EVIL} for each in answers})
    freeze_batch(desk, "b1")
    draw_sample(desk, "b1", verifiers=2)
    who = next(name for name in REVIEWERS[:2] if queue_of(desk, find_person(desk, name)))
    app = signed_in(who, "queue", lang=lang)
    shown = "".join(each.proto.body for each in app.get("html"))
    assert "&lt;img src=x" in shown
    assert "<img" not in shown
    assert Speaker(lang)("My queue") in [each.value for each in app.title]


def test_without_a_login_nothing_can_be_recorded_and_it_is_said_why(empty, open_page, everything):
    app = open_page(empty, "queue")
    assert "nothing can be recorded here" in app.info[0].value
    assert "labelqa login add" in everything(app)
    assert not [each for each in app.button if each.key]
