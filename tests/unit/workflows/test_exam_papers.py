"""Papers on record, sittings, marks that come out the same again, and exams on gold items."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from labelqa.errors import Altered, BadInput, InsufficientData, Refused
from labelqa.records.estimate import Estimate
from labelqa.records.facts import ExamBegun, ExamRecorded
from labelqa.records.people import Standing
from labelqa.records.training import ExamRow
from labelqa.rulebook.exam import Ability, KeyedPaper, chosen, shipped_questions
from labelqa.wiring import shipped
from labelqa.workflows.desk import Desk
from labelqa.workflows.exams import make_paper
from labelqa.workflows.imports import import_gold
from labelqa.workflows.rulebooks import find_source
from labelqa.workflows.state import read_state
from labelqa.workflows.training.exam_lists import import_exams, record_told
from labelqa.workflows.training.gold_exam import GoldTerms, gold_exam
from labelqa.workflows.training.papers import PaperTerms, compose_paper, find_paper, papers, register_paper
from labelqa.workflows.training.results import record_marked, verify_exams
from labelqa.workflows.training.sitting import begin, finish
from tests.building import EXECUTORS, MONDAY, RELEASE, SAFETY, Answer, account, take_in

TERMS = PaperTerms(pass_mark=0.6, reason="the pilot", least={"law": 0.5}, title="Opening")


def composed(desk: Desk, *, release: str = SAFETY, each: int = 2) -> KeyedPaper:
    source = find_source(desk, release, start=Path.cwd(), shelf=shipped("rulebooks"))
    drawn = make_paper(source, seed="s", n=8)
    written = chosen(shipped_questions(), each=each, seed="s")
    paper, found = compose_paper(source, drawn=drawn, written=written, seed="s", title="Opening")
    assert found == []
    return paper


@pytest.fixture
def safe(place: Callable[..., Any]) -> Any:
    """A workspace under a safety rulebook."""
    return place(SAFETY)


def right(paper: KeyedPaper, *, but: frozenset[Ability] = frozenset()) -> dict[str, str]:
    return {each.key: "" if each.ability in but else each.right for each in paper.questions}


def test_a_paper_is_registered_once_with_its_terms(safe: Any) -> None:
    paper = composed(safe.desk)
    line = register_paper(safe.desk, paper, TERMS)
    assert (line.title, line.version, line.missing, line.paper) == ("Opening", "1", (), paper.digest)
    with pytest.raises(Refused, match="already"):
        register_paper(safe.desk, paper, TERMS)
    stricter = PaperTerms(pass_mark=0.9, reason="the pilot", least={}, title="Opening")
    assert register_paper(safe.desk, paper, stricter).version == "1"
    assert [each.pass_mark for each in papers(safe.desk)] == [0.9]
    other = composed(safe.desk, each=3)
    assert register_paper(safe.desk, other, TERMS).version == "2"
    state = read_state(safe.desk)
    for told in (other.digest, other.digest[:8], "Opening@2", "Opening"):
        assert find_paper(state, told).paper == other.digest
    with pytest.raises(BadInput, match="no paper"):
        find_paper(state, "Closing")


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        (PaperTerms(pass_mark=0, reason="r", least={}), "lets everybody pass"),
        (PaperTerms(pass_mark=1.5, reason="r", least={}), "a share between 0 and 1"),
        (PaperTerms(pass_mark=0.5, reason=" ", least={}), "needs its reason"),
        (PaperTerms(pass_mark=0.5, reason="r", least={"cooking": 0.5}), "none of the five"),
        (PaperTerms(pass_mark=0.5, reason="r", least={"law": 2}), "least share"),
    ],
)
def test_marks_that_cannot_be_are_refused(safe: Any, terms: PaperTerms, why: str) -> None:
    before = safe.desk.ledger.head()
    with pytest.raises(BadInput, match=why):
        register_paper(safe.desk, composed(safe.desk), terms)
    assert safe.desk.ledger.head() == before


def test_an_ability_that_is_not_examined_is_told_and_never_asked_a_share(safe: Any) -> None:
    source = find_source(safe.desk, SAFETY, start=Path.cwd(), shelf=shipped("rulebooks"))
    drawn = make_paper(source, seed="s", n=8)
    paper, found = compose_paper(source, drawn=drawn, written=(), seed="s", title="")
    assert [each.code for each in found] == ["EX003"]
    assert "laws and regulations, use of the platform, security of labelled data" in str(found[0].message)
    with pytest.raises(Refused, match="nobody could pass"):
        register_paper(safe.desk, paper, TERMS)


def test_a_sitting_shows_no_answer_counts_as_an_attempt_and_ends_once(safe: Any) -> None:
    desk, ann = safe.desk, safe.people[EXECUTORS[0]]
    paper = composed(desk)
    register_paper(desk, paper, TERMS)
    sitting = begin(desk, "Opening", ann, lang="en")
    assert sitting.attempt == 2  # one exam was recorded before
    assert not {"right", "ability", "rule", "reason"} & set(sitting.questions[0].__slots__)
    assert begin(desk, "Opening", ann, lang="zh").sitting == sitting.sitting
    assert len(read_state(desk).facts.of(ExamBegun)) == 1
    done = finish(desk, sitting.sitting, right(paper))
    assert (done.exam.passed, done.exam.score, done.exam.attempt, done.exam.origin) == (True, 1.0, 2, "dashboard")
    assert [each.name for each in done.abilities] == [each.value for each in Ability]
    assert isinstance(done.share, Estimate)
    assert done.share.low < 1
    with pytest.raises(Refused, match="ended"):
        finish(desk, sitting.sitting, right(paper))
    with pytest.raises(BadInput, match="no exam was begun"):
        finish(desk, "e-nothing", {})
    assert begin(desk, "Opening", ann).attempt == 3


def test_a_mark_declared_while_somebody_sits_does_not_change_the_exam(safe: Any) -> None:
    desk, paper = safe.desk, composed(safe.desk)
    register_paper(desk, paper, TERMS)
    sitting = begin(desk, "Opening", safe.people[EXECUTORS[0]])
    register_paper(desk, paper, PaperTerms(pass_mark=1.0, reason="stricter", least={}, title="Opening"))
    assert finish(desk, sitting.sitting, right(paper)).exam.pass_mark == 0.6


def test_an_exam_passes_only_if_every_least_share_is_met(safe: Any) -> None:
    desk, ann, paper = safe.desk, safe.people[EXECUTORS[0]], composed(safe.desk)
    registered = register_paper(desk, paper, TERMS)
    told = right(paper, but=frozenset({Ability.LAW}))
    done = record_marked(desk, ann, find_paper(read_state(desk), registered.paper), told)
    assert done.exam.score > TERMS.pass_mark
    assert (done.exam.passed, done.exam.unmet) == (False, ("law",))
    assert read_state(desk).exams[ann][-1].unmet == ("law",)
    assert read_state(desk).qualification(ann, SAFETY, desk.clock()).standing is Standing.FAILED


def test_stored_answers_give_the_same_marks_until_they_are_erased(safe: Any) -> None:
    desk, ann, paper = safe.desk, safe.people[EXECUTORS[0]], composed(safe.desk)
    register_paper(desk, paper, TERMS)
    registered, moment = find_paper(read_state(desk), "Opening"), desk.clock()
    record_marked(desk, ann, registered, right(paper, but=frozenset({Ability.RISK})), at=moment)
    with pytest.raises(Refused, match="at that time"):
        record_marked(desk, ann, registered, right(paper), at=moment)
    typed, marked = verify_exams(desk, ann)
    assert (typed.identical, marked.identical) == (None, True)
    assert marked.again == marked.score
    digest = desk.ledger.facts()[-1].body.answers
    ledger = create_engine(f"sqlite:///{desk.settings.workspace / 'ledger.sqlite3'}")
    with ledger.begin() as connection:
        kept = connection.execute(text("select text from texts where digest = :d"), {"d": digest}).scalar_one()
        wrong = kept.replace(paper.questions[0].key, "0" * 12)
        connection.execute(text("update texts set text = :t where digest = :d"), {"t": wrong, "d": digest})
    assert verify_exams(desk, ann, paper=paper.digest)[0].identical is (paper.questions[0].ability is Ability.RISK)
    with ledger.begin() as connection:
        connection.execute(text("delete from texts where digest = :d"), {"d": digest})
    (erased,) = verify_exams(desk, ann, paper=paper.digest)
    assert (erased.identical, erased.again) == (None, None)
    assert "erased" in str(erased.why)
    ledger.dispose()


def test_an_altered_paper_grades_nobody(safe: Any) -> None:
    desk, paper = safe.desk, composed(safe.desk)
    register_paper(desk, paper, TERMS)
    file = desk.settings.workspace / "attachments" / paper.digest
    assert file.stat().st_mode & 0o077 == 0
    file.write_bytes(paper.data.replace(b'"right":"', b'"right" :"', 1))
    with pytest.raises(Altered):
        begin(desk, "Opening", safe.people[EXECUTORS[0]])


def test_nobody_watches_over_themselves(safe: Any) -> None:
    desk, ann, paper = safe.desk, safe.people[EXECUTORS[0]], composed(safe.desk)
    register_paper(desk, paper, TERMS)
    with pytest.raises(Refused, match="another proctor"):
        record_marked(desk, ann, find_paper(read_state(desk), "Opening"), right(paper), proctor=ann)


def test_lists_of_exams_count_attempts_and_abilities(desk: Desk, here: Any) -> None:
    row = ExamRow(
        person=EXECUTORS[0], release=RELEASE, at=MONDAY - timedelta(hours=2), score=0.9, pass_mark=0.8,
        abilities={"law": 0.4}, least={"law": 0.5}, proctor=EXECUTORS[1],
    )  # fmt: skip
    later = ExamRow(person=EXECUTORS[0], release=RELEASE, at=MONDAY - timedelta(hours=1), score=0.9, pass_mark=0.8)
    strange = ExamRow(person=EXECUTORS[0], release=RELEASE, at=MONDAY, score=0.9, pass_mark=0.8, abilities={"x": 1})
    done = import_exams(desk, [row, later, row, strange])
    assert (done.added, done.unchanged, len(done.findings)) == (2, 1, 1)
    assert [each.body.attempt for each in desk.ledger.facts()[-2:]] == [2, 3]
    first, second = read_state(desk).exams[here.people[EXECUTORS[0]]][-2:]
    assert (first.passed, second.passed) == (False, True)
    assert record_told(desk, later).attempt == 4


def test_rows_of_one_time_that_differ_are_never_the_same_exam(desk: Desk, here: Any) -> None:
    good = ExamRow(person=EXECUTORS[0], release=RELEASE, at=MONDAY - timedelta(hours=2), score=0.9, pass_mark=0.8)
    bad = replace(good, score=0.4)
    for rows in ([good, bad], [bad, good]):
        done = import_exams(desk, rows)
        assert (done.added, done.unchanged, len(done.findings)) == (0, 0, 2)
        assert "two attempts need their times of day" in str(done.findings[0].message)
    assert import_exams(desk, [good, replace(good, person=here.people[EXECUTORS[0]])]).unchanged == 1
    done = import_exams(desk, [bad, good])
    assert (done.added, done.unchanged, len(done.findings)) == (0, 0, 2)
    done = import_exams(desk, [bad])
    assert (done.added, done.unchanged) == (0, 0)
    assert "on record with 0.9 of 0.8" in str(done.findings[0].message)
    assert import_exams(desk, [replace(bad, at=bad.at + timedelta(minutes=1))]).added == 1


def gold(desk: Desk, n: int, *, wrong: int = 0, release: str = RELEASE) -> None:
    import_gold(desk, ((f"q-{at:03}", "accept") for at in range(n)))
    answers = [
        Answer(f"q-{at:03}", account(EXECUTORS[0]), "inaccurate" if at < wrong else "accept", release=release)
        for at in range(n)
    ]
    take_in(desk, answers, name=f"{n}-{wrong}.csv")


def gold_terms(**more: Any) -> GoldTerms:
    return GoldTerms(**({"release": RELEASE, "pass_mark": 0.8, "reason": "the pilot"} | more))


def test_answers_on_gold_items_are_an_exam(desk: Desk, here: Any) -> None:
    ann = here.people[EXECUTORS[0]]
    gold(desk, 25, wrong=3)
    take_in(desk, [Answer("q-000", account(EXECUTORS[0]), "accept", release=RELEASE, at=MONDAY + timedelta(minutes=1),
                          source="again")], name="again.csv")  # fmt: skip
    take_in(desk, [Answer("q-001", account(EXECUTORS[1]), "accept", release=RELEASE)], name="bob.csv")
    done = gold_exam(desk, ann, gold_terms())
    assert (done.line.exam.score, done.line.exam.passed, done.line.exam.origin) == (22 / 25, True, "gold")
    assert done.left_out == {"repeat": 1}
    assert [each.name for each in done.line.abilities] == ["rules"]
    assert isinstance(done.line.share, Estimate)
    assert done.line.share.n == 25
    assert verify_exams(desk, ann)[-1].identical is True
    with pytest.raises(Refused, match="already"):
        gold_exam(desk, ann, gold_terms())
    body: ExamRecorded = desk.ledger.facts()[-1].body
    assert "q-000" not in str(body)


@pytest.mark.parametrize(
    ("release", "more", "n"),
    [
        (RELEASE, {}, 19),
        ("", {}, 0),
        ("genai-sft@9.9.9", {}, 0),
        (RELEASE, {"start": MONDAY + timedelta(seconds=1)}, 0),
        (RELEASE, {"end": MONDAY}, 0),
    ],
)
def test_too_few_gold_items_prove_nothing(desk: Desk, here: Any, release: str, more: dict, n: int) -> None:
    gold(desk, 19, release=release)
    with pytest.raises(InsufficientData, match=f"answered {n} gold items") as caught:
        gold_exam(desk, here.people[EXECUTORS[0]], gold_terms(**more))
    assert caught.value.reason == "too-few-gold"
    if n:
        assert gold_exam(desk, here.people[EXECUTORS[0]], gold_terms(fewest=19)).line.exam.score == 1
