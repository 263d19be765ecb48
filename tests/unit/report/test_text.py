"""How numbers, times, unknowns and names are written."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime
from enum import StrEnum
from math import hypot, inf, nan, sqrt
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelqa.adapters.report import names, text
from labelqa.errors import Message
from labelqa.i18n import Speaker
from labelqa.records import annotation, batch, finding, people, review
from labelqa.records.estimate import Estimate, Unknown

EN, ZH = Speaker("en"), Speaker("zh")


def estimate(point: float, low: float, high: float, *, n: int = 250, method: str = "wilson") -> Estimate:
    return Estimate(point=point, low=low, high=high, confidence=0.95, method=method, n=n)


ENUMS = [
    member
    for module in (annotation, batch, finding, people, review)
    for _, kind in inspect.getmembers(module, inspect.isclass)
    if issubclass(kind, StrEnum) and kind is not StrEnum and kind.__module__ == module.__name__
    for member in kind
]


@pytest.mark.parametrize("value", ENUMS, ids=lambda value: f"{type(value).__name__}-{value}")
def test_every_enum_member_has_a_name_in_both_languages(value):
    assert str(value) in names.ENUMS[type(value).__name__]
    english, chinese = text.name_of(value, EN), text.name_of(value, ZH)
    assert english.isascii()
    assert not chinese.isascii()


def test_names_are_the_official_ones():
    assert [text.name_of(each, ZH) for each in batch.Conclusion] == ["放行", "重新标注", "作废"]
    assert [text.duty_name(each, ZH) for each in ("executor", "arbitrator", "lead")] == [
        "标注员",
        "仲裁人员",
        "标注负责人",
    ]
    assert text.duty_name("", ZH) == ""


def test_unknown_codes_are_shown_not_hidden():
    assert text.flag_name("new-flag", ZH) == "new-flag"
    assert text.method_name("new-method", ZH) == "new-method"
    assert text.subject_name("odd", EN) == "odd"


@pytest.mark.parametrize(
    ("share", "written"),
    [(0.0, "0.0%"), (1.0, "100.0%"), (0.9996, "99.96%"), (0.00004, "0.004%"), (0.5, "50.0%"), (1 - 1e-9, ">99.9999%")],
)
def test_percent_never_rounds_to_none_or_all(share, written):
    assert text.percent(share) == written


@given(st.floats(min_value=0, max_value=1))
def test_percent_is_zero_or_hundred_only_when_it_is(share):
    written = text.percent(share)
    assert (float(written.strip("<>%")) in (0.0, 100.0)) == (share in (0.0, 1.0)) or written[0] in "<>"


def test_figures_say_interval_n_confidence_and_method():
    figure = estimate(0.932, 0.901, 0.956)
    assert text.figure_text(figure, EN) == "93.2% [90.1, 95.6], n = 250, 95% Wilson"
    assert text.figure_text(figure, ZH) == "93.2% [90.1, 95.6]，n = 250，95% Wilson"
    assert text.figure_text(estimate(-0.05, -0.1, 0.01), EN, unit="plain").startswith("−0.050 [−0.100, 0.010]")


def test_narrow_intervals_get_more_digits():
    assert text.figure_text(estimate(0.95321, 0.95312, 0.95332, n=10**6), EN).startswith("95.321% [95.312, 95.332]")


def test_unknown_is_said_with_its_reason_and_is_never_zero():
    figure = Unknown(reason="no-gold", message=Message("No week has been measured yet."))
    assert text.figure_text(figure, ZH) == "未知（尚无任何一周的测量结果）"
    assert text.figure_text(figure, EN) == "unknown (No week has been measured yet)"
    assert text.figure_text(Unknown(reason="x"), ZH) == "未知"


@pytest.mark.parametrize("value", [nan, inf, -inf])
def test_what_is_not_finite_is_refused(value):
    for write in (text.percent, text.decimal, text.signed):
        with pytest.raises(ValueError, match="not finite"):
            write(value)


def test_times_are_in_the_workspaces_zone():
    late = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
    assert text.moment(late, "Asia/Shanghai") == "2026-11-23 00:30"
    assert text.day(late, "Asia/Shanghai") == "2026-11-23"
    assert text.day(late, "America/New_York") == "2026-11-22"
    assert text.moment(None, "Asia/Shanghai") == "—"


def wilson(count: int, n: int) -> Estimate:
    """Wilson's interval as it stands in the paper."""
    z = NormalDist().inv_cdf(0.975)
    middle, half = 2 * count + z * z, z * sqrt(z * z + 4 * count * (1 - count / n))
    low, high = (middle - half) / (2 * (n + z * z)), (middle + half) / (2 * (n + z * z))
    return estimate(count / n, low, high, n=n)


def test_difference_agrees_with_newcombe_1998():
    # Newcombe 1998, method 10, case (a): 56/70 against 48/80 gives 0.2000 [0.0524, 0.3339]
    first, second = wilson(56, 70), wilson(48, 80)
    change = text.difference(first, second)
    assert isinstance(change, Estimate)
    assert (round(change.point, 4), round(change.low, 4), round(change.high, 4)) == (0.2, 0.0524, 0.3339)
    assert (change.n, text.moved(change), text.moved(text.difference(second, first))) == (150, 1, -1)


@given(st.tuples(*[st.floats(min_value=0, max_value=1)] * 6))
def test_difference_turns_its_sign_with_its_sides(ends):
    (low, point, high), (low2, point2, high2) = sorted(ends[:3]), sorted(ends[3:])
    one, other = estimate(point, low, high), estimate(point2, low2, high2)
    there, back = text.difference(one, other), text.difference(other, one)
    assert isinstance(there, Estimate)
    assert isinstance(back, Estimate)
    assert there.low <= there.point <= there.high
    assert there.low == pytest.approx(-back.high)
    assert there.high - there.point == pytest.approx(hypot(high - point, point2 - low2))


def test_a_change_from_the_unknown_is_unknown():
    known, unknown = estimate(0.9, 0.8, 0.95), Unknown(reason="x")
    for change in (text.difference(known, unknown), text.difference(unknown, known)):
        assert isinstance(change, Unknown)
        assert text.moved(change) == 0
    wider = Estimate(point=0.9, low=0.8, high=0.95, confidence=0.9, method="wilson", n=9)
    assert text.change_text(text.difference(known, wider), EN).startswith("unknown (the two periods")


def test_a_change_points_only_where_it_is_proven():
    up = text.difference(estimate(0.95, 0.94, 0.96), estimate(0.9, 0.89, 0.91))
    assert text.change_text(up, EN) == "▲ +5.0 points [+3.6, +6.4]"
    same = text.difference(estimate(0.9, 0.8, 0.95), estimate(0.9, 0.8, 0.95))
    assert text.change_text(same, ZH).startswith("≈ 0.0 个百分点 [−")


@pytest.mark.parametrize(
    ("code", "english", "chinese"),
    [
        ("gwet-linearised, t(11)", "linearised, t(11)", "线性化，t(11)"),
        ("bootstrap over items, percentile, 2000 replicates", "bootstrap, 2000 replicates", "自助法，重抽 2000 次"),
        ("hypergeometric, upper", "exact for the batch's size, at most", "有限总体精确上限"),
    ],
)
def test_methods_are_named_with_their_own_numbers(code, english, chinese):
    assert (text.method_name(code, EN), text.method_name(code, ZH)) == (english, chinese)
    assert text.method_note(code, ZH)
    assert str(11) not in text.method_family(code, EN)


def test_methods_used_are_listed_once_a_kind(rich):
    used = text.methods_used(rich)
    assert [text.method_family(code, EN) for code, _ in used] == [
        "Wilson", "exact for the batch's size", "linearised over items, t", "linearised ratio, t",
    ]  # fmt: skip
    assert all(confidences == (0.95,) for _, confidences in used)
