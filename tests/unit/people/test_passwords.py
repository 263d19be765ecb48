"""Which passwords are refused, and that no refusal repeats one."""

from __future__ import annotations

import pytest

from labelqa.people.passwords import LONGEST, same_text, why_not_password


@pytest.mark.parametrize(
    ("password", "part"),
    [
        ("", "at least 12"),
        ("elevenchars", "at least 12"),
        ("密码太短了吧", "at least 12"),
        ("x" * (LONGEST + 1), "at most 256"),
        ("two lines of\nwords here", "at most 256"),
        ("aaaaaaaaaaaa", "repetition"),
        ("xkqzxkqzxkqzxkqz", "repetition"),
        ("abcdefghijklmn", "repetition"),
        ("987654321098", "repetition"),
        ("Password2026!", "first passwords"),
        ("P@ssw0rd!2026", "first passwords"),
        ("labelqa-labelqa-9", "first passwords"),
        ("herons of ann at dusk", "name or account"),
        ("the 思远 of the river", "name or account"),
        ("my chen.siyuan words", "name or account"),
    ],
)
def test_a_weak_password_is_refused_in_words_that_do_not_hold_it(password, part):
    said = " ".join(map(str, why_not_password(password, own=["Ann Lee", "思远", "chen.siyuan@example.com"])))
    assert part in said
    assert not password or password not in said


@pytest.mark.parametrize(
    "password",
    ["four quiet herons at dusk", "玄武湖边四只安静的苍鹭飞过", "vK3!mNq8#tRw2", "x" * 4 + "plan bodkin weave"],
)
def test_length_is_enough(password):
    assert why_not_password(password, own=["Ann Lee", "Al"]) == []


def test_one_password_however_it_was_typed():
    assert same_text("ｆｏｕｒ café") == same_text("four cafe\N{COMBINING ACUTE ACCENT}")
