"""Which pieces of work a supervisor looks at: the same number of everybody's in every duty, drawn by tickets.

A piece's ticket is that of its name (:func:`~labelqa.sampling.tickets.ticket`); of each person in each duty the pieces
with the smallest tickets are drawn. The frame is read once and never held.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, Final

from labelqa.records.names import Digest, PersonId
from labelqa.records.people import Duty
from labelqa.records.review import SeedStanding
from labelqa.records.supervision import DrawnWork, Work, WorkDraw, WorkStratum
from labelqa.sampling.tickets import check_seed, ticket

_ORDER: Final[Mapping[Duty, int]] = {duty: place for place, duty in enumerate(Duty)}


class _Smallest:
    """The pieces with the smallest tickets among those seen, at most ``most`` of them, and how many were seen."""

    def __init__(self, most: int) -> None:
        self._most, self.seen, self._largest = most, 0, "g"  # no ticket is larger
        self._held: list[tuple[int, str, Work]] = []  # largest ticket first: its negative is smallest

    def add(self, drawn: str, piece: Work) -> None:
        self.seen += 1
        if drawn >= self._largest:
            return
        entry = (-int(drawn, 16), piece.work, piece)
        if len(self._held) < self._most:
            heapq.heappush(self._held, entry)
        else:
            heapq.heapreplace(self._held, entry)
        if len(self._held) == self._most:
            self._largest = f"{-self._held[0][0]:064x}"

    def drawn(self) -> list[tuple[str, Work]]:
        return [(f"{-number:064x}", piece) for number, _, piece in sorted(self._held, key=lambda each: -each[0])]


def draw_work(seed: str, frame: Iterable[Work], each: int) -> WorkDraw:
    """Of every person in every duty the ``each`` pieces with the smallest tickets, all where there are fewer.

    Duties stand in their usual order, people by pseudonym, pieces by ticket. The digests are sha256 over one line a
    piece, JSON text without blanks and a newline: [piece, duty, person] in the order of the frame, which is therefore
    part of it, and [order, piece, duty, person, ticket] of the drawn.
    """
    check_seed(seed)
    if each < 1:
        raise ValueError(f"each is a count of pieces of work, got {each}")
    strata: dict[tuple[Duty, PersonId], _Smallest] = {}
    since: dict[Duty, int] = {}
    hashed = sha256()
    for piece in frame:
        hashed.update(_line([piece.work, piece.duty, piece.person]))
        key = piece.duty, piece.person
        if key not in strata:
            strata[key] = _Smallest(each)
        strata[key].add(ticket(seed, piece.work), piece)
        since[piece.duty] = min(piece.fact, since.get(piece.duty, piece.fact))
    order = sorted(strata, key=lambda key: (_ORDER[key[0]], key[1]))
    pairs = [pair for key in order for pair in strata[key].drawn()]
    drawn = tuple(DrawnWork(order=at, ticket=got, piece=piece) for at, (got, piece) in enumerate(pairs, start=1))
    return WorkDraw(
        drawn=drawn,
        strata=tuple(
            WorkStratum(duty=duty, person=person, pieces=strata[duty, person].seen, drawn=min(each, strata[duty, person].seen))
            for duty, person in order
        ),
        frame=Digest(hashed.hexdigest()), digest=work_digest(drawn), since=since,
    )  # fmt: skip


def work_digest(drawn: Iterable[DrawnWork]) -> Digest:
    """sha256 over one line a drawn piece: the JSON text of [order, piece, duty, person, ticket] without blanks."""
    hashed = sha256()
    for each in drawn:
        hashed.update(_line([each.order, each.piece.work, each.piece.duty, each.piece.person, each.ticket]))
    return Digest(hashed.hexdigest())


def _line(values: list[Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def proven_duties(declared: int, since: Mapping[Duty, int]) -> frozenset[Duty]:
    """The duties whose first piece of work came into the ledger after the seed's digest did (fact ``declared``).

    >>> sorted(proven_duties(7, {Duty.EXECUTOR: 5, Duty.REVIEWER: 9}))
    [<Duty.REVIEWER: 'reviewer'>]
    """
    return frozenset(duty for duty, first in since.items() if first > declared)


def work_standing(declared: int, since: Mapping[Duty, int], *, abandoned: int) -> SeedStanding:
    """Committed when every piece of work came after the seed's digest and no seed was given up before; else unproven.

    Seeds of supervisions are always drawn at random, so nobody chose one for what it draws; but who gives up drawn
    seeds unused may have chosen among them.

    >>> work_standing(3, {Duty.EXECUTOR: 5}, abandoned=0), work_standing(3, {Duty.EXECUTOR: 5}, abandoned=1)
    (<SeedStanding.COMMITTED: 'committed'>, <SeedStanding.UNPROVEN: 'unproven'>)
    """
    if abandoned or len(proven_duties(declared, since)) < len(since):
        return SeedStanding.UNPROVEN
    return SeedStanding.COMMITTED
