"""Many reasons against a step, said in one refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from labelqa.batches.checks import in_force
from labelqa.errors import LabelqaError, Message, Refused
from labelqa.i18n import N_
from labelqa.ledger.view import Facts
from labelqa.records.batch import Kind
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


def kind_said(kind: str) -> Message:
    """What a kind of labeling is called within a sentence.

    >>> str(kind_said("safety"))
    'safety labeling'
    """
    return Message(N_("safety labeling") if kind == Kind.SAFETY else N_("functional labeling"))


def refuse_changed(facts: Facts, subject: str, after: int, *bodies: type) -> None:
    """Raise Refused when a fact of these types about a subject is newer than ``after``: for the check under the lock."""
    if any(fact.seq > after for fact in facts.about(subject, *bodies)):
        raise changed(subject)


def changed(subject: str) -> Refused:
    """The refusal of what rests on something that is no longer so."""
    return Refused("{subject} changed meanwhile: look at it again and repeat", subject=subject)


def with_names(reasons: Sequence[Message], names: Mapping[PersonId, str]) -> list[Message]:
    """The same reasons with people called as they may be shown, instead of by pseudonym.

    >>> str(with_names([Message("{by} did it", {"by": "p-1"})], {PersonId("p-1"): "Ann"})[0])
    'Ann did it'
    """
    return [Message(each.text, {name: _named(value, names) for name, value in each.values.items()}) for each in reasons]


def _named(value: Any, names: Mapping[PersonId, str]) -> Any:
    if isinstance(value, Message):
        return with_names([value], names)[0]
    return names.get(PersonId(value), value) if isinstance(value, str) else value


def call_by_name(error: LabelqaError, names: Mapping[PersonId, str]) -> None:
    """Make an error call people as they may be shown, whatever rule said it: rules know pseudonyms only."""
    (error.message,) = with_names([error.message], names)
    error.args = (str(error.message),)


def refuse_settled(facts: Facts, *batches: str) -> None:
    """Raise Refused when one of the batches was settled meanwhile; for the check under the ledger's lock."""
    for name in batches:
        if any(in_force(facts.about(f"batch:{name}", BatchSettled), BatchSettled)):
            raise Refused("batch {batch} was settled meanwhile: declare a new batch for further work", batch=name)
