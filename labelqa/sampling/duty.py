"""Who verifies which drawn item: the people are drawn too, by the same seed.

GB/T 45674—2025, 8.1 c) wants the verifiers *chosen at random among those who took no part in the batch*. Who took no
part is the caller's pool; nobody is ever given an item that they labelled themselves. A share of the items goes to a
second verifier as well, who measures the reviewers: which items is drawn, too.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from hashlib import sha256
from math import ceil

from labelqa.errors import Refused
from labelqa.records.names import Digest, ItemId, PersonId
from labelqa.records.review import Drawn, DrawStep, Ticket
from labelqa.sampling.tickets import SEPARATOR, check_seed, ticket


def verifiers(seed: str, pool: Collection[PersonId], k: int) -> tuple[PersonId, ...]:
    """The k people of the pool with the smallest tickets of ``verifier``, byte 0x1F and their pseudonym."""
    check_seed(seed)
    if k < 1:
        raise ValueError(f"k is a count of people, got {k}")
    people = set(pool)
    if len(people) < k:
        raise Refused(
            "{k} verifiers were to be drawn, but only {available} people took no part in the batch and are qualified: "
            "ask for fewer or qualify more",
            k=k,
            available=len(people),
        )
    return tuple(sorted(people, key=lambda person: ticket(seed, f"verifier{SEPARATOR}{person}"))[:k])


def assign(
    drawn: Sequence[tuple[str, ItemId]],
    verifiers: Sequence[PersonId],
    *,
    annotators: Mapping[ItemId, Collection[PersonId]],
) -> list[Drawn]:
    """The drawn items dealt round to the verifiers in ticket order; ``annotators`` says who labelled which item.

    The item at place i (from 0) goes to verifier i mod k, or to the next one who did not label it; so a larger
    sample keeps the assignments of the smaller one. Raises :class:`Refused` when all of them labelled an item.
    """
    if drawn and not verifiers:
        raise Refused("nobody is there to verify the drawn items: draw verifiers first")
    return [
        Drawn(
            order=place + 1,
            item_id=item_id,
            ticket=drawn_ticket,
            verifier=_next_free(place, item_id, verifiers=verifiers, labelled=annotators.get(item_id, ())),
        )
        for place, (drawn_ticket, item_id) in enumerate(drawn)
    ]


def _next_free(
    place: int, item_id: ItemId, *, verifiers: Sequence[PersonId], labelled: Collection[PersonId]
) -> PersonId:
    for turn in range(len(verifiers)):
        person = verifiers[(place + turn) % len(verifiers)]
        if person not in labelled:
            return person
    raise Refused("every verifier labelled item {item_id} and nobody may check own work: draw others", item_id=item_id)


def doubles_of(share: float, n: int) -> int:
    """How many of n drawn items a second verifier judges as well: the declared share, rounded up.

    >>> doubles_of(0.1, 95), doubles_of(0.1, 90), doubles_of(0.0, 95)
    (10, 9, 0)
    """
    return ceil(Fraction(str(share)) * n)


def deal(
    tickets: Sequence[Ticket],
    people: Sequence[PersonId],
    *,
    seed: str,
    steps: Sequence[DrawStep],
    annotators: Mapping[ItemId, Collection[PersonId]],
    chances: Mapping[ItemId, float] | None = None,
) -> list[Drawn]:
    """Tickets in the order drawn, each with its verifier, and some with a second one.

    Of each step those with the smallest second tickets are judged twice, so that an extension changes nothing that
    was dealt before. ``chances`` are the items' chances to be drawn, where they differ.
    """
    once = assign([(each.ticket, each.item_id) for each in tickets], people, annotators=annotators)
    known = chances or {}
    placed = [
        replace(one, stratum=each.stratum, chance=known.get(each.item_id, 1.0)) if known or each.stratum else one
        for one, each in zip(once, tickets, strict=True)
    ]
    twice = set(_judged_twice(seed, placed, steps))
    if twice and len(people) < 2:
        raise Refused(
            "{n} items are to be judged by a second verifier, but only one verifier is drawn: draw two or more",
            n=len(twice),
        )
    given: Counter[PersonId] = Counter()
    for at, each in enumerate(placed):
        if each.item_id in twice:
            second = _second(each, people, given=given, labelled=annotators.get(each.item_id, ()))
            given[second] += 1
            placed[at] = replace(each, second=second)
    return placed


def _judged_twice(seed: str, placed: Sequence[Drawn], steps: Sequence[DrawStep]) -> Iterator[ItemId]:
    begin = before = 0
    for step in steps:
        end = sum(step.sizes)
        if step.doubles > before:
            ranked = sorted(placed[begin:end], key=lambda each: second_ticket(seed, each.item_id))
            yield from (each.item_id for each in ranked[: step.doubles - before])
        begin, before = end, step.doubles


def second_ticket(seed: str, item_id: str) -> str:
    """The ticket of ``second``, byte 0x1F and the item's id: another chance than the one that drew the item."""
    return ticket(seed, f"second{SEPARATOR}{item_id}")


def _second(
    drawn: Drawn, people: Sequence[PersonId], *, given: Mapping[PersonId, int], labelled: Collection[PersonId]
) -> PersonId:
    """Who of the others has the fewest second looks so far; of these the next one after the item's verifier."""
    at = people.index(drawn.verifier)
    others = [*people[at + 1 :], *people[:at]]
    free = [person for person in others if person not in labelled]
    if not free:
        raise Refused(
            "nobody but {person} may verify item {item_id}, and it was drawn for a second verifier: draw more of them",
            person=drawn.verifier, item_id=drawn.item_id,
        )  # fmt: skip
    return min(free, key=lambda person: given.get(person, 0))


def sample_digest(drawn: Iterable[Drawn]) -> Digest:
    """sha256 over one line an item: the JSON text of [order, item id, ticket, verifier] without blanks, and a newline.

    An item with a second verifier has that person as a fifth entry.

    >>> one = Drawn(order=1, item_id=ItemId("7"), ticket="ab", verifier=PersonId("p-1"))
    >>> sample_digest([one]) == sha256(b'[1,"7","ab","p-1"]\\n').hexdigest()
    True
    """
    hashed = sha256()
    for each in drawn:
        line = [each.order, each.item_id, each.ticket, each.verifier, *([each.second] if each.second else [])]
        hashed.update(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
    return Digest(hashed.hexdigest())
