"""The coverage matrix in words: the same rows for the terminal, a CSV file and a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from labelqa.adapters.report.text import count, percent
from labelqa.i18n import N_, Speaker
from labelqa.rulebook.coverage import Gap
from labelqa.rulebook.model import Text
from labelqa.workflows.coverage import Counted, Coverage, CoverageRow

GAPS: Final[Mapping[Gap, str]] = {
    Gap.NO_RULE: N_("no rule treats it, and no reason is given"),
    Gap.NO_POSITIVE: N_("no positive example"),
    Gap.NO_NEGATIVE: N_("no negative example"),
    Gap.NO_BORDERLINE: N_("no borderline example"),
    Gap.TOO_FEW: N_("fewer annotated items than recommended"),
    Gap.NOT_KNOWN: N_("items not known per risk"),
}
ARTICLES: Final[Mapping[str, str]] = {
    "4(1)": N_("Core socialist values; content that the law forbids"),
    "4(2)": N_("No discrimination"),
    "4(3)": N_("Intellectual property, business ethics, fair competition"),
    "4(4)": N_("Others' rights and interests"),
    "4(5)": N_("Transparency, accuracy and reliability"),
}
HEADS: Final = (
    N_("risk"), N_("name of the risk"), N_("items of Article 4"), N_("rules that treat it"), N_("labels of these rules"), N_("positive"), N_("negative"),
    N_("borderline"), N_("annotated items"), N_("gaps"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row of the matrix, said in one language; ``share`` is how far the items go towards the recommended number."""

    code: str
    name: str
    articles: str
    rules: tuple[str, ...]
    labels: tuple[str, ...]
    positive: int
    negative: int
    borderline: int
    items: str
    share: float
    gaps: tuple[str, ...]
    missing: str
    reason: str
    grave: bool

    def cells(self) -> tuple[str, ...]:
        """The row as texts, in the order of ``HEADS``."""
        return (
            self.code, self.name, self.articles, " ".join(self.rules), " ".join(self.labels), str(self.positive),
            str(self.negative), str(self.borderline), self.items, self.missing or self.reason,
        )  # fmt: skip


def lines(found: Coverage, say: Speaker) -> list[Line]:
    """The risks, gaps first."""
    return [_line(row, found, say) for row in found.risks]


def article_lines(found: Coverage, say: Speaker) -> list[Line]:
    """The items of Article 4."""
    return [_line(row, found, say) for row in found.articles]


def _line(row: CoverageRow, found: Coverage, say: Speaker) -> Line:
    each, gaps = row.treated, tuple(say(GAPS[gap]) for gap in row.gaps)
    return Line(
        code=each.code, name=told(each.name, say) or say(ARTICLES.get(each.code, "")), articles=", ".join(each.articles),
        rules=each.rules, labels=each.labels, positive=each.positive, negative=each.negative,
        borderline=each.borderline, items=items(row.counted, say),
        share=min(1.0, row.counted.at_least / found.per_risk) if row.counted else 0.0,
        gaps=gaps, missing=("；" if say.lang == "zh" else "; ").join(gaps), reason=told(each.reason, say),
        grave=Gap.NO_RULE in row.gaps or Gap.TOO_FEW in row.gaps,
    )  # fmt: skip


def told(text: Text, say: Speaker) -> str:
    """A sentence in the reader's language, else in the other."""
    return (text.zh or text.en) if say.lang == "zh" else (text.en or text.zh)


def items(counted: Counted | None, say: Speaker) -> str:
    """How many items were labelled for a risk, as far as that is known.

    >>> items(Counted(at_least=3, at_most=250), Speaker("en")), items(Counted(at_least=7, at_most=7), Speaker("en"))
    ('not known per risk, 3 to 250', '7')
    """
    if counted is None:
        return say(N_("not counted"))
    if counted.at_least == counted.at_most:
        return count(counted.at_most)
    if counted.at_least == 0:
        return say(N_("not known per risk, at most {most}"), most=count(counted.at_most))
    return say(N_("not known per risk, {least} to {most}"), least=count(counted.at_least), most=count(counted.at_most))


def sentences(found: Coverage, say: Speaker) -> Iterator[str]:
    """What the matrix amounts to: gaps, the number of items, the share of safety items."""
    if found.risks:
        yield say(N_("{gaps} of {n} risks have a gap; {none} have no rule and no reason."), gaps=found.gaps,
                  n=len(found.risks), none=sum(Gap.NO_RULE in row.gaps for row in found.risks))  # fmt: skip
    else:
        yield say(N_("A functional rulebook: the risks are the safety rulebook's; the items of Article 4 are shown."))
    held = found.labelled
    if held is None:
        yield say(N_("Annotated items were not counted: there is no workspace here."))
        return
    yield say(N_("{n} items were labelled under releases of this rulebook, in batches: {batches}."), n=count(held.items),
              batches=_listed(held.batches, say))  # fmt: skip
    yield say(N_("Recommended: {n} items for each risk (GB/T 45674—2025, 8.1 a)."), n=found.per_risk)
    if held.all_items:
        share = held.safety_items / held.all_items
        yield say(
            N_("Safety items: {safety} of {all} in all frozen batches, {share}; recommended: {least} or more "
               "(GB/T 45674—2025, 8.1 b)."),
            safety=count(held.safety_items), all=count(held.all_items), share=percent(share),
            least=percent(found.safety_share, digits=0),
        )  # fmt: skip
    else:
        yield say(N_("The share of safety items is unknown: no batch is frozen yet."))
    if held.left_out:
        yield say(N_("Voided batches do not count: {batches}."), batches=_listed(held.left_out, say))
    yield from map(say, held.notes)


def _listed(names: Sequence[str], say: Speaker) -> str:
    return ("、" if say.lang == "zh" else ", ").join(names) or "–"
