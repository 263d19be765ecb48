"""Who verifies what: drawn by the same seed, and never one's own work."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

import pytest

from labelqa.errors import Refused
from labelqa.records.names import ItemId, PersonId
from labelqa.sampling import assign, draw, sample_digest, ticket, verifiers

POOL = [PersonId(f"p-{number}") for number in range(9)]
IDS = [ItemId(f"i{number}") for number in range(40)]


def test_verifiers_are_the_people_with_the_smallest_tickets() -> None:
    by_ticket = sorted(POOL, key=lambda person: sha256(f"s\x1fverifier\x1f{person}".encode()).hexdigest())
    assert verifiers("s", POOL, 4) == tuple(by_ticket[:4])
    assert verifiers("s", POOL[::-1] + POOL, 4) == tuple(by_ticket[:4])


def test_too_small_a_pool_is_refused() -> None:
    with pytest.raises(Refused, match="only 1 people"):
        verifiers("s", [POOL[0], POOL[0]], 2)
    with pytest.raises(ValueError, match="0"):
        verifiers("s", POOL, 0)


def test_items_are_dealt_round_in_ticket_order() -> None:
    drawn = draw("s", IDS, 10)
    dealt = assign(drawn, POOL[:3], annotators={})
    assert [each.verifier for each in dealt] == [POOL[place % 3] for place in range(10)]
    assert [each.order for each in dealt] == list(range(1, 11))
    assert [(each.ticket, each.item_id) for each in dealt] == drawn
    assert set(Counter(each.verifier for each in dealt).values()) == {3, 4}


def test_nobody_gets_an_item_that_they_labelled() -> None:
    drawn = draw("s", IDS, 12)
    own = {item: {POOL[place % 2]} for place, (_, item) in enumerate(drawn)}
    dealt = assign(drawn, POOL[:2], annotators=own)
    assert [each.verifier for each in dealt] == [POOL[(place + 1) % 2] for place in range(12)]


def test_an_item_that_all_verifiers_labelled_is_refused() -> None:
    drawn = draw("s", IDS, 3)
    with pytest.raises(Refused, match=drawn[1][1]):
        assign(drawn, POOL[:2], annotators={drawn[1][1]: set(POOL)})
    with pytest.raises(Refused, match="nobody is there"):
        assign(drawn, [], annotators={})
    assert assign([], [], annotators={}) == []


def test_sample_digest_is_over_written_lines() -> None:
    dealt = assign([("ab", ItemId("中")), ("cd", ItemId('"'))], [PersonId("p-1")], annotators={})
    lines = '[1,"中","ab","p-1"]\n[2,"\\"","cd","p-1"]\n'
    assert sample_digest(dealt) == sha256(lines.encode()).hexdigest()


def test_a_persons_ticket_is_not_an_items_ticket() -> None:
    # the same name as item and as person must not be drawn together
    assert ticket("s", "p-1") != ticket("s", "verifier\x1fp-1")
