"""Verdicts: what they hold, what follows from what, what contradicts itself, and who may know what when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from labelqa.batches.checks import current_reviews, second_reviews
from labelqa.errors import Refused
from labelqa.records.annotation import ControlKind
from labelqa.records.batch import Kind
from labelqa.records.designs import Design, Terms
from labelqa.records.estimate import Estimate, Unknown
from labelqa.records.facts import Draft
from labelqa.records.finding import Severity
from labelqa.records.review import Check, CheckResult, Drawn, Obstacle, Review, Safety, Verdict
from labelqa.records.work import RawVerdict
from labelqa.workflows.batches import declare_batch, freeze_batch
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.draws import draw_sample, drawn_items
from labelqa.workflows.reviewing.revealed import revealed_item
from labelqa.workflows.reviewing.reviewer_agreement import reviewer_agreement
from labelqa.workflows.reviewing.reviews import (
    import_verdicts,
    lacks_checks,
    record_review,
    sample_progress,
    work_sheets,
)
from labelqa.workflows.state import read_state
from tests.building import EXECUTORS, RELEASE, SAFETY, Answer, account, agreeing, drawn_batch, take_in

PASSED = dict.fromkeys(map(str, Check), "passed")
LINES = Terms(pass_lines={"accuracy": 4, "logic": 3, "tone": 2})


def drawn(
    desk: Desk,
    *,
    n: int = 20,
    terms: Terms = Terms(),  # noqa: B008 - a frozen value
    answers: Iterable[Answer] = (),
    kind: ControlKind | None = None,
    seed: str = "the seed of b1",
) -> tuple[Drawn, ...]:
    """A drawn batch b1, every item drawn, by a plan with these terms."""
    from labelqa.workflows.planning.plans import declare_plan

    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org", answers=kind)
    declare_plan(desk, "b1", design=Design.CENSUS, terms=terms, seed=seed)
    take_in(desk, list(answers) or agreeing(n))
    freeze_batch(desk, "b1")
    draw_sample(desk, "b1", seed=seed)
    return drawn_items(desk, "b1")


def say(desk: Desk, each: Drawn, verdict: str = "", *, by: str = "", **said: Any) -> Review:
    return record_review(
        desk, "b1", each.item_id, verdict=Verdict(verdict) if verdict else None, by=by or each.verifier, **said
    )


def raw(each: Drawn, verdict: str = "", **said: Any) -> RawVerdict:
    return RawVerdict(
        **{"sample": "b1/1", "item_id": each.item_id, "verdict": verdict, "verifier": each.verifier, **said}
    )


# What a verdict holds


def test_everything_that_a_verdict_says_is_on_record(desk: Desk) -> None:
    each, other, *_ = drawn(desk, terms=LINES)
    found = say(
        desk, each, "incorrect", defect="r3", severity="minor", safety="unsafe", unsafe="a1B", comment="旧闻",
        checks={"understanding": "passed", "consistency": "not-applicable", "quality": "failed"},
        scores={"accuracy": "4.5", "usefulness": 2},
    )  # fmt: skip
    assert (found.verdict, found.defect, found.severity, found.safety, found.unsafe) == (
        "incorrect", "R3", "minor", "unsafe", "A1b",
    )  # fmt: skip
    assert found.checks == {"understanding": "passed", "consistency": "not-applicable", "quality": "failed"}
    assert found.scores == {"accuracy": 4.5, "usefulness": 2.0}
    assert (found.label, found.second, found.blind, found.answer) == ("accept", False, False, "")
    gone = say(desk, other, obstacle="broken-media")
    assert (gone.verdict, gone.obstacle) == (Verdict.UNDECIDABLE, Obstacle.BROKEN_MEDIA)
    progress = sample_progress(desk, "b1")
    assert (progress.checked, progress.unreviewable, progress.undecidable, progress.unsafe) == (1, 1, 1, 1)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"verdict": "correct", "checks": {"quality": "failed"}}, "correct and yet its check of quality failed"),
        ({"verdict": "correct", "safety": "safe", "unsafe": "A.1"}, "called safe and yet a risk is named"),
        ({"verdict": "correct", "safety": "unclear", "unsafe": "A.1"}, "called unclear and yet a risk is named"),
        ({"verdict": "incorrect", "rule": "Q-01", "safety": "unsafe"}, "no risk is named: add A.1 to A.5"),
        ({"verdict": "correct", "obstacle": "deleted"}, r"could not be reviewed \(deleted\) and yet is called correct"),
        ({"verdict": "correct", "scores": {"accuracy": 3.9}}, "correct and yet accuracy is 3.9, below the pass line 4"),
        ({"verdict": "correct", "checks": {"spelling": "passed"}}, "spelling is none of understanding, consistency"),
        ({"verdict": "correct", "checks": {"quality": "good"}}, "good is none of passed, failed, not-applicable"),
        ({"verdict": "correct", "safety": "harmless"}, "harmless is none of safe, unsafe, unclear"),
        ({"obstacle": "tired"}, "tired is none of skipped, deleted, broken-media"),
        ({"verdict": "incorrect", "defect": "R7"}, "R7 is no defect code of release genai-sft@1.0.0: choose one of P1"),
        ({"verdict": "correct", "unsafe": "A9"}, "A9 is no risk"),
        ({"verdict": "correct", "unsafe": "A1z"}, "A1z is no risk"),
        ({"verdict": "correct", "scores": {"beauty": 4}}, "beauty is no dimension that is scored: choose one of accuracy"),
        ({"verdict": "correct", "scores": {"logic": "good"}}, "the score of logic on item .* is good: write a number"),
        ({"verdict": "correct", "scores": {"logic": "nan"}}, "the score of logic on item .* is nan"),
        ({"verdict": "correct", "scores": {"logic": -1}}, "the score of logic on item .* is -1"),
        ({"scores": {"accuracy": 5}}, "its scores give none: scores of logic, tone are missing"),
        ({}, "has no verdict, and nothing that gives one"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_in_one_sentence(desk: Desk, said: dict[str, Any], why: str) -> None:
    each, *_ = drawn(desk, terms=LINES)
    before = desk.ledger.head()
    with pytest.raises(Refused, match=why):
        say(desk, each, **said)
    assert desk.ledger.head() == before
    done = import_verdicts(desk, [raw(each, **{k: _texts(v) for k, v in said.items()}), raw(each, "correct")])
    assert (done.recorded, len(done.findings)) == (1, 1 if said else 0)  # a row with nothing in it is an open one


def _texts(value: Any) -> Any:
    return {name: str(each) for name, each in value.items()} if isinstance(value, dict) else value


def test_scores_become_verdicts_by_the_declared_lines(desk: Desk) -> None:
    one, two, three, four, five, *_ = drawn(desk, terms=LINES)
    full = {"accuracy": 4, "logic": 3, "tone": 2}  # on the line passes
    assert say(desk, one, scores=full).verdict is Verdict.CORRECT
    below = say(desk, two, scores={**full, "logic": 2.9})
    assert (below.verdict, below.defect) == (Verdict.INCORRECT, "R4")
    own = say(desk, three, scores={**full, "tone": 1})  # a dimension of the plan's own has no code
    assert (own.verdict, own.defect, own.scores["tone"]) == (Verdict.INCORRECT, "", 1.0)
    named = say(desk, four, "incorrect", rule="Q-01", scores={"accuracy": 1})
    assert (named.rule, named.defect) == ("Q-01", "")
    unscored = say(desk, five, "undecidable", scores={"accuracy": 1})
    assert unscored.verdict is Verdict.UNDECIDABLE
    with pytest.raises(Refused, match="names no rule and no defect"):
        say(desk, five, "incorrect", scores=full)


def test_scores_without_declared_lines_decide_nothing(desk: Desk) -> None:
    each, *_ = drawn(desk)
    assert say(desk, each, "correct", scores={"accuracy": 0}).scores == {"accuracy": 0.0}
    with pytest.raises(Refused, match="its scores give none"):
        say(desk, each, scores={"accuracy": 5})


def test_a_risk_alone_says_unsafe(desk: Desk) -> None:
    each, *_ = drawn(desk)
    found = say(desk, each, "correct", unsafe="a3")
    assert (found.unsafe, found.safety) == ("A.3", Safety.UNSAFE)


def test_missing_checks_are_said_and_lose_no_verdict(desk: Desk) -> None:
    answers = [Answer(f"q-{n}", account(EXECUTORS[0]), [f"answer {n}"]) for n in range(6)]  # type: ignore[arg-type]
    one, two, three, four, *_ = drawn(desk, answers=answers, kind=ControlKind.TEXT)
    done = import_verdicts(
        desk, [raw(one, "correct"), raw(two, "correct", checks=PASSED), raw(three, obstacle="deleted")]
    )
    assert done.recorded == 3
    assert [(each.code, each.severity, each.message.values) for each in done.findings] == [
        ("checks-missing", Severity.NOTE, {"n": 1})
    ]
    assert lacks_checks(desk, say(desk, four, "correct", checks={"quality": "passed"}))
    assert not lacks_checks(desk, say(desk, four, "correct", checks=PASSED))
    assert sample_progress(desk, "b1").checked == 2


def test_every_verdict_on_safety_labels_is_to_hold_the_checks(place) -> None:
    desk = place(SAFETY).desk
    sample = drawn_batch(desk, answers=agreeing(6, label="safe"), kind=Kind.SAFETY, release=SAFETY)
    each = drawn_items(desk, sample.sample)[0]
    said = {"by": each.verifier, "verdict": Verdict.CORRECT}
    assert lacks_checks(desk, record_review(desk, sample.sample, each.item_id, **said))
    assert not lacks_checks(desk, record_review(desk, sample.sample, each.item_id, checks=PASSED, **said))


def test_closed_labels_need_no_checks(desk: Desk) -> None:
    each, *_ = drawn(desk)
    assert import_verdicts(desk, [raw(each, "correct")]).findings == ()


# Blind


def test_an_answer_given_blind_gives_the_verdict(desk: Desk) -> None:
    one, two, *_ = drawn(desk)
    same, other = say(desk, one, answer="accept"), say(desk, two, answer="off_topic")
    assert (same.verdict, same.answer, same.correct_label, same.blind) == (Verdict.CORRECT, "accept", "", True)
    assert (other.verdict, other.answer, other.correct_label) == (Verdict.INCORRECT, "off_topic", "off_topic")
    assert other.label == "accept"
    assert sample_progress(desk, "b1").blind == 2
    for said, why in (
        ({"answer": "no such label"}, "no such label is not a label"),
        ({"answer": "accept", "verdict": "correct"}, "the answer itself gives the verdict"),
        ({"answer": "accept", "obstacle": "deleted"}, "the answer itself gives the verdict"),
        ({"answer": "accept", "correct_label": "accept"}, "the answer itself gives the verdict"),
    ):
        with pytest.raises(Refused, match=why):
            say(desk, one, **said)


def test_a_second_answer_of_the_same_person_is_not_blind_any_more(desk: Desk) -> None:
    each, *_ = drawn(desk)
    assert say(desk, each, answer="off_topic").blind
    again = say(desk, each, answer="accept")  # the outcome of the first was told meanwhile
    assert (again.verdict, again.blind) == (Verdict.CORRECT, False)
    assert import_verdicts(desk, [raw(each, answer="accept")]).unchanged == 1


@pytest.mark.parametrize(
    ("kind", "record", "same", "other"),
    [
        (ControlKind.CHOICES, ["accept", "off_topic"], "off_topic; accept", "accept"),
        (ControlKind.RATING, 4, "4.0", "5"),
    ],
)
def test_sets_and_ratings_are_labelled_again_as_well(
    desk: Desk, kind: ControlKind, record: Any, same: str, other: str
) -> None:
    answers = [Answer(f"q-{n}", account(EXECUTORS[0]), record) for n in range(6)]
    one, two, *_ = drawn(desk, answers=answers, kind=kind)
    assert all(sheet.blind for sheet in work_sheets(desk, "b1", lang="en", blind=True))
    assert say(desk, one, answer=same).verdict is Verdict.CORRECT
    assert say(desk, two, answer=other).verdict is Verdict.INCORRECT


@pytest.mark.parametrize(("kind", "record"), [(ControlKind.TEXT, ["a text"]), (ControlKind.PAIRWISE, "left")])
def test_open_answers_and_preferences_are_verified_with_the_original_shown(
    desk: Desk, kind: ControlKind, record: Any
) -> None:
    answers = [Answer(f"q-{n}", account(EXECUTORS[0]), record) for n in range(6)]
    each, *_ = drawn(desk, answers=answers, kind=kind)
    with pytest.raises(Refused, match="verified with the original shown"):
        work_sheets(desk, "b1", lang="en", blind=True)
    with pytest.raises(Refused, match="verified with the original shown"):
        say(desk, each, answer="x")
    rows = [row for sheet in work_sheets(desk, "b1", lang="en") for row in sheet.rows]
    assert {row.label for row in rows} == {'["a text"]' if kind is ControlKind.TEXT else "left"}
    assert {row.shown for row in rows} == {"a text" if kind is ControlKind.TEXT else ""}


def test_sheets_say_nothing_of_annotators_labels_of_others_or_second_looks(desk: Desk, here: Any) -> None:
    answers = [
        *agreeing(20),
        Answer("z-1", account(EXECUTORS[0]), "incomplete"),
        Answer("z-1", account(EXECUTORS[1]), "off_topic"),
        Answer("z-1", account(EXECUTORS[2]), "off_topic"),
    ]
    items = drawn(desk, answers=answers, terms=Terms(double=0.25))
    for blind in (False, True):
        sheets = work_sheets(desk, "b1", lang="en", blind=blind)
        for sheet in sheets:
            mine = [each.item_id for each in items if sheet.verifier in (each.verifier, each.second)]
            assert [row.item_id for row in sheet.rows] == mine  # in ticket order
            assert [row.order for row in sheet.rows] == list(range(1, len(mine) + 1))  # no gaps that tell
        said = repr(sheets)
        assert not any(here.people[name] in said or name in said for name in EXECUTORS)
        assert "incomplete" not in repr([row for sheet in sheets for row in sheet.rows])
        assert ("accept" in repr([row for sheet in sheets for row in sheet.rows])) is not blind
        assert "second" not in said


def test_what_others_said_is_shown_when_every_verdict_is_in(desk: Desk, here: Any) -> None:
    items = drawn(desk, terms=Terms(double=0.25))
    each = next(each for each in items if each.second)
    with pytest.raises(Refused, match="still waits for a verdict"):
        revealed_item(desk, "b1", each.item_id)
    say(desk, each, "incorrect", rule="Q-01", comment="看错了")
    with pytest.raises(Refused, match="still waits for a verdict"):  # the second verifier's too
        revealed_item(desk, "b1", each.item_id)
    say(desk, each, "correct", by=each.second or "")
    found = revealed_item(desk, "b1", each.item_id)
    assert {(name, said) for _, name, said in found.votes} == {(name, "accept") for name in EXECUTORS}
    assert (found.label, found.titles["zh"]) == ("accept", "合格")
    assert [(one.verdict, one.second) for one in found.reviews] == [("incorrect", False), ("correct", True)]
    assert list(found.comments.values()) == ["看错了"]
    with pytest.raises(Refused, match="was not drawn"):
        revealed_item(desk, "b1", "nothing")


# Second opinions


def test_a_second_opinion_decides_nothing_and_each_role_supersedes_its_own(desk: Desk) -> None:
    items = drawn(desk, terms=Terms(double=0.25))
    each = next(each for each in items if each.second)
    second = say(desk, each, "incorrect", rule="Q-01", by=each.second or "")
    assert second.second
    assert sample_progress(desk, "b1").reviewed == 0
    first = say(desk, each, "correct")
    changed = say(desk, each, "undecidable")
    later = say(desk, each, "correct", by=each.second or "")
    facts = [fact for fact in desk.ledger.facts() if fact.kind == "review.recorded"]
    assert [(fact.seq, fact.supersedes) for fact in facts] == [
        (second.fact, None), (first.fact, None), (changed.fact, first.fact), (later.fact, second.fact),
    ]  # fmt: skip
    given = read_state(desk).reviews[first.sample]
    assert current_reviews(given)[each.item_id].fact == changed.fact
    assert second_reviews(given)[each.item_id].fact == later.fact
    progress = sample_progress(desk, "b1")
    assert (progress.reviewed, progress.undecidable, progress.doubles, progress.doubled) == (1, 1, 5, 1)
    done = {person: (given, done) for person, _, given, done in progress.by_verifier}
    assert sum(given for given, _ in done.values()) == 20 + 5
    assert sum(done for _, done in done.values()) == 2


def test_a_stranger_gives_no_second_opinion(desk: Desk, here: Any) -> None:
    items = drawn(desk, terms=Terms(double=0.25))
    each = next(each for each in items if not each.second)
    other = next(person for person in (here.people[n] for n in ("Rex One", "Rex Two", "Rex Three"))
                 if person != each.verifier)  # fmt: skip
    say(desk, each, "correct")
    done = import_verdicts(desk, [raw(each, "incorrect", rule="Q-01", verifier=other), raw(items[1], "correct")])
    assert done.recorded == 1
    assert "drawn for another verifier" in str(done.findings[0].message)


def test_both_verifiers_sheets_come_back_in_one_list(desk: Desk) -> None:
    items = drawn(desk, terms=Terms(double=0.25))
    rows = [raw(each, "correct", verifier=sheet.verifier) for sheet in work_sheets(desk, "b1", lang="zh")
            for row in sheet.rows for each in items if each.item_id == row.item_id]  # fmt: skip
    done = import_verdicts(desk, rows)
    assert (done.recorded, done.findings, done.samples) == (25, (), ("b1/1",))
    assert import_verdicts(desk, rows).unchanged == 25
    each = next(each for each in items if each.second)
    one = raw(each, "undecidable")  # the first verifier's mind changed, the second one's did not
    done = import_verdicts(desk, [one, raw(each, "correct", verifier=each.second)])
    assert (done.recorded, done.unchanged) == (1, 1)


def test_reviewers_are_measured_by_second_opinions(desk: Desk) -> None:
    from labelqa.workflows.imports import import_gold

    import_gold(desk, [(f"q-{n:03}", "off_topic" if n % 4 == 0 else "accept") for n in range(40)])
    items = drawn(desk, n=40, terms=Terms(double=0.5))
    nothing = reviewer_agreement(desk, "b1")
    assert (nothing.doubles, nothing.n) == (20, 0)
    assert isinstance(nothing.agreement, Unknown)
    assert "by two verifiers yet" in str(nothing.agreement.message)
    wrong = {f"q-{n:03}" for n in range(40) if n % 4 == 0}
    doubled = [each for each in items if each.second]
    missed = next(each.item_id for each in doubled if each.item_id in wrong)  # by the first verifier only
    alarm = next(each.item_id for each in doubled if each.item_id not in wrong)  # by the second one only
    for each in doubled:
        for who, called in ((each.verifier, wrong - {missed}), (each.second or "", wrong | {alarm})):
            found = "incorrect" if each.item_id in called else "correct"
            say(desk, each, found, by=who, rule="Q-01" if found == "incorrect" else "")
    both_wrong = sum(each.item_id in wrong for each in doubled) - 1
    both_right = 20 - both_wrong - 2
    seen = reviewer_agreement(desk, "b1")
    assert (seen.n, seen.agreeing, seen.adjudicated) == (20, 18, 2)
    assert seen.table == ((both_right, 2, 0), (0, both_wrong, 0), (0, 0, 0))
    assert isinstance(seen.agreement, Estimate)
    assert seen.agreement.point == 0.9
    assert isinstance(seen.alpha, Estimate)
    pe = 2 * _share(both_right + 1) * (1 - _share(both_right + 1))  # expected disagreement, by hand
    assert seen.alpha.point == pytest.approx(1 - (2 / 20) * (1 - 1 / 40) / pe)
    assert isinstance(seen.sensitivity, Estimate)
    assert isinstance(seen.specificity, Estimate)
    assert seen.sensitivity.point == both_wrong / (both_wrong + 1)
    assert seen.specificity.point == 1.0
    assert [str(each) for each in seen.notes] == [
        "what both verifiers said is taken for true, and their errors for independent"
    ]


def _share(right: int) -> float:
    """The share of "correct" among both verifiers' verdicts on 20 items, where they differ on two."""
    return right / 20


# Files of others


def test_sheets_of_another_workspace_are_one_finding_and_the_others_are_taken(desk: Desk) -> None:
    drawn_batch(desk, answers=agreeing(20))
    each, *_ = drawn_items(desk, "b1")
    strangers = [replace(raw(each, "correct"), sample="x9/1", item_id=f"i-{n}") for n in range(30)]
    done = import_verdicts(desk, [*strangers, raw(each, "correct")])
    assert (done.recorded, [found.code for found in done.findings]) == (1, ["review-other-sample"])
    assert done.findings[0].message.values == {"sample": "x9/1", "n": 30}


def test_a_verdict_from_before_checks_were_kept_is_the_same_verdict(desk: Desk) -> None:
    """A sheet of the old format says "unsafe" by its risk alone; importing it again changes nothing."""
    drawn_batch(desk, answers=agreeing(20))
    each, *_ = drawn_items(desk, "b1")
    row = raw(each, "incorrect", rule="Q-01", unsafe="A.1")
    assert import_verdicts(desk, [row]).recorded == 1
    last = desk.ledger.facts()[-1]
    older = Draft(body=replace(last.body, safety=""), subjects=last.subjects, actor="lead", supersedes=last.seq)
    desk.ledger.append([older], now=desk.clock())
    assert import_verdicts(desk, [row]).unchanged == 1
    assert import_verdicts(desk, [replace(row, safety="unsafe")]).unchanged == 1
    assert import_verdicts(desk, [replace(row, checks={"quality": str(CheckResult.FAILED)})]).recorded == 1
