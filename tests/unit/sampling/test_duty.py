"""Who verifies what: drawn by the same seed, and never one's own work."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from hashlib import sha256

import pytest

from labelqa.errors import Refused
from labelqa.records.names import ItemId, PersonId
from labelqa.records.review import Drawn, DrawStep, Ticket
from labelqa.sampling import assign, deal, doubles_of, draw, sample_digest, ticket, verifiers

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


def tickets(n: int) -> list[Ticket]:
    return [Ticket(*each) for each in draw("s", IDS, n)]


def dealt(n: int, *steps: DrawStep, k: int = 3, **more: object) -> list[Drawn]:
    return deal(tickets(n), POOL[:k], seed="s", steps=steps, annotators={}, **more)


def test_the_items_with_the_smallest_second_tickets_are_judged_twice() -> None:
    found = dealt(20, DrawStep(sizes=(20,), doubles=6))
    ranked = sorted(found, key=lambda each: sha256(f"s\x1fsecond\x1f{each.item_id}".encode()).hexdigest())
    assert {each.item_id for each in found if each.second} == {each.item_id for each in ranked[:6]}
    assert [replace(each, second=None) for each in found] == dealt(20, DrawStep(sizes=(20,)))


@pytest.mark.parametrize("k", [3, 4, 7])
def test_second_looks_go_round_among_the_others(k: int) -> None:
    found = dealt(40, DrawStep(sizes=(40,), doubles=30), k=k)
    seconds = Counter(each.second for each in found if each.second)
    assert all(each.second != each.verifier for each in found)
    assert sum(seconds.values()) == 30
    assert max(seconds.values()) - min(seconds[person] for person in POOL[:k]) <= 1


def test_second_looks_of_an_extension_leave_the_earlier_ones_alone() -> None:
    first = dealt(12, DrawStep(sizes=(12,), doubles=6))
    longer = dealt(40, DrawStep(sizes=(12,), doubles=6), DrawStep(sizes=(40,), doubles=10))
    assert longer[:12] == first
    assert sum(each.second is not None for each in longer) == 10
    at_once = dealt(40, DrawStep(sizes=(40,), doubles=10))
    assert at_once[:12] != first  # drawn at once, others of the first twelve would be looked at twice


def test_nobody_takes_a_second_look_at_own_work() -> None:
    own = {item: {POOL[1]} for item in IDS}
    steps = [DrawStep(sizes=(10,), doubles=10)]
    found = deal(tickets(10), POOL[:3], seed="s", steps=steps, annotators=own)
    assert {each.second for each in found} == {POOL[0], POOL[2]}
    with pytest.raises(Refused, match="nobody but"):
        deal(tickets(10), POOL[:2], seed="s", steps=steps, annotators=own)


def test_the_digest_covers_second_verifiers_and_nothing_else_that_is_new() -> None:
    one = Drawn(order=1, item_id=ItemId("7"), ticket="ab", verifier=POOL[0])
    assert sample_digest([one]) == sha256(b'[1,"7","ab","p-0"]\n').hexdigest()
    assert sample_digest([replace(one, second=POOL[1])]) == sha256(b'[1,"7","ab","p-0","p-1"]\n').hexdigest()
    assert sample_digest([replace(one, stratum=3, chance=0.2)]) == sample_digest([one])


def test_a_share_of_the_items_is_rounded_up_exactly() -> None:
    assert [doubles_of(0.07, 100), doubles_of(0.3, 10), doubles_of(1.0, 9), doubles_of(0.001, 9)] == [7, 3, 9, 1]
