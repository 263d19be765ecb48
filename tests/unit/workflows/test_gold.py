"""The gold register: what is retired counts nowhere, exposures are counted, worn items are found."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from labelqa.adapters.cli.files import looked
from labelqa.adapters.cli.imports import Reading, import_file
from labelqa.errors import BadInput, InsufficientData, Refused
from labelqa.records.batch import Kind, Repeats
from labelqa.records.estimate import Estimate, Unknown
from labelqa.records.gold import GoldState
from labelqa.workflows.batches import declare_batch, freeze_batch
from labelqa.workflows.desk import Desk
from labelqa.workflows.gold_accuracy import gold_report
from labelqa.workflows.golden.register import gold_lines, retire_gold, rotation
from labelqa.workflows.imports import import_gold
from labelqa.workflows.policies import declare_policy
from labelqa.workflows.population import population
from labelqa.workflows.state import read_state
from tests.building import ARBITRATOR, EXECUTORS, MONDAY, RELEASE, Answer, account, agreeing, frozen_batch, take_in


def test_a_retired_answer_counts_nowhere_and_the_frozen_files_stay(desk: Desk) -> None:
    import_gold(desk, [("q-000", "accept"), ("q-001", "inaccurate")])
    batch = frozen_batch(desk, answers=agreeing(4))
    assert gold_report(desk, "b1").gold_items == 2
    before, stamp = read_state(desk), desk.clock()
    retire_gold(desk, "q-001", by=ARBITRATOR, reason="the answer was wrong")
    report = gold_report(desk, "b1")
    assert (report.gold_items, report.record.accuracy.point if isinstance(report.record.accuracy, Estimate) else 0) == (
        1,
        1.0,
    )
    state = read_state(desk)
    assert set(population(desk, state, batch).gold) == {"q-000"}
    assert set(population(desk, before, batch).gold) == {"q-000", "q-001"}
    assert set(population(desk, read_state(desk, known=stamp), batch).gold) == {"q-000", "q-001"}
    assert batch.freeze is not None
    frozen = desk.frozen.read(batch.freeze.items, ["gold"]).column("gold").to_pylist()
    assert frozen[:2] == ["accept", "inaccurate"]
    retire_gold(desk, "q-000", by=ARBITRATOR, reason="worn out")
    with pytest.raises(InsufficientData):
        gold_report(desk, "b1")


def test_a_later_freeze_has_no_retired_answers(desk: Desk) -> None:
    import_gold(desk, [("q-000", "accept"), ("q-001", "accept")])
    retire_gold(desk, "q-000", by=ARBITRATOR, reason="wrong")
    batch = frozen_batch(desk, answers=agreeing(4))
    assert batch.freeze is not None
    assert desk.frozen.read(batch.freeze.items, ["gold"]).column("gold").to_pylist() == [None, "accept", None, None]


def test_what_cannot_be_retired(desk: Desk) -> None:
    import_gold(desk, [("q-000", "accept")])
    with pytest.raises(BadInput, match="not in the gold register"):
        retire_gold(desk, "nowhere", by=ARBITRATOR, reason="x")
    with pytest.raises(Refused, match="with a reason"):
        retire_gold(desk, "q-000", by=ARBITRATOR, reason=" ")
    retire_gold(desk, "q-000", by=ARBITRATOR, reason="x")
    with pytest.raises(Refused, match="retired already"):
        retire_gold(desk, "q-000", by=ARBITRATOR, reason="x")


def test_exposures_are_counted_by_person_and_a_policy_says_what_is_due(desk: Desk) -> None:
    import_gold(desk, [("q-000", "accept"), ("q-001", "accept")])
    frozen_batch(desk, answers=[*agreeing(3), Answer("q-000", account(EXECUTORS[0]), "inaccurate", source="2")])
    found = {each.item_id: each for each in gold_lines(desk).lines}
    assert (found["q-000"].exposures, found["q-000"].people, found["q-000"].often[0][1]) == (4, 3, 2)
    assert found["q-000"].state is GoldState.IN_USE
    assert isinstance(found["q-000"].change, Unknown)
    assert rotation(desk).needed == 0
    declare_policy(desk, "gold-exposures", "4", by=ARBITRATOR, reason="worn after four")
    proposed = rotation(desk)
    assert [each.item_id for each in proposed.due] == ["q-000"]
    assert (proposed.in_use, proposed.needed, dict(proposed.low)) == (2, 1, {"accept": 1})


def test_an_item_that_people_come_to_know_is_suspected_with_an_interval(desk: Desk) -> None:
    import_gold(desk, [("leak", "accept"), ("steady", "accept")])
    answers = [
        Answer(item, account(EXECUTORS[0]), "accept" if right else "inaccurate", source=f"{item}{n}", at=MONDAY + timedelta(minutes=n))
        for n in range(60)
        for item, right in (("leak", n >= 30), ("steady", n % 2 == 0))
    ]  # fmt: skip
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    take_in(desk, answers)
    freeze_batch(desk, "b1", repeats=Repeats.ALL)
    found = {each.item_id: each for each in gold_lines(desk).lines}
    leak, steady = found["leak"].change, found["steady"].change
    assert isinstance(leak, Estimate)
    assert isinstance(steady, Estimate)
    assert leak.point == 1.0
    assert leak.low > 0.5
    assert leak.confidence == pytest.approx(0.975)  # two items were looked at
    assert steady.low < 0 < steady.high
    assert (found["leak"].state, found["steady"].state) == (GoldState.SUSPECTED, GoldState.IN_USE)


def test_the_ground_truth_flag_of_label_studio_alone_never_counts(desk: Desk, shared: Path) -> None:
    path = shared / "fixtures/label_studio/exports/choices_single/JSON.json"
    assert any(each["ground_truth"] for task in json.loads(path.read_text("utf-8")) for each in task["annotations"])
    import_file(desk, looked(desk, path), Reading(server="label-studio"))
    assert any(row.ground_truth for row in desk.intake.annotations())
    declare_batch(
        desk, "b1", kind=Kind.FUNCTIONAL, labels=("Positive", "Negative"), organizer="Org", control="sentiment"
    )
    assert desk.intake.gold() == {}
    batch = freeze_batch(desk, "b1")
    assert population(desk, read_state(desk), batch).gold == {}
    with pytest.raises(InsufficientData, match="no item of batch b1 has a gold answer"):
        gold_report(desk, "b1")
    assert gold_lines(desk).lines == ()


def test_answers_of_one_moment_are_not_told_as_earlier_and_later_ones(desk: Desk) -> None:
    """A list that knows the day alone says nothing of the order in which people came to know an item."""
    import_gold(desk, [("q-000", "accept")])
    answers = [
        Answer("q-000", account(EXECUTORS[n % 3]), "accept" if n % 2 else "inaccurate", at=MONDAY, source=str(n))
        for n in range(40)
    ]
    declare_batch(desk, "b1", kind=Kind.FUNCTIONAL, release=RELEASE, organizer="Org")
    take_in(desk, answers)
    freeze_batch(desk, "b1", repeats=Repeats.ALL)
    (line,) = gold_lines(desk).lines
    assert isinstance(line.change, Unknown)
    assert (line.state, line.right.n) == (GoldState.IN_USE, 40)
