"""An item as the annotator saw it, with an answer in its place: one piece of HTML that is safe to show anywhere.

Pure: the form, the data and the answers go in; nothing is read, fetched or remembered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from markupsafe import Markup

from labelqa.adapters.report.item_view.fields import Sheet, shown
from labelqa.adapters.report.item_view.form import Asked, FormView, Part
from labelqa.adapters.report.item_view.given import given
from labelqa.adapters.report.item_view.marks import Mark, gathered
from labelqa.adapters.report.item_view.safe import joined, tag
from labelqa.records.annotation import ControlKind, ControlSpec

REGIONS: Final = frozenset(
    {ControlKind.SPANS, ControlKind.BOXES, ControlKind.POLYGONS, ControlKind.KEYPOINTS, ControlKind.SEGMENTS}
)
STYLE: Final = """<style>
.iv{font-size:0.95rem;line-height:1.6}
.iv-part{margin:0 0 .9rem}
.iv-field{font-size:.78rem;color:#6b7280;margin-bottom:.15rem}
.iv-header{font-weight:600;margin:.2rem 0 .6rem;overflow-wrap:anywhere}
.iv-text,.iv-turn{white-space:pre-wrap;overflow-wrap:anywhere;margin:0 0 .4rem}
.iv-rich{overflow-wrap:anywhere}
.iv-note{color:#6b7280;font-size:.85rem;overflow-wrap:anywhere}
.iv-mark{background:#f3efe0;color:inherit;padding:0 .05rem .12rem}
.iv-tag{display:inline-block;color:#fff;font-size:.7rem;line-height:1.35;border-radius:3px;padding:0 .35rem;margin:0 .15rem;white-space:nowrap}
.iv-frame{position:relative;display:inline-block;max-width:100%;line-height:0}
.iv-picture{max-width:100%;max-height:62vh;display:block}
.iv-over{position:absolute;left:0;top:0;width:100%;height:100%}
.iv-at{position:absolute;margin:0;transform:translateY(-2px)}
.iv-list{list-style:none;padding-left:0!important;margin:.1rem 0}
.iv-list li{margin:0;overflow-wrap:anywhere}
.iv-sign{display:inline-block;width:1.5rem}
.iv-on{font-weight:600}
.iv-off{color:#6b7280}
.iv-stars{letter-spacing:.15rem;color:#8a5a00}
.iv-answer{border-top:1px solid rgba(120,120,120,.25);padding:.5rem 0}
.iv-control{font-size:.78rem;color:#6b7280}
.iv-pair{display:grid;grid-template-columns:1fr 1fr;gap:1rem;align-items:start}
.iv-side{border:1px solid rgba(120,120,120,.35);border-radius:6px;padding:.6rem .8rem;min-width:0}
.iv-side.iv-won{border:2px solid #2e7d32}
.iv-won-told{color:#2e7d32;font-weight:600;font-size:.85rem}
.iv-entry{border:1px solid rgba(120,120,120,.35);border-radius:6px;padding:.4rem .7rem;margin:.3rem 0}
.iv-place{display:inline-block;background:#374151;color:#fff;border-radius:3px;font-size:.72rem;padding:0 .4rem;margin-right:.5rem}
</style>"""


def item_html(form: FormView, answers: Mapping[str, Any], sheet: Sheet, *, hidden: bool = False) -> str:
    """The item with ``answers`` (control → canonical answer); ``hidden`` leaves them out, for blind work.

    A control that the form does not have is shown after the others, so that no answer is lost.
    """
    told = {} if hidden else dict(answers)
    regions = list(_regions(form, told))
    pair = next(
        (each for each in form.controls if each.spec.kind is ControlKind.PAIRWISE and len(each.about) > 1), None
    )
    parts = [
        shown(each, sheet, _marks(regions, each, form), order=_order(form, told, each))
        for each in form.parts if pair is None or each.name not in pair.about
    ]  # fmt: skip
    if pair is not None:
        parts.append(_beside(form, pair, told, sheet))
    asked = [each for each in form.controls if not _marks_places(each) and not _silent(each, told)]
    asked += [
        _unknown(name)
        for name in told
        if name not in {each.spec.name for each in form.controls} and not _is_places(told[name])
    ]
    parts += [given(each, told.get(each.spec.name), sheet.say, hidden=hidden) for each in asked]
    if not hidden and any(map(_marks_places, form.controls)) and not regions:
        parts.append(tag("p", sheet.say("nothing marked"), class_="iv-note"))
    return str(tag("div", *parts, class_="iv"))


def _marks_places(asked: Asked) -> bool:
    return asked.spec.kind in REGIONS


def _silent(asked: Asked, told: Mapping[str, Any]) -> bool:
    """A line for remarks, or relations, that nobody filled in."""
    return asked.spec.kind in (ControlKind.TEXT, ControlKind.RELATIONS) and asked.spec.name not in told


def _is_places(answer: Any) -> bool:
    return isinstance(answer, list) and bool(answer) and all(isinstance(each, Mapping) for each in answer)


def _unknown(name: str) -> Asked:
    return Asked(spec=ControlSpec(name=name, kind=ControlKind.TEXT, labels=()), about=(), options={})


def _regions(form: FormView, told: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any], list[str]]]:
    """Every marked place with the part it lies in and what was said of it."""
    kinds = {each.spec.name: each for each in form.controls}
    for name, answer in told.items():
        asked = kinds.get(name)
        if (asked is not None and not _marks_places(asked)) or not _is_places(answer):
            continue
        part = asked.about[0] if asked and asked.about else ""
        names = asked.spec.shown if asked else {}
        for place in answer:
            said = [names.get(str(each), str(each)) for each in place.get("labels") or ()]
            more = place.get("answer")
            said += [str(each) for each in (more if isinstance(more, list) else [] if more is None else [more])]
            yield part, place, said


def _marks(
    regions: Sequence[tuple[str, Mapping[str, Any], list[str]]], part: Part, form: FormView
) -> tuple[Mark, ...]:  # fmt: skip
    """The marks of one part; those of no known part belong to the first one that can be marked."""
    known = {each.name for each in form.parts}
    first = next((each.name for each in form.parts if each.bound), "")
    mine = [(place, said) for name, place, said in regions if (name if name in known else first) == part.name]
    return gathered(mine) if part.bound else ()


def _order(form: FormView, told: Mapping[str, Any], part: Part) -> tuple[str, ...]:
    for each in form.controls:
        if each.spec.kind is ControlKind.RANKING and part.name in each.about:
            answer = told.get(each.spec.name)
            return tuple(map(str, answer)) if isinstance(answer, list) else ()
    return ()


def _beside(form: FormView, pair: Asked, told: Mapping[str, Any], sheet: Sheet) -> Markup:
    """Two answers side by side; the one that was preferred says so."""
    chosen = told.get(pair.spec.name)
    names = {each.name: each for each in form.parts}
    sides = []
    for side, about in zip(("left", "right"), pair.about, strict=False):
        part = names.get(about, Part(tag="Text", name=about, bound=about, title=about))
        title = sheet.say("the left one") if side == "left" else sheet.say("the right one")
        won = [tag("div", sheet.say("preferred"), class_="iv-won-told")] if chosen == side else []
        body = shown(replace(part, title=part.title or title), sheet, ())
        sides.append(tag("div", *won, body, class_="iv-side iv-won" if chosen == side else "iv-side"))
    return tag("div", joined(sides), class_="iv-pair")
