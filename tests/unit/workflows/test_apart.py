"""A batch taken apart: pre-labels and models never enter the headline, and each part has the figures of its own answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from labelqa.errors import WrongUsage
from labelqa.records.agreement import Apart, PartAgreement
from labelqa.records.annotation import ControlKind
from labelqa.records.batch import Freeze, Kind
from labelqa.records.estimate import Estimate, Figure, Unknown
from labelqa.records.people import Duty
from labelqa.records.reductions import Subset
from labelqa.records.summary import AgreementReport
from labelqa.stats.proportion import wilson
from labelqa.workflows.agreement import agreement_report
from labelqa.workflows.batches import batch_line, declare_batch, freeze_batch
from labelqa.workflows.desk import Desk
from labelqa.workflows.measures import agreement_in
from labelqa.workflows.people import add_person
from labelqa.workflows.state import read_state
from labelqa.workflows.subject import all_prelabelled, counted
from tests.building import EXECUTORS, MONDAY, RELEASE, Answer, account, frozen_batch, take_in
from tests.unit.workflows.conftest import Place

PEOPLE = tuple(map(account, EXECUTORS))
MODELS = ("one@models", "two@models")
UNCHANGED, EDITED = "prelabelled-unchanged", "prelabelled-edited"


def answers(
    item: str, labels: Sequence[str], *, who: Sequence[str] = PEOPLE, origin: str = "", at: datetime = MONDAY
) -> list[Answer]:
    return [Answer(item, one, label, at=at, origin=origin) for one, label in zip(who, labels, strict=False)]


def trial(desk: Desk, said: Sequence[Answer], *, kind: ControlKind | None = None, **more: Any) -> None:
    labels = ("a", "b") if kind is None else ()
    declare_batch(desk, "b", kind=Kind.FUNCTIONAL, labels=labels, organizer="Org", answers=kind)
    take_in(desk, said, **more)
    freeze_batch(desk, "b")


def figure(report: AgreementReport, name: str) -> Figure:
    return next(each.figure for each in report.coefficients if each.name == name)


def parts(report: AgreementReport, apart: Apart) -> dict[str, PartAgreement]:
    return {each.name: each for each in report.parts if each.apart is apart}


def point(figure: Figure) -> float:
    assert isinstance(figure, Estimate), figure
    return figure.point


AFRESH = [answers(f"f{at}", labels) for at, labels in enumerate([("a", "a"), ("a", "b"), ("b", "b"), ("a", "a")])]
SHOWN = [answers(f"s{at}", ("a", "a") if at else ("b", "b"), origin=UNCHANGED) for at in range(3)]
JUDGED = [answers(f"f{at}", labels, who=MODELS, origin="machine")
          for at, labels in enumerate([("b", "b"), ("b", "b"), ("b", "a"), ("b", "b")])]  # fmt: skip


def flat(*groups: Sequence[Sequence[Answer]]) -> list[Answer]:
    return [each for group in groups for rows in group for each in rows]


def test_the_headline_is_people_s_on_items_answered_afresh(bare: Desk) -> None:
    trial(bare, flat(AFRESH, SHOWN, JUDGED))
    report = agreement_report(bare, "b")
    assert point(figure(report, "percent-agreement")) == pytest.approx(3 / 4)
    assert (report.items, report.items_with_pairs, report.annotations) == (7, 4, 22)
    assert len(report.pairs) == 1
    assert {each.item for each in report.disputed} == {"f1"}
    assert point(batch_line(bare, "b").alpha) == point(figure(report, "krippendorff-alpha"))
    assert [str(each) for each in report.notes[:2]] == [
        "8 answers of models are measured apart and do not count above",
        "3 items were begun from a pre-label; they are measured apart and do not count above",
    ]


def test_afresh_and_prelabelled_have_their_own_figures(bare: Desk) -> None:
    trial(bare, flat(AFRESH, SHOWN))
    found = parts(agreement_report(bare, "b"), Apart.ORIGIN)
    assert {name: (each.items, point(each.agreement)) for name, each in found.items()} == {
        "afresh": (4, pytest.approx(3 / 4)), "prelabelled": (3, 1.0),
    }  # fmt: skip
    assert point(found["afresh"].alpha) < 1 == point(found["prelabelled"].alpha)


def test_people_models_and_across(bare: Desk) -> None:
    trial(bare, flat(AFRESH, JUDGED))
    found = parts(agreement_report(bare, "b"), Apart.WHO)
    assert list(found) == ["people", "models", "across"]
    # models agree on three of four; a person and a model agree on: none, half, half, none of their pairs
    assert {name: point(each.agreement) for name, each in found.items()} == {
        "people": pytest.approx(3 / 4), "models": pytest.approx(3 / 4), "across": pytest.approx((0 + 0.5 + 0.5 + 0) / 4),
    }  # fmt: skip
    assert found["across"].items == 4
    assert point(found["across"].alpha) < 0


def test_one_person_may_stand_on_both_sides(bare: Desk) -> None:
    said = flat(AFRESH, [answers(f"f{at}", ("a",), who=PEOPLE[2:], origin="machine") for at in range(4)])
    trial(bare, [*said, *answers("f9", ("b",), who=PEOPLE[2:]), *answers("f9", ("b",))])
    found = parts(agreement_report(bare, "b"), Apart.WHO)
    assert point(found["across"].agreement) == pytest.approx((1 + 0.5 + 0 + 1) / 4)
    assert found["models"].agreement.reason == "no-overlap"  # type: ignore[union-attr]


def test_across_for_answers_that_are_compared(bare: Desk) -> None:
    said = flat(
        [answers(f"t{at}", (f"word {at}",) * 2) for at in range(4)],
        [answers(f"t{at}", (f"word {at}", "another"), who=MODELS, origin="machine") for at in range(4)],
    )
    trial(bare, said, kind=ControlKind.TEXT)
    found = parts(agreement_report(bare, "b", distance="same-text"), Apart.WHO)
    assert point(found["across"].agreement) == pytest.approx(0.5)
    assert found["across"].alpha.reason == "chance-across"  # type: ignore[union-attr]


def test_a_batch_begun_from_pre_labels_alone_has_no_headline(bare: Desk) -> None:
    trial(bare, flat(SHOWN), data={"s0": {"topic": "x"}})
    report = agreement_report(bare, "b", by=("data.topic",))
    assert {each.figure.reason for each in report.coefficients} == {"all-prelabelled"}  # type: ignore[union-attr]
    assert batch_line(bare, "b").alpha.reason == "all-prelabelled"  # type: ignore[union-attr]
    assert [(each.apart, each.name, point(each.agreement)) for each in report.parts] == [
        (Apart.ORIGIN, "prelabelled", 1.0)
    ]
    assert (report.per_label, report.disputed) == ((), ())


def test_unchanged_shares_are_each_person_s(bare: Desk) -> None:
    edited = [Answer("e1", PEOPLE[0], "a", at=MONDAY, origin=EDITED), Answer("e1", PEOPLE[1], "b", at=MONDAY)]
    trial(bare, [*flat(AFRESH, SHOWN), *edited])
    found = {each.name: each for each in agreement_report(bare, "b").unchanged}
    assert {name: each.prelabelled for name, each in found.items()} == {PEOPLE[0]: 4, PEOPLE[1]: 3}
    assert found[PEOPLE[0]].share == wilson(3, 4)
    assert found[PEOPLE[1]].share == wilson(3, 3)


def freeze(**more: Any) -> Freeze:
    fields = {name: None for name in Freeze.__dataclass_fields__ if name not in ("origins", "items_prelabelled")}
    return Freeze(**{**fields, "n_items": 9, **more})  # type: ignore[arg-type]


def test_of_a_batch_frozen_before_origins_were_known_everything_counts() -> None:
    assert counted(freeze()) == Subset()
    assert counted(freeze(origins={"human": 9})) == Subset()
    assert counted(freeze(origins={"machine": 1}, items_prelabelled=2)) == Subset(machine=False, prelabelled=False)
    assert all_prelabelled(freeze()) is None
    assert all_prelabelled(freeze(items_prelabelled=8)) is None
    assert all_prelabelled(freeze(items_prelabelled=9)) is not None


def test_week_by_week(bare: Desk) -> None:
    early = MONDAY - timedelta(days=7)
    said = flat(AFRESH, [answers(f"w{at}", labels, at=early) for at, labels in enumerate([("a", "a"), ("b", "b")])])
    trial(bare, said)
    found = parts(agreement_report(bare, "b"), Apart.WEEK)
    assert {name: (each.items, point(each.agreement)) for name, each in found.items()} == {
        "2026-W46": (2, 1.0), "2026-W47": (4, pytest.approx(3 / 4)),
    }  # fmt: skip


def test_weekly_figures_follow_the_same_rule(bare: Desk) -> None:
    trial(bare, flat(AFRESH, SHOWN, JUDGED))
    found = agreement_in(bare, read_state(bare), ["2026-W47"])
    assert point(found) == point(figure(agreement_report(bare, "b"), "krippendorff-alpha"))


def test_rule_by_rule(here: Place) -> None:
    said = [*answers("q1", ("accept", "accept", "off_topic")), *answers("q2", ("off_topic",) * 3),
            *answers("q3", ("accept",) * 3), *answers("q4", ("incomplete", "accept", "accept"))]  # fmt: skip
    frozen_batch(here.desk, answers=said)
    report = agreement_report(here.desk, "b1")
    found = parts(report, Apart.RULE)
    body = read_state(here.desk).release(RELEASE)
    assert 0 < len(found) <= body.rules
    alphas = {each.label: each.alpha for each in report.per_label}
    single = [each for each in found.values() if each.alpha == alphas["off_topic"]]
    assert single  # a rule that gives one label says what that label says
    assert single[0].items == 2


def test_a_missing_rulebook_is_said_and_stops_nothing(here: Place) -> None:
    frozen_batch(here.desk, answers=[*answers("q1", ("accept", "off_topic")), *answers("q2", ("accept", "accept"))])
    name, _, version = RELEASE.partition("@")
    (here.desk.settings.workspace / "rulebooks" / name / f"{version}.yaml").unlink()
    report = agreement_report(here.desk, "b1")
    assert parts(report, Apart.RULE) == {}
    assert any(str(each).startswith("agreement is not told by rules") for each in report.notes)
    assert isinstance(figure(report, "percent-agreement"), Estimate)


def test_strata_are_the_values_of_a_field(bare: Desk) -> None:
    shown = {f"f{at}": {"topic": "x" if at < 3 else "y", "n": at} for at in range(3)}
    trial(bare, flat(AFRESH), data=shown)
    report = agreement_report(bare, "b", by=("data.topic", "data.n"))
    found = [(each.field, each.name, each.items) for each in report.parts if each.apart is Apart.STRATUM]
    assert found == [("data.topic", "x", 3), ("data.topic", "", 1), ("data.n", "", 1), ("data.n", "0", 1),
                     ("data.n", "1", 1), ("data.n", "2", 1)]  # fmt: skip
    x = next(each for each in report.parts if each.name == "x")
    assert point(x.agreement) == pytest.approx(2 / 3)
    assert isinstance(report.parts[-1].agreement, Unknown)
    with pytest.raises(WrongUsage, match=r"no item of b has the field data.tpoic; its items have .*data.topic"):
        agreement_report(bare, "b", by=("data.tpoic",))


def test_too_many_values_are_cut_with_a_sentence(bare: Desk) -> None:
    said = flat([answers(f"i{at:02}", ("a", "a" if at else "b")) for at in range(60)])
    trial(bare, said, data={f"i{at:02}": {"id": at} for at in range(60)}, size=1000)
    report = agreement_report(bare, "b", by=("data.id",))
    assert len(parts(report, Apart.STRATUM)) == 50
    assert "data.id has 60 values; the 50 with the most items are told apart" in map(str, report.notes)


def test_models_are_registered_people_too(here: Place) -> None:
    add_person(here.desk, "judge", organizer="Org", duties=[Duty.EXECUTOR], accounts={"file": MODELS[0]}, model="j@1")
    said = [*answers("q1", ("accept", "off_topic")), *answers("q2", ("accept", "accept"))]
    said += [replace(each, account=MODELS[0], label="incomplete") for each in said[::2]]
    frozen_batch(here.desk, answers=said)
    report = agreement_report(here.desk, "b1")
    assert point(figure(report, "percent-agreement")) == pytest.approx(0.5)
    assert point(parts(report, Apart.WHO)["across"].agreement) == 0
