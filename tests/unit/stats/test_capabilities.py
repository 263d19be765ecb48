"""Every yes and every no of the table of coefficients: what is promised is done, what is denied is refused with a reason."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from labelqa.errors import InsufficientData
from labelqa.records.reductions import Answers, Patterns
from labelqa.stats.agreement import (
    brennan_prediger,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac1,
    gwet_ac2,
    krippendorff_alpha,
    krippendorff_alpha_gwet_form,
    percent_agreement,
    tables,
)
from labelqa.stats.agreement.capabilities import (
    CAPABILITIES,
    REASONS,
    Capability,
    Situation,
    capability,
    possible,
    refusals,
    require,
    situation_of,
)
from labelqa.stats.agreement.concordance import kendall_w, lin_ccc
from labelqa.stats.agreement.icc import icc, one_way
from labelqa.stats.agreement.raters import conger_kappa, light_kappa

NAMES = (
    "percent-agreement", "cohen-kappa", "weighted-kappa", "scott-pi", "fleiss-kappa", "conger-kappa", "light-kappa",
    "brennan-prediger", "krippendorff-alpha", "gwet-ac1", "gwet-ac2", "icc-1-1", "icc-2-1", "icc-3-1", "icc-1-k",
    "icc-2-k", "icc-3-k", "kendall-w", "lin-ccc",
)  # fmt: skip
# a letter where the answer is yes: 2 only two annotators · i knows annotators · m missing answers · u unequal numbers ·
# w weights · o order can count · O needs order · N needs numbers · d needs the declared labels
TABLE = {
    "percent-agreement": "  m u w o    ",
    "cohen-kappa": "2 i m u      ",
    "weighted-kappa": "2 i m u w o  ",
    "scott-pi": "2 m u w o    ",
    "fleiss-kappa": "m u w o      ",
    "conger-kappa": "i m u w o    ",
    "light-kappa": "i m u w o    ",
    "brennan-prediger": "m u w o d    ",
    "krippendorff-alpha": "m u w o      ",
    "gwet-ac1": "m u d        ",
    "gwet-ac2": "m u w o d    ",
    "icc-1-1": "m u o O N    ",
    "icc-2-1": "i o O N      ",
    "icc-3-1": "i o O N      ",
    "icc-1-k": "o O N        ",
    "icc-2-k": "i o O N      ",
    "icc-3-k": "i o O N      ",
    "kendall-w": "i o O        ",
    "lin-ccc": "2 i o O N    ",
}
LETTERS = {
    "2": "only_two", "i": "needs_identity", "m": "takes_missing", "u": "takes_unequal", "w": "takes_weights",
    "o": "takes_order", "O": "needs_order", "N": "needs_numbers", "d": "needs_declared",
}  # fmt: skip
# what breaks when a need is not met, or a wish is not taken: the change of the situation, and the reason
BREAKS = {
    "only_two": ({"annotators": 3}, "needs-two-annotators"),
    "needs_identity": ({"identified": False}, "needs-identified-annotators"),
    "takes_missing": ({"missing": True}, "incomplete-ratings"),
    "takes_unequal": ({"unequal": True}, "unequal-annotators"),
    "takes_weights": ({"weights": True}, "takes-no-weights"),
    "takes_order": ({"order": True}, "ignores-order"),
    "needs_order": ({"ordered": False}, "needs-order"),
    "needs_numbers": ({"numbers": False}, "labels-not-numbers"),
    "needs_declared": ({"declared": False}, "needs-declared-labels"),
}
BEST = Situation(annotators=2, ordered=True, numbers=True)  # nothing is missing and nothing is wished


def test_every_coefficient_has_its_line():
    assert tuple(CAPABILITIES) == NAMES == tuple(TABLE)
    assert {field.name for field in fields(Capability)} - {"name"} == set(LETTERS.values()) == set(BREAKS)
    assert set(REASONS) == {reason for _, reason in BREAKS.values()} | {"one-annotator"}


@pytest.mark.parametrize("column", LETTERS.values())
@pytest.mark.parametrize("name", NAMES)
def test_every_yes_and_every_no(name, column):
    letter = next(letter for letter, each in LETTERS.items() if each == column)
    yes = letter in TABLE[name].split()
    assert getattr(capability(name), column) is yes
    assert refusals(name, BEST) == ()
    change, reason = BREAKS[column]
    found = [refusal.reason for refusal in refusals(name, replace(BEST, **change))]
    refused = yes if column.startswith(("needs", "only")) else not yes
    assert found == ([reason] if refused else [])
    if refused:
        with pytest.raises(InsufficientData) as caught:
            require(name, replace(BEST, **change))
        assert caught.value.reason == reason
        assert str(caught.value)
    else:
        require(name, replace(BEST, **change))


@pytest.mark.parametrize("name", NAMES)
def test_one_annotator_is_never_enough(name):
    assert refusals(name, replace(BEST, annotators=1))[0].reason == "one-annotator"


def test_alpha_by_level():
    words = Situation(annotators=3)
    assert refusals("krippendorff-alpha", words) == ()
    for level, ordered, numbered in (
        ("ordinal", [], []),
        ("interval", ["labels-not-numbers"], []),
        ("ratio", ["labels-not-numbers"], []),
    ):
        found = [each.reason for each in refusals("krippendorff-alpha", words, level=level)]
        assert found == ["needs-order", *ordered]
        just = replace(words, ordered=True)
        assert [each.reason for each in refusals("krippendorff-alpha", just, level=level)] == ordered
        both = replace(just, numbers=True)
        assert [each.reason for each in refusals("krippendorff-alpha", both, level=level)] == numbered
        wished = refusals("krippendorff-alpha", replace(both, weights=True), level=level)
        assert [each.reason for each in wished] == ["takes-no-weights"]
    with pytest.raises(ValueError, match="levels"):
        capability("fleiss-kappa", level="ordinal")
    with pytest.raises(ValueError, match="no level"):
        capability("krippendorff-alpha", level="cardinal")
    with pytest.raises(ValueError, match="no coefficient"):
        require("kappa", words)


# what is promised is done --------------------------------------------------------------------------------------------

GRID = [[0, 0], [0, 1], [1, 1], [2, 2], [2, 1], [0, 0]]
LABELS = ("1", "2", "3")


def answers_of(grid) -> Answers:
    rows = [(i, who, k) for i, unit in enumerate(grid) for who, k in enumerate(unit) if k is not None]
    item, annotator, label = np.array(rows, dtype=np.int32).T
    return Answers(labels=LABELS, item=item.copy(), annotator=annotator.copy(), label=label.copy())


def patterns_of(grid) -> Patterns:
    return Patterns.of([[unit.count(k) for k in range(3)] for unit in grid], LABELS)


def table_of(grid):
    table = np.zeros((3, 3), dtype=int)
    for one, other in grid:
        if one is not None and other is not None:
            table[one, other] += 1
    return table


def matrix_of(grid):
    return [[np.nan if k is None else float(k) for k in unit] for unit in grid]


PLAIN = {
    "percent-agreement": lambda grid: percent_agreement(patterns_of(grid)),
    "cohen-kappa": lambda grid: cohen_kappa(table_of(grid)),
    "weighted-kappa": lambda grid: tables.weighted_kappa(table_of(grid), weights="linear"),
    "scott-pi": lambda grid: tables.scott_pi(table_of(grid)),
    "fleiss-kappa": lambda grid: fleiss_kappa(patterns_of(grid)),
    "conger-kappa": lambda grid: conger_kappa(answers_of(grid)),
    "light-kappa": lambda grid: light_kappa(answers_of(grid)),
    "brennan-prediger": lambda grid: brennan_prediger(patterns_of(grid)),
    "krippendorff-alpha": lambda grid: krippendorff_alpha(patterns_of(grid)),
    "gwet-ac1": lambda grid: gwet_ac1(patterns_of(grid)),
    "gwet-ac2": lambda grid: gwet_ac2(patterns_of(grid), weights="linear"),
    "icc-1-1": lambda grid: one_way(matrix_of(grid)),
    "icc-2-1": lambda grid: icc(matrix_of(grid), "ICC(2,1)"),
    "icc-3-1": lambda grid: icc(matrix_of(grid), "ICC(3,1)"),
    "icc-1-k": lambda grid: icc(matrix_of(grid), "ICC(1,k)"),
    "icc-2-k": lambda grid: icc(matrix_of(grid), "ICC(2,k)"),
    "icc-3-k": lambda grid: icc(matrix_of(grid), "ICC(3,k)"),
    "kendall-w": lambda grid: kendall_w(matrix_of(grid)).figure,
    "lin-ccc": lambda grid: lin_ccc(*zip(*matrix_of(grid), strict=True)),
}
WEIGHTED = {
    "percent-agreement": lambda w: percent_agreement(patterns_of(GRID), weights=w),
    "weighted-kappa": lambda w: tables.weighted_kappa(table_of(GRID), weights=w),
    "scott-pi": lambda w: tables.scott_pi(table_of(GRID), weights=w),
    "fleiss-kappa": lambda w: fleiss_kappa(patterns_of(GRID), weights=w),
    "conger-kappa": lambda w: conger_kappa(answers_of(GRID), weights=w),
    "light-kappa": lambda w: light_kappa(answers_of(GRID), weights=w),
    "brennan-prediger": lambda w: brennan_prediger(patterns_of(GRID), weights=w),
    "krippendorff-alpha": lambda w: krippendorff_alpha_gwet_form(patterns_of(GRID), weights=w),
    "gwet-ac2": lambda w: gwet_ac2(patterns_of(GRID), weights=w),
}


@pytest.mark.parametrize("name", NAMES)
def test_all_can_do_two_annotators_who_rate_everything(name):
    assert refusals(name, situation_of(answers_of(GRID))) == ()
    found = PLAIN[name](GRID)
    assert found.low <= found.point <= found.high


@pytest.mark.parametrize("name", [name for name in NAMES if not CAPABILITIES[name].only_two])
def test_those_for_any_number_can_do_three(name):
    three = [[*unit, unit[0]] for unit in GRID[:-1]] + [[0, 0, 1]]
    assert refusals(name, situation_of(answers_of(three))) == ()
    assert PLAIN[name](three).n == 6


@pytest.mark.parametrize("name", NAMES)
def test_missing_answers_are_borne_or_refused(name):
    gappy = [*GRID, [0, None], [None, 2]]
    situation = situation_of(answers_of(gappy))
    assert (situation.missing, situation.unequal) == (True, True)
    if CAPABILITIES[name].takes_missing:
        assert refusals(name, situation) == ()
        assert np.isfinite(PLAIN[name](gappy).point)
        return
    assert [each.reason for each in refusals(name, situation)] == ["incomplete-ratings", "unequal-annotators"]
    with pytest.raises((InsufficientData, ValueError)):
        PLAIN[name](gappy)


def test_weights_count_where_they_are_taken():
    assert {name for name, each in CAPABILITIES.items() if each.takes_weights} == set(WEIGHTED)
    for name, work in WEIGHTED.items():
        assert work("linear").point != pytest.approx(work("identity").point), name


def test_the_declared_set_counts_where_it_is_needed():
    wide = Patterns.of([[*row, 0, 0] for row in patterns_of(GRID).counts], (*LABELS, "4", "5"))
    works = {
        "percent-agreement": percent_agreement, "fleiss-kappa": fleiss_kappa, "krippendorff-alpha": krippendorff_alpha,
        "brennan-prediger": brennan_prediger, "gwet-ac1": gwet_ac1,
    }  # fmt: skip
    for name, work in works.items():
        narrow = Patterns.of(patterns_of(GRID).counts, LABELS)
        changed = abs(work(wide).point - work(narrow).point) > 1e-9
        assert changed is CAPABILITIES[name].needs_declared


def test_the_situation_of_patterns_and_of_answers():
    words = Patterns.of([[1, 1], [3, 0]], ("nan", "yes"))
    assert situation_of(words) == Situation(annotators=3, identified=False, missing=True, unequal=True)
    assert situation_of(words, ordered=True, declared=False, weights=True, order=True) == Situation(
        annotators=3,
        identified=False,
        missing=True,
        unequal=True,
        ordered=True,
        declared=False,
        weights=True,
        order=True,
    )
    assert situation_of(answers_of(GRID)) == Situation(annotators=2, ordered=True, numbers=True)
    assert situation_of(Patterns.of(np.zeros((0, 2)), ("a", "b"))).annotators == 0
    assert "conger-kappa" not in possible(situation_of(words))
    assert possible(situation_of(answers_of(GRID))) == NAMES
