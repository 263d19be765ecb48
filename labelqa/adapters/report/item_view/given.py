"""What was answered on the whole item, laid out as the form asked it: every choice with its mark, stars, an order.

The answer is told in words and signs, never by colour alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup

from labelqa.adapters.report.item_view.form import Asked
from labelqa.adapters.report.item_view.safe import joined, tag
from labelqa.i18n import Speaker
from labelqa.records.annotation import ControlKind

MOST: Final = 60  # labels of a form that are listed; of a larger set only the answer is
STARS: Final = 20


def given(asked: Asked, answer: Any, say: Speaker, *, hidden: bool = False) -> Markup:
    """One control with its answer; ``hidden`` shows what was asked and not what was answered."""
    maker = _MAKERS.get(asked.spec.kind, _other)
    return tag(
        "div", tag("div", asked.spec.name, class_="iv-control"), maker(asked, None if hidden else answer, say),
        class_="iv-answer",
    )  # fmt: skip


def _listed(asked: Asked, chosen: Sequence[str], *, several: bool) -> Markup:
    labels = list(asked.spec.labels)
    aliases = {shown: stored for stored, shown in asked.spec.shown.items()}
    chosen = [each if each in labels else aliases.get(each, each) for each in chosen]
    known = labels if len(labels) <= MOST else []
    rows = [*known, *(each for each in chosen if each not in known)]
    on, off = ("☑", "☐") if several else ("◉", "○")
    return tag(
        "ul",
        *(
            tag(
                "li", tag("span", on if each in chosen else off, class_="iv-sign"), asked.spec.shown.get(each, each),
                class_="iv-on" if each in chosen else "iv-off",
            )
            for each in rows
        ),
        class_="iv-list",
    )  # fmt: skip


def _choice(asked: Asked, answer: Any, _say: Speaker) -> Markup:
    return _listed(asked, [str(answer)] if answer not in (None, "") else [], several=False)


def _choices(asked: Asked, answer: Any, _say: Speaker) -> Markup:
    chosen = [answer] if isinstance(answer, str) else [str(each) for each in _parts(answer)]
    return _listed(asked, chosen, several=True)


def _taxonomy(asked: Asked, answer: Any, _say: Speaker) -> Markup:
    paths = ["/".join(map(str, each)) if isinstance(each, list) else str(each) for each in _parts(answer)]
    return _listed(asked, paths, several=True)


def _rating(asked: Asked, answer: Any, say: Speaker) -> Markup:
    top = asked.options.get("maxRating", "5")
    most = min(int(top), STARS) if top.isdecimal() else 5
    stars = int(answer) if isinstance(answer, int | float) and 0 <= answer <= STARS else 0
    signs = "★" * stars + "☆" * max(0, most - stars)
    told = say("{n} of {most}", n=answer, most=most) if answer is not None else say("not answered")
    return tag("p", tag("span", signs, class_="iv-stars"), " ", told)


def _number(_asked: Asked, answer: Any, say: Speaker) -> Markup:
    return tag("p", say("not answered") if answer is None else str(answer), class_="iv-text")


def _text(_asked: Asked, answer: Any, say: Speaker) -> Markup:
    texts = [answer] if isinstance(answer, str) else [str(each) for each in _parts(answer)]
    return joined([tag("p", each, class_="iv-text") for each in texts or [say("not answered")]])


def _pairwise(asked: Asked, answer: Any, say: Speaker) -> Markup:
    sides = {"left": asked.options.get("leftText") or "left", "right": asked.options.get("rightText") or "right"}
    names = {"left": say("the left one"), "right": say("the right one")}
    rows = []
    for side, shown in sides.items():
        told = names[side] if shown == side else f"{shown} ({names[side]})"
        sign = tag("span", "◉" if answer == side else "○", class_="iv-sign")
        rows.append(tag("li", sign, told, class_="iv-on" if answer == side else "iv-off"))
    return tag("ul", *rows, class_="iv-list")


def _ranking(asked: Asked, answer: Any, say: Speaker) -> Markup:
    if isinstance(answer, Mapping):
        return joined([
            tag("div", tag("b", asked.spec.shown.get(str(bucket), str(bucket))), tag("ol", *(tag("li", str(each)) for each in _parts(held))))
            for bucket, held in answer.items()
        ])  # fmt: skip
    rows = _parts(answer)
    return tag("ol", *(tag("li", str(each)) for each in rows)) if rows else tag("p", say("not answered"))


def _relations(_asked: Asked, answer: Any, say: Speaker) -> Markup:
    rows = []
    for each in _parts(answer):
        if isinstance(each, Mapping):
            ends = [_end(each.get(side)) for side in ("from", "to")]
            labels = " · ".join(map(str, _parts(each.get("labels"))))
            rows.append(
                tag("li", f"{ends[0]} → {ends[1]}", tag("span", f" {labels}", class_="iv-note") if labels else "")
            )
    return tag("ul", *rows, class_="iv-list") if rows else tag("p", say("nothing marked"))


def _end(place: Any) -> str:
    if not isinstance(place, Mapping):
        return "?"
    text = place.get("text")
    labels = "+".join(map(str, _parts(place.get("labels"))))
    return f"“{text}” {labels}".strip() if isinstance(text, str) and text else labels or "·"


def _other(_asked: Asked, answer: Any, say: Speaker) -> Markup:
    return tag("p", say("not answered") if answer is None else str(answer), class_="iv-text")


def _parts(answer: Any) -> list[Any]:
    return answer if isinstance(answer, list) else [] if answer is None else [answer]


_MAKERS: Final[Mapping[ControlKind, Callable[[Asked, Any, Speaker], Markup]]] = {
    ControlKind.CHOICE: _choice,
    ControlKind.CHOICES: _choices,
    ControlKind.TAXONOMY: _taxonomy,
    ControlKind.RATING: _rating,
    ControlKind.NUMBER: _number,
    ControlKind.PAIRWISE: _pairwise,
    ControlKind.RANKING: _ranking,
    ControlKind.TEXT: _text,
    ControlKind.RELATIONS: _relations,
}
