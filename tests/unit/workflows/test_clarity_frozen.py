"""Clarity from frozen batches: the same figures by hand, disputes and rulings, verdicts, times, trends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from labelqa.errors import BadInput, Refused
from labelqa.records.clarity import RulebookClarity, RuleClarity
from labelqa.records.estimate import Estimate, Unknown
from labelqa.records.review import Verdict
from labelqa.stats.proportion import wilson
from labelqa.workflows.clarity.frozen import rulebook_clarity
from labelqa.workflows.clarity.times import measured_times
from labelqa.workflows.clarity.trends import label_trend
from labelqa.workflows.desk import Desk
from labelqa.workflows.disputes import rule_dispute
from labelqa.workflows.drawing.draws import drawn_items
from labelqa.workflows.reviewing.reviews import record_review
from tests.building import EXECUTORS, MONDAY, RELEASE, Answer, account, drawn_batch, frozen_batch, new_desk, staffed


def answered(labels: str, item: str, *, seconds: float = 40.0) -> list[Answer]:
    """One answer of each executor to an item: "a a i" is accept, accept, inaccurate."""
    names = {"a": "accept", "i": "inaccurate", "o": "off_topic", "c": "incomplete", "p": "poor_language"}
    return [
        Answer(item, account(who), names[label], at=MONDAY, seconds=seconds + at)
        for at, (who, label) in enumerate(zip(EXECUTORS, labels.split(), strict=False))
    ]


ITEMS = {
    **{f"q-{n:02}": "a a a" for n in range(10)},
    **{f"q-{n:02}": "i i i" for n in range(10, 14)},
    "q-14": "a a i", "q-15": "a i i", "q-16": "a i o", "q-17": "c a o", "q-18": "o o o",
}  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with new_desk(tmp_path) as desk:
        staffed(desk)
        frozen_batch(desk, answers=[each for item, labels in ITEMS.items() for each in answered(labels, item)])
        yield desk


def rule_giving(found: RulebookClarity, label: str) -> list[RuleClarity]:
    return [each for each in found.rules if label in each.labels]


def test_the_figures_are_those_counted_by_hand(desk: Desk) -> None:
    found = rulebook_clarity(desk, RELEASE)
    assert (found.batches, found.items, found.items_with_pairs, found.answers) == (("b1",), 19, 19, 57)
    assert found.disputes == 2  # q-16 and q-17: no label has more than half
    [inaccurate] = rule_giving(found, "inaccurate")
    assert inaccurate.answers == 12 + 1 + 2 + 1
    assert inaccurate.items == 7
    assert isinstance(inaccurate.differing, Estimate)
    # of 57 pairs of answers: q-14 and q-15 two each, q-16 two with "inaccurate" on one side
    assert inaccurate.differing.point == pytest.approx(6 / 57)
    assert isinstance(inaccurate.disputes, Estimate)
    assert inaccurate.disputes.point == 0.5
    assert isinstance(inaccurate.named, Unknown)
    assert isinstance(inaccurate.wrong, Unknown)
    assert isinstance(inaccurate.seconds, Estimate)


def test_the_items_to_look_at_are_those_of_the_two_rules(desk: Desk) -> None:
    found = rulebook_clarity(desk, RELEASE)
    [inaccurate], [off] = rule_giving(found, "inaccurate"), rule_giving(found, "off_topic")
    [pair] = [each for each in found.pairs if {each.first, each.second} == {inaccurate.rule, off.rule}]
    assert (pair.items, pair.examples) == (1, ("q-16",))
    assert pair.steps


def test_a_ruling_counts_for_the_rule_that_its_reason_cites_else_for_that_of_its_label(desk: Desk) -> None:
    [inaccurate], [off] = rule_giving(rulebook_clarity(desk, RELEASE), "inaccurate"), rule_giving(
        rulebook_clarity(desk, RELEASE), "off_topic"
    )  # fmt: skip
    rule_dispute(desk, "b1", "q-16", label="inaccurate", by="Art Biter", reason=f"按 {off.rule}，不看别的")
    rule_dispute(desk, "b1", "q-17", label="off_topic", by="Art Biter", reason="说得很清楚")
    found = {each.rule: each for each in rulebook_clarity(desk, RELEASE).rules}
    assert found[off.rule].rulings.point == 1.0  # type: ignore[union-attr]
    assert found[off.rule].rulings_citing == 1
    assert found[inaccurate.rule].rulings.point == 0.0  # type: ignore[union-attr]


def test_verdicts_count_for_the_rule_that_they_name_and_for_the_label_that_should_have_been(tmp_path: Path) -> None:
    told = {f"q-{n:02}": "a a a" for n in range(12)}
    with new_desk(tmp_path) as desk:
        staffed(desk)
        sample = drawn_batch(desk, answers=[each for item, labels in told.items() for each in answered(labels, item)])
        drawn = drawn_items(desk, sample.sample)
        assert len(drawn) == 12
        before = rulebook_clarity(desk, RELEASE)
        assert (before.checked, {each.expected.point for each in before.ranking if isinstance(each.expected, Estimate)}) == (
            0, {0.0}
        )  # fmt: skip
        for at, each in enumerate(drawn):
            wrong = (
                {"correct_label": "inaccurate", ("rule" if at == 0 else "defect"): ("Q-03", "R1")[at]} if at < 2 else {}
            )
            verdict = Verdict.INCORRECT if wrong else Verdict.CORRECT
            record_review(desk, "b1", each.item_id, verdict=verdict, by=each.verifier, **wrong)
        found = rulebook_clarity(desk, RELEASE)
        rules = {each.rule: each for each in found.rules}
        assert found.checked == 12
        assert rules["Q-03"].named == wilson(1, 12)
        assert rules["Q-06"].wrong == wilson(2, 12)
        [pair] = found.pairs
        assert (pair.first, pair.second, pair.corrections, pair.items) == ("Q-03", "Q-06", (0, 2), 0)
        place = {each.rule: each.expected for each in found.ranking}
        # all agreed: the item whose review names Q-03 counts for it alone, the other for both rules
        assert place["Q-06"].point == pytest.approx(12 * 1 / 12)  # type: ignore[union-attr]
        assert (place["Q-03"].reason, found.ranking[0].rule) == ("too-few-items", "Q-06")  # type: ignore[union-attr]


def test_a_rulebook_by_its_name_alone_is_all_its_releases(desk: Desk) -> None:
    assert rulebook_clarity(desk, "genai-sft").rules == rulebook_clarity(desk, RELEASE).rules


def test_what_is_not_there_is_said(desk: Desk) -> None:
    with pytest.raises(Refused, match="no rulebook called nothing"):
        rulebook_clarity(desk, "nothing")
    with pytest.raises(BadInput, match="not released"):
        rulebook_clarity(desk, "genai-sft@9.9.9")
    with pytest.raises(BadInput, match="no batch is called b9"):
        rulebook_clarity(desk, RELEASE, batches=["b9"])


def test_a_release_without_a_frozen_batch_has_nothing_to_measure(tmp_path: Path) -> None:
    with new_desk(tmp_path) as desk:
        staffed(desk)
        with pytest.raises(Refused, match="no batch labelled under"):
            rulebook_clarity(desk, RELEASE)


def test_the_times_are_those_that_the_linter_takes(desk: Desk) -> None:
    told = measured_times(desk, RELEASE)
    assert told.item is not None
    assert (told.item.median, told.item.n) == (41.0, 57)
    assert set(told.rules) <= {each.rule for each in rulebook_clarity(desk, RELEASE).rules}
    assert all(each.n >= 6 for each in told.rules.values())


def test_a_trend_has_a_share_for_each_label_and_batch(desk: Desk) -> None:
    found = label_trend(desk, "genai-sft")
    [batch] = found.batches
    accept = next(at for at, group in enumerate(found.groups) if ("accept",) in dict(group.labels).values())
    share = batch.shares[accept]
    assert isinstance(share, Estimate)
    assert share.point == pytest.approx((30 + 2 + 1 + 1 + 1) / 57)
    assert batch.outside == 0
    assert found.notes == ()
    with pytest.raises(Refused, match="all of them"):
        label_trend(desk, RELEASE)
