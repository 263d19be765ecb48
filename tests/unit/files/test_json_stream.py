"""The strict reader of long JSON lists."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelqa.adapters.files.json_stream import elements
from labelqa.errors import BadInput

plain = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
text = st.text(st.characters(codec="utf-8"), max_size=8)
values = st.recursive(
    plain | text, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4), max_leaves=12
)


@given(st.lists(values, max_size=6))
def test_reads_what_json_reads(entries):
    written = json.dumps(entries).encode()
    assert list(elements(io.BytesIO(written), path="x")) == json.loads(written)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'[1, {"a": 1, "a": 2}]', 'entry 2 has the key "a" twice'),
        (b"[NaN]", "is not JSON"),
        (b"[1e999]", "too large"),
        (b"[" * 100 + b"]" * 100, "deeper than 64"),
        (b"[1, 2", "breaks off in entry 3, at byte 5"),
        (b"[1] [2]", "trailing garbage"),
        (b"{}", "not a list"),
        (b"3", "not a list"),
        (b"", "breaks off"),
        (b'["a\x01"]', "is not JSON"),
        (b"[1,]", "is not JSON"),
    ],
)
def test_refuses_what_would_lose_something(content, words):
    with pytest.raises(BadInput, match=words):
        list(elements(io.BytesIO(content), path="x.json"))
