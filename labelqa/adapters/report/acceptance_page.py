"""The acceptance sheet (验收单) as one page that needs nothing else: read on a screen, printed, signed.

Sentences and names of codes only; what they say was worked out before.
"""

from __future__ import annotations

from collections.abc import Sequence

from labelqa.adapters.report import text
from labelqa.adapters.report.card_rows import card_rows
from labelqa.adapters.report.form_words import Rows, check_words, digest_rows, fates, moment_in, risk_lines
from labelqa.adapters.report.html import pages
from labelqa.adapters.report.names import name_of
from labelqa.i18n import N_, Lang, Speaker
from labelqa.records.acceptance import AcceptanceSheet
from labelqa.records.estimate import Figure
from labelqa.records.life import Card, Share
from labelqa.records.rounds import RoundLine


def acceptance_html(sheet: AcceptanceSheet, lang: Lang) -> str:
    """The whole sheet as one HTML document; the same sheet gives the same text."""
    say = Speaker(lang)
    page = pages().get_template("acceptance.html.j2")
    return (
        page.render(
            say=say, html_lang="zh-CN" if lang == "zh" else "en", batch=sheet.batch.name,
            conclusion=name_of(sheet.batch.conclusion, say) if sheet.batch.conclusion else "", reason=say(sheet.reason),
            parties=_parties(sheet, say), card=_card(sheet.card, say), checks=[check_words(each, say) for each in sheet.checks],
            results=_results(sheet, say), rounds=[_round(each, say) for each in sheet.chain.lines],
            total=list(risk_lines(sheet.chain.total, say)), matters=_matters(sheet, say),
            files=digest_rows(sheet.batch, sheet.head, say),
            organizers=[
                (each.organizer, text.count(each.items), text.count(each.drawn), _figure(each.accuracy, say))
                for each in sheet.organizers
            ],
            signed=[
                (name, name_of(each.meaning, say), moment_in(each.at, sheet.zone), each.digest[:16])
                for name, each in sheet.signatures
            ],
        )
        + "\n"
    )  # fmt: skip


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
        *(
            [(say(N_("items discarded by an arbitrator, not accepted")), text.count(sheet.discarded))]
            if sheet.discarded
            else []
        ),
        (say(N_("settled at")), f"{moment_in(batch.settled_at, sheet.zone)} ({sheet.zone})"),
    ]


def _card(card: Card | None, say: Speaker) -> Rows:
    if card is None:
        return []
    copied = [(say(N_("taken over from batch")), card.copied)] if card.copied else []
    return copied + [(say(name), value) for name, value in card_rows(card, say)]


def _results(sheet: AcceptanceSheet, say: Speaker) -> Rows:
    rows = [(say(N_("accuracy of the labels as judged")), _figure(sheet.accuracy, say))]
    if sheet.before_appeals is not None:
        rows.append((say(N_("the same before appeals")), _figure(sheet.before_appeals, say)))
    review = sheet.first_review
    if review is not None:
        rows += [
            (say(N_("failed the first review, of this batch")), _share(review.batch)),
            (
                say(N_("failed the first review, with the safety batches of the line settled before")),
                _share(review.whole),
            ),
            (say(N_("still failing after correction, of this batch")), _share(review.batch_after)),
            (
                say(N_("still failing after correction, with the safety batches of the line settled before")),
                _share(review.whole_after),
            ),
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


def _matters(sheet: AcceptanceSheet, say: Speaker) -> Rows:
    told = (
        (N_("problems and corrections"), sheet.problems), (N_("disputes"), sheet.disputes),
        (N_("appeals"), sheet.appeals), (N_("suspected illegal or harmful hits"), sheet.hits),
    )  # fmt: skip
    return [(say(name), fates(counts, say)) for name, counts in told]
