"""Who verifies which drawn item: the people are drawn too, by the same seed.

GB/T 45674—2025, 8.1 c) wants the verifiers *chosen at random among those who took no part in the batch*. Who took no
part is the caller's pool; nobody is ever given an item that they labelled themselves.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import sha256

from labelqa.errors import Refused
from labelqa.records.names import Digest, ItemId, PersonId
from labelqa.records.review import Drawn
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


def sample_digest(drawn: Iterable[Drawn]) -> Digest:
    """sha256 over one line an item: the JSON text of [order, item id, ticket, verifier] without blanks, and a newline.

    >>> one = Drawn(order=1, item_id=ItemId("7"), ticket="ab", verifier=PersonId("p-1"))
    >>> sample_digest([one]) == sha256(b'[1,"7","ab","p-1"]\\n').hexdigest()
    True
    """
    hashed = sha256()
    for each in drawn:
        line = [each.order, each.item_id, each.ticket, each.verifier]
        hashed.update(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
    return Digest(hashed.hexdigest())
