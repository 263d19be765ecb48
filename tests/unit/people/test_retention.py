"""Until when records stay: calendar months, floors, and the last of the classes that run."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelqa.people.policy import Policies
from labelqa.people.retention import FLOORS, after, keepings, months_kept
from labelqa.records.policy import Retention

THEN = datetime(2026, 11, 16, 2, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(MOMENTS, st.integers(0, 1200))
def test_so_many_months_later_is_that_month(moment, months):
    found = after(moment, months=months)
    assert (found.year * 12 + found.month) - (moment.year * 12 + moment.month) == months
    assert found.day == moment.day or (found.day < moment.day and after(found, months=0).day in (28, 29, 30))
    assert found.time() == moment.time()


@given(MOMENTS, st.integers(1, 240))
def test_longer_is_never_sooner(moment, months):
    assert after(moment, months=months) > after(moment, months=months - 1)


def test_the_classes_that_run():
    found = {each.retention: each.until for each in keepings(Policies(), log=THEN, work=THEN)}
    assert found == {
        Retention.LOG: datetime(2027, 5, 16, 2, tzinfo=UTC),
        Retention.QA: datetime(2029, 11, 16, 2, tzinfo=UTC),
    }
    assert [each.retention for each in keepings(Policies(), log=THEN, work=None)] == [Retention.LOG]
    assert keepings(Policies(), log=None, work=None) == ()
    eu = keepings(Policies(retention_eu_years=10), log=THEN, work=THEN)
    assert max(each.until for each in eu) == datetime(2036, 11, 16, 2, tzinfo=UTC)


@pytest.mark.parametrize("retention", [Retention.LOG, Retention.QA])
def test_the_defaults_are_the_floors(retention):
    assert months_kept(Policies(), retention) == FLOORS[retention] * (1 if retention is Retention.LOG else 12)
