"""What waits for whom: drawn items, disputes, corrections, hits and pieces of work, and nothing that is not theirs."""

from __future__ import annotations

from typing import Any

import pytest

from labelqa.errors import BadInput
from labelqa.records.people import Duty
from labelqa.records.queue import Group, Waiting
from labelqa.records.review import Verdict
from labelqa.workflows.board import board
from labelqa.workflows.correcting import record_correction
from labelqa.workflows.disputes import rule_dispute
from labelqa.workflows.media import pictures_of
from labelqa.workflows.people import add_person
from labelqa.workflows.queue import queue_of, waiting_item
from labelqa.workflows.reviewing.reviews import record_review
from labelqa.workflows.state import read_state
from labelqa.workflows.supervising.supervision import declare_supervision, draw_supervision
from tests.building import (
    ARBITRATOR,
    EXECUTORS,
    RELEASE,
    REVIEWERS,
    Answer,
    account,
    agreeing,
    drawn_batch,
    frozen_batch,
    qualified,
)

PNG = b"\x89PNG\r\n\x1a\n"


def groups(here: Any, name: str) -> dict[Waiting, Group]:
    return {each.waiting: each for each in queue_of(here.desk, here.people[name])}


@pytest.fixture
def labels(here: Any) -> tuple[str, ...]:
    return tuple(read_state(here.desk).release(RELEASE).labels)


def test_drawn_items_wait_for_the_verifier_they_were_given_to(here: Any) -> None:
    sample = drawn_batch(here.desk, answers=agreeing(120))
    drawn = {name: groups(here, name).get(Waiting.REVIEW) for name in (*REVIEWERS, *EXECUTORS, ARBITRATOR)}
    holders = [name for name, each in drawn.items() if each]
    assert len(holders) == len(sample.verifiers)
    assert sum(len(drawn[name].keys) for name in holders) == sample.resolved.n
    mine = drawn[holders[0]]
    record_review(here.desk, sample.sample, mine.keys[0], by=holders[0], verdict=Verdict.CORRECT)
    after = groups(here, holders[0])[Waiting.REVIEW]
    assert after.keys == mine.keys
    assert after.open == mine.open[1:]
    item = waiting_item(here.desk, here.people[holders[0]], Waiting.REVIEW, sample.sample, mine.keys[0], lang="en")
    assert item.said == "correct"
    assert [each.label for each in item.versions] == ["accept"]
    assert item.rules
    assert item.defects
    assert "accept" in item.labels


def test_blind_hides_the_label_and_another_persons_item_is_not_shown(here: Any) -> None:
    sample = drawn_batch(here.desk, answers=agreeing(120))
    holder = next(name for name in REVIEWERS if Waiting.REVIEW in groups(here, name))
    key = groups(here, holder)[Waiting.REVIEW].keys[0]
    found = waiting_item(here.desk, here.people[holder], Waiting.REVIEW, sample.sample, key, lang="en", blind=True)
    assert found.versions == ()
    assert found.can_be_blind
    for other in {*REVIEWERS, *EXECUTORS} - {holder}:
        with pytest.raises(BadInput, match="does not wait for you"):
            waiting_item(here.desk, here.people[other], Waiting.REVIEW, sample.sample, key, lang="en")


def test_disputes_wait_for_an_arbitrator_without_another_duty(here: Any, labels: tuple[str, ...]) -> None:
    given = [Answer("d-1", account(who), label) for who, label in zip(EXECUTORS, labels, strict=False)]
    frozen_batch(here.desk, answers=[*agreeing(4), *given])
    found = groups(here, ARBITRATOR)[Waiting.ARBITRATE]
    assert found.open == ("d-1",)
    item = waiting_item(here.desk, here.people[ARBITRATOR], Waiting.ARBITRATE, "b1", "d-1", lang="en")
    assert sorted(each.label for each in item.versions) == sorted(labels[:3])
    assert "p-" not in repr(item)  # nobody who answered is in it
    rule_dispute(here.desk, "b1", "d-1", by=ARBITRATOR, reason="rule", label=labels[0])
    assert Waiting.ARBITRATE not in groups(here, ARBITRATOR)


def test_who_labelled_in_the_batch_is_offered_no_dispute(here: Any, labels: tuple[str, ...]) -> None:
    both = add_person(
        here.desk,
        "Bo Th",
        organizer="Org",
        duties=[Duty.EXECUTOR, Duty.ARBITRATOR],
        accounts={"file": "bo.th@example.com"},
    )
    qualified(here.desk, [both.person])
    given = [Answer("d-1", account(who), label) for who, label in zip((*EXECUTORS[:2], "Bo Th"), labels, strict=False)]
    frozen_batch(here.desk, answers=[*agreeing(4), *given])
    assert not queue_of(here.desk, both.person)


def test_a_correction_waits_for_somebody_else_than_its_hands(here: Any) -> None:
    sample = drawn_batch(here.desk, answers=agreeing(120))
    holder = next(name for name in REVIEWERS if Waiting.REVIEW in groups(here, name))
    item = groups(here, holder)[Waiting.REVIEW].keys[0]
    record_review(here.desk, sample.sample, item, by=holder, verdict=Verdict.INCORRECT, defect="R1")
    assert all(Waiting.RE_REVIEW not in groups(here, name) for name in REVIEWERS)
    label = next(each for each in read_state(here.desk).release(RELEASE).labels if each != "accept")
    record_correction(here.desk, "b1", item, label=label, by=EXECUTORS[0])
    waiting = [name for name in here.people if Waiting.RE_REVIEW in groups(here, name)]
    assert set(waiting) <= set(REVIEWERS)
    assert waiting
    found = waiting_item(here.desk, here.people[waiting[0]], Waiting.RE_REVIEW, "b1", item, lang="zh")
    assert [each.label for each in found.versions] == [label]  # the verdict before, and what it was about, stay hidden
    assert "R1" not in str([*map(str, found.notes)])


def test_a_hit_waits_for_a_second_person(here: Any) -> None:
    sample = drawn_batch(here.desk, answers=agreeing(120))
    holder = next(name for name in REVIEWERS if Waiting.REVIEW in groups(here, name))
    item = groups(here, holder)[Waiting.REVIEW].keys[0]
    record_review(here.desk, sample.sample, item, by=holder, verdict=Verdict.INCORRECT, defect="R1", unsafe="A.1")
    assert Waiting.HIT not in groups(here, holder)
    others = [name for name in (*REVIEWERS, ARBITRATOR) if name != holder]
    assert all(groups(here, name)[Waiting.HIT].open == (item,) for name in others)
    assert all(Waiting.HIT not in groups(here, name) for name in EXECUTORS)
    seen = waiting_item(here.desk, here.people[others[0]], Waiting.HIT, "b1", item, lang="en")
    told = " ".join(map(str, seen.notes))
    assert "A.1" not in told
    assert "Judge for yourself" in told
    (card,) = board(here.desk)
    assert card.stage == "blocked"
    assert card.duty == "reviewer"
    assert "second person" in card.blocks[0].text


def test_pieces_of_work_wait_for_a_supervisor(here: Any) -> None:
    sue = add_person(here.desk, "Su Per", organizer="Org", duties=[Duty.SUPERVISOR], accounts={})
    qualified(here.desk, [sue.person])
    frozen_batch(here.desk, answers=agreeing(6))
    assert not queue_of(here.desk, sue.person)
    declare_supervision(here.desk, "b1", each=2)
    draw_supervision(here.desk, "b1")
    (found,) = queue_of(here.desk, sue.person)
    assert len(found.open) == 2 * len(EXECUTORS)
    item = waiting_item(here.desk, sue.person, Waiting.SUPERVISE, found.name, found.keys[0], lang="en")
    assert [each.label for each in item.versions] == ["accept"]
    assert item.notes


def test_the_board_says_who_must_act(here: Any) -> None:
    sample = drawn_batch(here.desk, answers=agreeing(120))
    (card,) = board(here.desk)
    assert (card.duty, set(card.people)) == ("reviewer", {n for n in REVIEWERS if here.people[n] in sample.verifiers})
    assert (card.drawn, card.reviewed) == (sample.resolved.n, 0)


def test_pictures_come_from_the_folder_of_the_workspace_alone(here: Any) -> None:
    folder = here.desk.settings.workspace
    (folder / "media" / "a").mkdir(parents=True)
    (folder / "media" / "a" / "x.png").write_bytes(PNG)
    (folder / "out.png").write_bytes(PNG)
    (folder / "media" / "link.png").symlink_to(folder / "out.png")
    data = {
        "one": "a/x.png", "two": "/data/local-files/?d=a/x.png", "three": "../out.png", "four": "link.png",
        "five": "file:///etc/passwd", "six": "https://example.org/a/x.png", "seven": str(folder / "out.png"),
        "eight": "\x00.png", "nine": ["a%2Fx.png"], "ten": "a/none.png",
    }  # fmt: skip
    assert set(pictures_of(here.desk, data)) == {"a/x.png", "/data/local-files/?d=a/x.png", "a%2Fx.png"}
