"""Sentences that are kept with a project: read again as they were written, and plain words as they stand."""

from __future__ import annotations

import pytest

from labelqa.errors import Message
from labelqa.i18n import render
from labelqa.workflows.sync.noticing import read_message, written_message


def test_a_sentence_comes_back_as_it_was_written() -> None:
    told = Message(
        "project {project} is no longer on {server}: labelqa sync leave {project}", {"project": 3, "server": "s"}
    )
    assert read_message(written_message(told)) == told
    assert (read_message(None), read_message("")) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        "no answer", "{", "{why}", "ab", '"ab"', "[]", "[1, 2, 3]", '["{a}", {}]', '["{0}", {}]', '["{", {}]', '["x", 3]',
        '[3, {}]', '{"a": 1, "b": 2}', "17", "null", "NaN", '["{a.b}", {"a": 1}]', "[" * 100_000,
    ],
)  # fmt: skip
def test_words_that_somebody_else_wrote_are_told_as_they_stand(text: str) -> None:
    found = read_message(text)
    assert found is not None
    assert (str(found), render(found, "zh")) == (text, text)
