"""Work sheets: each verifier's share of a sample, with what was shown and, unless it is hidden, the label to be checked.

Who labelled an item, what others said of it, and which items a second verifier judges as well is on no sheet.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from labelqa.i18n import Lang, translate
from labelqa.records.annotation import ControlKind
from labelqa.records.batch import Batch, Kind
from labelqa.records.defects import DEFECTS, DIMENSIONS
from labelqa.records.names import ItemId
from labelqa.records.review import Sample
from labelqa.records.work import ScoreLine, SheetRow, WorkSheet
from labelqa.rulebook.model import Rulebook, Text
from labelqa.workflows.content import contents
from labelqa.workflows.desk import Desk
from labelqa.workflows.drawing.draws import items_of
from labelqa.workflows.population import judged_labels
from labelqa.workflows.refusals import refuse
from labelqa.workflows.reviewing.verdicts import known_kind, why_not_blind
from labelqa.workflows.rulebooks import released_book
from labelqa.workflows.state import State, read_state, shown_names


def work_sheets(desk: Desk, sample: str, *, lang: Lang, blind: bool = False) -> tuple[WorkSheet, ...]:
    """One sheet for each verifier of a sample; who labelled an item is not on it.

    With ``blind`` the label of record is not on it either, and the verifier labels again; Refused where the answers are
    responses, preferences or open answers, which are verified with the original shown.
    """
    state = read_state(desk)
    found = state.sample(sample)
    heads = sheet_heads(desk, state, found, lang=lang, blind=blind)
    rows = _rows(desk, state, found, heads, blind=blind)
    return tuple(replace(each, rows=rows.get(each.verifier, ())) for each in heads)


def sheet_heads(desk: Desk, state: State, sample: Sample, *, lang: Lang, blind: bool = False) -> tuple[WorkSheet, ...]:
    """The same sheets without their rows: what each verifier may say, and in which words."""
    batch = state.batch(sample.batch)
    kind = known_kind(desk, batch)
    if blind:
        refuse(why_not_blind(kind))
    book = released_book(desk, batch.release)
    labels = {each.value: _said(each.title, lang) for each in book.labels}
    names = shown_names(desk)
    lines = state.plans[sample.batch][sample.plan - 1].terms.pass_lines
    return tuple(
        WorkSheet(
            sample=sample.sample, verifier=verifier, name=names.get(verifier, verifier), labels=labels,
            rules={each.id: "" for each in book.rules}, rows=(), defects=defect_titles(book, batch, lang),
            lines=tuple(ScoreLine(name=name, title=dimension_name(name, lang), line=line) for name, line in lines.items()),
            blind=blind, kind=kind or "",
        )
        for verifier in sample.verifiers
    )  # fmt: skip


def _rows(
    desk: Desk, state: State, sample: Sample, heads: Sequence[WorkSheet], *, blind: bool
) -> dict[str, tuple[SheetRow, ...]]:
    """The rows of each verifier, numbered by themselves: gaps in ticket order would tell what others judge as well."""
    batch, head = state.batch(sample.batch), heads[0]
    kind = ControlKind(head.kind) if head.kind else None
    record: Mapping[ItemId, str] = {} if blind else judged_labels(desk, state, sample)
    drawn = items_of(desk, state, sample)
    shown = contents(desk, batch, [each.item_id for each in drawn])
    rows: dict[str, list[SheetRow]] = {}
    for each in drawn:
        label = record.get(each.item_id, "")
        for verifier in filter(None, (each.verifier, each.second)):
            mine = rows.setdefault(verifier, [])
            mine.append(
                SheetRow(
                    order=len(mine) + 1, item_id=each.item_id, content=shown[each.item_id], label=label,
                    shown=shown_label(label, head.labels, kind),
                )
            )  # fmt: skip
    return {verifier: tuple(mine) for verifier, mine in rows.items()}


def shown_label(label: str, titles: Mapping[str, str], kind: ControlKind | None) -> str:
    """How a label of record is read: its title, the texts of an open answer, the titles of a set; "" for nothing more.

    >>> shown_label('["a","b"]', {"a": "甲"}, ControlKind.CHOICES), shown_label('["an answer"]', {}, ControlKind.TEXT)
    ('甲; b', 'an answer')
    """
    if kind in (ControlKind.CHOICES, ControlKind.TEXT):
        try:
            parts = json.loads(label)
        except ValueError:
            parts = None
        if isinstance(parts, list) and all(isinstance(each, str) for each in parts):
            return ("; " if kind is ControlKind.CHOICES else "\n").join(titles.get(each) or each for each in parts)
    return titles.get(label, "")


def defect_titles(book: Rulebook, batch: Batch, lang: Lang) -> dict[str, str]:
    """The defects that a sheet offers: the rulebook's own, and those of the standard for functional labeling."""
    standard = {code: translate(title, lang) for code, title in DEFECTS.items()}
    own = {each.code: _said(each.title, lang) for each in book.defects}
    return own if own and batch.kind is Kind.SAFETY else standard | own


def dimension_name(name: str, lang: Lang) -> str:
    """What a dimension that is scored is called."""
    return translate(DIMENSIONS[name].title, lang) if name in DIMENSIONS else name


def _said(title: Text, lang: Lang) -> str:
    return title.zh if lang == "zh" else title.en
