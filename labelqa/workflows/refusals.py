"""Many reasons against a step, said in one refusal."""

from __future__ import annotations

from collections.abc import Sequence

from labelqa.batches.fold import fold_batches
from labelqa.errors import Message, Refused
from labelqa.records.facts import Fact
from labelqa.records.names import BatchName


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


def refuse_settled(facts: Sequence[Fact], *batches: str) -> None:
    """Raise Refused when one of the batches was settled meanwhile; for the check under the ledger's lock."""
    known = fold_batches(facts)
    for name in batches:
        if known[BatchName(name)].conclusion is not None:
            raise Refused("batch {batch} was settled meanwhile: declare a new batch for further work", batch=name)
