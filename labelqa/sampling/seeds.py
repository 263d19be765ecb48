"""What a seed is worth: whether the order of facts proves that nobody could choose whom and what it draws.

Three ways lead to a seed that proves itself. *Committed*: its digest was in the ledger before the frame was. *Joint*:
organizer and requester each committed a part of it, so that neither could know the whole. *Public*: it was named in
words before the freeze and published after it. Anything else is unproven, and the reason is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final, NamedTuple

from labelqa.errors import Message, WrongUsage
from labelqa.i18n import N_
from labelqa.records.names import Digest
from labelqa.records.review import Plan, SeedStanding
from labelqa.sampling.tickets import SEPARATOR, check_seed, seed_digest

FEWEST_PARTIES: Final = 2
NAMES: Final[Mapping[SeedStanding, str]] = {
    SeedStanding.COMMITTED: N_("committed beforehand"),
    SeedStanding.JOINT: N_("made of several parties' parts"),
    SeedStanding.PUBLIC: N_("public, published afterwards"),
    SeedStanding.UNPROVEN: N_("unproven"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """A party's part of a joint seed, promised by its digest."""

    party: str
    digest: Digest
    fact: int
    blind: bool  # drawn at random, or promised before anything was labelled
    actor: str  # who recorded it
    at: datetime


class Worth(NamedTuple):
    """What the order of facts proves about a seed, and what there is to say of it."""

    standing: SeedStanding
    why: tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """The times by which a public seed is judged, all as recorded."""

    frozen: datetime
    published: datetime | None  # what the draw says of it
    drawn: datetime


def joint_seed(parts: Mapping[str, str]) -> str:
    """sha256, in hex digits, over the parts in the order of the parties' names, byte 0x1F between them.

    >>> joint_seed({"requester": "b", "organizer": "a"}) == sha256(b"a\\x1fb").hexdigest()
    True
    """
    for part in parts.values():
        check_seed(part)
    return sha256(SEPARATOR.join(part for _, part in sorted(parts.items())).encode()).hexdigest()


def check_public(seed: str) -> None:
    """Refuse a published number that can be written in several ways, since one could choose among them.

    Letters and digits, small ones, in groups with one blank between.

    >>> check_public("07 12 31")
    """
    check_seed(seed)
    plain = " ".join(re.findall(r"[^\W_]+", seed.lower()))
    if plain != seed:
        raise WrongUsage(
            "a published seed is written in one way only, or the spelling could be chosen to suit: {plain}",
            plain=plain or "07 12 31",
        )


def worth(plan: Plan, *, freeze: int, commitments: Sequence[Commitment] = (), moments: Moments) -> Worth:
    """What is proven about the seed of a plan; ``freeze`` is the number of the fact that froze the frame."""
    if plan.terms.parties:
        return _joint(plan, freeze, commitments)
    if plan.terms.seed_source:
        return _public(plan, freeze, moments)
    why = _own(plan, freeze)
    return Worth(SeedStanding.UNPROVEN if why else SeedStanding.COMMITTED, tuple(why))


def _own(plan: Plan, freeze: int) -> list[Message]:
    if plan.fact > freeze or not plan.before_freeze:
        return [Message("the seed was committed only after the batch was frozen")]
    if not plan.blind:
        return [Message("somebody chose the seed when labels of the batch were there already")]
    return []


def _joint(plan: Plan, freeze: int, commitments: Sequence[Commitment]) -> Worth:
    by_party = {each.party: each for each in commitments}
    why = [
        Message("{party} committed no part of the seed", {"party": party})
        for party in plan.terms.parties
        if party not in by_party
    ]
    if len(by_party) < FEWEST_PARTIES and not why:
        why.append(Message("a joint seed needs parts of two parties or more"))
    for each in by_party.values():
        said = {"party": each.party}
        if each.fact > freeze:
            why.append(Message("{party} committed its part only after the batch was frozen", said))
        if not each.blind:
            why.append(Message("{party} chose its part when labels of the batch were there already", said))
    if why:
        return Worth(SeedStanding.UNPROVEN, tuple(why))
    return Worth(SeedStanding.JOINT, tuple(_one_hand(by_party.values())))


def _one_hand(commitments: Iterable[Commitment]) -> Iterable[Message]:
    actors = {each.actor for each in commitments}
    if len(actors) == 1:
        text = N_("all parts were recorded by {actor}: whether they came from different parties rests on that word")
        yield Message(text, {"actor": actors.pop()})


def _public(plan: Plan, freeze: int, moments: Moments) -> Worth:
    why: list[Message] = []
    if plan.fact > freeze or not plan.before_freeze:
        why.append(Message("the source of the seed was named only after the batch was frozen"))
    if moments.published is None:
        why.append(Message("nobody said when the seed was published"))
    elif moments.published <= moments.frozen:
        why.append(Message("the seed was published before the batch was frozen, so it could be known beforehand"))
    elif moments.published > moments.drawn:
        why.append(Message("the seed is said to be published only after it was used"))
    return Worth(SeedStanding.UNPROVEN if why else SeedStanding.PUBLIC, tuple(why))


def why_not_seed(plan: Plan, seed: str, parts: Mapping[str, str], commitments: Sequence[Commitment]) -> list[Message]:
    """What stands against drawing with this seed: it, or a part of it, is not what was committed."""
    if plan.terms.parties:
        return _part_reasons(plan, seed, parts, commitments)
    if plan.terms.seed_source or seed_digest(seed) == plan.seed_digest:
        return []
    return [Message("this is not the seed that plan {plan} committed itself to", {"plan": plan.number})]


def _part_reasons(plan: Plan, seed: str, parts: Mapping[str, str], commitments: Sequence[Commitment]) -> list[Message]:
    promised = {each.party: each.digest for each in commitments}
    reasons: list[Message] = []
    for party in sorted({*plan.terms.parties, *parts}):
        said = {"party": party, "plan": plan.number}
        if party not in promised:
            reasons.append(Message("{party} has committed no part of the seed of plan {plan}", said))
        elif party not in parts:
            reasons.append(Message("the part of {party} is not revealed", said))
        elif seed_digest(parts[party]) != promised[party]:
            reasons.append(Message("this is not the part that {party} committed itself to", said))
    if not reasons and joint_seed(parts) != seed:
        reasons.append(Message("the seed is not what the parts give together"))
    return reasons
