"""The tables of ``labelqa agreement``: the number first, then where it comes from; nothing wider than a terminal.

What a table has no room for is in ``--json``, and the line under it says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, Final

from labelqa.adapters.cli.output import figure_text
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.width import cells, wrap
from labelqa.i18n import N_, Speaker
from labelqa.records.agreement import Apart, PartAgreement
from labelqa.records.annotation import ControlKind
from labelqa.records.estimate import Estimate, Figure, Unknown
from labelqa.records.summary import AgreementReport

WIDE: Final = 100  # columns of a terminal
LABELS, PAIRS, PEOPLE, CONFUSED = 60, 30, 20, 20  # rows shown at most
_LEAST: Final = 0.005  # a band that is less likely is not named
_TITLES: Final = {
    Apart.ORIGIN: N_("Afresh, and begun from a pre-label"),
    Apart.WHO: N_("People and models"),
    Apart.WEEK: N_("Week by week"),
    Apart.RULE: N_("Rule by rule: the labels that a rule gives, against all others"),
    Apart.STRATUM: N_("By {field}"),
}
_PARTS: Final = {
    "afresh": N_("answered afresh"),
    "prelabelled": N_("begun from a pre-label"),
    "people": N_("people"),
    "models": N_("models"),
    "across": N_("people with models"),
}
_SCALES: Final = {"landis-koch": "Landis–Koch", "altman": "Altman", "fleiss": "Fleiss"}


def print_agreement(session: Session, found: AgreementReport) -> None:
    """All tables of the agreement report."""
    _head(session, found)
    _coefficients(session, found)
    _parts(session, found)
    _unchanged(session, found)
    _labels(session, found)
    _pairs(session, found)
    _influence(session, found)
    _confused(session, found)
    _disputed(session, found)


def cut(text: str, width: int) -> str:
    """The text in at most ``width`` columns of a terminal, its end given up for a mark where it is longer.

    >>> cut("off_topic", 6), cut("正面标签", 6)
    ('off_t…', '正面…')
    """
    text = " ".join(text.split())
    if cells(text) <= width:
        return text
    while text and cells(text) > width - 1:
        text = text[:-1]
    return text + "…"


def _head(session: Session, found: AgreementReport) -> None:
    from labelqa.adapters.report.names import distance_name
    from labelqa.adapters.report.text import name_of

    session.screen.line(
        N_("{batch}: {annotations} annotations by {annotators} annotators; {pairs} of {items} items have two or more."),
        batch=found.batch,
        annotations=found.annotations,
        annotators=found.annotators,
        pairs=found.items_with_pairs,
        items=found.items,
    )
    if found.kind:
        kind = name_of(ControlKind(found.kind), session.say)
        _line(session, session.say(N_("Kind of answer: {kind} ({reason})."), kind=kind, reason=found.reason))
        if found.kind != ControlKind.CHOICE or found.distance != "exact":
            told = distance_name(found.distance, session.say)
            _line(session, session.say(N_("Two answers are compared by: {distance}"), distance=told))


def _line(session: Session, text: str) -> None:
    """A sentence that may be long."""
    for part in wrap(text, WIDE):
        session.screen.line("{text}", text=part)


def _coefficients(session: Session, found: AgreementReport) -> None:
    from labelqa.adapters.report.text import coefficient_name, method_name, whole

    say, screen = session.say, session.screen
    screen.title(N_("Agreement"))
    named = [(coefficient_name(each.name, say), each.figure) for each in found.coefficients]
    known = [(name, figure) for name, figure in named if isinstance(figure, Estimate)]
    screen.pairs((name, _brief(figure, say)) for name, figure in named)
    for sentence, group in groupby((pair for pair in named if isinstance(pair[1], Unknown)), key=_sentence):
        names = "; ".join(name for name, _ in group)
        _line(session, say(N_("{names}: unknown: {sentence}"), names=names, sentence=sentence))
    by_method: dict[tuple[str, str], list[str]] = {}
    for name, figure in known:
        how = (whole(figure.confidence), method_name(figure.method, say))
        by_method.setdefault(how, []).append(name)
    for (confidence, method), told in by_method.items():
        text = N_("{confidence} interval by {method}: {names}")
        _line(session, say(text, confidence=confidence, method=method, names="; ".join(told)))
    for scale, bands in groupby(found.membership, key=lambda each: each.scale):
        likely = [each for each in bands if each.probability >= _LEAST]
        words = ", ".join(f"{say(each.word)} {each.probability:.0%}" for each in likely)
        _line(session, say(N_("on the scale of {scale}: {words}"), scale=_SCALES.get(scale, scale), words=words))
    for note in found.notes:
        _line(session, say(note))


def _sentence(pair: tuple[str, Figure]) -> Any:
    return pair[1].message if isinstance(pair[1], Unknown) else ""


def _table(
    session: Session,
    title: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[str | int | Figure]],
    *,
    most: int,
    figures: Sequence[int],
    **values: Any,
) -> None:
    """A table of at most ``most`` rows; ``figures`` are the places of its numbers. A column in which every number is
    unknown for one reason becomes a sentence under it."""
    if not rows:
        return
    say, screen = session.say, session.screen
    screen.title(title, **values)
    silent: dict[int, Unknown] = {}
    for at in figures:
        reasons = {each[at].reason if isinstance(each[at], Unknown) else "" for each in rows}  # type: ignore[union-attr]
        first = rows[0][at]
        if len(reasons) == 1 and isinstance(first, Unknown):
            silent[at] = first
    kept = [at for at in range(len(heads)) if at not in silent]
    screen.table(
        [heads[at] for at in kept],
        ([_said(row[at], say) for at in kept] for row in rows[:most]),
    )
    for at, figure in silent.items():
        _line(session, say(N_("{names}: unknown: {sentence}"), names=say(heads[at]), sentence=figure.message))
    if len(rows) > most:
        screen.line(N_("{n} of {all} are shown; --json has all of them."), n=most, all=len(rows))


def _said(value: str | int | Figure, say: Speaker) -> str | int:
    if isinstance(value, Estimate):
        point, low, high = (round(each, 3) + 0.0 for each in (value.point, value.low, value.high))  # never -0.000
        return f"{point:.3f} [{low:.3f}, {high:.3f}]"
    return _brief(value, say) if isinstance(value, Unknown) else value


def _brief(figure: Figure, say: Speaker) -> str:
    """A number with its interval, or that it is unknown with the code of the reason: the sentence stands below."""
    if isinstance(figure, Unknown):
        return say(N_("unknown ({reason})"), reason=figure.reason)
    return figure_text(figure, say, brief=True)


def _parts(session: Session, found: AgreementReport) -> None:
    say = session.say

    def name(part: PartAgreement) -> str:
        if part.apart in (Apart.ORIGIN, Apart.WHO):
            return say(_PARTS.get(part.name, part.name))
        return cut(part.name, 30) or say(N_("(no value)"))

    for (apart, field), group in groupby(found.parts, key=lambda each: (each.apart, each.field)):
        rows = [(name(each), each.items, each.agreement, each.alpha) for each in group]
        heads = (N_("part"), N_("items"), N_("agreement"), N_("alpha"))
        _table(session, _TITLES[apart], heads, rows, most=len(rows), figures=(2, 3), field=field)


def _unchanged(session: Session, found: AgreementReport) -> None:
    rows = [(cut(each.name, 40), each.prelabelled, each.share) for each in found.unchanged]
    heads = (N_("annotator"), N_("pre-labels"), N_("left unchanged"))
    _table(session, N_("Pre-labels submitted as they were"), heads, rows, most=PEOPLE, figures=(2,))


def _labels(session: Session, found: AgreementReport) -> None:
    rows = [
        (cut(each.label, 24), each.count, f"{each.share:.3f}", each.agreement, each.alpha) for each in found.per_label
    ]
    heads = (N_("label"), N_("n"), N_("share"), N_("specific agreement"), N_("alpha"))
    _table(session, N_("Label by label"), heads, rows, most=LABELS, figures=(3, 4))


def _pairs(session: Session, found: AgreementReport) -> None:
    listed = sorted(found.pairs, key=lambda each: _highest(each.agreement))
    rows = [(cut(each.first, 20), cut(each.second, 20), each.shared, each.agreement, each.kappa) for each in listed]
    title = N_("Pair by pair, the lowest agreement first")
    heads = (N_("annotator"), N_("annotator"), N_("shared"), N_("agreement"), N_("kappa"))
    _table(session, title, heads, rows, most=PAIRS, figures=(3, 4))


def _highest(figure: Figure) -> float:
    """What agreement is at most: two who share few items are not put first for bad luck alone."""
    return figure.high if isinstance(figure, Estimate) else 2.0


def _influence(session: Session, found: AgreementReport) -> None:
    ordered = sorted(found.influence, key=lambda each: -9.0 if each.change is None else -each.change)
    listed = [each for each in ordered if each.change is not None] + [each for each in ordered if each.change is None]
    rows = [
        (cut(each.annotator, 40), each.without, "–" if each.change is None else f"{each.change:+.3f}")
        for each in listed
    ]
    heads = (N_("annotator"), N_("alpha without"), N_("change"))
    title = N_("Agreement without each annotator; above 0 it gains")
    _table(session, title, heads, rows, most=PEOPLE, figures=(1,))


def _confused(session: Session, found: AgreementReport) -> None:
    rows = [
        (_shown(each.first, session.say), _shown(each.second, session.say), each.count) for each in found.confusions
    ]
    heads = (N_("label"), N_("label"), N_("n"))
    _table(session, N_("Most often confused"), heads, rows, most=CONFUSED, figures=())


def _shown(label: str, say: Speaker) -> str:
    return cut(answer_text(label) or say(N_("nothing")), 40)


def _disputed(session: Session, found: AgreementReport) -> None:
    heads = (N_("item"), N_("n"), N_("disagreement"), N_("answers"))
    items = [cut(each.item, 24) for each in found.disputed]
    widths = [max(cells(session.say(head)), 5) for head in heads[1:3]]
    room = WIDE - max(map(cells, items), default=0) - sum(widths) - 2 * 4
    rows = [
        (item, each.annotations, f"{each.disagreement:.3f}", cut(_answers(each.answers, session.say), room))
        for item, each in zip(items, found.disputed, strict=True)
    ]
    _table(session, N_("Most disputed items"), heads, rows, most=len(rows), figures=())


def _answers(answers: Iterable[tuple[str, int]], say: Speaker) -> str:
    return "; ".join(f"{answer_text(answer) or say(N_('nothing'))} × {count}" for answer, count in answers)


def answer_text(answer: str) -> str:
    """A stored answer in few words: labels, paths, and where something was marked.

    >>> answer_text('["a","b"]'), answer_text('[{"start":3,"end":9,"labels":["x"],"text":"…"}]'), answer_text("off_topic")
    ('a, b', 'x 3–9', 'off_topic')
    """
    if answer[:1] not in ("[", "{"):
        return answer
    try:
        value = json.loads(answer)
    except (ValueError, RecursionError):
        return answer
    return ", ".join(map(_part, value)) if isinstance(value, list) else answer


def _part(part: Any) -> str:
    if isinstance(part, list):
        return "/".join(map(str, part))
    if not isinstance(part, dict):
        return str(part)
    labels = "+".join(map(str, part.get("labels") or ["·"]))
    if "start" in part and "end" in part:
        return f"{labels} {part['start']}–{part['end']}"
    if "x" in part and "y" in part:
        sides = f" {_rounded(part['width'])}×{_rounded(part['height'])}" if {"width", "height"} <= part.keys() else ""
        return f"{labels} @{_rounded(part['x'])},{_rounded(part['y'])}{sides}"
    return labels


def _rounded(number: Any) -> str:
    return f"{number:.3g}" if isinstance(number, int | float) else str(number)
