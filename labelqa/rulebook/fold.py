"""Releases, signatures and clarifications as their facts tell them; a fact that another one supersedes is not heard.

Nothing is decided here: which release counts when is the matter of :mod:`labelqa.rulebook.force`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TypeVar

from labelqa.records.facts import Fact
from labelqa.records.governance import (
    Clarification,
    ClarificationAcknowledged,
    ClarificationIssued,
    DocumentSigned,
    Meaning,
    Release,
    RulebookReleased,
    Signature,
)
from labelqa.records.names import Digest, PersonId, ReleaseName

Body = TypeVar("Body")


def fold_signatures(facts: Iterable[Fact]) -> dict[int, Signature]:
    """Every signature by the number of its fact."""
    return {
        fact.seq: Signature(
            person=PersonId(body.person),
            meaning=Meaning(body.meaning),
            digest=Digest(body.digest),
            at=fact.effective_at,
            fact=fact.seq,
            identity=fact.identity,
        )
        for fact, body in _in_force(facts, DocumentSigned)
    }


def fold_releases(
    facts: Iterable[Fact], signatures: Mapping[int, Signature] | None = None
) -> dict[str, tuple[Release, ...]]:
    """The releases of each rulebook, in the order of the ledger; ``signatures`` as :func:`fold_signatures` has them."""
    known = tuple(facts)
    signed = fold_signatures(known) if signatures is None else signatures
    found: dict[str, tuple[Release, ...]] = {}
    for fact, body in _in_force(known, RulebookReleased):
        release = Release(
            release=ReleaseName(f"{body.name}@{body.version}"),
            name=body.name,
            version=body.version,
            digest=Digest(body.digest),
            material=body.material,
            previous=body.previous,
            effective_from=_moment(body.effective_from) or fact.effective_at,
            previous_until=_moment(body.previous_until),
            signatures=tuple(signed[seq] for seq in body.signatures if seq in signed),
            fact=fact.seq,
        )
        found[release.name] = (*found.get(release.name, ()), release)
    return found


def fold_clarifications(
    facts: Iterable[Fact], signatures: Mapping[int, Signature] | None = None
) -> dict[str, tuple[Clarification, ...]]:
    """The clarifications of each rulebook by number, with who acknowledged them and which version took them in."""
    known = tuple(facts)
    signed = fold_signatures(known) if signatures is None else signatures
    read, taken = _acknowledged(known), _taken_in(known)
    found: dict[str, tuple[Clarification, ...]] = {}
    for fact, body in _in_force(known, ClarificationIssued):
        key = (body.rulebook, body.number)
        clarification = Clarification(
            rulebook=body.rulebook,
            number=body.number,
            rule=body.rule,
            release=ReleaseName(body.release),
            digest=Digest(body.digest),
            effective_from=_moment(body.effective_from) or fact.effective_at,
            signatures=tuple(signed[seq] for seq in body.signatures if seq in signed),
            acknowledged=tuple(read.get(key, {}).items()),
            taken_in=taken.get(key, ""),
            fact=fact.seq,
        )
        found[body.rulebook] = (*found.get(body.rulebook, ()), clarification)
    return found


def _acknowledged(facts: Iterable[Fact]) -> dict[tuple[str, int], dict[PersonId, datetime]]:
    """Who has read which clarification, and when first."""
    read: dict[tuple[str, int], dict[PersonId, datetime]] = {}
    for fact, body in _in_force(facts, ClarificationAcknowledged):
        read.setdefault((body.rulebook, body.number), {}).setdefault(PersonId(body.person), fact.effective_at)
    return read


def _taken_in(facts: Iterable[Fact]) -> dict[tuple[str, int], str]:
    """The first version that holds each clarification."""
    taken: dict[tuple[str, int], str] = {}
    for _, body in _in_force(facts, RulebookReleased):
        for number in body.clarifications:
            taken.setdefault((body.name, number), body.version)
    return taken


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _in_force(facts: Iterable[Fact], body: type[Body]) -> Iterator[tuple[Fact, Body]]:
    known = sorted(facts, key=lambda fact: fact.seq)
    superseded = {fact.supersedes for fact in known if fact.supersedes is not None}
    for fact in known:
        if isinstance(fact.body, body) and fact.seq not in superseded:
            yield fact, fact.body
