"""Answers to returned work come home as corrections with their six fields; what is none is told, and nothing is doubled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from labelqa.records.corrections import Correction, ProblemStatus
from labelqa.records.facts import CorrectionRecorded
from labelqa.records.names import ItemId
from labelqa.records.review import Identity, Verdict
from labelqa.workflows.correcting import completeness_of, re_review, record_correction
from labelqa.workflows.history.item import item_history
from labelqa.workflows.sending.rework_sent import rework_projects
from labelqa.workflows.state import read_state
from tests.building import EXECUTORS, REVIEWERS
from tests.unit.workflows.reworking import ACCOUNTS, Home, Kept

ANN, BOB, CAI = EXECUTORS


@pytest.fixture
def bare(checked: Kept, tmp_path: Path) -> Iterator[Home]:
    """Nothing is sent yet."""
    made = checked.home(tmp_path / "ws")
    with made.desk:
        yield made


@pytest.fixture
def out(bare: Home) -> Home:
    """Everything found wrong is out."""
    bare.send()
    return bare


def first(found: Home) -> tuple[ItemId, str]:
    return next(iter(found.wrong.items()))


def corrections(found: Home, item: str) -> tuple[Correction, ...]:
    state = read_state(found.desk)
    told = completeness_of(found.desk, state, state.batch("b1")).items
    return next(each.corrections for each in told if each.item_id == item)


def status(found: Home, item: str) -> ProblemStatus:
    state = read_state(found.desk)
    return next(
        each.status for each in completeness_of(found.desk, state, state.batch("b1")).items if each.item_id == item
    )


def passed(found: Home, item: str, verdict: Verdict = Verdict.CORRECT, **said: Any) -> None:
    found.later()
    re_review(found.desk, "b1", item, by=REVIEWERS[2], verdict=verdict, **said)


def codes(done: Any) -> list[str]:
    return [each.code for each in done.findings]


def facts(found: Home) -> int:
    return len(found.desk.ledger.facts())


def test_an_answer_is_a_correction_with_its_six_fields(out: Home) -> None:
    item, name = first(out)
    out.answer(item, "off_topic")
    done = out.collect()
    assert (done.recorded, done.findings) == ((("b1", item),), ())
    (made,) = corrections(out, item)
    at = out.fake.now
    assert (made.before, made.after) == ("accept", "off_topic")
    assert (made.annotator, made.corrector) == (out.people[name], out.people[name])
    assert made.made_at < made.corrected_at == at
    assert made.identity is Identity.AUTHENTICATED
    assert made.problems == tuple(out.tasks(item)[0]["meta"]["labelqa"]["problems"])
    (fact,) = [each for each in out.desk.ledger.facts() if isinstance(each.body, CorrectionRecorded)]
    assert not [name for name, value in asdict(fact.body).items() if value in ("", None) and name != "source"]
    assert status(out, item) is ProblemStatus.WAITING


def test_collected_again_nothing_is_added(out: Home) -> None:
    for item in out.wrong:
        out.answer(item, "off_topic")
    assert len(out.collect().recorded) == len(out.wrong)
    before = facts(out)
    done = out.collect("b1")
    assert (done.recorded, done.findings) == ((), ())
    assert facts(out) == before


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (lambda out, item: out.answer(item, "accept"), "rework-unchanged"),
        (lambda out, item: out.answer(item, ""), "rework-empty"),
        (lambda out, item: out.answer(item, "", was_cancelled=True), "rework-skipped"),
        (lambda out, item: out.answer(item, "off_topic", by=CAI), "rework-other-hand"),
        (lambda out, item: out.answer(item, "off_topic", updated_by=ACCOUNTS[CAI]), "rework-other-hand"),
        (lambda out, item: out.answer(item, "off_topic", updated_by=1), "rework-other-hand"),
        (lambda out, item: out.answer(item, "off_topic", completed_by=None), "rework-other-hand"),
        (lambda out, item: out.answer(item, "no_such_label"), "correction-refused"),
        (lambda out, item: out.answer(item, "off_topic", created_at="soon", updated_at="soon"), "rework-no-time"),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_told_and_not_recorded(out: Home, answer: Callable[[Home, str], int], code: str) -> None:
    item, _ = first(out)
    answer(out, item)
    before = facts(out)
    done = out.collect()
    assert codes(done) == [code]
    assert done.findings[0].place.file.endswith(f"/data?task={out.tasks(item)[0]['id']}")
    assert (done.recorded, facts(out)) == ((), before)
    assert status(out, item) is ProblemStatus.OPEN
    assert not any(name in str(each.message) for name in REVIEWERS for each in done.findings)


def test_an_annotation_that_came_with_an_import_is_nobodys(out: Home) -> None:
    item, _ = first(out)
    out.answer(item, "off_topic", updated_by=None)
    done = out.collect()
    assert (codes(done), done.recorded, corrections(out, item)) == (["rework-other-hand"], (), ())


def test_what_was_answered_by_another_road_is_not_recorded(out: Home) -> None:
    item, _ = first(out)
    record_correction(out.desk, "b1", item, label="inaccurate", by=CAI)
    out.answer(item, "off_topic")
    done = out.collect()
    assert (codes(done), done.recorded) == (["rework-answered"], ())
    assert [each.after for each in corrections(out, item)] == ["inaccurate"]


def test_a_change_before_the_re_review_takes_the_place_of_the_correction(out: Home) -> None:
    item, name = first(out)
    annotation = out.answer(item, "off_topic")
    out.collect()
    out.change(annotation, "inaccurate", by=name)
    assert out.collect().recorded == (("b1", item),)
    one, two = corrections(out, item)
    assert (one.replaced_by, two.after) == (two.fact, "inaccurate")
    out.change(annotation, "inaccurate", by=name)  # saved again as it was
    done = out.collect()
    assert (done.recorded, done.findings, len(corrections(out, item))) == ((), (), 2)


def test_a_change_after_the_re_review_is_told(out: Home) -> None:
    item, name = first(out)
    annotation = out.answer(item, "off_topic")
    out.collect()
    passed(out, item)
    out.change(annotation, "inaccurate", by=name)
    before = facts(out)
    assert codes(out.collect()) == ["rework-late"]
    assert [each.after for each in corrections(out, item)] == ["off_topic"]
    assert facts(out) <= before + len(out.wrong)  # projects that are done are ended


def test_a_correction_that_failed_goes_out_again_with_what_was_said(out: Home) -> None:
    item, _ = first(out)
    out.answer(item, "off_topic")
    out.collect()
    passed(out, item, Verdict.INCORRECT, comment="it is inaccurate")
    assert codes(out.collect()) == []
    done = out.send()
    assert sum(each.tasks for each in done.projects) == 1
    again = out.tasks(item)[-1]
    assert "it is inaccurate" in again["data"]["labelqa_reason"]
    assert again["meta"]["labelqa"]["problems"] != out.tasks(item)[0]["meta"]["labelqa"]["problems"]
    out.answer(item, "off_topic")
    assert codes(out.collect()) == ["correction-refused"]  # it failed before
    out.answer(item, "inaccurate")
    assert out.collect().recorded == (("b1", item),)
    passed(out, item)
    assert status(out, item) is ProblemStatus.CORRECTED


def test_projects_are_closed_when_nothing_in_them_is_open_and_opened_when_something_is(out: Home) -> None:
    for item in out.wrong:
        out.answer(item, "off_topic")
    assert out.collect().ended == ()
    for item in out.wrong:
        passed(out, item)
    ended = out.collect().ended
    assert set(ended) == {each.project for each in rework_projects(out.desk.ledger.view())}
    assert all(out.fake.projects[each]["title"].endswith("[closed]") for each in ended)
    seen = len(out.fake.requests)
    assert (out.collect().ended, len(out.fake.requests)) == ((), seen)  # what is closed is not read again
    item, _ = first(out)
    out.desk.ledger.append([_doubt(out, item)], now=out.desk.clock())
    (done,) = out.send().projects
    assert done.project in ended
    assert not out.fake.projects[done.project]["title"].endswith("[closed]")
    assert [each.ended for each in rework_projects(out.desk.ledger.view()) if each.project == done.project] == [False]


def _doubt(found: Home, item: str) -> Any:
    """A later verdict on the corrected label."""
    from dataclasses import replace

    from labelqa.records.facts import Draft, ReviewRecorded

    view = found.desk.ledger.view()
    (fact,) = view.about(f"item:{item}", ReviewRecorded)
    return Draft(body=replace(fact.body, label="off_topic", correct_label="inaccurate"), subjects=fact.subjects,
                 actor="test", supersedes=fact.seq)  # fmt: skip


@pytest.mark.parametrize(
    "mark",
    [
        {}, {"rework": "b2"}, {"item": 7}, {"item": ["x"]}, {"item": "q-999"}, {"rework": {"a": 1}}, {"item": None},
        {"item": "x" * 100_000}, {"problems": {"a": "b"}, "item": "' or 1=1"},
    ],
)  # fmt: skip
def test_a_task_that_somebody_altered_records_nothing(out: Home, mark: dict[str, Any]) -> None:
    item, _ = first(out)
    out.answer(item, "off_topic")
    (task,) = out.tasks(item)
    task["meta"] = {"labelqa": task["meta"]["labelqa"] | mark if mark else None}
    done = out.collect()
    assert (done.recorded, codes(done)) == ((), ["rework-stranger"])


@pytest.mark.parametrize(
    "result",
    [
        "text", {"a": 1}, [1, None, "x"], [{"from_name": "quality", "type": "choices", "value": {"choices": [{}]}}],
        [{"from_name": ["quality"], "type": {}, "value": []}], [{"from_name": "quality", "type": "choices", "value": None}],
        [[[[[[]]]]]],
    ],
)  # fmt: skip
def test_a_result_of_a_wrong_shape_is_told(out: Home, result: Any) -> None:
    item, name = first(out)
    out.later()
    number = ACCOUNTS[name]
    out.fake.annotate(out.tasks(item)[-1]["id"], result, by=number, updated_by=number)
    done = out.collect()
    assert done.recorded == ()
    assert "rework-empty" in codes(done)


def test_a_project_that_was_removed_is_told_and_read_no_more(out: Home) -> None:
    (lost, *_) = rework_projects(out.desk.ledger.view())
    out.fake.remove_project(lost.project)
    assert codes(out.collect()) == ["rework-gone"]
    assert codes(out.collect()) == []


def test_the_item_s_history_says_where_it_went(out: Home) -> None:
    item, _ = first(out)
    told = [str(each.message) for each in item_history(out.desk, item).lines]
    (project,) = [each.project for each in rework_projects(out.desk.ledger.view()) if item in each.items]
    assert f"sent as returned work into project {project} of label-studio" in told


# ---- where the label was made


def test_a_change_in_the_source_is_a_correction_too(bare: Home) -> None:
    item, name = first(bare)
    bare.later()
    bare.labelled({item: (name, "off_topic")}, at=bare.fake.now)
    assert bare.collect().recorded == (("b1", item),)
    (made,) = corrections(bare, item)
    assert (made.corrector, made.after, made.corrected_at) == (bare.people[name], "off_topic", bare.fake.now)
    assert made.identity is Identity.AUTHENTICATED
    before = facts(bare)
    assert (bare.collect().recorded, facts(bare)) == ((), before)


def test_an_editor_who_labels_corrects_and_one_who_reviews_does_not(bare: Home) -> None:
    one, two = list(bare.wrong)[:2]
    bare.later()
    bare.labelled({one: (bare.wrong[one], "off_topic")}, at=bare.fake.now, editor=CAI)
    bare.labelled({two: (bare.wrong[two], "off_topic")}, at=bare.fake.now, editor=REVIEWERS[0])
    done = bare.collect()
    assert done.recorded == (("b1", one),)
    assert corrections(bare, one)[0].corrector == bare.people[CAI]
    assert codes(done) == ["correction-refused"]


def test_a_change_before_the_freeze_or_of_what_was_found_right_is_none(bare: Home, checked: Kept) -> None:
    item, name = first(bare)
    right = next(each for each in ("q-000", "q-001", "q-002", "q-003", "q-004", "q-005") if each not in bare.wrong)
    freeze = read_state(bare.desk).batch("b1").freeze
    assert freeze is not None
    bare.labelled({item: (name, "off_topic")}, at=freeze.at - timedelta(seconds=2))
    bare.labelled({right: (ANN if int(right[2:]) % 2 == 0 else BOB, "off_topic")}, at=bare.fake.now)
    done = bare.collect()
    assert (done.recorded, done.findings) == ((), ())


def test_an_answer_that_somebody_added_in_the_source_is_none(bare: Home) -> None:
    item, _ = first(bare)
    bare.later()
    bare.labelled({item: (CAI, "off_topic")}, at=bare.fake.now, mark="b")
    done = bare.collect()
    assert (done.recorded, done.findings) == ((), ())


def test_both_roads_with_one_answer_make_one_correction(out: Home) -> None:
    item, name = first(out)
    out.answer(item, "off_topic")
    out.later()
    out.labelled({item: (name, "off_topic")}, at=out.fake.now)
    done = out.collect()
    assert (done.recorded, codes(done), len(corrections(out, item))) == ((("b1", item),), [], 1)
    assert (out.collect().recorded, len(corrections(out, item))) == ((), 1)
