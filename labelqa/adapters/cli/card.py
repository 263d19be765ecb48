"""``labelqa card``: where the items of a batch come from, recorded before the freeze."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path

from labelqa.adapters.cli.command import argument, command, noun, option
from labelqa.adapters.cli.output import named, when
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE, OneOf, Whole
from labelqa.adapters.report.card_rows import card_rows
from labelqa.errors import Exit
from labelqa.i18n import N_
from labelqa.records.life import CardState, Modality, Source
from labelqa.workflows.cards import CardShown


def _parts(told: Sequence[str]) -> tuple[str, ...]:
    return tuple(part.strip() for each in told for part in each.split(",") if part.strip())


@command(
    "record",
    says=N_("Record where the items of a batch come from: source, licence, checks, personal data, content."),
    more=(
        N_(
            "A batch is neither accepted nor handed over without a complete card; one recorded after the freeze is marked late. "
            "What is missing is named all at once. A later card takes the place of the one before; both stay on record."
        ),
        N_(
            "A licence, contract or authorization is needed, but for generated items that name their generator and for "
            "self-collected ones with a description or an attachment of their own."
        ),
    ),
    examples=(
        (
            "labelqa card record safety-w46 --source commercial --licence 'contract 2026-17' --ip-check cleared "
            "--personal no --modality text --language zh-CN --scale 2000 --attach contract=contract.pdf"
        ),
    ),
    words=(
        argument("batch"),
        option("--source", word=OneOf.named(Source), says=N_("Where the items come from.")),
        option("--licence", default="", shown="", says=N_("Licence, contract or authorization, by its number or name.")),
        option(
            "--ip-check", default="", shown="", metavar="RESULT",
            says=N_("What the check for intellectual property found: cleared, not-applicable, or found: and what."),
        ),
        option("--personal", word=OneOf(("yes", "no")), says=N_("Whether the items hold personal data.")),
        option("--basis", default="", shown="", says=N_("Legal basis of processing them, where they do.")),
        option(
            "--modality", multiple=True, metavar="|".join(Modality), says=N_("Kinds of content, separated by commas or given several times.")
        ),
        option(
            "--language", multiple=True, metavar="CODE,…", says=N_("Languages such as zh-CN or en, zxx where there is none.")
        ),
        option("--scale", word=Whole(), says=N_("How many items were meant to be labelled.")),
        option("--generator", default="", shown="", says=N_("Model and version that generated the items.")),
        option("--description", default="", shown="", says=N_("How the items were collected, in a sentence.")),
        option("--acquired", default="", shown="", metavar="YYYY-MM-DD", says=N_("When they were acquired.")),
        option(
            "--attach", multiple=True, metavar="TITLE=FILE", says=N_("A file that is kept with the card, such as the contract.")
        ),
    ),
    reports=True,
)  # fmt: skip
def record(
    session: Session,
    *,
    batch: str,
    source: Source | None,
    licence: str,
    ip_check: str,
    personal: str | None,
    basis: str,
    modality: Sequence[str],
    language: Sequence[str],
    scale: int | None,
    generator: str,
    description: str,
    acquired: str,
    attach: Sequence[str],
) -> None:
    """Records one card."""
    from labelqa.workflows.cards import CardForm, record_card
    from labelqa.workflows.registers.attachments import pair

    form = CardForm(
        batch=batch, source=str(source or ""), licence=licence, ip_check=ip_check,
        personal=None if personal is None else personal == "yes", basis=basis, modalities=_parts(modality),
        languages=_parts(language), scale=scale, description=description, generator=generator, acquired=acquired,
        attach=[pair(each) for each in attach], start=session.start,
    )  # fmt: skip
    with session.desk() as desk:
        done = record_card(desk, form)
    if session.json:
        return session.screen.json(done)
    return _said(session, done)


def _said(session: Session, done: CardShown) -> None:
    new, known = N_("Recorded the card of {batch}."), N_("The card of {batch} says this already: nothing was recorded.")
    session.screen.line(new if done.recorded else known, batch=done.batch)
    if done.state in (CardState.LATE, CardState.AMENDED):
        session.screen.line(N_("It is marked: {state}."), state=named(done.state, session.say))


@command(
    "show",
    says=N_("Show the card of a batch, or what is missing."),
    more=(N_("Exit code 1 while the batch's labels may not go out for want of a card."),),
    examples=("labelqa card show safety-w46",),
    words=(argument("batch"),),
    reports=True,
)
def show(session: Session, *, batch: str) -> int:
    """Prints the card."""
    from labelqa.workflows.cards import card_shown

    with session.desk() as desk:
        found, zone = card_shown(desk, batch), desk.settings.zone
    if session.json:
        session.screen.json(found)
    else:
        session.screen.pairs(_rows(session, found, zone))
        for each in found.missing:
            session.screen.line(each)
    return Exit.FAILED if found.missing else Exit.FINE


def _rows(session: Session, found: CardShown, zone: tzinfo) -> list[tuple[str, object]]:
    say, card = session.say, found.card
    rows: list[tuple[str, object]] = [(N_("batch"), found.batch), (N_("card"), named(found.state, say))]
    if card is None:
        return rows
    copied = [(N_("taken over from batch"), card.copied)] if card.copied else []
    return [
        *rows,
        *copied,
        *card_rows(card, say),
        (N_("description"), card.description or "–"),
        (N_("acquired"), card.acquired or "–"),
        (N_("attachments"), ", ".join(f"{title} ({digest[:12]})" for title, digest in card.attachments) or "–"),
        (N_("recorded"), when(card.at, zone)),
        (N_("earlier cards"), found.earlier),
    ]


@command(
    "import",
    says=N_("Record cards from a YAML file: one card, or a list of them."),
    more=(
        N_(
            "Fields: batch, source, licence, ip_check, personal (yes or no), basis, modalities, languages, scale, description, "
            "generator, acquired, attach (TITLE: FILE, beside the card's file). All cards are recorded, or none."
        ),
    ),
    examples=("labelqa card import cards.yaml",),
    words=(argument("file", word=FILE),),
    reports=True,
)
def import_(session: Session, *, file: Path) -> None:
    """Records the cards of a file."""
    from labelqa.adapters.cli.files import whole_text
    from labelqa.adapters.files.cards import read_cards
    from labelqa.workflows.cards import record_cards

    path = session.start / file
    forms = read_cards(whole_text(path), path)
    with session.desk() as desk:
        done = record_cards(desk, forms)
    if session.json:
        return session.screen.json(done)
    for each in done:
        _said(session, each)
    return None


card = noun("card", says=N_("Record and show where the items of a batch come from."), commands=[record, show, import_])
