"""The tables of ``labelqa accuracy``: labels, annotators, rules, strata and confusions; nothing wider than a terminal.

A number stands with its interval; how many cases it rests on is a column of its own. Why a number is unknown is said
under its table. What a table has no room for is in ``--json``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from labelqa.adapters.cli.agreement_tables import WIDE, cut
from labelqa.adapters.cli.output import Screen, figure_text
from labelqa.adapters.cli.width import wrap
from labelqa.errors import Message
from labelqa.i18n import N_, Speaker
from labelqa.records.accuracy import LabelScore
from labelqa.records.accuracy_report import Matrix, RuleAccuracy, StratumAccuracy, TeamAccuracy
from labelqa.records.estimate import Estimate, Figure, Unknown
from labelqa.records.summary import Confusion

ROWS: Final = 60  # of a table, at most
PAIRS: Final = 15  # confused labels
WHOLE: Final = 10  # labels of which the whole matrix is shown
_LABEL: Final = 18  # columns of a label's name


def said(screen: Screen, sentence: str | Message, /, **values: Any) -> None:
    """A sentence that may be longer than a terminal is wide."""
    for line in wrap(screen.say(sentence, **values), WIDE):
        screen.line("{line}", line=line)


def spread(figure: Figure, say: Speaker) -> str:
    """A number with its interval, or the word unknown.

    >>> spread(Estimate(point=0.842, low=0.801, high=0.88, confidence=0.95, method="wilson", n=150), Speaker("en"))
    '0.842 [0.801, 0.880]'
    """
    if isinstance(figure, Unknown):
        return say(N_("unknown"))
    return f"{figure.point:.3f} [{figure.low:.3f}, {figure.high:.3f}]"


def _whys(screen: Screen, named: Iterable[tuple[str, Figure]]) -> None:
    """Why numbers are unknown, each reason once, with the names of the rows."""
    whys: dict[str, list[str]] = {}
    for name, figure in named:
        if isinstance(figure, Unknown):
            whys.setdefault(screen.say(figure.message), []).append(name)
    for why, names in whys.items():
        some = ", ".join(dict.fromkeys(names)) or "–"
        said(screen, N_("{names}: unknown: {sentence}"), names=cut(some, 3 * WIDE), sentence=why)


def figures(screen: Screen, rows: Iterable[tuple[str, Figure | str]]) -> None:
    """Figures by their names, whole; why one is unknown stands under them."""
    held = list(rows)

    def shown(value: Figure | str) -> str:
        if isinstance(value, Estimate):
            return figure_text(value, screen.say)
        return value if isinstance(value, str) else spread(value, screen.say)

    screen.pairs((name, shown(value)) for name, value in held)
    _whys(screen, [(screen.say(name), value) for name, value in held if not isinstance(value, str)])


def _rows(screen: Screen, heads: Sequence[str], rows: Sequence[Sequence[object]], *, most: int = ROWS) -> None:
    screen.table(heads, rows[:most])
    if len(rows) > most:
        screen.line(N_("{n} of {all} are shown; --json has all of them."), n=most, all=len(rows))


def label_table(screen: Screen, title: str, scores: Sequence[LabelScore]) -> None:
    """Precision, recall and F1 of each label."""
    if not scores:
        return
    say = screen.say
    screen.title(title)
    heads = (N_("label"), N_("as given"), N_("precision"), N_("due"), N_("recall"), "F1")
    rows = [
        (
            cut(each.label, _LABEL), each.given, spread(each.precision, say), each.reference, spread(each.recall, say),
            spread(each.f1, say),
        )
        for each in scores
    ]  # fmt: skip
    _rows(screen, heads, rows)
    _whys(screen, [(cut(each.label, _LABEL), figure) for each in scores for figure in (each.precision, each.recall)])


def team_table(screen: Screen, found: TeamAccuracy) -> None:
    """Annotators, as counted and drawn towards the team."""
    if not found.annotators:
        return
    say = screen.say
    screen.title(N_("Annotator by annotator: their own labels"))
    heads = (N_("annotator"), N_("right"), N_("n"), N_("as counted"), N_("drawn towards the team"))
    rows = [
        (
            cut(say(N_("{name} (model)"), name=each.name) if each.model else each.name, 34), each.correct, each.n,
            spread(each.raw, say), spread(each.shrunken, say),
        )
        for each in found.annotators
    ]  # fmt: skip
    _rows(screen, heads, rows)
    _whys(screen, [(cut(each.name, 24), figure) for each in found.annotators for figure in (each.raw, each.shrunken)])
    if found.mean is not None and found.weight is not None:
        text = N_("the team: shares about {mean:.3f}, worth {weight:.0f} labels of evidence for each")
        said(screen, text, mean=found.mean, weight=found.weight)


def rule_table(screen: Screen, rules: Sequence[RuleAccuracy], *, title: str = N_("Rule by rule")) -> None:
    """The labels that each rule gives, and how often it was named as broken."""
    if not rules:
        return
    say = screen.say
    named = any(each.named is not None for each in rules)
    screen.title(title)
    heads = [N_("rule"), N_("its labels"), N_("n"), N_("accuracy")]
    heads += [N_("named as broken"), N_("share of checked")] if named else []
    rows = []
    for each in rules:
        row: list[object] = [
            cut(each.rule, 14),
            cut(", ".join(each.labels), 18),
            each.checked,
            spread(each.accuracy, say),
        ]
        broken = [each.named, spread(each.named_rate, say) if each.named_rate else "–"] if named else []
        rows.append([*row, *broken])
    _rows(screen, heads, rows)
    _whys(screen, [(cut(each.rule, 12), each.accuracy) for each in rules])


def strata_tables(screen: Screen, strata: Sequence[StratumAccuracy], *, title: str = N_("By {field}")) -> None:
    """The strata of each field."""
    say = screen.say
    for field, group in groupby(strata, key=lambda each: each.field):
        mine = [(cut(each.value, 36) or say(N_("(no value)")), each) for each in group]
        screen.title(title, field=field)
        heads = (N_("value"), N_("items"), N_("n"), N_("accuracy"))
        rows = [(name, each.items, each.checked, spread(each.accuracy, say)) for name, each in mine]
        _rows(screen, heads, rows)
        _whys(screen, [(name, each.accuracy) for name, each in mine])


def confusion_tables(
    screen: Screen, matrix: Matrix | None, pairs: Sequence[Confusion], title: str, heads: Sequence[str]
) -> None:
    """The pairs that were confused most, and the whole matrix where the labels are few."""
    if pairs:
        screen.title(title)
        _rows(screen, heads, [(cut(each.first, 36), cut(each.second, 36), each.count) for each in pairs], most=PAIRS)
    if matrix is None or not any(map(any, matrix.counts)) or len(matrix.labels) > WHOLE:
        return
    screen.title(N_("Confusion matrix: rows have the label that is due, columns the label given"))
    numbers = [f"({at + 1})" for at in range(len(matrix.labels))]
    rows = [
        (f"({at + 1}) {cut(label, 24)}", *counts)
        for at, (label, counts) in enumerate(zip(matrix.labels, matrix.counts, strict=True))
    ]
    screen.table((N_("label"), *numbers), rows)
    if matrix.not_known:
        said(screen, N_("in no cell, as the verdicts do not say which label is due: {n}"), n=matrix.not_known)


def estimates(value: Any) -> Iterator[Estimate]:
    """Every estimate inside a record."""
    from dataclasses import fields, is_dataclass

    if isinstance(value, Estimate):
        yield value
    elif is_dataclass(value):
        for each in fields(value):
            yield from estimates(getattr(value, each.name))
    elif isinstance(value, tuple):
        for part in value:
            yield from estimates(part)


def method_line(found: object, say: Speaker) -> str:
    """How the intervals of a report were made; "" where it has none."""
    from labelqa.adapters.report.text import method_family, whole

    told: Mapping[tuple[str, str], None] = dict.fromkeys(
        (whole(each.confidence), method_family(each.method, say)) for each in estimates(found)
    )
    confidence = sorted({level for level, _ in told})
    if not confidence:
        return ""
    methods = "; ".join(dict.fromkeys(name for _, name in told))
    return say(N_("Intervals: {confidence}, by {methods}."), confidence=", ".join(confidence), methods=methods)
