"""Every item draws a ticket from the seed; the smallest tickets are the sample.

Ids and seeds are taken as they are: nothing is trimmed, folded or normalised, so two spellings are two items. Nothing
here knows strata or sizes: every item has the same chance.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import pairwise
from typing import Final

from labelqa.errors import Refused, WrongUsage
from labelqa.records.names import Digest, ItemId
from labelqa.records.review import SeedStanding

SEPARATOR: Final = "\x1f"
_SHARE_DIGITS: Final = 13  # hex digits: 52 bits, so that the middle of every cell is a double
_SHARE_CELLS: Final = 1 << 4 * _SHARE_DIGITS


def ticket(seed: str, item_id: str) -> str:
    """sha256 of seed, byte 0x1F and item id in UTF-8, as 64 lower-case hex digits.

    Raises ``UnicodeEncodeError`` for text that has no UTF-8 form (lone surrogates).

    >>> ticket("2026-11-09 dice 4 2 6", "7")[:16]
    '105f6b90b9286669'
    """
    return sha256(f"{seed}{SEPARATOR}{item_id}".encode()).hexdigest()


def share(drawn: str) -> float:
    """A ticket read as a number between 0 and 1, never 0 and never 1.

    The first 52 bits name one of 2**52 cells of equal width; the number is the middle of the cell. Two tickets keep
    their order, up to tickets that share a cell.

    >>> share("8" + "0" * 63) > 0.5, share("0" * 64) > 0, share("f" * 64) < 1
    (True, True, True)
    """
    return (int(drawn[:_SHARE_DIGITS], 16) + 0.5) / _SHARE_CELLS


def check_seed(seed: str) -> None:
    """Refuse a seed that is empty, holds a control character, or has no UTF-8 form."""
    if not seed.strip():
        raise WrongUsage("the seed is empty: give words or dice that nobody could know beforehand")
    # A separator inside the seed would let two seeds give one ticket; other controls do not survive copying.
    if not seed.isprintable():
        raise WrongUsage("the seed holds a character that cannot be printed: use letters, digits, spaces and signs")


def draw(seed: str, item_ids: Iterable[str], n: int) -> list[tuple[str, ItemId]]:
    """The n smallest (ticket, item id), in ticket order; reads the ids once and holds n + 1 of them.

    An id that stands twice among the drawn is refused. One that stands twice elsewhere does not change the draw;
    :func:`frame_digest` finds it.

    >>> [item for _, item in draw("seed", ["a", "b", "c"], 2)] == [item for _, item in draw("seed", "cba", 3)][:2]
    True
    """
    check_seed(seed)
    if n < 0:
        raise ValueError(f"n is a count of items, got {n}")
    smallest = heapq.nsmallest(n + 1, _tickets(seed, item_ids))
    for (_, one), (_, other) in pairwise(smallest):
        if one == other:
            raise repeated(one)
    if len(smallest) < n:
        raise Refused(
            "{n} items were to be drawn, but the frame has only {available}: plan fewer items or check every item",
            n=n,
            available=len(smallest),
        )
    return smallest[:n]


def _tickets(seed: str, item_ids: Iterable[str]) -> Iterator[tuple[str, ItemId]]:
    prefix = f"{seed}{SEPARATOR}".encode()
    for item_id in item_ids:
        yield sha256(prefix + item_id.encode()).hexdigest(), ItemId(item_id)


def frame_digest(item_ids: Iterable[str]) -> Digest:
    """sha256 over the ids in code-point order, each as JSON text (not escaped to ASCII) and a newline, in UTF-8.

    Raises :class:`Refused` for an id that stands twice.

    >>> frame_digest(["b", "a"]) == sha256(b'"a"\\n"b"\\n').hexdigest()
    True
    """
    hashed = sha256()
    before: str | None = None
    for item_id in sorted(item_ids):
        if item_id == before:
            raise repeated(item_id)
        hashed.update(json.dumps(item_id, ensure_ascii=False).encode() + b"\n")
        before = item_id
    return Digest(hashed.hexdigest())


def repeated(item_id: str) -> Refused:
    """The error of an item that stands in a frame twice."""
    return Refused("item {item_id} stands twice in the frame: every item may stand in it once", item_id=item_id)


def seed_digest(seed: str) -> Digest:
    """What is published before the frame is known: sha256 of ``labelqa seed``, byte 0x1F and the seed.

    It says nothing about the seed as long as the seed cannot be guessed.
    """
    return Digest(sha256(f"labelqa seed{SEPARATOR}{seed}".encode()).hexdigest())


def seed_standing(commit_seq: int | None, frame_seq: int, *, blind: bool = True) -> SeedStanding:
    """Committed when the seed's digest came into the ledger before the frame did, and blindly; else unproven.

    Both are sequence numbers of facts; ``commit_seq`` is None when no digest was ever published. ``blind``: whoever
    committed it could not know what it would draw, because nothing was labelled yet or because it was drawn at random.

    >>> seed_standing(4, 9), seed_standing(9, 4), seed_standing(None, 4)
    (<SeedStanding.COMMITTED: 'committed'>, <SeedStanding.UNPROVEN: 'unproven'>, <SeedStanding.UNPROVEN: 'unproven'>)
    """
    if commit_seq is not None and commit_seq < frame_seq and blind:
        return SeedStanding.COMMITTED
    return SeedStanding.UNPROVEN
