"""Many reasons against a step, said in one refusal."""

from __future__ import annotations

from collections.abc import Sequence

from labelqa.errors import Message, Refused


def refuse(reasons: Sequence[Message]) -> None:
    """Raise Refused with all reasons in one sentence; do nothing when there are none."""
    if reasons:
        whole = joined(reasons)
        raise Refused(whole.text, **whole.values)


def joined(sentences: Sequence[Message]) -> Message:
    """Several sentences as one; at least one must be given.

    >>> str(joined([Message("a"), Message("b"), Message("c")]))
    'a; b; c'
    """
    whole = sentences[0]
    for each in sentences[1:]:
        whole = Message("{first}; {second}", {"first": whole, "second": each})
    return whole
