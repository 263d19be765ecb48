"""A second opinion on a frozen batch: whose answers it rests on, what it says of them, and that it changes nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
import pytest

from labelqa.errors import InsufficientData, Refused, WrongUsage
from labelqa.records.annotation import ControlKind
from labelqa.records.batch import Kind
from labelqa.records.estimate import Estimate
from labelqa.records.people import Duty
from labelqa.records.reductions import Subset
from labelqa.stats.annotators import dawid_skene, majority
from labelqa.workflows.batches import declare_batch, freeze_batch
from labelqa.workflows.behaviour import timed_answers
from labelqa.workflows.consensus import MODELS, Choice, consensus_report
from labelqa.workflows.desk import Desk
from labelqa.workflows.imports import import_gold
from labelqa.workflows.people import add_person
from labelqa.workflows.preferences import preference_report
from labelqa.workflows.state import read_state
from labelqa.workflows.transcripts import transcript_report
from tests.building import Answer, frozen_batch, take_in
from tests.unit.workflows.conftest import Place

LABELS = ("accept", "incomplete", "inaccurate", "off_topic", "poor_language")
GOOD, POOR = ("g1@x", "g2@x", "g3@x"), ("p1@x", "p2@x")


@dataclass(frozen=True)
class World:
    """Answers whose truth is known."""

    truth: dict[str, str]
    answers: list[Answer]


def world(*, items: int = 80, seed: int = 5) -> World:
    """Three who are nearly always right, and two who often say one wrong label where the truth is "accept"."""
    rng = np.random.default_rng(seed)
    truth = {f"q-{at:03}": LABELS[int(rng.integers(3))] for at in range(items)}
    answers = []
    for item, label in truth.items():
        for who in GOOD:
            said = label if rng.random() < 0.95 else LABELS[int(rng.integers(3))]
            answers.append(Answer(item, who, said))
        for who in POOR:
            leaning = label == "accept" and rng.random() < 0.7
            answers.append(Answer(item, who, "off_topic" if leaning else label))
    return World(truth, answers)


def trial(desk: Desk, answers: list[Answer], *, labels: tuple[str, ...] = (), kind: ControlKind | None = None) -> None:
    """A frozen trial batch called t."""
    declare_batch(desk, "t", kind=Kind.FUNCTIONAL, release="", labels=labels, organizer="Org", answers=kind)
    take_in(desk, answers, name="t.csv")
    freeze_batch(desk, "t")


def test_the_consensus_is_what_the_model_says_of_the_engine_s_answers(here: Place) -> None:
    known = world()
    batch = frozen_batch(here.desk, answers=known.answers)
    report, each = consensus_report(here.desk, "b1")
    answers = here.desk.reducer.answers(here.desk.frozen.checked(batch.freeze.annotations), batch.labels)
    model = dawid_skene(answers)
    rows = {row.item: row for row in each()}
    assert [row.certainty for row in rows.values()] == model.consensus.certainty.tolist()
    assert report.fit is not None
    assert report.fit.log_likelihood == model.ascent.log_likelihood
    assert dict(report.shares) == dict(zip(batch.labels, model.share.tolist(), strict=True))
    assert sum(rows[item].label == label for item, label in known.truth.items()) >= 79
    assert (report.items, report.annotations, report.annotators) == (80, 400, 5)


def test_each_model_says_something_of_every_item(here: Place) -> None:
    frozen_batch(here.desk, answers=world(items=40).answers)
    for model in MODELS:
        report, each = consensus_report(here.desk, "b1", choice=Choice(model=model))
        assert len(list(each())) == 40
        assert abs(sum(share for _, share in report.shares) - 1) < 1e-9
        assert (report.fit is None) == (model in ("majority", "wawa"))
        assert all(isinstance(line.accuracy, Estimate) for line in report.lines) == (report.fit is not None)
        assert (report.prior is None) == (model not in ("dawid-skene", "one-coin"))


def test_those_who_lean_are_named_with_what_they_say_too_often(here: Place) -> None:
    frozen_batch(here.desk, answers=world().answers)
    report, _ = consensus_report(here.desk, "b1")
    bias = {line.name: dict(line.bias) for line in report.lines}
    for who in POOR:
        assert max(bias[who], key=bias[who].__getitem__) == "off_topic"
        assert min(bias[who], key=bias[who].__getitem__) == "accept"
    accuracy = {line.name: line.accuracy.point for line in report.lines}
    assert min(accuracy[who] for who in GOOD) > max(accuracy[who] for who in POOR)


def doubtful() -> tuple[dict[str, str], list[Answer]]:
    """Two who are always right and three who are right in six of ten; of the first item those three say "accept"."""
    rng = np.random.default_rng(8)
    truth = {f"q-{at:03}": LABELS[at % 5] for at in range(1, 101)}
    answers = []
    for item, label in truth.items():
        answers += [Answer(item, who, label) for who in GOOD[:2]]
        for who in ("h1@x", "h2@x", "h3@x"):
            said = label if rng.random() < 0.6 else LABELS[int(rng.integers(5))]
            answers.append(Answer(item, who, "accept" if item == "q-001" else said))
    return truth, answers


def test_labels_of_record_that_are_probably_wrong_come_first_and_stay_as_they_are(here: Place) -> None:
    truth, answers = doubtful()
    frozen_batch(here.desk, answers=answers)
    before = list(here.desk.ledger.facts())
    report, each = consensus_report(here.desk, "b1")
    found = {row.item: row for row in each()}
    suspect = {one.item: one for one in report.suspects}["q-001"]
    assert (suspect.recorded, suspect.likeliest) == ("accept", (truth["q-001"],))
    assert found["q-001"].recorded == "accept"
    assert suspect.wrong == pytest.approx(1 - (found["q-001"].recorded_certainty or 0.0))
    assert [one.wrong for one in report.suspects] == sorted((one.wrong for one in report.suspects), reverse=True)
    differing = [row.item for row in found.values() if row.recorded is not None and row.recorded != row.label]
    assert report.differing == len(differing) > 0
    assert set(differing) == {one.item for one in report.suspects}
    assert list(here.desk.ledger.facts()) == before
    assert consensus_report(here.desk, "b1", items=0)[0].suspects == ()


def test_ties_are_counted_and_told_as_ties(here: Place) -> None:
    answers = [
        Answer(f"q-{at}", who, label) for at in range(6) for who, label in zip(GOOD[:2], LABELS[:2], strict=True)
    ]
    answers += [Answer("q-9", who, "accept") for who in GOOD[:2]]
    batch = frozen_batch(here.desk, answers=answers)
    report, each = consensus_report(here.desk, "b1", choice=Choice(model="majority"))
    assert (report.ties, report.majority_ties, report.recorded) == (6, 6, 1)
    assert {row.label for row in each()} == {"", "accept"}
    assert {row.tied for row in each() if not row.label} == {("accept", "incomplete")}
    read = here.desk.reducer.answers(here.desk.frozen.checked(batch.freeze.annotations), batch.labels)
    assert int(majority(read).consensus.tied.sum()) == 6
    assert any("no label of record" in str(note) for note in report.notes)


def test_gold_items_are_held_at_their_answer(here: Place) -> None:
    known = world()
    fooled = next(item for item, label in known.truth.items() if label == "inaccurate")
    import_gold(here.desk, [(fooled, "poor_language"), ("elsewhere", "accept")])
    frozen_batch(here.desk, answers=known.answers)
    free, _ = consensus_report(here.desk, "b1")
    held, each = consensus_report(here.desk, "b1", choice=Choice(gold=True))
    assert (free.gold, held.gold) == (0, 1)
    assert {row.item: (row.label, row.certainty) for row in each()}[fooled] == ("poor_language", 1.0)


def test_gold_that_nobody_answered_is_said(here: Place) -> None:
    frozen_batch(here.desk, answers=world(items=20).answers)
    with pytest.raises(InsufficientData, match="no gold item"):
        consensus_report(here.desk, "b1", choice=Choice(gold=True))


@pytest.mark.parametrize("told", [{"model": "glad", "strength": 1.0}, {"model": "majority", "gold": True}])
def test_words_that_do_not_fit_a_model_are_refused(told: dict[str, object]) -> None:
    with pytest.raises(WrongUsage):
        Choice(**told)  # type: ignore[arg-type]


def test_strength_nothing_is_maximum_likelihood(here: Place) -> None:
    batch = frozen_batch(here.desk, answers=world().answers)
    report, _ = consensus_report(here.desk, "b1", choice=Choice(strength=0.0))
    answers = here.desk.reducer.answers(here.desk.frozen.checked(batch.freeze.annotations), batch.labels)
    plain = dawid_skene(answers, strength=0.0).ascent.log_likelihood
    assert report.fit is not None
    assert report.fit.log_likelihood == plain > dawid_skene(answers).ascent.log_likelihood


def test_a_model_s_answers_have_no_vote(here: Place) -> None:
    known = world(items=30)
    plain = frozen_batch(here.desk, answers=known.answers)
    without, rows = consensus_report(here.desk, "b1")
    add_person(here.desk, "judge", organizer="Org", duties=[Duty.EXECUTOR], accounts={"file": "j@x"}, model="j@1")
    machine = [Answer(item, "j@x", "poor_language") for item in known.truth]
    others = [replace(each, item=f"r{each.item}") for each in known.answers]
    mixed = [*others, *(replace(each, item=f"r{each.item}") for each in machine)]
    trial(here.desk, mixed, labels=plain.labels)
    report, each = consensus_report(here.desk, "t")
    assert report.annotators == without.annotators == 5
    assert [row.certainty for row in each()] == pytest.approx([row.certainty for row in rows()])
    assert any("30 answers of models" in str(note) for note in report.notes)


def test_the_timed_answers_are_the_engine_s(here: Place) -> None:
    add_person(here.desk, "judge", organizer="Org", duties=[Duty.EXECUTOR], accounts={"file": "j@x"}, model="j@1")
    known = world(items=25)
    timed = [replace(each, seconds=float(at)) for at, each in enumerate(known.answers)]
    batch = frozen_batch(here.desk, answers=[*timed, *(Answer(item, "j@x", "accept") for item in known.truth)])
    found = timed_answers(here.desk, read_state(here.desk).batch("b1"))
    path = here.desk.frozen.checked(batch.freeze.annotations)
    assert found.answers == here.desk.reducer.answers(path, batch.labels, subset=Subset(machine=False))
    assert sorted(found.seconds.tolist()) == [float(at) for at in range(125)]
    assert len(set(found.moment.tolist())) == 1


def test_a_batch_that_is_not_frozen_is_refused(here: Place) -> None:
    declare_batch(here.desk, "open", kind=Kind.FUNCTIONAL, release="genai-sft@1.0.0", organizer="Org")
    with pytest.raises(Refused, match="not frozen"):
        consensus_report(here.desk, "open")


def test_texts_are_combined_word_by_word_and_are_no_labels(here: Place) -> None:
    said = {"g1@x": "the cat sat", "g2@x": "a cat sat down", "g3@x": "The cats sat down."}
    answers = [Answer("q-1", who, text) for who, text in said.items()]
    answers += [Answer("q-2", who, "mist and fog") for who in said]
    trial(here.desk, answers, kind=ControlKind.TEXT)
    with pytest.raises(InsufficientData, match="--model rover"):
        consensus_report(here.desk, "t")
    report, each = transcript_report(here.desk, "t")
    assert {row.item: row.text for row in each} == {"q-1": "the cat sat down", "q-2": "mist and fog"}
    assert (report.unit, report.items, report.annotations, report.annotators) == ("word", 2, 6, 3)
    assert [row.item for row in report.doubtful] == ["q-1"]


def test_chinese_texts_are_combined_character_by_character(here: Place) -> None:
    texts = ("打开窗户，第3页", "打开窗户第3页。", "打开床户第3页")
    trial(here.desk, [Answer("q-1", f"g{at}@x", text) for at, text in enumerate(texts)], kind=ControlKind.TEXT)
    report, (only,) = transcript_report(here.desk, "t")
    assert (only.text, report.unit) == ("打开窗户第3页", "character")


def test_labels_are_no_texts(here: Place) -> None:
    frozen_batch(here.desk, answers=world(items=5).answers)
    with pytest.raises(InsufficientData, match="another kind"):
        transcript_report(here.desk, "b1")


def test_preferences_need_items_that_name_both_sides(here: Place) -> None:
    rng = np.random.default_rng(3)
    better = {"a": 1.5, "b": 0.0, "c": -1.5}
    pairs = [("a", "b"), ("b", "c"), ("c", "a")] * 30
    data = {f"q-{at:03}": {"one": left, "two": right} for at, (left, right) in enumerate(pairs)}
    answers = []
    for item, sides in data.items():
        odds = better[sides["one"]] - better[sides["two"]]
        for who in GOOD:
            won = rng.random() < 1 / (1 + np.exp(-odds))
            answers.append(Answer(item, who, "left" if won else "right"))
    labels = ("left", "right", "tie")
    declare_batch(
        here.desk, "t", kind=Kind.FUNCTIONAL, release="", labels=labels, organizer="Org", answers=ControlKind.PAIRWISE
    )
    take_in(here.desk, answers, name="t.csv", size=1000, data=data)
    freeze_batch(here.desk, "t")
    report = preference_report(here.desk, "t", left="data.one", right="data.two")
    assert [each.option for each in report.options] == ["a", "b", "c"]
    assert (report.comparisons, report.annotators) == (270, 3)
    for each in report.options:
        assert each.strength.low < better[each.option] < each.strength.high
        assert each.preferred + each.passed_over + each.tied == 180
    won = Counter(data[each.item]["one" if each.label == "left" else "two"] for each in answers)  # counted by hand
    assert {each.option: each.preferred for each in report.options} == dict(won)
    with pytest.raises(WrongUsage, match=r"data\.three"):
        preference_report(here.desk, "t", left="data.one", right="data.three")
    assert consensus_report(here.desk, "t")[0].items == 90


def test_labels_are_no_preferences(here: Place) -> None:
    frozen_batch(here.desk, answers=world(items=5).answers)
    with pytest.raises(InsufficientData, match="another kind"):
        preference_report(here.desk, "b1", left="data.a", right="data.b")
