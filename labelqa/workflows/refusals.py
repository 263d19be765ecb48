"""Many reasons against a step, said in one refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from labelqa.batches.checks import in_force
from labelqa.errors import Message, Refused
from labelqa.ledger.view import Facts
from labelqa.records.facts import BatchSettled
from labelqa.records.names import PersonId


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


def refuse_changed(facts: Facts, subject: str, after: int, *bodies: type) -> None:
    """Raise Refused when a fact of these types about a subject is newer than ``after``: for the check under the lock."""
    if any(fact.seq > after for fact in facts.about(subject, *bodies)):
        raise Refused("{subject} changed meanwhile: look at it again and repeat", subject=subject)


def with_names(reasons: Sequence[Message], names: Mapping[PersonId, str]) -> list[Message]:
    """The same reasons with people called as they may be shown, instead of by pseudonym.

    >>> str(with_names([Message("{by} did it", {"by": "p-1"})], {PersonId("p-1"): "Ann"})[0])
    'Ann did it'
    """
    return [
        Message(each.text, {name: names.get(PersonId(value), value) if isinstance(value, str) else value
                            for name, value in each.values.items()})
        for each in reasons
    ]  # fmt: skip


def refuse_settled(facts: Facts, *batches: str) -> None:
    """Raise Refused when one of the batches was settled meanwhile; for the check under the ledger's lock."""
    for name in batches:
        if any(in_force(facts.about(f"batch:{name}", BatchSettled), BatchSettled)):
            raise Refused("batch {batch} was settled meanwhile: declare a new batch for further work", batch=name)
