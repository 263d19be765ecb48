"""The strict reader of long JSON lists."""

from __future__ import annotations

import io
import json
import subprocess
import sys

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
        (b"[" + b"9" * 5000 + b"]", "too large"),
        (b"[1e" + b"9" * 5000 + b"]", "too large"),
        (b"[" + b"9" * 400 + b"]", "too large"),
        (b'["' + b"x" * 65_000 + b'", ' + b"7" * 900 + b"]", "too large"),
        (rb'["\ud800"]', "half a character"),
        (rb'["\ud800\u0041"]', "half a character"),
        (rb'[{"\udc00x": 1}]', "half a character"),
        (rb'["\\\ud800"]', "half a character"),
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


def test_a_hostile_export_ends_no_process():
    """Run apart, for the parser behind it once took the whole process with it."""
    script = (
        "import io; from labelqa.adapters.files.json_stream import elements\n"
        "from labelqa.errors import BadInput\n"
        """text = '[{"id":' + '9' * 5000 + ',"data":{"t":1e999},"annotations":[{"id":1e400,"completed_by":' """
        """+ '9' * 400 + ',"result":[]}]}]'\n"""
        "try: list(elements(io.BytesIO(text.encode()), path='x.json'))\n"
        "except BadInput: print('refused')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "refused\n"), done.stderr


@pytest.mark.parametrize("shift", range(14))
def test_long_digits_and_escapes_in_texts_are_read_wherever_pieces_are_cut(shift):
    """A text may hold any digits; no cut through an escape, a quotation mark or a pair changes what is read."""
    odd = ["7" * 900, 'say "' + "7" * 500, "\\" + "8" * 500, "\U0001f600" * 3, "\\ud800", "正面\\"]
    written = json.dumps(["x" * (65_536 - 10 - shift), *odd, 3, "8" * 401] * 3).encode()
    assert list(elements(io.BytesIO(written), path="x")) == json.loads(written)


@pytest.mark.parametrize("before", range(65_520, 65_540))
def test_a_number_cut_between_pieces_counts_whole(before):
    with pytest.raises(BadInput, match="too large"):
        list(elements(io.BytesIO(b'["' + b"x" * before + b'",' + b"1" * 401 + b"]"), path="x"))
