"""The annotator who takes one label for another much more often than the rest of the team does."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labelqa.records.reductions import Ints, Matched, grouped
from labelqa.stats.drift.chances import adjusted, chance_of_so_many


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfusedPair:
    """Where the reference is ``reference``, this annotator said ``label`` ``count`` times of ``n``; the others at
    ``team_rate``."""

    annotator: int
    reference: str
    label: str
    count: int
    n: int
    rate: float
    team_n: int
    team_rate: float
    p_value: float
    p_adjusted: float
    flagged: bool


def _totals(columns: tuple[Ints, ...], count: Ints) -> dict[tuple[int, ...], int]:
    rows, total = grouped(np.stack(columns, axis=1), count)
    return dict(zip(map(tuple, rows.tolist()), total.tolist(), strict=True))


def confused_pairs(
    matched: Matched, *, level: float = 0.05, margin: float = 0.05, minimum: int = 10
) -> tuple[ConfusedPair, ...]:
    """Annotators and pairs of labels that were mixed up more often than by the others, least likely first.

    Looked at is every annotator, every reference label met ``minimum`` times by the annotator and by the others, and
    every other label; the adjustment counts them all. Listed are those mixed up twice or more and more often than the
    others' rate and the ``margin`` together.
    """
    shown = _totals((matched.annotator, matched.reference), matched.count)
    everybody = _totals((matched.reference,), matched.count)
    said = _totals((matched.annotator, matched.reference, matched.label), matched.count)
    together = _totals((matched.reference, matched.label), matched.count)
    tested = {key for key, n in shown.items() if n >= minimum and everybody[key[1:]] - n >= minimum}
    looked_at = len(tested) * (len(matched.labels) - 1)
    found = []
    for (who, reference, label), count in said.items():
        if reference == label or (who, reference) not in tested or count < 2:
            continue
        n = shown[who, reference]
        team_n, team = everybody[reference,] - n, together[reference, label] - count
        if count / n > team / team_n + margin:
            chance = chance_of_so_many(count, n, team=team, team_n=team_n, margin=margin)
            found.append((chance, who, reference, label, count, n, team_n, team / team_n))
    raised = adjusted([line[0] for line in found], looked_at=looked_at)
    pairs = [
        ConfusedPair(
            annotator=who,
            reference=matched.labels[reference],
            label=matched.labels[label],
            count=count,
            n=n,
            rate=count / n,
            team_n=team_n,
            team_rate=team_rate,
            p_value=chance,
            p_adjusted=p,
            flagged=p <= level,
        )
        for (chance, who, reference, label, count, n, team_n, team_rate), p in zip(found, raised, strict=True)
    ]
    return tuple(sorted(pairs, key=lambda pair: (pair.p_value, pair.annotator, pair.reference, pair.label)))
