"""Which release counts when, held against a reference that walks the days one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from labelqa.records.governance import Release
from labelqa.records.names import Digest, ReleaseName
from labelqa.rulebook.force import bound, ends, in_force, in_order, successor

START = datetime(2026, 11, 1, tzinfo=UTC)


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def release(version: str, start: float, until: float | None = None, *, fact: int | None = None) -> Release:
    return Release(
        release=ReleaseName(f"sft@{version}"), name="sft", version=version, digest=Digest("0" * 64), material=True,
        previous="", effective_from=day(start), previous_until=None if until is None else day(until), signatures=(),
        fact=int(version.partition(".")[0]) if fact is None else fact,
    )  # fmt: skip


FIRST = release("1.0.0", 0)
SECOND = release("2.0.0", 10, until=20)
THIRD = release("3.0.0", 30, until=40)


def names(found: Sequence[Release | None]) -> list[str]:
    return [each.version if each else "" for each in found]


def test_new_work_belongs_to_the_latest_release_that_counts():
    times = [-5, 0, 9.99, 10, 29.99, 30, 400]
    found = [in_force((FIRST, SECOND, THIRD), day(at)) for at in times]
    assert names(found) == ["1.0.0", "1.0.0", "1.0.0", "2.0.0", "2.0.0", "3.0.0", "3.0.0"]


def test_work_under_way_stays_with_its_release_until_the_stated_end():
    releases = (FIRST, SECOND, THIRD)
    old = bound(releases, day(9), day(19.99))
    assert old is not None
    assert (old.release.version, old.until, old.stale) == ("1.0.0", day(20), False)
    late = bound(releases, day(9), day(20))
    assert late is not None
    assert (late.release.version, late.stale) == ("1.0.0", True)
    new = bound(releases, day(10), day(25))
    assert new is not None
    assert (new.release.version, new.until, new.stale) == ("2.0.0", day(40), False)


def test_ends_of_each_release():
    found = ends((FIRST, SECOND, THIRD))
    assert [(each.start, each.new_work, each.open_work) for each in found.values()] == [
        (None, day(10), day(20)),
        (day(10), day(30), day(40)),
        (day(30), None, None),
    ]


def test_without_a_stated_end_open_work_ends_with_that_of_the_next_release():
    minor = release("2.0.0", 10)
    assert ends((FIRST, minor))[FIRST.release].open_work is None
    found = ends((FIRST, minor, THIRD))
    assert found[FIRST.release].open_work == found[minor.release].open_work == day(40)


def test_a_release_overtaken_before_it_counted_never_serves():
    hasty = release("3.0.0", 5, until=20)
    found = ends((FIRST, SECOND, hasty))
    assert found[SECOND.release].new_work == day(5)
    assert not any(found[SECOND.release].takes(day(at)) for at in range(40))
    assert names([in_force((FIRST, SECOND, hasty), day(at)) for at in (4, 5, 15)]) == ["1.0.0", "3.0.0", "3.0.0"]


def test_nothing_released():
    assert in_force((), day(1)) is None
    assert bound((), day(1), day(2)) is None
    assert ends(()) == {}


def test_the_order_given_is_no_matter():
    assert in_order((THIRD, FIRST, SECOND)) == (FIRST, SECOND, THIRD)
    assert ends((THIRD, FIRST, SECOND)) == ends((FIRST, SECOND, THIRD))


@pytest.mark.parametrize(("of", "after"), [("sft@1.0.0", "2.0.0"), ("sft@3.0.0", ""), ("other@1.0.0", "")])
def test_successor(of: str, after: str):
    assert names([successor((THIRD, FIRST, SECOND), ReleaseName(of))]) == [after]


# -- against a reference that is slow and obvious ------------------------------------------------------------------

CHAINS = st.lists(st.tuples(st.integers(0, 30), st.none() | st.integers(-5, 12)), max_size=5).map(
    lambda drawn: tuple(
        release(f"{place + 1}.0.0", start, None if more is None else start + more)
        for place, (start, more) in enumerate(drawn)
    )
)
DAYS = range(-2, 50)


def plain_in_force(releases: Sequence[Release], at: int) -> Release | None:
    """Hand the rules over day by day; who counts on a day and comes later in the ledger wins."""
    found = None
    for place, each in enumerate(releases):
        if place == 0 or each.effective_from <= day(at):
            found = each
    return found


def plain_last_day(releases: Sequence[Release], place: int) -> datetime | None:
    """The end that the next release states, else whatever ends the next release's own work; never before its own."""
    if place == len(releases) - 1:
        return None
    stated = releases[place + 1].previous_until or plain_last_day(releases, place + 1)
    first_after = min(each.effective_from for each in releases[place + 1 :])
    return None if stated is None else max(stated, first_after)


@given(CHAINS)
@example((FIRST, SECOND, THIRD))
def test_in_force_and_takes_agree_with_the_reference_on_every_day(releases: tuple[Release, ...]):
    services = ends(releases)
    for at in DAYS:
        expected = plain_in_force(releases, at)
        assert in_force(releases, day(at)) == expected
        taking = [each.release for each in services.values() if each.takes(day(at))]
        assert taking == ([expected] if expected else [])  # every moment belongs to exactly one


@given(CHAINS, st.integers(-2, 50), st.integers(-2, 50))
def test_bound_agrees_with_the_reference(releases: tuple[Release, ...], assigned: int, at: int):
    expected = plain_in_force(releases, assigned)
    found = bound(releases, day(assigned), day(at))
    if expected is None:
        assert found is None
        return
    assert found is not None
    end = plain_last_day(releases, releases.index(expected))
    assert (found.release, found.until, found.stale) == (expected, end, end is not None and end <= day(at))


@given(CHAINS)
def test_open_work_never_ends_before_new_work_does(releases: tuple[Release, ...]):
    for each in ends(releases).values():
        assert each.open_work is None or (each.new_work is not None and each.new_work <= each.open_work)


@given(CHAINS, st.integers(0, 30))
def test_a_further_release_changes_nothing_before_it_counts(releases: tuple[Release, ...], start: int):
    more = (*releases, release("9.0.0", start, until=None, fact=99))
    for at in DAYS:
        if releases and at < start:
            assert in_force(more, day(at)) == in_force(releases, day(at))
