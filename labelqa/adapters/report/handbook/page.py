"""A handbook as one HTML page that needs nothing else; printed, or made into a PDF, it is a book of A4 pages.

The same text, audience and language give the same bytes. Everything that a rulebook says is escaped; the page loads
nothing and runs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from labelqa.adapters.report.handbook import words
from labelqa.adapters.report.handbook.view import Audience, View, short, view
from labelqa.adapters.report.handbook.writing import moment, quartered, target
from labelqa.adapters.report.text import kind_name, name_of
from labelqa.i18n import N_, Lang, Speaker
from labelqa.rulebook.model import ExampleKind, Text
from labelqa.workflows.handbook import Issued, Status

TITLES: Final[Mapping[Audience, str]] = {
    Audience.ANNOTATOR: N_("Annotator's handbook"),
    Audience.REVIEWER: N_("Reviewer's handbook"),
}
_ARRIVALS: Final = 3  # how many ways into a rule are named
_STROKE: Final = 'aria-hidden="true" fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round"'
_MARKS: Final[Mapping[ExampleKind, str]] = {  # drawn, so that print and colour-blind readers tell them apart
    ExampleKind.POSITIVE: "M3 8.5l3.2 3.2L13 4.8",
    ExampleKind.NEGATIVE: "M4 4l8 8M12 4l-8 8",
    ExampleKind.BORDERLINE: "M3 6c2-2.4 4-2.4 5 0s3 2.4 5 0M3 11c2-2.4 4-2.4 5 0s3 2.4 5 0",
}


def handbook_html(issued: Issued, audience: Audience, lang: Lang) -> str:
    """The whole handbook as one HTML document."""
    say = Speaker(lang)
    seen = view(issued, audience, say)
    return pages().get_template("handbook.html.j2").render(said(issued, say) | _parts(seen, say)) + "\n"


@cache
def pages() -> Environment:
    """The templates of handbooks and of the form that is filed."""
    loader = PackageLoader("labelqa.adapters.report.handbook", "templates")
    # the extension .j2 would otherwise be taken for "not HTML"
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def said(issued: Issued, say: Speaker) -> dict[str, Any]:
    """What the templates of handbook and form may say, and how they write dates, names and digests."""

    def named(value: Any) -> str:
        return name_of(value, say)

    return {
        "say": say,
        "html_lang": "zh-CN" if say.lang == "zh" else "en",
        "issued": issued,
        "book": issued.book,
        "draft": issued.status is Status.DRAFT,
        "standing": words.standing(issued, say),
        "named": named,
        "plain": lambda text: words.told(text, say),
        "title_of": lambda label: words.untwice(label.value, words.told(label.title, say)),
        "moment": lambda at: moment(at, issued.zone, say),
        "kind_of_answer": lambda code: kind_name(code, say),
        "task": say(words.TASKS[issued.book.task_type]),
        "shown_as": lambda way: say(words.SHOWN[way]),
        "weight": lambda severity: say(words.WEIGHTS[severity]),
        "example_name": lambda kind: say(words.EXAMPLES[kind]),
        "duration": lambda seconds: words.duration(seconds, say),
        "plan_lines": words.plan_lines(issued.book.verification.plan, say),
        "target": target,
        "quartered": quartered(issued.digest),
    }


def _parts(seen: View, say: Speaker) -> dict[str, Any]:
    return {
        "view": seen,
        "audience": seen.audience.value,
        "title": say(TITLES[seen.audience]),
        "ident": f"{seen.book.name}@{seen.book.version} · {seen.issued.digest[:12]}",
        "t": seen.glossary.linked,
        "short": lambda text: short(text, say),
        "mark": _mark,
        "number": lambda place: words.numeral(place, say),
        "number_of": {each.key: place for place, each in enumerate(seen.chapters, 1)},
        "risk_name": lambda risk: words.written(risk.name, say) if risk.name else "",
        "most_arrivals": _ARRIVALS,
        "empty": Text(),
    }


def _mark(kind: ExampleKind) -> Markup:
    drawing = (
        f'<svg class="mark" width="20" height="20" viewBox="-2 -2 20 20" {_STROKE}><path d="{_MARKS[kind]}"/></svg>'
    )
    return Markup(drawing)  # noqa: S704 - drawn here
