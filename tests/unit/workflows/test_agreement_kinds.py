"""The number that fits each kind of answer: as declared, as recognised, as refused; the line of a batch says the same."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from labelqa.errors import InsufficientData, WrongUsage
from labelqa.records.annotation import ControlKind
from labelqa.records.batch import Batch, Kind
from labelqa.records.estimate import Estimate, Unknown
from labelqa.records.reductions import PairTable, Patterns, grouped
from labelqa.records.summary import AgreementReport
from labelqa.stats.agreement.continuum import Continuum, Unit
from labelqa.stats.agreement.unitizing import unitizing
from labelqa.stats.distance.numbers import Absolute
from labelqa.stats.distance.regions import Regions
from labelqa.stats.distance.sets import Masi
from labelqa.stats.kinds import TABLE
from labelqa.workflows import agreement as room
from labelqa.workflows.agreement import agreement_report, alpha_of
from labelqa.workflows.batches import batch_line, declare_batch, freeze_batch
from labelqa.workflows.coefficients import INTERVALS, Manner
from labelqa.workflows.desk import Desk
from labelqa.workflows.kinds import matrix_of, names_for, pairs_with_labels, with_labels
from labelqa.workflows.marked import joined
from labelqa.workflows.state import read_state
from tests.building import EXECUTORS, MONDAY, Answer, account, take_in

PEOPLE = tuple(map(account, EXECUTORS))


def batch(
    desk: Desk,
    said: Sequence[Sequence[str | None]],
    *,
    answers: ControlKind | None = None,
    labels: Sequence[str] = (),
    data: dict[str, dict[str, Any]] | None = None,
) -> Batch:
    """A frozen trial batch: for every item what each of the three said, None for nothing."""
    declare_batch(desk, "b", kind=Kind.FUNCTIONAL, labels=labels, organizer="Org", answers=answers)
    rows = [
        Answer(f"i{at:03}", who, text, at=MONDAY)
        for at, texts in enumerate(said)
        for who, text in zip(PEOPLE, texts, strict=False)
        if text is not None
    ]
    take_in(desk, rows, data=data)
    return freeze_batch(desk, "b")


def figures(report: AgreementReport) -> dict[str, Any]:
    return {each.name: each.figure for each in report.coefficients}


RATINGS = [("1", "1", "2"), ("2", "2", "2"), ("5", "4", "5"), ("3", "3", "4"), ("1", "2", "1"), ("4", "4", "4")] * 4
SETS = [('["a"]', '["a"]', '["a","b"]'), ("[]", "[]", "[]"), ('["b"]', "[]", '["b"]'), ('["a"]', '["a"]', '["a"]')] * 5
SPAN = '[{{"start":{},"end":{},"labels":["x"],"text":"{}"}}]'
TEXT = "one two three four five six"
ENDS = (((0, 3), (0, 3), (0, 7)), ((4, 7), (4, 7), (4, 7)), ((8, 13), (14, 18), (8, 13)))
SPANS = [tuple(SPAN.format(a, b, TEXT[a:b]) for a, b in ends) for ends in ENDS] * 4


@pytest.mark.parametrize(
    ("answers", "said", "headline"),
    [
        (ControlKind.RATING, RATINGS, "krippendorff-alpha:ordinal"),
        (ControlKind.NUMBER, RATINGS, "krippendorff-alpha:interval"),
        (ControlKind.CHOICES, SETS, "distance-alpha"),
        (ControlKind.SPANS, SPANS, "unitizing-alpha"),
        (ControlKind.TEXT, [("the cat", "the cat", "a cat"), ("no dog", "no dog", "no dog"), ("x", "y", "x")] * 3,
         "distance-alpha"),
        (ControlKind.PAIRWISE, [("left", "left", "right"), ("right", "right", "right"), ("left", "left", "left")] * 4,
         "krippendorff-alpha"),
        (ControlKind.RANKING, [('["a","b","c"]', '["a","c","b"]', '["a","b","c"]'), ('["c","b","a"]',) * 3] * 4,
         "distance-alpha"),
        (ControlKind.TAXONOMY, [('[["A","B"]]', '[["A","C"]]', '[["A","B"]]'), ('[["D"]]',) * 3] * 4, "distance-alpha"),
        (ControlKind.KEYPOINTS, [('[{"x":1,"y":1,"labels":["n"]}]', '[{"x":2,"y":1,"labels":["n"]}]'),
                                 ('[{"x":80,"y":70,"labels":["n"]}]',) * 2] * 4, "distance-alpha"),
    ],
    ids=lambda part: part.value if isinstance(part, ControlKind) else None,
)  # fmt: skip
def test_each_kind_has_its_headline_and_the_line_says_the_same(
    bare: Desk, answers: ControlKind, said: list[tuple[str, ...]], headline: str
) -> None:
    made = batch(bare, said, answers=answers)
    assert made.answers == answers
    report = agreement_report(bare, "b")
    assert (report.kind, report.headline, report.coefficients[0].name) == (answers.value, headline, headline)
    assert report.distance == TABLE[answers].distance
    figure = report.coefficients[0].figure
    assert isinstance(figure, Estimate), figure
    assert figure.point < 1
    bare.memo.clear()
    line = batch_line(bare, "b")
    assert isinstance(line.alpha, Estimate)
    assert line.alpha == figure
    assert report.disputed
    assert report.influence
    assert report.pairs


def test_the_ordinal_alpha_of_ratings_by_a_plain_count(bare: Desk) -> None:
    batch(bare, RATINGS, answers=ControlKind.RATING, labels=("1", "2", "3", "4", "5"))
    found = figures(agreement_report(bare, "b"))["krippendorff-alpha:ordinal"]
    units = [[int(each) for each in unit] for unit in RATINGS]
    every = [each for unit in units for each in unit]
    often = {value: every.count(value) for value in set(every)}

    def apart(one: int, other: int) -> float:
        low, high = sorted((one, other))
        between = sum(n for value, n in often.items() if low <= value <= high)
        return 0.0 if one == other else (between - (often[low] + often[high]) / 2) ** 2

    observed = sum(sum(2 * apart(*pair) for pair in combinations(unit, 2)) / (len(unit) - 1) for unit in units)
    expected = sum(2 * apart(*pair) for pair in combinations(every, 2)) / (len(every) - 1)
    assert found.point == pytest.approx(1 - observed / expected)


def test_plain_texts_outside_the_declared_labels_are_kept_only_for_other_kinds(bare: Desk) -> None:
    made = batch(bare, [("a", "a", "zzz"), ("b", "b", "b")], labels=("a", "b"))
    assert {each.reason: each.count for each in made.freeze.exclusions} == {"not-in-release": 1}  # type: ignore[union-attr]


def test_kept_texts_have_no_label_number(bare: Desk) -> None:
    made = batch(bare, [("a", "a", "zzz"), ("b", "b", "b")], labels=("a", "b"), answers=ControlKind.TEXT)
    rows = bare.frozen.read(made.freeze.annotations).to_pylist()  # type: ignore[union-attr]
    assert {(row["label"], row["label_no"]) for row in rows} == {("a", 0), ("b", 1), ("zzz", -1)}
    assert made.freeze.exclusions == ()  # type: ignore[union-attr]


def test_choices_declared_as_such_still_need_labels(bare: Desk) -> None:
    with pytest.raises(WrongUsage, match="two --labels or more"):
        declare_batch(bare, "b", kind=Kind.FUNCTIONAL, organizer="Org", answers=ControlKind.CHOICE)
    batch(bare, [("a", "zzz")], labels=("a", "b"), answers=ControlKind.CHOICE)


def _structured(bare: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Freezes texts that two kinds could be, as an import from a labeling tool would bring them."""
    monkeypatch.setattr("labelqa.workflows.select.is_structured", lambda *_: True)
    batch(bare, [('["a","b"]', '["b","a"]'), ('["a","b"]', '["a","b"]')] * 3, labels=("x", "y"))


def test_an_unclear_kind_is_told_with_its_mend_and_can_be_named(bare: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    _structured(bare, monkeypatch)
    report = agreement_report(bare, "b")
    assert {each.reason for each in figures(report).values()} == {"unclear-kind"}
    assert "--answers" in str(report.coefficients[0].figure.message)  # type: ignore[union-attr]
    assert (report.kind, report.headline) == ("", "")
    told = agreement_report(bare, "b", answers=ControlKind.RANKING)
    assert isinstance(told.coefficients[0].figure, Estimate)
    assert isinstance(batch_line(bare, "b").alpha, Unknown)  # what one reader says is not recorded


def test_a_declared_kind_stands(bare: Desk) -> None:
    batch(bare, RATINGS, answers=ControlKind.RATING)
    with pytest.raises(WrongUsage, match="was declared to hold answers of the kind rating"):
        agreement_report(bare, "b", answers=ControlKind.TEXT)


def test_answers_of_another_kind_are_unknown_with_the_reason(bare: Desk) -> None:
    batch(bare, [("a", "b"), ("a", "a")], answers=ControlKind.NUMBER)
    report = agreement_report(bare, "b")
    assert {each.reason for each in figures(report).values()} == {"not-readable"}
    assert isinstance(alpha_of(bare, batch_of(bare)), Unknown)


def batch_of(desk: Desk) -> Batch:
    return read_state(desk).batch("b")


def test_a_distance_of_one_s_own_puts_its_alpha_first(bare: Desk) -> None:
    batch(bare, SETS, answers=ControlKind.CHOICES)
    masi, jaccard = (agreement_report(bare, "b", distance=each) for each in ("", "jaccard"))
    assert jaccard.headline == "distance-alpha"
    assert jaccard.distance == "jaccard"
    assert figures(masi)["distance-alpha"].point != figures(jaccard)["distance-alpha"].point
    with pytest.raises(WrongUsage, match="choose one of masi, jaccard, exact"):
        agreement_report(bare, "b", distance="edit")


@pytest.mark.parametrize("interval", INTERVALS)
def test_every_interval_has_one_point_and_its_own_limits(bare: Desk, interval: str) -> None:
    batch(bare, RATINGS, answers=ControlKind.RATING)
    plain = agreement_report(bare, "b")
    found = agreement_report(bare, "b", interval=interval, seed=7)
    for name, figure in figures(found).items():
        assert figure.point == pytest.approx(figures(plain)[name].point)
        assert (figure == figures(plain)[name]) is (interval == "default")
    again = agreement_report(bare, "b", interval=interval, seed=7)
    assert again.coefficients == found.coefficients
    other = agreement_report(bare, "b", interval=interval, seed=8)
    assert (other.coefficients == found.coefficients) is (interval not in ("bootstrap", "bca"))


def test_compared_answers_have_one_interval_and_say_so(bare: Desk) -> None:
    batch(bare, SPANS, answers=ControlKind.SPANS)
    with pytest.raises(WrongUsage, match="compared pair by pair"):
        agreement_report(bare, "b", interval="bootstrap")
    with pytest.raises(ValueError, match="no interval called 'exact'"):
        Manner(interval="exact")


def test_many_compared_answers_wait_for_the_command(bare: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    batch(bare, SPANS, answers=ControlKind.SPANS)
    monkeypatch.setattr(room, "QUICK", 10)
    assert batch_line(bare, "b").alpha.reason == "compared-pairwise"  # type: ignore[union-attr]
    report = agreement_report(bare, "b")
    assert batch_line(bare, "b").alpha == report.coefficients[0].figure


def test_the_headline_is_worked_out_once(bare: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    made = batch(bare, RATINGS, answers=ControlKind.RATING)
    first = alpha_of(bare, made)
    monkeypatch.setattr(room, "_headline", lambda *_: pytest.fail("worked out again"))
    assert alpha_of(bare, made) == first


def test_spans_know_how_long_the_text_is(bare: Desk) -> None:
    data = {f"i{at:03}": {"title": "none of it", "text": TEXT} for at in range(len(SPANS))}
    batch(bare, SPANS, answers=ControlKind.SPANS, data=data)
    report = agreement_report(bare, "b")
    assert not any("how long the items are" in str(each) for each in report.notes)
    assert [(each.label, each.count) for each in report.per_label] == [("x", 36)]
    units = [[Unit(*ends, "x") for ends in ENDS[at % 3]] for at in range(len(SPANS))]
    items = [Continuum(start=0, end=len(TEXT), annotators=tuple((unit,) for unit in each)) for each in units]
    assert figures(report)["unitizing-alpha"] == unitizing(items, ["x"])[0].alpha


def test_without_their_text_spans_end_where_the_last_one_does(bare: Desk) -> None:
    batch(bare, SPANS, answers=ControlKind.SPANS, data={"i000": {"text": "another text altogether"}})
    report = agreement_report(bare, "b")
    assert any("how long the items are is not known" in str(each) for each in report.notes)
    assert isinstance(report.coefficients[0].figure, Estimate)


def test_joined_stretches() -> None:
    both = Regions(places=((0.0, 4.0), (2.0, 6.0), (3.0, 5.0), (7.0, 7.0)), labels=(("x",), ("x", "y"), ("y",), ("x",)))
    assert joined(both) == Regions(places=((0.0, 6.0), (2.0, 6.0)), labels=(("x",), ("y",)))


def test_all_of_them_or_the_reason(bare: Desk) -> None:
    batch(bare, RATINGS, answers=ControlKind.RATING, labels=("1", "2", "3", "4", "5"))
    found = figures(agreement_report(bare, "b", everything=True))
    assert set(found) >= set(TABLE[ControlKind.RATING].also)
    assert found["weighted-kappa:quadratic"].reason == "needs-two-annotators"
    assert isinstance(found["icc-2-1"], Estimate)
    assert found["kendall-w"].point > 0.5


def test_conger_and_light_for_choices(bare: Desk) -> None:
    said = [("a", "a", "b"), ("b", "b", "b"), ("a", "b", "a"), ("a", "a", "a"), ("b", "a", "b")] * 4
    batch(bare, said, labels=("a", "b"))
    report = agreement_report(bare, "b", everything=True)
    found = figures(report)
    assert report.kind == "choice"
    assert all(isinstance(found[name], Estimate) for name in ("conger-kappa", "light-kappa"))
    assert {found[name].reason for name in ("cohen-kappa", "scott-pi")} == {"needs-two-annotators"}
    assert {each.scale for each in report.membership} == {"landis-koch", "altman", "fleiss"}
    for scale in ("landis-koch", "altman", "fleiss"):
        assert sum(each.probability for each in report.membership if each.scale == scale) == pytest.approx(1)


def test_two_annotators_have_cohen(bare: Desk) -> None:
    said = [("a", "a"), ("b", "b"), ("a", "b"), ("a", "a"), ("b", "a"), ("b", "b")] * 3
    batch(bare, said, labels=("a", "b"))
    found = figures(agreement_report(bare, "b", everything=True))
    assert found["cohen-kappa"].point == pytest.approx(cohen_kappa_score(*zip(*said, strict=True)))


def test_sets_are_told_label_by_label(bare: Desk) -> None:
    batch(bare, SETS, answers=ControlKind.CHOICES, labels=("a", "b", "never"))
    lines = {each.label: each for each in agreement_report(bare, "b").per_label}
    assert {label: line.count for label, line in lines.items()} == {"a": 30, "b": 15, "never": 0}
    assert lines["a"].share == pytest.approx(30 / 60)
    assert lines["a"].alpha.point == 1  # type: ignore[union-attr]
    assert lines["b"].alpha.point < 0.6  # type: ignore[union-attr]
    assert lines["never"].alpha.reason == "label-not-used"  # type: ignore[union-attr]


def test_disputed_items_come_with_their_answers(bare: Desk) -> None:
    said = [("a", "a", "a"), ("a", "b", "c"), ("a", "a", "b"), ("b", "b", "b")]
    batch(bare, said, labels=("a", "b", "c"))
    first, second = agreement_report(bare, "b").disputed
    assert (first.item, first.answers, first.disagreement) == ("i001", (("a", 1), ("b", 1), ("c", 1)), 1)
    assert (second.item, second.answers) == ("i002", (("a", 2), ("b", 1)))
    assert agreement_report(bare, "b", items=1).disputed == (first,)


def test_undeclared_scales_are_the_range_and_said(bare: Desk) -> None:
    batch(bare, RATINGS, answers=ControlKind.RATING)
    report = agreement_report(bare, "b")
    assert any("the scale is not declared" in str(each) for each in report.notes)
    assert all(isinstance(each.agreement, Estimate) for each in report.pairs)
    pair = next(each for each in report.pairs if {each.first, each.second} == {PEOPLE[0], PEOPLE[1]})
    gap = np.mean([abs(int(one) - int(other)) / 4 for one, other, _ in RATINGS])
    assert pair.agreement.point == pytest.approx(1 - gap)  # type: ignore[union-attr]


def test_with_labels_keeps_every_count() -> None:
    patterns = Patterns.of([[2, 1, 0], [0, 1, 1]], ("high", "low", "odd"))
    moved = with_labels(patterns, ("low", "mid", "high"))
    assert moved.labels == ("low", "mid", "high", "odd")
    assert moved.annotations == patterns.annotations
    pairs = PairTable(labels=("high", "low"), first=np.array([0, 0]), second=np.array([1, 1]),
                      first_label=np.array([0, 1]), second_label=np.array([1, 1]), count=np.array([3, 4]))  # fmt: skip
    again = pairs_with_labels(pairs, ("low", "mid", "high"))
    assert again.table(0, 1).tolist() == [[4, 0, 0], [0, 0, 0], [3, 0, 0]]


@pytest.mark.parametrize("kind", ControlKind)
def test_every_kind_names_what_it_shows(kind: ControlKind) -> None:
    shown, every = names_for(kind), names_for(kind, everything=True)
    assert shown[0] == TABLE[kind].coefficients[0]
    assert set(every) >= {*shown, *TABLE[kind].also}


def test_many_columns_of_one_value_are_grouped() -> None:
    columns = np.zeros((3, 119), dtype=np.int32)
    columns[1, 7] = 1
    rows, weight = grouped(columns, np.ones(3, dtype=np.int64))
    assert (len(rows), weight.tolist()) == (2, [2, 1])


def test_few_deciding_items_are_said(bare: Desk) -> None:
    said: list[tuple[str, ...]] = [("a", "a", "a")] * 60 + [("b", "b", "b")]
    batch(bare, said, labels=("a", "b"))
    assert any("few items decide" in str(each) for each in agreement_report(bare, "b").notes)


@pytest.mark.parametrize("distance", [Masi(), Absolute(width=4.0)])
def test_unreadable_answers_name_themselves(distance: Any) -> None:
    with pytest.raises(InsufficientData) as told:
        matrix_of(distance, ("1", '{"x":1}'))
    assert told.value.reason == "not-readable"
