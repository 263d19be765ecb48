"""The same distances by slow and obvious ways: shapely, sets of characters, every permutation, every alignment."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest
import shapely
import shapely.affinity

from labelqa.stats.agreement.alignment import Dissimilarity, disorder
from labelqa.stats.agreement.continuum import Continuum, Unit
from labelqa.stats.agreement.unitizing import unitizing
from labelqa.stats.distance.boxes import BoxDistance
from labelqa.stats.distance.matching import Matching
from labelqa.stats.distance.polygons import PolygonDistance, area_of
from labelqa.stats.distance.regions import Regions
from labelqa.stats.distance.segments import SegmentDistance, boundary_f
from labelqa.stats.distance.spans import SpanDistance

RNG = np.random.default_rng(20261122)


def drawn(place, *, most: int, many: int = 120) -> list[Regions]:
    """Random answers of 0 to ``most`` regions with one or two labels."""
    made = []
    for count in RNG.integers(0, most + 1, many).tolist():
        labels = [
            tuple(sorted(RNG.choice(list("xyz"), RNG.integers(1, 3), replace=False).tolist())) for _ in range(count)
        ]
        made.append(Regions(tuple(place() for _ in range(count)), tuple(labels)))
    return made


def a_span() -> tuple[int, int]:
    start = int(RNG.integers(0, 25))
    return start, start + int(RNG.integers(1, 12))


def a_box() -> tuple[float, ...]:
    return (*(RNG.random(4) * 30).tolist(), 0.0)


def a_turned_box() -> tuple[float, ...]:
    return (*(RNG.random(4) * 30 + 1).tolist(), float(RNG.integers(0, 360)))


def span_iou(one, other) -> float:
    a, b = set(range(*one)), set(range(*other))
    return len(a & b) / len(a | b)


def shape_iou(one, other) -> float:
    return one.intersection(other).area / one.union(other).area


def box_shape(place, aspect: float = 1.0):
    x, y, width, height, rotation = place
    shape = shapely.box(x * aspect, y, (x + width) * aspect, y + height)
    return shapely.affinity.rotate(shape, rotation, origin=(x * aspect, y))


def by_hand(one: Regions, other: Regions, alike, *, score: str = "mean", threshold: float = 0.5) -> float:
    """Every one-to-one matching tried."""
    if len(one.places) > len(other.places):
        one, other = other, one
    m, n = len(one.places), len(other.places)
    if m + n == 0:
        return 0.0

    def match(i: int, j: int) -> float:
        a, b = set(one.labels[i]), set(other.labels[j])
        value = alike(one.places[i], other.places[j]) * len(a & b) / len(a | b)
        return float(value >= threshold) if score == "f1" else value

    table = [[match(i, j) for j in range(n)] for i in range(m)]
    if score == "best":
        total = sum(max(row, default=0) for row in table)
        total += sum(max((table[i][j] for i in range(m)), default=0) for j in range(n))
        return 1 - total / (m + n)
    best = max(sum(table[i][j] for i, j in enumerate(way)) for way in permutations(range(n), m))
    return 1 - 2 * best / (m + n)


def compare(distance, answers: list[Regions], alike, **options) -> None:
    others = answers[1:] + answers[:1]
    wanted = [by_hand(one, other, alike, **options) for one, other in zip(answers, others, strict=True)]
    assert len({round(each, 6) for each in wanted}) >= (4 if options.get("score") == "f1" else 10)
    assert distance.between(answers, others) == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize("score", ["mean", "f1", "best"])
@pytest.mark.parametrize("most", [2, 6])
def test_spans_by_sets_of_characters_and_every_permutation(score, most):
    matching = Matching(score=score, threshold=0.3)
    answers = drawn(a_span, most=most, many=150)
    compare(SpanDistance(matching=matching), answers, span_iou, score=score, threshold=0.3)


def test_upright_boxes_by_shapely():
    compare(BoxDistance(), drawn(a_box, most=4), lambda a, b: shape_iou(box_shape(a), box_shape(b)))


@pytest.mark.parametrize("aspect", [1.0, 16 / 9])
def test_turned_boxes_by_shapely(aspect):
    distance = BoxDistance(aspect=aspect)
    compare(distance, drawn(a_turned_box, most=3), lambda a, b: shape_iou(box_shape(a, aspect), box_shape(b, aspect)))


def test_polygons_by_points_on_a_grid():
    at = np.stack(np.meshgrid(np.arange(0.25, 30, 0.5), np.arange(0.25, 30, 0.5)), axis=-1).reshape(-1, 2)

    def inside(points) -> np.ndarray:
        """Even-odd rule: how often a ray to the right crosses the outline."""
        found = np.zeros(len(at), dtype=bool)
        for (x1, y1), (x2, y2) in zip(points, [*points[1:], points[0]], strict=True):
            crosses = (y1 > at[:, 1]) != (y2 > at[:, 1])
            with np.errstate(divide="ignore", invalid="ignore"):
                found ^= crosses & (at[:, 0] < (x2 - x1) * (at[:, 1] - y1) / (y2 - y1) + x1)
        return found

    def a_polygon():
        points = tuple(map(tuple, (RNG.random((5, 2)) * 30).tolist()))
        return points, area_of(points)

    answers = [Regions((a_polygon(),), (("x",),)) for _ in range(60)]
    others = answers[1:] + answers[:1]
    found = 1 - PolygonDistance().between(answers, others)
    for value, one, other in zip(found, answers, others, strict=True):
        a, b = inside(one.places[0][0]), inside(other.places[0][0])
        assert value == pytest.approx((a & b).sum() / max((a | b).sum(), 1), abs=0.05)


def test_characters_by_sets():
    answers = drawn(a_span, most=5, many=200)
    others = answers[1:] + answers[:1]

    def cells(answer: Regions) -> set:
        places = zip(answer.places, answer.labels, strict=True)
        return {(at, label) for place, labels in places for label in labels for at in range(*place)}

    wanted = []
    for one, other in zip(answers, others, strict=True):
        a, b = cells(one), cells(other)
        wanted.append(1 - 2 * len(a & b) / (len(a) + len(b)) if a or b else 0.0)
    assert SpanDistance(score="characters").between(answers, others) == pytest.approx(wanted, abs=1e-12)
    timed = [Regions(tuple((*place, 0.0) for place in each.places), each.labels) for each in answers]
    again = SegmentDistance(score="time").between(timed, timed[1:] + timed[:1])
    assert again == pytest.approx(wanted, abs=1e-12)


def test_boundaries_by_a_maximum_matching():
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching

    for _ in range(100):
        one, other = (
            Regions(tuple((a, a + 1.25, 0.0) for a in (RNG.random(RNG.integers(1, 8)) * 12).round(2).tolist()), ())
            for _ in range(2)
        )
        mine, yours = (np.unique([[p[0] for p in each.places], [p[1] for p in each.places]]) for each in (one, other))
        near = np.abs(mine[:, None] - yours) <= 0.5
        found = (maximum_bipartite_matching(csr_array(near), perm_type="column") >= 0).sum()
        assert boundary_f(one, other) == pytest.approx(2 * found / (len(mine) + len(yours)))


def some_units(most: int, *, end: int = 40) -> tuple[Unit, ...]:
    """Units of two labels, none of one label overlapping another."""
    made = []
    for label in "ab":
        cuts = sorted(RNG.choice(end, 2 * int(RNG.integers(0, most + 1)), replace=False).tolist())
        made += [Unit(a, b, label) for a, b in zip(cuts[::2], cuts[1::2], strict=True)]
    return tuple(made)


def sections(item: Continuum, units, label: str) -> list[tuple[float, float, int]]:
    """Begin, length and whether it is a unit, for every unit of a label and every gap."""
    found, at = [], item.start
    for unit in sorted(each for each in units if each.label == label):
        found += [(at, unit.start - at, 0)] if unit.start > at else []
        found.append((unit.start, unit.end - unit.start, 1))
        at = unit.end
    return found + ([(at, item.end - at, 0)] if at < item.end else [])


def difference(one: tuple[float, float, int], other: tuple[float, float, int]) -> float:
    """The squared difference of two sections, by cases as the paper has them."""
    (b, size, v), (c, wide, w) = one, other
    if v and w and -size < b - c < wide:
        return (b - c) ** 2 + (b + size - c - wide) ** 2
    if v and not w and wide - size >= b - c >= 0:
        return size**2
    if w and not v and wide - size <= b - c <= 0:
        return wide**2
    return 0.0


def alpha_by_definition(items: list[Continuum], label: str) -> tuple[float, float]:
    """D_o and D_e in the letters of Krippendorff (2004), section by section; several items side by side."""
    differ, annotated, length = 0.0, 0.0, 0.0
    every = []
    for item in items:
        rows = [sections(item, units, label) for units in item.annotators]
        annotated, length = annotated + len(rows) * item.length, length + item.length
        every += [section for row in rows for section in row]
        total = sum(difference(*pair) for one, other in permutations(rows, 2) for pair in product(one, other))
        differ += total / (len(rows) - 1)
    units = [size for _, size, v in every if v]
    gaps = [size for _, size, v in every if not v]
    chance = sum((len(units) - 1) / 3 * (2 * size**3 - 3 * size**2 + size) for size in units)
    chance += sum(size**2 * sum(gap - size + 1 for gap in gaps if gap >= size) for size in units)
    free = annotated * (annotated - 1) - sum(size * (size - 1) for size in units)
    return differ / annotated / length, 2 / length * chance / free


def test_unitizing_alpha_by_its_definition():
    for _ in range(25):
        items = [
            Continuum(start=5, end=45, annotators=tuple(
                tuple(Unit(u.start + 5, u.end + 5, u.label) for u in some_units(3)) for _ in range(RNG.integers(2, 5))
            ))
            for _ in range(RNG.integers(1, 4))
        ]  # fmt: skip
        rows = {row.label: row for row in unitizing(items, ["a", "b"])}
        wanted = {label: alpha_by_definition(items, label) for label in "ab"}
        for label, (observed, expected) in wanted.items():
            assert rows[label].observed == pytest.approx(observed)
            assert rows[label].expected == pytest.approx(expected)
        assert rows[None].observed == pytest.approx(sum(each[0] for each in wanted.values()))


def disorder_by_hand(annotators, dissimilarity: Dissimilarity) -> float:
    """Every way of putting all units into unitary alignments."""
    n = len(annotators)
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n)]

    def cost(chosen) -> float:
        total = 0.0
        for i, j in pairs:
            one, other = chosen[i], chosen[j]
            alone = one is None or other is None
            total += dissimilarity.empty if alone else float(dissimilarity.between([one], [other])[0, 0])
        return total / len(pairs)

    def best(left) -> float:
        first = next((i for i, units in enumerate(left) if units), None)
        if first is None:
            return 0.0
        head, rest = left[first][0], [list(units) for units in left]
        rest[first] = rest[first][1:]
        others = [[None, *units] if i != first else [head] for i, units in enumerate(rest)]
        found = []
        for chosen in product(*others):
            after = [[u for u in units if u is not c] for units, c in zip(rest, chosen, strict=True)]
            found.append(cost(chosen) + best(after))
        return min(found)

    units = sum(len(each) for each in annotators)
    return best([list(each) for each in annotators]) / (units / n) if units else 0.0


@pytest.mark.parametrize(("annotators", "most"), [(2, 3), (3, 2), (4, 1)])
@pytest.mark.parametrize("weights", [(1.0, 1.0, 1.0), (3.0, 2.0, 0.5)])
def test_disorder_by_every_alignment(annotators, most, weights):
    position, label, empty = weights
    dissimilarity = Dissimilarity(position=position, label=label, empty=empty)
    for _ in range(12):
        sets = [
            [
                Unit(at, at + 6, str(RNG.choice(["a", "b"])))
                for at in RNG.integers(0, 20, RNG.integers(0, most + 1)).tolist()
            ]
            for _ in range(annotators)
        ]
        assert disorder(sets, dissimilarity) == pytest.approx(disorder_by_hand(sets, dissimilarity), abs=1e-9)
