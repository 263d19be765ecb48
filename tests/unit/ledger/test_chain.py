"""Facts as text: the canonical form against an independent one, and every kind of fact there and back."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelqa.errors import Altered
from labelqa.ledger import chain
from labelqa.records.facts import BODIES, KINDS, Draft
from labelqa.records.review import Identity

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | TEXTS | NUMBERS | st.integers(-(2**53) + 1, 2**53 - 1),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def ecma(number: float) -> str:
    """A number as ECMAScript writes it (ECMA-262, Number::toString), from Python's shortest digits."""
    if number == 0:
        return "0"
    sign, digits = ("-" if number < 0 else ""), repr(abs(number))
    mantissa, _, power = digits.partition("e")
    whole, _, part = mantissa.partition(".")
    part = "" if part == "0" else part
    point = len(whole) + int(power or 0)
    raw = whole + part
    point -= len(raw) - len(raw.lstrip("0"))
    raw = raw.lstrip("0").rstrip("0")
    if len(raw) <= point <= 21:
        return f"{sign}{raw}{'0' * (point - len(raw))}"
    if 0 < point <= 21:
        return f"{sign}{raw[:point]}.{raw[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{raw}"
    exponent = f"e{'+' if point > 0 else '-'}{abs(point - 1)}"
    return f"{sign}{raw[0]}{'.' + raw[1:] if len(raw) > 1 else ''}{exponent}"


def plain(value: Any) -> str:
    """RFC 8785, slowly: keys by UTF-16 code units, ECMAScript numbers, no blanks."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return ecma(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return f"[{','.join(map(plain, value))}]"
    keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
    return "{" + ",".join(f"{plain(key)}:{plain(value[key])}" for key in keys) + "}"


@given(st.dictionaries(TEXTS, JSON, max_size=5))
@settings(max_examples=300, deadline=None)
def test_canonical_text_is_rfc_8785(values: dict[str, Any]) -> None:
    assert chain.canonical(values) == plain(values)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1e21, "1e+21"),
        (1e20, "100000000000000000000"),
        (1e-7, "1e-7"),
        (0.000001, "0.000001"),
        (-0.0, "0"),
        (4.5, "4.5"),
        (333333333.33333329, "333333333.3333333"),
        (5e-324, "5e-324"),
    ],
)
def test_numbers_of_rfc_8785_appendix_b(number: float, text: str) -> None:
    assert chain.canonical({"n": number}) == f'{{"n":{text}}}' == plain({"n": number})


def test_keys_sort_by_utf_16_as_in_rfc_8785_section_3_2_3() -> None:
    keys = {"€": 1, "\r": 2, "\ufb33": 3, "1": 4, "😀": 5, "\x80": 6, "ö": 7}
    assert list(json.loads(chain.canonical(keys)).values()) == [2, 4, 6, 7, 1, 5, 3]


def bodies(kind: type) -> st.SearchStrategy[Any]:
    """Random bodies of a kind, made from its type hints."""
    hints = get_type_hints(kind)
    return st.builds(kind, **{each.name: _values(hints[each.name]) for each in fields(kind)})


def _values(hint: Any) -> st.SearchStrategy[Any]:
    return {
        str: TEXTS,
        int: st.integers(0, 2**53 - 1),
        float: NUMBERS,
        bool: st.booleans(),
        dict[str, str]: st.dictionaries(TEXTS, TEXTS, max_size=3),
        dict[str, int]: st.dictionaries(TEXTS, st.integers(0, 9), max_size=3),
        dict[str, list[int]]: st.dictionaries(TEXTS, st.lists(st.integers(0, 9), max_size=2), max_size=2),
        dict[str, float]: st.dictionaries(TEXTS, NUMBERS, max_size=3),
        dict[str, Any]: st.dictionaries(
            TEXTS, TEXTS | st.floats(0, 1) | st.integers(0, 9) | st.lists(TEXTS), max_size=3
        ),
        dict[str, dict[str, Any]]: st.dictionaries(
            TEXTS, st.dictionaries(TEXTS, TEXTS | st.floats(0, 1), max_size=2), max_size=2
        ),
        int | None: st.none() | st.integers(0, 2**53 - 1),
        float | None: st.none() | NUMBERS,
        bool | None: st.none() | st.booleans(),
        list[str]: st.lists(TEXTS, max_size=3),
        list[int]: st.lists(st.integers(0, 2**53 - 1), max_size=3),
        list[list[list[str]]]: st.lists(st.lists(st.lists(TEXTS, max_size=2), max_size=2), max_size=2),
        list[float]: st.lists(NUMBERS, max_size=3),
        list[list[str]]: st.lists(st.lists(TEXTS, min_size=3, max_size=3), max_size=2),
        list[list[Any]]: st.lists(st.tuples(TEXTS, st.integers(0, 9)).map(list), max_size=2),
    }[hint]


@pytest.mark.parametrize("kind", sorted(BODIES))
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_every_kind_of_fact_comes_back_as_it_went(kind: str, data: st.DataObject) -> None:
    number, body_type = BODIES[kind]
    effective = data.draw(st.none() | st.datetimes(timezones=st.just(timezone(timedelta(hours=8)))))
    draft = Draft(
        body=data.draw(bodies(body_type)),
        subjects=tuple(data.draw(st.lists(TEXTS, max_size=3))),
        actor=data.draw(TEXTS),
        identity=data.draw(st.sampled_from(list(Identity))),
        effective_at=effective,
        supersedes=data.draw(st.none() | st.integers(1, 9)),
    )
    now = datetime(2026, 11, 16, 8, 0, 0, 7, tzinfo=UTC)
    fact = chain.read(chain.canonical(chain.envelope(draft, seq=10, now=now)), "h")
    assert (fact.body, fact.kind, fact.format) == (draft.body, kind, number)
    assert (fact.actor, fact.identity, fact.supersedes) == (draft.actor, draft.identity, draft.supersedes)
    assert fact.subjects == tuple(sorted(set(draft.subjects)))
    assert (fact.recorded_at, fact.effective_at) == (now, effective or now)


def test_kinds_and_bodies_name_each_other() -> None:
    assert {kind: body for body, kind in KINDS.items()} == {kind: body for kind, (_, body) in BODIES.items()}


def test_a_link_is_the_sha256_of_the_hash_before_and_the_text() -> None:
    assert chain.link("ab", "{}") == hashlib.sha256(b"ab\n{}").hexdigest()
    assert chain.GENESIS == "0" * 64


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "cannot be read"), ("[]", "cannot be read"), ('{"kind":"no.such"}', "cannot be read"),
     ('{"kind":"gold.registered","format":9,"seq":3}', "fact 3 has format 9")],
)  # fmt: skip
def test_a_text_that_is_no_fact_is_called_altered(text: str, said: str) -> None:
    with pytest.raises(Altered, match=said):
        chain.read(text, "h")
