"""In whatever portions answers arrive, the same alerts come of them, with the same counts."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from labelqa.records.alerts import Alert
from labelqa.records.duties import LeaveReason
from labelqa.records.people import Duty
from labelqa.records.personnel import QualificationAction
from labelqa.workflows.batches import declare_batch
from labelqa.workflows.desk import Desk
from labelqa.workflows.duties.assign import assign
from labelqa.workflows.duties.leaving import leave
from labelqa.workflows.imports import import_gold
from labelqa.workflows.people import add_person
from labelqa.workflows.policies import declare_policy
from labelqa.workflows.qualifying.deciding import Matter, decide
from labelqa.workflows.watching import alert_lines, watch
from tests.building import EXECUTORS, MONDAY, RELEASE, REVIEWERS, Answer, account, new_desk, opened, staffed, take_in

SUE = "Sue Pervise"
WHO = [*(account(each) for each in (*EXECUTORS, REVIEWERS[0])), "stranger@example.com"]
LABELS = ["accept", "accept", "accept", "inaccurate", "off_topic", "nonsense"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """People qualified, suspended, gone, with two duties; gold, a mark, an open batch."""
    folder = tmp_path_factory.mktemp("watching") / "w"
    with new_desk(folder) as desk:
        staffed(desk)
        add_person(desk, SUE, organizer="Org", duties=[Duty.SUPERVISOR], accounts={})
        decide(
            desk, QualificationAction.SUSPEND, EXECUTORS[1], Matter(reason="misconduct", release="genai-sft@1"), by=SUE
        )
        leave(desk, EXECUTORS[2], reason=LeaveReason.LEFT, by=SUE)
        declare_batch(desk, "b1", kind="functional", release=RELEASE, organizer="Org", where=())
        assign(desk, [REVIEWERS[0]], duty=Duty.REVIEWER, batch="b1", by=SUE)
        declare_policy(desk, "suspend-below", "0.8", reason="as in the contract", by=SUE)
        declare_policy(desk, "suspend-items", "5", reason="as in the contract", by=SUE)
        import_gold(desk, [(f"i-{number}", "accept") for number in range(0, 40, 2)])
    return folder


answer = st.builds(
    Answer,
    item=st.integers(0, 39).map(lambda number: f"i-{number}"), account=st.sampled_from(WHO),
    label=st.sampled_from(LABELS), source=st.sampled_from([""] + [str(number) for number in range(30)]),
    at=st.none() | st.integers(-40, 4000).map(lambda hours: MONDAY + timedelta(hours=hours)),
    seconds=st.none() | st.floats(0, 30), skipped=st.booleans(),
    release=st.sampled_from(["", "", RELEASE, "genai-sft@9.0.0"]), edited=st.sampled_from(["", "", *WHO]),
)  # fmt: skip


@st.composite
def down_the_line(draw: st.DrawFn) -> list[Answer]:
    """Answers of one person in the order of their times: mixed at first, then perhaps the same again and again."""
    mixed, same = draw(st.integers(0, 45)), draw(st.integers(0, 35))
    labels = [*(LABELS[2 + n % 3] for n in range(mixed)), *["accept"] * same]
    return [
        Answer(f"i-{n % 40}", WHO[0], label, at=MONDAY + timedelta(minutes=n), source=f"d{n}")
        for n, label in enumerate(labels)
    ]  # fmt: skip


def alerts(folder: Path, portions: Sequence[Sequence[Answer]]) -> list[Alert]:
    """The alerts after these portions, without the numbers that say in which order they came up."""
    with opened(folder) as desk:
        for number, portion in enumerate(portions):
            watch(desk, take_in(desk, portion, name=f"{number}.csv").import_no)
        return found_in(desk)


def found_in(desk: Desk) -> list[Alert]:
    known = desk.ledger.identities.names()
    lines = [
        replace(each, person=known.get(each.person, "?" * bool(each.person))) for each in alert_lines(desk, seen=True)
    ]
    return sorted(lines, key=lambda each: (each.code, each.person, each.place))


@settings(
    max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)  # every example opens two workspaces: shrinking one takes many minutes
@given(stream=st.lists(answer, max_size=50), run=down_the_line(), cuts=st.lists(st.integers(0, 80), max_size=6))
def test_portions_make_no_difference(
    made: Path, tmp_path_factory: pytest.TempPathFactory, stream: list[Answer], run: list[Answer], cuts: list[int]
) -> None:
    # every answer has a source of its own, so that none is taken for another's repeat within one file only
    whole = [_numbered(each, place) for place, each in enumerate([*stream, *run])]
    edges = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
    portions = [whole[start:end] for start, end in itertools.pairwise(edges)]
    found = []
    for each in ([whole], portions):
        folder = tmp_path_factory.mktemp("run") / "w"
        shutil.copytree(made, folder)
        found.append([_plain(alert) for alert in alerts(folder, each)])
    assert found[0] == found[1]


def _numbered(answer: Answer, place: int) -> Answer:
    return answer if answer.source else replace(answer, source=f"s{place}")


def _plain(alert: Alert) -> tuple[object, ...]:
    return (
        alert.code, alert.person, alert.place, alert.count, alert.item, alert.first, alert.last,
        {name: value for name, value in alert.message.values.items() if name != "name"},
    )  # fmt: skip
