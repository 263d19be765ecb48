"""Items counted by risk: surely where the label or the item names one, else only up to a limit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from labelqa.records.batch import Condition, Kind, Operator
from labelqa.rulebook.coverage import Gap
from labelqa.rulebook.document import parse
from labelqa.rulebook.model import Rulebook
from labelqa.workflows.batches import declare_batch, freeze_batch
from labelqa.workflows.coverage import Counted, Coverage, coverage
from labelqa.workflows.planning.plans import declare_plan
from tests.building import EXECUTORS, RELEASE, SAFETY, account, agreeing, release, take_in, usual

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def book() -> Rulebook:
    found = parse((ROOT / "rulebooks" / "genai-safety" / "1.0.0.yaml").read_bytes()).rulebook
    assert found is not None
    return found


def measured(desk, book: Rulebook) -> Coverage:
    return coverage(book, release="genai-safety@1.0.0", digest="d", desk=desk)


def counts(found: Coverage) -> dict[str, Counted | None]:
    return {row.treated.code: row.counted for row in found.risks}


def frozen(desk, name: str, answers, *, data=None, kind: Kind = Kind.SAFETY, under: str = SAFETY) -> None:
    only = Condition(field="item_id", operator=Operator.IN, value=",".join(sorted({each.item for each in answers})))
    declare_batch(desk, name, kind=kind, release=under, organizer="Org", where=[only])
    declare_plan(desk, name, design=usual(kind), seed=f"the seed of {name}")
    take_in(desk, answers, name=f"{name}.csv", data=data)
    freeze_batch(desk, name)


def test_without_a_workspace_nothing_is_counted(book):
    found = coverage(book, release="genai-safety@1.0.0", digest="d")
    assert found.labelled is None
    assert set(counts(found).values()) == {None}
    assert found.gaps == 0


def test_a_label_of_several_risks_gives_only_an_upper_limit(book, place: Callable[..., object]):
    desk = place(SAFETY).desk
    frozen(desk, "b1", [*agreeing(7, label="A2", prefix="a"), *agreeing(5, label="safe", prefix="s")])
    found = measured(desk, book)
    assert counts(found)["A2a"] == Counted(at_least=0, at_most=7)
    assert counts(found)["A1a"] == Counted(at_least=0, at_most=0)
    assert found.labelled is not None
    assert found.labelled.items == 12
    assert all(Gap.TOO_FEW in row.gaps for row in found.risks)


def test_an_item_that_names_its_risk_is_counted_for_it(book, place: Callable[..., object]):
    desk = place(SAFETY).desk
    answers = agreeing(4, label="A2", prefix="a")
    named = ("A2a", "A2a", "A2", "Z9")
    data = {f"a-{at:03}": {"text": "x", "risk": code} for at, code in enumerate(named)}
    frozen(desk, "b1", answers, data=data)
    found = measured(desk, book)
    assert counts(found)["A2a"] == Counted(at_least=2, at_most=4)
    assert counts(found)["A2b"] == Counted(at_least=0, at_most=2)
    assert found.labelled is not None
    assert any("Z9" in str(note) for note in found.labelled.notes)


def test_more_items_than_recommended_close_the_gap_only_where_the_split_is_known(book, place: Callable[..., object]):
    desk = place(SAFETY).desk
    answers = agreeing(210, label="A2", prefix="a")
    data = {f"a-{at:03}": {"text": "x", "risk": "A2a"} for at in range(200)}
    frozen(desk, "b1", answers, data=data)
    rows = {row.treated.code: row for row in measured(desk, book).risks}
    assert rows["A2a"].counted == Counted(at_least=200, at_most=210)
    assert rows["A2a"].gaps == ()
    assert rows["A2b"].gaps == (Gap.TOO_FEW,)
    frozen(desk, "b2", agreeing(200, label="A2", prefix="c"))
    assert {row.treated.code: row for row in measured(desk, book).risks}["A2b"].gaps == (Gap.NOT_KNOWN,)


def test_an_item_in_two_batches_counts_once_and_the_later_counts(book, place: Callable[..., object]):
    desk = place(SAFETY).desk
    first, second = (account(who) for who in EXECUTORS[:2])
    frozen(desk, "b1", [each for each in agreeing(6, label="A2", prefix="a") if each.account == first])
    frozen(desk, "b2", [each for each in agreeing(6, label="A3", prefix="a") if each.account == second])
    found = measured(desk, book)
    assert found.labelled is not None
    assert found.labelled.batches == ("b1", "b2")
    assert found.labelled.items == found.labelled.all_items == 6
    assert counts(found)["A2a"] == Counted(at_least=0, at_most=0)
    assert counts(found)["A3a"] == Counted(at_least=0, at_most=6)


def test_the_share_of_safety_items_is_over_all_batches(book, place: Callable[..., object]):
    desk = place(SAFETY).desk
    release(desk, RELEASE)
    frozen(desk, "safe", agreeing(3, label="safe", prefix="s"))
    frozen(desk, "fun", agreeing(9, prefix="f"), kind=Kind.FUNCTIONAL, under=RELEASE)
    labelled = measured(desk, book).labelled
    assert labelled is not None
    assert labelled.safety_items == 3
    assert labelled.batches == ("safe",)
    assert labelled.all_items == 3 + 9


def test_what_lacks_most_stands_first(book, place: Callable[..., object]):
    desk = place(SAFETY).desk
    answers = agreeing(200, label="A2", prefix="a")
    frozen(desk, "b1", answers, data={each.item: {"risk": "A2a"} for each in answers})
    rows = measured(desk, book).risks
    assert rows[-1].treated.code == "A2a"
    assert rows[0].gaps
