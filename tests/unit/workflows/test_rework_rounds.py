"""Items of a rework round go out like other returned work, and what is answered are annotations of the round."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from labelqa.records.facts import CorrectionRecorded
from labelqa.records.names import ItemId, PersonId
from labelqa.records.production import RoundScope
from labelqa.workflows.batches import freeze_batch
from labelqa.workflows.certifying.settle import settle_batch
from labelqa.workflows.planning.plans import declare_plan
from labelqa.workflows.population import frozen_of
from labelqa.workflows.rounds.returning import return_batch
from labelqa.workflows.sending.rework_sent import rework_projects
from labelqa.workflows.sending.rework_told import rework_lines
from labelqa.workflows.state import read_state
from tests.building import ARBITRATOR, EXECUTORS, REVIEWERS
from tests.unit.workflows.reworking import ACCOUNTS, Home, Kept

ANN, BOB, CAI = EXECUTORS
ROUND = "b1-r1"


@pytest.fixture
def back(checked: Kept, tmp_path: Path) -> Iterator[Home]:
    """The batch is to be labelled again, and what was found wrong went back."""
    made = checked.home(tmp_path / "ws")
    with made.desk:
        returned(made, RoundScope.FOUND)
        yield made


def returned(made: Home, scope: RoundScope) -> None:
    settle_batch(made.desk, "b1", relabel=True)
    return_batch(made.desk, "b1", by=ARBITRATOR, reason="too many off topic", scope=scope)
    made.later()


def frozen(found: Home) -> dict[str, tuple[PersonId, str, str]]:
    """The round, frozen: item -> who, label and release."""
    declare_plan(found.desk, ROUND, seed="again")
    freeze_batch(found.desk, ROUND)
    batch = read_state(found.desk).batch(ROUND)
    table = found.desk.frozen.read(frozen_of(batch).annotations, ["item_id", "person", "label", "release"])
    return {row["item_id"]: (row["person"], row["label"], row["release"]) for row in table.to_pylist()}


def test_what_went_back_goes_out_with_why_and_comes_home_into_the_round(back: Home) -> None:
    done = back.send(ROUND)
    assert sum(each.items for each in done.projects) == len(back.wrong)
    for task in back.tasks():
        assert "too many off topic" in task["data"]["labelqa_reason"]
        assert "Q-03" in task["data"]["labelqa_reason"]
        assert task["meta"]["labelqa"]["rework"] == ROUND
        assert not any(name in json.dumps(task, ensure_ascii=False) for name in REVIEWERS)
    for item in back.wrong:
        back.answer(item, "off_topic")
    taken = back.collect()
    assert (taken.relabelled, taken.recorded, taken.findings) == (len(back.wrong), (), ())
    assert len(taken.ended) == len(done.projects)
    assert not back.desk.ledger.view().of(CorrectionRecorded)
    assert frozen(back) == {
        item: (back.people[name], "off_topic", "genai-sft@1.0.0") for item, name in back.wrong.items()
    }


def test_collected_twice_nothing_is_added_and_a_change_is_a_revision(back: Home) -> None:
    back.send(ROUND)
    item, name = next(iter(back.wrong.items()))
    annotation = back.answer(item, "off_topic")
    first = back.collect()
    assert (first.relabelled, len(first.imports)) == (1, 1)
    before = len(back.desk.ledger.facts())
    assert (back.collect().relabelled, len(back.desk.ledger.facts())) == (0, before)
    back.change(annotation, "inaccurate", by=name)
    assert back.collect().relabelled == 1
    rows = [
        row
        for row in back.desk.intake.annotations(item_nos=back.desk.intake.numbers([item]))
        if row.rev != row.annotation
    ]
    assert [(row.person, json.loads(row.value)) for row in rows] == [(back.people[name], {"quality": "inaccurate"})]


def test_what_is_no_answer_stays_out_of_the_round(back: Home) -> None:
    back.send(ROUND)
    (one, two, three, *_) = back.wrong
    back.answer(one, "accept")
    back.answer(two, "", was_cancelled=True)
    back.answer(three, "off_topic", by=CAI)
    done = back.collect()
    assert (done.relabelled, done.ended) == (0, ())
    assert sorted(each.code for each in done.findings) == ["rework-other-hand", "rework-skipped", "rework-unchanged"]
    told = {each.person: open_ for each, open_ in rework_lines(back.desk, ROUND)}
    assert sum(told.values()) == len(back.wrong)


def test_a_whole_batch_that_went_back_goes_out_whole(checked: Kept, tmp_path: Path) -> None:
    made = checked.home(tmp_path / "ws")
    with made.desk:
        returned(made, RoundScope.WHOLE)
        done = made.send(ROUND)
        assert {each.person: each.items for each in done.projects} == {made.people[ANN]: 20, made.people[BOB]: 20}
        right = next(each for each in ("q-000", "q-002", "q-004", "q-006", "q-008") if ItemId(each) not in made.wrong)
        made.wrong[ItemId(right)] = ANN
        made.answer(right, "accept")  # nobody found it wrong
        assert (made.collect().relabelled, made.collect().findings) == (1, ())


def test_who_judged_a_round_does_not_label_in_the_next(back: Home) -> None:
    done = back.send(ROUND, to=REVIEWERS[0])
    assert (done.projects, {each.code for each in done.findings}) == ((), {"rework-not-sent"})
    assert back.fake.tasks == {}


def test_an_answer_after_the_freeze_is_told(back: Home) -> None:
    back.send(ROUND)
    one, two, *_ = back.wrong
    back.answer(one, "off_topic")
    back.collect()
    assert list(frozen(back)) == [one]
    back.answer(two, "off_topic")
    done = back.collect()
    assert [each.code for each in done.findings] == ["rework-answered"]
    assert all(each.ended for each in rework_projects(back.desk.ledger.view()))


def test_accounts_are_those_of_the_server(back: Home) -> None:
    back.send(ROUND)
    item, _ = next(iter(back.wrong.items()))
    back.answer(item, "off_topic")
    back.collect()
    known = back.desk.ledger.identities.accounts("label-studio")
    assert {int(account) for _, account in known} == set(ACCOUNTS.values())
