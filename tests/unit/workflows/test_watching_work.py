"""How people work as answers arrive: gold below the mark, the chart's signals, odd ways; and samples that may stop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from labelqa.i18n import render
from labelqa.records.alerts import Alert
from labelqa.records.finding import Severity
from labelqa.records.people import Duty
from labelqa.records.personnel import QualificationAction
from labelqa.records.review import Verdict
from labelqa.records.servers import ReleasePushed
from labelqa.stats.behaviour.straight_lining import run_chance
from labelqa.stats.drift import error_cusum
from labelqa.stats.running import run_bound, signals
from labelqa.workflows.drawing.draws import drawn_items
from labelqa.workflows.golden.register import retire_gold
from labelqa.workflows.imports import import_gold
from labelqa.workflows.people import add_person
from labelqa.workflows.policies import declare_policy
from labelqa.workflows.qualifying.deciding import Matter, decide
from labelqa.workflows.reviewing.reviews import record_review
from labelqa.workflows.watching import alert_lines, watch, watch_samples
from labelqa.workflows.watching.gold import chart
from tests.building import EXECUTORS, MONDAY, RELEASE, Answer, account, agreeing, drawn_batch, take_in
from tests.unit.workflows.conftest import Place

SUE, ANN, BOB = "Sue Pervise", EXECUTORS[0], EXECUTORS[1]
SECOND = timedelta(seconds=60)


@pytest.fixture
def here(here: Place) -> Place:
    add_person(here.desk, SUE, organizer="Org", duties=[Duty.SUPERVISOR], accounts={})
    return here


def arrive(here: Place, answers: Sequence[Answer], *, name: str = "x.csv") -> list[Alert]:
    return watch(here.desk, take_in(here.desk, answers, name=name, release=RELEASE).import_no)


def gold_answers(labels: str, *, start: int = 0, by: str = ANN, source: str = "") -> list[Answer]:
    """One answer a letter: right for r, wrong for w."""
    return [
        Answer(
            f"g-{start + n:03}", account(by), "accept" if each == "r" else "off_topic",
            at=MONDAY + (start + n) * SECOND, source=source and f"{source}{start + n}",
        )
        for n, each in enumerate(labels)
    ]  # fmt: skip


def golden(here: Place, n: int = 80) -> None:
    import_gold(here.desk, [(f"g-{number:03}", "accept") for number in range(n)])


def by_code(found: Sequence[Alert]) -> dict[str, Alert]:
    return {each.code: each for each in found}


# ---- gold


def mark(here: Place, below: str = "0.8", items: str = "10") -> None:
    declare_policy(here.desk, "suspend-below", below, reason="as agreed", by=SUE)
    declare_policy(here.desk, "suspend-items", items, reason="as agreed", by=SUE)


def test_accuracy_wholly_below_the_declared_mark_is_told_with_its_interval(here: Place) -> None:
    golden(here)
    mark(here)
    found = by_code(arrive(here, gold_answers("rrrrrwwwww" + "wwwww")))
    below = found["gold-below"]
    told = below.message.values
    assert (below.severity, told["right"], told["checked"], below.count, below.item) == (
        Severity.ERROR,
        5,
        15,
        10,
        "g-005",
    )
    assert told["low"] < told["rate"] < told["high"] < 0.8
    assert "5 of 15" in render(below.message, "en")
    assert "Wilson" in render(below.message, "en")


def test_no_mark_declared_is_no_alert_below_it(here: Place) -> None:
    golden(here)
    assert "gold-below" not in by_code(arrive(here, gold_answers("w" * 30)))


def test_too_few_gold_answers_say_nothing(here: Place) -> None:
    golden(here)
    mark(here, items="20")
    assert "gold-below" not in by_code(arrive(here, gold_answers("w" * 19)))
    assert "gold-below" in by_code(arrive(here, gold_answers("w", start=19), name="y.csv"))


def test_an_interval_that_reaches_the_mark_says_nothing(here: Place) -> None:
    golden(here)
    mark(here)
    assert "gold-below" not in by_code(arrive(here, gold_answers("rrrrrrrwww")))


def test_ground_truth_of_others_and_models_never_count(here: Place) -> None:
    mark(here)
    assert arrive(here, gold_answers("r" * 30)) == []  # no register: nothing is gold
    golden(here)
    add_person(here.desk, "gpt", organizer="Org", duties=[Duty.EXECUTOR], accounts={"file": "gpt"}, model="gpt 5")
    answers = [Answer(f"g-{n:03}", "gpt", "off_topic", at=MONDAY) for n in range(30)]
    assert arrive(here, answers, name="y.csv") == []


def test_the_first_answer_counts_and_a_later_change_does_not(here: Place) -> None:
    golden(here)
    mark(here)
    arrive(here, gold_answers("w" * 9, source="s"))
    arrive(here, gold_answers("r" * 9, source="s"), name="y.csv")
    found = by_code(arrive(here, gold_answers("w", start=9), name="z.csv"))
    assert (found["gold-below"].message.values["right"], found["gold-below"].message.values["checked"]) == (0, 10)


def test_an_answer_changed_from_wrong_to_wrong_is_one_answer(here: Place) -> None:
    golden(here)
    mark(here)
    arrive(here, gold_answers("w" * 9, source="s"))
    changed = [replace(each, label="incomplete") for each in gold_answers("w" * 9, source="s")]
    assert "gold-below" not in by_code(arrive(here, changed, name="y.csv"))


def test_what_was_decided_is_not_told_again(here: Place) -> None:
    golden(here)
    mark(here)
    arrive(here, gold_answers("w" * 20))
    here.clock.now += timedelta(hours=2)
    decide(here.desk, QualificationAction.SUSPEND, ANN, Matter(reason="low-accuracy", release="genai-sft@1"), by=SUE)
    assert "gold-below" not in by_code(arrive(here, gold_answers("w" * 10, start=20), name="y.csv"))
    meanwhile = [replace(each, at=here.clock()) for each in gold_answers("w" * 12, start=60)]
    assert "gold-below" not in by_code(arrive(here, meanwhile, name="m.csv"))
    decide(
        here.desk,
        QualificationAction.LIFT,
        ANN,
        Matter(reason="other", note="retrained", release="genai-sft@1"),
        by=SUE,
    )
    later = [Answer(f"g-{n:03}", account(ANN), "off_topic", at=here.clock() + n * SECOND) for n in range(40, 49)]
    assert "gold-below" not in by_code(arrive(here, later, name="z.csv"))


def test_retired_gold_counts_no_longer(here: Place) -> None:
    golden(here)
    mark(here)
    for number in range(5):
        retire_gold(here.desk, f"g-{number:03}", by=SUE, reason="wrong itself")
    assert "gold-below" not in by_code(arrive(here, gold_answers("w" * 14)))


def test_the_chart_signals_when_errors_pile_up(here: Place) -> None:
    golden(here)
    found = by_code(arrive(here, gold_answers("r" * 30 + "www")))
    drift = found["gold-drift"]
    told = drift.message.values
    assert (drift.severity, drift.count, told["wrong"] <= told["since"] <= 3) == (Severity.WARNING, 1, True)
    assert told["false"] >= 1000
    again = by_code(arrive(here, gold_answers("wwwwwwww", start=33), name="y.csv"))
    assert again["gold-drift"].count > drift.count


def test_a_few_errors_over_a_long_time_are_no_signal(here: Place) -> None:
    golden(here)
    assert arrive(here, gold_answers(("r" * 19 + "w") * 4)) == []


def test_the_chart_follows_the_declared_mark() -> None:
    assert (chart(None).bad, chart(0.9).bad, chart(0.9).good) == (0.2, pytest.approx(0.1), pytest.approx(0.025))
    assert chart(None).run_length >= 1000


def test_signals_begin_anew_and_need_a_plan_for_single_items() -> None:
    plan = error_cusum(0.05, 0.2, run_length=1000)
    once = signals([True] * 10, plan)
    assert [each.start for each in once[1:]] == [each.at + 1 for each in once[:-1]]
    assert all(each.wrong == each.n for each in once)
    assert signals([False] * 1000, plan) == ()
    with pytest.raises(ValueError, match="not for one"):
        signals([True], error_cusum(0.02, 0.06, size=50, run_length=200))


@pytest.mark.parametrize("counts", [(5, 5), (50, 30, 20), (90, 10), (1, 1, 1, 1)])
@pytest.mark.parametrize("longest", [2, 5, 12])
def test_the_bound_lies_above_the_exact_chance(counts: tuple[int, ...], longest: int) -> None:
    shares = [each / sum(counts) for each in counts]
    for n in (longest, 40, 300):
        if n >= longest:
            exact = run_chance(longest, n, shares)
            bound = run_bound(longest, n, counts)
            assert exact <= bound + 1e-12
            assert bound <= 1.6 * exact + 1e-12 or bound > 0.2  # and not far above where it is small


def test_an_unfit_run_is_a_callers_mistake() -> None:
    with pytest.raises(ValueError, match="longest"):
        run_bound(5, 4, [4])


# ---- odd ways


def answer(n: int = 0, by: str = ANN, label: str = "accept", **said: object) -> Answer:
    return Answer(f"i-{n:03}", account(by), label, at=MONDAY + n * SECOND, **said)  # type: ignore[arg-type]


def test_made_for_another_and_changed_by_another_are_two_things(here: Place) -> None:
    first = by_code(arrive(here, [answer(source="1", edited=account(BOB))]))
    assert first["made-for-another"].person == here.people[ANN]
    second = by_code(arrive(here, [answer(source="1", label="off_topic", edited=account(BOB))], name="y.csv"))
    assert second["edited-by-another"].person == here.people[BOB]


def test_empty_skipped_fast_and_strange_answers_are_counted(here: Place) -> None:
    answers = [
        answer(1, label=""), answer(2, label=""), answer(3, skipped=True, label=""), answer(4, seconds=0.3),
        answer(5, seconds=0.9), answer(6, seconds=1.0), answer(7, seconds=40.0),
    ]  # fmt: skip
    found = watch(here.desk, take_in(here.desk, answers).import_no)
    strange = [answer(8, label="nonsense", release=RELEASE)]
    found += watch(here.desk, take_in(here.desk, strange, name="y.csv").import_no)
    counts = {each.code: each.count for each in found if each.code != "no-release"}
    assert counts == {"empty-answer": 2, "skipped": 1, "fast": 2, "not-in-release": 1}
    assert by_code(found)["fast"].severity is Severity.NOTE  # speed alone is no reason to act


def test_the_same_answer_down_the_line_beyond_chance(here: Place) -> None:
    mixed = [answer(n, label=("accept", "off_topic", "incomplete")[n % 3]) for n in range(60)]
    assert arrive(here, mixed) == []
    found = by_code(arrive(here, [answer(60 + n) for n in range(40)], name="y.csv"))
    assert (found["straight-lining"].count, found["straight-lining"].message.values["run"]) == (1, 40)
    again = [
        *[answer(100 + n, label="off_topic") for n in range(3)],
        *[answer(103 + n, label="incomplete") for n in range(40)],
    ]
    assert by_code(arrive(here, again, name="z.csv"))["straight-lining"].count == 2


def test_one_answer_throughout_and_answers_out_of_order_are_no_run(here: Place) -> None:
    assert arrive(here, [answer(n) for n in range(80)]) == []
    mixed = [answer(n, by=BOB, label=("accept", "off_topic")[n % 2]) for n in range(60)]
    backwards = [answer(100 + n, by=BOB) for n in reversed(range(40))]
    assert arrive(here, [*mixed, *backwards], name="y.csv") == []


def test_an_answer_out_of_order_ends_a_run(here: Place) -> None:
    mixed = [answer(n, label=("accept", "off_topic", "incomplete")[n % 3]) for n in range(60)]
    line = [answer(n) for n in (*range(61, 81), 5, *range(81, 101))]
    found = by_code(arrive(here, [*mixed, *line]))
    assert (found["straight-lining"].count, found["straight-lining"].message.values["run"]) == (1, 20)


# ---- releases of projects


def test_a_stamp_that_is_not_the_projects_release(here: Place) -> None:
    from labelqa.records.facts import Draft

    body = ReleasePushed(
        server="file", project=7, release=RELEASE, config_digest="0" * 64, instruction_digest="0" * 64,
        since=(MONDAY - timedelta(days=1)).isoformat().replace("+00:00", "Z"),
    )  # fmt: skip
    draft = Draft(body=body, subjects=("server:file", "project:file/7", f"release:{RELEASE}"), actor="x")
    here.desk.ledger.append([draft], now=here.clock())
    told = [Answer("i-1", account(ANN), "accept", release="genai-sft@2.0.0"), Answer("i-2", account(ANN), "accept")]
    shown = {"i-1": {"a": 1}, "i-2": {"a": 1}}
    found = by_code(watch(here.desk, take_in(here.desk, told, data=shown).import_no))
    assert "unknown-release" in found
    assert "no-release" not in found  # what was pushed to the project binds the one without a stamp


# ---- samples


def test_a_rule_that_has_decided_says_stop(here: Place) -> None:
    sample = drawn_batch(here.desk, answers=agreeing(60))
    items = drawn_items(here.desk, sample.sample)
    seen: list[Alert] = []
    for each in items:
        record_review(here.desk, sample.sample, each.item_id, by=each.verifier, verdict=Verdict.CORRECT)
        seen = watch_samples(here.desk)
        if seen:
            break
    (stop,) = seen
    assert (stop.code, stop.subject, stop.place) == (
        "stop-sample",
        f"sample:{sample.sample}",
        f"sample:{sample.sample}",
    )
    assert f"sample {sample.sample}: stop, the result stands" in render(stop.message, "en")
    assert watch_samples(here.desk) == []  # nothing new was said since
    assert [each.code for each in alert_lines(here.desk)] == ["stop-sample"]


def test_a_pass_without_any_import_looks_at_samples(here: Place) -> None:
    sample = drawn_batch(here.desk, answers=agreeing(60))
    for each in drawn_items(here.desk, sample.sample):
        record_review(here.desk, sample.sample, each.item_id, by=each.verifier, verdict=Verdict.CORRECT)
    assert [each.code for each in watch(here.desk, 0)] == ["stop-sample"]
