"""A change of the rules in mid-batch: what stays with the old release, what goes to the new one, what is too late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelqa.intake import AnnotationRow
from labelqa.records.batch import Batch, Condition, Kind, Operator, Repeats
from labelqa.records.facts import Draft, DutyAssigned
from labelqa.records.governance import RulebookReleased
from labelqa.records.names import PersonId
from labelqa.records.people import Standing
from labelqa.workflows.batches import declare_batch, freeze_batch, unbatched
from labelqa.workflows.desk import Desk
from labelqa.workflows.select import Selection, select
from labelqa.workflows.splits import Split
from labelqa.workflows.state import read_state
from tests.building import EXECUTORS, MONDAY, Answer, Clock, account, new_desk, opened, take_in

HOUR = timedelta(hours=1)
CHANGE, END = MONDAY + 2 * HOUR, MONDAY + 10 * HOUR
OLD, NEW = "weather@1.0.0", "weather@2.0.0"


def released(desk: Desk, version: str, *, start: datetime | None = None, until: datetime | None = None) -> None:
    """A release as its fact tells it."""
    body = RulebookReleased(
        name="weather", version=version, kind="functional", digest="0" * 64, title={"zh": "天气", "en": "Weather"},
        control="label", labels=["sun", "rain"], rules=1, examples=1, material=True, previous="",
        effective_from="" if start is None else start.isoformat(),
        previous_until="" if until is None else until.isoformat(),
    )  # fmt: skip
    draft = Draft(body=body, subjects=("rulebook:weather", f"release:weather@{version}"), actor="test")
    desk.ledger.append([draft], now=desk.clock())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Two releases: the second from two hours after Monday's beginning, open work until ten hours after."""
    with new_desk(tmp_path / "w") as made:
        released(made, "1.0.0")
        released(made, "2.0.0", start=CHANGE, until=END)
    return opened(tmp_path / "w", clock=Clock(MONDAY + 20 * HOUR))


def at(item: str, hours: float, *, seconds: float | None = None, release: str = "", who: int = 0) -> Answer:
    return Answer(item, account(EXECUTORS[who]), "sun", at=MONDAY + hours * HOUR, seconds=seconds, release=release)


WHERE = (Condition(field="item_id", operator=Operator.CONTAINS, value="q"),)
WORK = (
    at("q1", 1),  # begun and made before the change
    at("q2", 2, seconds=60),  # begun a minute before the change, made at it
    at("q3", 2),  # made at the change, nothing says that it took time
    at("q4", 2.5, seconds=60),  # begun after it
    at("q5", 10, seconds=8 * 3600 + 1),  # begun before the change, made when the old release had ended
    at("q6", 9.99, seconds=8 * 3600),  # the same, made just in time
    at("q7", 5, release=OLD),  # stamped: the stamp decides
    at("q8", 1, release=NEW),
    at("q9", 11),
    replace(at("q10", 0), at=None),  # nothing says when
)


def taken(desk: Desk, name: str, release: str, where: Sequence[Condition] = WHERE) -> tuple[Batch, Selection, set[str]]:
    batch = declare_batch(desk, name, kind=Kind.FUNCTIONAL, release=release, organizer="Org", where=where)
    selection = select(desk, read_state(desk), batch, repeats=Repeats.LAST)
    return batch, selection, {each.item.item_id for each in selection.chosen}


def test_the_batch_is_split_by_when_the_work_began(desk: Desk):
    take_in(desk, WORK)
    _, old, in_old = taken(desk, "old", OLD)
    _, new, in_new = taken(desk, "new", NEW)
    assert in_old == {"q1", "q2", "q6", "q7", "q10"}
    assert dict(old.exclusions) == {"later-release": 3, "release-ended": 1, "other-release": 1}
    assert in_new == {"q3", "q4", "q8", "q9", "q10"}
    assert dict(new.exclusions) == {"earlier-release": 4, "other-release": 1}


def assigned(desk: Desk, batch: str, hours: float, *, who: int = 0, items: Sequence[str] = ()) -> None:
    """An assignment as its fact tells it."""
    person = desk.ledger.identities.accounts()["file", account(EXECUTORS[who])]
    body = DutyAssigned(person=person, duty="executor", batch=batch, by="p-lead", items=list(items))
    draft = Draft(body=body, subjects=(f"batch:{batch}",), actor="test", effective_at=MONDAY + hours * HOUR)
    desk.ledger.append([draft], now=desk.clock())


def test_the_time_of_assignment_decides_where_somebody_was_assigned(desk: Desk):
    take_in(desk, [*WORK, at("q11", 3, who=1), at("q12", 9.5)])
    taken(desk, "old", OLD)
    taken(desk, "new", NEW)

    def shared() -> tuple[set[str], set[str]]:
        state = read_state(desk)
        both = [select(desk, state, state.batch(name), repeats=Repeats.LAST).chosen for name in ("old", "new")]
        old, new = ({each.item.item_id for each in chosen} for chosen in both)
        return old, new

    before = shared()
    assigned(desk, "old", 1.5)  # what is begun from then on was assigned before the change
    old, new = shared()
    assert old == before[0] | {"q3", "q4", "q12"}
    assert new == {"q8", "q10", "q11"}  # q11 is another person's, q8 is stamped, of q10 nobody knows when
    assigned(desk, "new", 9)  # assigned to the new batch: what is begun after it is the new one's
    old, new = shared()
    assert old == before[0] | {"q3", "q4"}
    assert new == {"q8", "q9", "q10", "q11", "q12"}
    assert not (old & new) - {"q10"}


def test_an_assignment_of_single_items_says_nothing_of_others(desk: Desk):
    take_in(desk, WORK)
    taken(desk, "old", OLD)
    assigned(desk, "old", 1.5, items=["q4"])
    state = read_state(desk)
    chosen = select(desk, state, state.batch("old"), repeats=Repeats.LAST).chosen
    assert {each.item.item_id for each in chosen} == {"q1", "q2", "q4", "q6", "q7", "q10"}


def test_what_was_frozen_under_one_release_is_not_taken_under_the_other(desk: Desk):
    take_in(desk, [each for each in WORK if each.item != "q10"])
    taken(desk, "old", OLD)
    frozen = freeze_batch(desk, "old")
    assert {each.reason: each.count for each in frozen.freeze.exclusions} == {  # type: ignore[union-attr]
        "later-release": 3, "other-release": 1, "release-ended": 1,
    }  # fmt: skip
    _, new, in_new = taken(desk, "new", NEW)
    assert in_new == {"q3", "q4", "q8", "q9"}
    assert dict(new.exclusions) == {"earlier-release": 1, "other-batch": 4}  # q5 was begun under the old release


def test_an_item_that_moves_to_the_other_batch_is_not_left_out(desk: Desk):
    """Only work that was done too late is, or what nobody did."""
    shown = {f"q{number}": {"text": str(number)} for number in range(1, 13)}  # q11 and q12 have no answer
    take_in(desk, [each for each in WORK if each.item != "q8"], data=shown)
    _, old, _ = taken(desk, "old", OLD)
    assert old.items_left_out == 1 + 3  # q5 (too late), q8, q11 and q12 (nobody began); q3, q4 and q9 moved
    taken(desk, "new", NEW)  # a batch under the later release waits for what nobody began
    again = select(desk, read_state(desk), read_state(desk).batch("old"), repeats=Repeats.LAST)
    assert again.items_left_out == 1
    new = select(desk, read_state(desk), read_state(desk).batch("new"), repeats=Repeats.LAST)
    assert new.items_left_out == 3


def test_while_the_old_release_still_takes_new_work_unbegun_items_are_its_own(tmp_path: Path):
    with new_desk(tmp_path / "w") as made:
        released(made, "1.0.0")
        released(made, "2.0.0", start=CHANGE, until=END)
    with opened(tmp_path / "w", clock=Clock(MONDAY + HOUR)) as desk:
        take_in(desk, [at("q1", 0.5)], data={name: {"text": name} for name in ("q1", "q2")})
        taken(desk, "new", NEW)
        _, old, _ = taken(desk, "old", OLD)
        assert old.items_left_out == 1


def test_annotations_of_the_later_release_stay_in_sight_until_a_batch_takes_them(desk: Desk):
    take_in(desk, WORK)
    taken(desk, "old", OLD)
    assert sum(each.annotations for each in unbatched(desk)) == 4  # q8 says itself that it is of the new one
    freeze_batch(desk, "old")
    assert sum(each.annotations for each in unbatched(desk)) == 4
    taken(desk, "new", NEW)
    assert unbatched(desk) == ()


def test_one_release_splits_nothing(tmp_path: Path):
    with new_desk(tmp_path / "w") as made:
        released(made, "1.0.0", start=MONDAY + 300 * HOUR)
    with opened(tmp_path / "w", clock=Clock(MONDAY + 20 * HOUR)) as desk:
        take_in(desk, [each for each in WORK if each.release != NEW])
        _, old, in_old = taken(desk, "old", OLD)
        assert len(in_old) == 9
        assert dict(old.exclusions) == {}
        assert old.items_left_out == 0


def test_a_qualification_ends_with_its_line(desk: Desk):
    from labelqa.records.people import Duty
    from labelqa.workflows.people import add_person, record_exam, record_training

    ann = add_person(desk, "Ann", organizer="Org", duties=[Duty.EXECUTOR], accounts={}).person
    record_training(desk, ann, OLD, at=MONDAY, organizer="Org")
    record_exam(desk, ann, OLD, at=MONDAY, score=0.9, pass_mark=0.8)
    state = read_state(desk)
    before = state.qualification(ann, OLD, END - HOUR)
    assert (before.standing, before.until, before.replaced) == (Standing.QUALIFIED, END, True)
    assert state.qualification(ann, OLD, END).standing is Standing.STALE
    covered = state.standing(OLD)
    assert (covered(ann, END - HOUR), covered(ann, END)) == (Standing.QUALIFIED, Standing.STALE)
    assert not covered.recorded_after(ann, END)


ROWS = st.tuples(st.integers(0, 100), st.none() | st.integers(0, 40))


@given(ROWS, st.integers(0, 100), st.integers(0, 60), st.integers(0, 40))
def test_adjoining_releases_share_the_work_without_rest_or_overlap(
    row: tuple[int, int | None], change: int, more: int, late: int
):
    """Whatever was begun belongs to exactly one; only the old one's end may leave something with nobody."""
    second = 1_000_000
    made = AnnotationRow(
        1, 1, 1, PersonId("p"), "", row[0] * second, row[1], False, False, "", "", 1, None, ""
    )  # fmt: skip
    end = change + more
    parts = [
        Split(start=float("-inf"), end=change * second, open_end=(change + late) * second),
        Split(start=change * second, end=end * second, open_end=float("inf")),
        Split(start=end * second, end=float("inf"), open_end=float("inf")),
    ]
    told = [each.why_out(made) for each in parts]
    begun = row[0] - (row[1] or 0)
    home = 0 if begun < change else 1 if begun < end else 2
    assert told[home] == ("release-ended" if home == 0 and row[0] >= change + late else "")
    assert set(told[:home]) <= {"later-release"}
    assert set(told[home + 1 :]) <= {"earlier-release"}
    assert [each.why_out(made._replace(release="x@1")) for each in parts] == [""] * 3
    assert [each.why_out(made._replace(created_at=None)) for each in parts] == [""] * 3
