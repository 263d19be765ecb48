"""The acceptance sheet (验收单) as one page that needs nothing else: read on a screen, printed, signed.

Sentences and names of codes only; what they say was worked out before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from labelqa.adapters.report import text
from labelqa.adapters.report.html import pages
from labelqa.adapters.report.names import name_of
from labelqa.errors import Message
from labelqa.i18n import N_, Lang, Speaker
from labelqa.records.acceptance import AcceptanceSheet, SheetCheck
from labelqa.records.designs import Design
from labelqa.records.estimate import Figure
from labelqa.records.life import Card, Modality, Share, Source
from labelqa.records.rounds import RoundLine, RoundRisk

_FATES = {
    "found": N_("found"), "corrected": N_("labels corrected"), "closed": N_("closed with a reason"), "open": N_("open"),
    "ruled": N_("ruled"), "upheld": N_("upheld"), "rejected": N_("rejected"), "pending": N_("waits for a second person"),
    "confirmed": N_("confirmed"), "overturned": N_("overturned"),
}  # fmt: skip
Rows = list[tuple[str, str]]


def acceptance_html(sheet: AcceptanceSheet, lang: Lang) -> str:
    """The whole sheet as one HTML document; the same sheet gives the same text."""
    say = Speaker(lang)
    page = pages().get_template("acceptance.html.j2")
    return (
        page.render(
            say=say, html_lang="zh-CN" if lang == "zh" else "en", sheet=sheet,
            conclusion=name_of(sheet.batch.conclusion, say) if sheet.batch.conclusion else "", reason=say(sheet.reason),
            parties=_parties(sheet, say), card=_card(sheet.card, say), checks=[_check(each, say) for each in sheet.checks],
            results=_results(sheet, say), rounds=[_round(each, say) for each in sheet.chain.lines],
            total=list(_total(sheet, say)), matters=_matters(sheet, say), files=_files(sheet, say),
            organizers=[
                (each.organizer, text.count(each.items), text.count(each.drawn), _figure(each.accuracy, say))
                for each in sheet.organizers
            ],
            signed=[
                (name, name_of(each.meaning, say), _moment(each.at, sheet.zone), each.digest[:16])
                for name, each in sheet.signatures
            ],
        )
        + "\n"
    )  # fmt: skip


def _moment(at: datetime | None, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" if at else "–"


def _figure(figure: Figure, say: Speaker) -> str:
    return text.figure_text(figure, say)


def _parties(sheet: AcceptanceSheet, say: Speaker) -> Rows:
    batch = sheet.batch
    items = text.count(batch.freeze.n_items if batch.freeze else 0)
    return [
        (say(N_("batch")), batch.name),
        (say(N_("organizer")), batch.organizer),
        (say(N_("requester")), batch.requester or "–"),
        (say(N_("kind of labeling")), name_of(batch.kind, say)),
        (say(N_("rulebook release")), f"{batch.release} ({sheet.release_digest[:16]}…)"),
        (say(N_("items delivered")), items),
        (say(N_("items accepted")), text.count(sheet.accepted)),
        (say(N_("settled at")), f"{_moment(batch.settled_at, sheet.zone)} ({sheet.zone})"),
    ]


def _card(card: Card | None, say: Speaker) -> Rows:
    if card is None:
        return []
    source = name_of(Source(card.source), say) if card.source in list(Source) else card.source
    kinds = [name_of(Modality(each), say) if each in list(Modality) else each for each in card.modalities]
    return [
        (say(N_("source")), source),
        (say(N_("licence or contract")), card.licence or "–"),
        (say(N_("check for intellectual property")), card.ip_check),
        (say(N_("personal data")), (card.basis or "–") if card.personal else say(N_("none"))),
        (say(N_("content")), f"{', '.join(kinds)} · {', '.join(card.languages)}"),
        (say(N_("scale")), text.count(card.scale)),
    ]


def _check(check: SheetCheck, say: Speaker) -> Mapping[str, object]:
    plan = Message(
        N_("{design}: {accuracy:.1%} is to be proven at a risk of {risk:.1%}; drawn {drawn}, reviewed {reviewed}"),
        {
            "design": name_of(Design(check.design), say), "accuracy": check.target, "risk": check.risk,
            "drawn": check.drawn, "reviewed": check.reviewed,
        },
    )  # fmt: skip
    return {
        "sample": check.sample, "kind": name_of(check.kind, say), "decides": check.decides, "plan": say(plan),
        "statement": say(check.statement), "explained": [say(each) for each in check.explained],
        "verifiers": ", ".join(check.verifiers),
    }  # fmt: skip


def _results(sheet: AcceptanceSheet, say: Speaker) -> Rows:
    rows = [(say(N_("accuracy of the labels as judged")), _figure(sheet.accuracy, say))]
    if sheet.before_appeals is not None:
        rows.append((say(N_("the same before appeals")), _figure(sheet.before_appeals, say)))
    review = sheet.first_review
    if review is not None:
        rows += [
            (say(N_("failed the first review, of this batch")), _share(review.batch)),
            (say(N_("failed the first review, of all safety items of the line")), _share(review.whole)),
            (say(N_("still failing after correction, of this batch")), _share(review.batch_after)),
            (say(N_("still failing after correction, of all safety items of the line")), _share(review.whole_after)),
        ]
    return rows


def _share(share: Share) -> str:
    exact = share.exact
    told = f"{share.failing} / {share.items}"
    return told if exact is None else f"{told} ({text.percent(float(exact), digits=2)})"


def _round(each: RoundLine, say: Speaker) -> Sequence[str]:
    state = name_of(each.conclusion, say) if each.conclusion else name_of(each.stage, say)
    numbers = (each.items or each.returned, each.left_out, each.reviewed, each.defects, each.found, each.corrected)
    return (each.batch, str(each.round), state, *map(text.count, numbers), _figure(each.accuracy, say))


def _total(sheet: AcceptanceSheet, say: Speaker) -> Iterator[str]:
    total = sheet.chain.total
    for each in total.rounds:
        yield _risk(each, say)
    if total.risk is not None and total.accuracy is not None:
        values = {
            "accuracy": total.accuracy, "n": len(total.rounds) - total.unknown, "risk": total.risk,
            "crude": total.crude or 0.0,
        }  # fmt: skip
        yield say(N_("If the work never gets better than {accuracy:.1%}, the chance that any of these {n} rounds accepts it is at most {risk:.2%} (1 − ∏(1 − α), fresh draws; the plain sum is {crude:.2%})."), **values)  # fmt: skip
    if total.unknown:
        yield say(N_("{n} rounds are not in it: their risk is not known yet."), n=total.unknown)


def _risk(each: RoundRisk, say: Speaker) -> str:
    why = say(each.why) if each.why is not None else ""
    if each.risk is None:
        return say(N_("{batch}: risk unknown: {why}"), batch=each.batch, why=why)
    if why:
        return say(N_("{batch}: risk {risk:.2%}: {why}"), batch=each.batch, risk=each.risk, why=why)
    sentence = N_("{batch}: risk {risk:.2%} as drawn") if each.drawn else N_("{batch}: risk {risk:.2%} as planned")
    return say(sentence, batch=each.batch, risk=each.risk)


def _matters(sheet: AcceptanceSheet, say: Speaker) -> Rows:
    told = (
        (N_("problems and corrections"), sheet.problems), (N_("disputes"), sheet.disputes),
        (N_("appeals"), sheet.appeals), (N_("suspected illegal or harmful hits"), sheet.hits),
    )  # fmt: skip
    return [(say(name), _counts(counts, say)) for name, counts in told]


def _counts(counts: Mapping[str, int], say: Speaker) -> str:
    said = [f"{say(_FATES.get(fate, fate))} {text.count(n)}" for fate, n in counts.items()]
    return ("，" if say.lang == "zh" else ", ").join(said) or say(N_("none"))


def _files(sheet: AcceptanceSheet, say: Speaker) -> Rows:
    freeze = sheet.batch.freeze
    if freeze is None:
        return []
    seq, _, digest = sheet.head.partition(" ")
    return [
        (say(N_("frozen annotations")), freeze.annotations),
        (say(N_("frozen items")), freeze.items),
        (say(N_("frame")), freeze.frame),
        (say(N_("ledger head")), say(N_("fact {seq}: {digest}"), seq=seq, digest=digest)),
    ]
