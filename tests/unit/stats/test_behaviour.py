"""The hasty, the straight-liner and the copyist are found; teams of honest people are left alone."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest

from labelqa.errors import InsufficientData
from labelqa.records.reductions import Answers
from labelqa.stats.behaviour import fast_answers, favourite_labels, long_runs, run_chance, shared_mistakes
from labelqa.stats.behaviour.tails import at_least

LABELS = ("a", "b", "c", "d")


def team(
    rng: np.random.Generator, *, people: int = 8, items: int = 240, each: int = 4, labels: int = 4, hard: float = 0.0
) -> Answers:
    """``each`` of ``people`` answer every item, right with 0.75–0.95; a share ``hard`` of the items lays one trap."""
    accuracy, truth = rng.uniform(0.75, 0.95, people), rng.integers(0, labels, items)
    trap = (truth + rng.integers(1, labels, items)) % labels
    tempting = np.where(rng.random(items) < hard, rng.uniform(0, 0.7, items), 0.0)
    who = np.sort(rng.permuted(np.tile(np.arange(people), (items, 1)), axis=1)[:, :each], axis=1)
    wrong = (truth[:, None] + rng.integers(1, labels, who.shape)) % labels
    label = np.where(rng.random(who.shape) < accuracy[who], truth[:, None], wrong)
    label = np.where(rng.random(who.shape) < tempting[:, None], trap[:, None], label)
    return answers(np.repeat(np.arange(items), each), who.ravel(), label.ravel(), labels)


def answers(item, who, label, labels: int = 4) -> Answers:
    columns = (np.asarray(column, dtype=np.int32) for column in (item, who, label))
    return Answers(labels=LABELS[:labels], **dict(zip(("item", "annotator", "label"), columns, strict=True)))


def changed(table: Answers, label: np.ndarray) -> Answers:
    return answers(table.item, table.annotator, label, len(table.labels))


def times(rng: np.random.Generator, table: Answers) -> np.ndarray:
    """Seconds: items differ, people differ, the rest is chance."""
    length = rng.normal(3.0, 0.6, int(table.item.max()) + 1)[table.item]
    pace = rng.normal(0.0, 0.3, int(table.annotator.max()) + 1)[table.annotator]
    return np.exp(length + pace + rng.normal(0, 0.4, len(table.item)))


def copied(rng: np.random.Generator, table: Answers, *, source: int, by: int, share: float) -> Answers:
    label = table.label.copy()
    of_source = {int(i): int(v) for i, w, v in zip(table.item, table.annotator, label, strict=True) if w == source}
    for row in np.flatnonzero(table.annotator == by):
        if int(table.item[row]) in of_source and rng.random() < share:
            label[row] = of_source[int(table.item[row])]
    return changed(table, label)


def test_the_hasty_annotator_is_found():
    rng = np.random.default_rng(1)
    table = team(rng)
    seconds = times(rng, table)
    mine = np.flatnonzero(table.annotator == 3)
    seconds[mine[::3]] = rng.uniform(0.2, 1.4, len(mine[::3]))
    seconds[np.flatnonzero(table.annotator == 5)[:4]] = np.nan
    checks = fast_answers(table, seconds)
    assert [check.annotator for check in checks if check.flagged] == [3]
    worst = checks[0]
    assert worst.fast >= worst.below_floor > 0
    assert worst.fast == pytest.approx(len(mine) / 3, abs=4)
    assert worst.expected < 1
    other = next(check for check in checks if check.annotator == 5)
    assert (other.untimed, other.timed) == (4, int((table.annotator == 5).sum()) - 4)
    assert 0.4 < other.pace < 2.5


def test_pace_is_the_ratio_on_the_same_items():
    """Three people, times in the ratios 1 : 2 : 3 on every item, however long: middle of the other two."""
    item = np.repeat(np.arange(30), 3)
    table = answers(item, np.tile([0, 1, 2], 30), np.zeros(90))
    seconds = np.repeat(np.linspace(5, 500, 30), 3) * np.tile([1, 2, 3], 30)
    paces = {check.annotator: check.pace for check in fast_answers(table, seconds)}
    assert paces[0] == pytest.approx(1 / np.sqrt(6))
    assert paces[1] == pytest.approx(2 / np.sqrt(3))
    assert paces[2] == pytest.approx(3 / np.sqrt(2))


def test_a_quick_expert_is_not_flagged_and_a_whole_team_of_cheats_by_the_floor_only():
    rng = np.random.default_rng(2)
    table = team(rng)
    seconds = times(rng, table)
    seconds[table.annotator == 2] *= 0.5
    assert not any(check.flagged for check in fast_answers(table, seconds))
    alone = answers(np.arange(40), np.zeros(40), np.zeros(40))
    [check] = fast_answers(alone, np.full(40, 0.3))
    assert (check.below_floor, check.fast, check.pace, check.expected, check.flagged) == (40, 40, None, None, False)


def test_chance_of_runs_by_enumeration():
    shares = np.array([0.5, 0.3, 0.2])
    for n in (1, 4, 7):
        chances = np.zeros(n + 1)
        for word in product(range(3), repeat=n):
            longest = best = 1
            for before, now in pairwise(word):
                longest = longest + 1 if before == now else 1
                best = max(best, longest)
            chances[best] += np.prod(shares[list(word)])
        for longest in range(1, n + 2):
            assert run_chance(longest, n, shares) == pytest.approx(chances[longest:].sum(), abs=1e-13)


def test_chance_of_runs_in_long_work_is_carried_on_exactly():
    """A fair coin: the number of words without a run of 6 heads or tails obeys the five-step Fibonacci recursion."""
    ways = [2]
    for n in range(2, 401):
        ways.append(2 * ways[-1] if n < 6 else sum(ways[-5:]))
    assert run_chance(6, 400, [0.5, 0.5]) == pytest.approx(1 - ways[399] / 2**400, abs=1e-12)
    assert run_chance(30, 1_000_000, [0.5, 0.5]) == pytest.approx(-np.expm1(-1e6 / 2**30), rel=1e-3)


def test_the_straight_liner_is_found_and_a_sorted_batch_is_not():
    rng = np.random.default_rng(4)
    table = team(rng)
    label = table.label.copy()
    mine = np.flatnonzero(table.annotator == 6)
    label[mine[40:65]] = 2
    checks = long_runs(changed(table, label), table.item)
    assert [check.annotator for check in checks if check.flagged] == [6]
    worst = checks[0]
    assert (worst.label, worst.longest >= 25, 35 <= worst.start <= 40) == ("c", True, True)
    assert worst.compared == worst.longest
    assert worst.agreeing < 15
    assert 2 <= worst.expected <= 6
    by_label = long_runs(changed(table, label), np.argsort(np.argsort(label, kind="stable")))
    assert min(check.p_value for check in by_label) < 1e-6
    sorted_batch = long_runs(table, np.argsort(np.argsort(table.label, kind="stable")), explained=0.6)
    assert max(check.p_value for check in sorted_batch) < 1e-6
    assert not any(check.flagged for check in sorted_batch)


def test_the_annotator_with_one_label_for_everything():
    rng = np.random.default_rng(5)
    table = team(rng)
    label = np.where((table.annotator == 1) & (rng.random(len(table.label)) < 0.97), 0, table.label)
    checks = favourite_labels(changed(table, label))
    assert [check.annotator for check in checks if check.flagged] == [1]
    worst = checks[0]
    assert worst.label == "a"
    assert worst.count > 0.9 * worst.n
    assert worst.expected == pytest.approx(worst.n / 4, rel=0.3)
    assert worst.variety < 0.5 < 1.9 < worst.variety_others <= 2.0
    throughout = changed(table, np.where(table.annotator == 1, 0, table.label))
    run = next(check for check in long_runs(throughout, table.item) if check.annotator == 1)
    assert (run.p_value, run.longest) == (1.0, run.n)  # nothing to judge the run by: the favourite tells


def test_chance_of_a_favourite_by_enumeration():
    """Four items of two: annotator 0 said a four times, the others b, b, b, a: exchangeable chances 1/2, 1/2, 1/2, 1."""
    item = np.repeat(np.arange(24), 2)
    who = np.tile([0, 1], 24)
    label = np.array([0, 1] * 3 + [0, 0] * 21)
    check = next(c for c in favourite_labels(answers(item, who, label, 2)) if c.annotator == 0)
    assert (check.count, check.expected) == (24, 21.0)
    assert check.p_value == pytest.approx(2 * 0.5**3)


def test_the_copyist_is_found_and_who_copied_is_not_said():
    rng = np.random.default_rng(6)
    table = copied(rng, team(rng, people=6, hard=0.2), source=1, by=4, share=0.8)
    checks = shared_mistakes(table)
    assert [(check.first, check.second) for check in checks if check.flagged] == [(1, 4)]
    worst = checks[0]
    assert worst.same_mistakes >= 2 * worst.expected
    assert worst.agreeing > worst.expected_agreeing
    assert len(checks) == 15


def test_agreement_between_accurate_people_is_not_copying():
    rng = np.random.default_rng(7)
    items = np.repeat(np.arange(200), 5)
    truth = rng.integers(0, 4, 200)
    label = np.repeat(truth, 5)
    slips = rng.random(1000) < np.tile([0.01, 0.01, 0.3, 0.3, 0.3], 200)
    label = np.where(slips, (label + rng.integers(1, 4, 1000)) % 4, label)
    checks = shared_mistakes(answers(items, np.tile(np.arange(5), 200), label))
    assert not any(check.flagged for check in checks)
    best = next(check for check in checks if (check.first, check.second) == (0, 1))
    assert best.agreeing > 190
    assert best.expected_agreeing == pytest.approx(best.agreeing, rel=0.03)


@pytest.mark.parametrize(("each", "labels", "hard"), [(3, 2, 0.0), (4, 4, 0.3), (6, 4, 0.8)])
def test_false_flags_are_as_rare_as_declared(each: int, labels: int, hard: float):
    """40 honest teams: at most 5 % may see any flag of a kind; 8 of 40 has a chance below 0.1 % at 5 %."""
    rng = np.random.default_rng(20261122)
    alarms = np.zeros(4)
    for _ in range(40):
        table = team(rng, items=200, each=each, labels=labels, hard=hard)
        alarms += [
            any(check.flagged for check in shared_mistakes(table)),
            any(check.flagged for check in long_runs(table, rng.permutation(len(table.item)), explained=2.0)),
            any(check.flagged for check in favourite_labels(table, margin=0.0, most=0.0)),
            any(check.flagged for check in fast_answers(table, times(rng, table), margin=0.0)),
        ]
    assert (alarms[:3] <= 7).all(), alarms
    assert alarms[3] <= 10  # without a margin honest differences of pace are seen now and then


def test_chances_under_the_hypothesis_are_not_too_small():
    """Own shares, longest run: the chances of 400 honest annotators are not below uniform."""
    rng = np.random.default_rng(9)
    small = 0
    for _ in range(400):
        label = rng.choice(4, 60, p=[0.4, 0.3, 0.2, 0.1])
        [check] = long_runs(answers(np.arange(60), np.zeros(60), label), np.arange(60))
        small += check.p_value <= 0.1
    assert small <= 56  # 40 expected; 57 has a chance below 0.5 %


def test_too_little_to_say():
    rng = np.random.default_rng(10)
    few = team(rng, items=10)
    order = np.arange(len(few.item))
    assert fast_answers(few, times(rng, few)) == long_runs(few, order) == favourite_labels(few) == ()
    assert shared_mistakes(few) == ()
    empty = answers([], [], [])
    assert long_runs(empty, []) == favourite_labels(empty) == ()
    for call, reason in (
        (lambda: shared_mistakes(empty), "no-annotations"),
        (lambda: shared_mistakes(answers([0, 0], [0, 1], [1, 1])), "no-third-answer"),
        (lambda: shared_mistakes(answers([0, 0, 0], [0, 1, 2], [0, 0, 0], 1)), "one-label"),
        (lambda: fast_answers(few, np.full(len(few.item), np.nan)), "no-times"),
    ):
        with pytest.raises(InsufficientData) as caught:
            call()
        assert caught.value.reason == reason


def test_mistakes_of_the_caller():
    table = answers([0, 0], [0, 1], [1, 1])
    for mistake in (
        lambda: fast_answers(table, [1.0]),
        lambda: fast_answers(table, [1.0, -1.0]),
        lambda: long_runs(table, [1]),
        lambda: long_runs(table, [1.0, float("nan")]),
        lambda: run_chance(2, 5, [0.5, 0.6]),
        lambda: at_least(1, np.array([1.2]), np.array([1])),
    ):
        with pytest.raises(ValueError, match=r"need|must|order|shares"):
            mistake()
