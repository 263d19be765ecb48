"""``labelqa agreement``: how far annotators agree, with how sure it is."""

from __future__ import annotations

from collections.abc import Sequence

from labelqa.adapters.cli.command import Option, argument, command, option
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import OneOf, Whole
from labelqa.i18n import N_
from labelqa.records.annotation import ControlKind

INTERVALS = ("default", "linearised", "bootstrap", "bca", "jackknife")


@command(
    "agreement",
    says=N_("Say how far the annotators of a frozen batch agree."),
    more=(
        N_(
            "The coefficients that fit the batch's kind of answer, each with its interval and n; then label by label, "
            "pair by pair, without each annotator, and the most disputed items. What models answered, and items that "
            "were begun from a pre-label, are measured apart and never enter the number above."
        ),
    ),
    examples=("labelqa agreement safety-w46", "labelqa agreement safety-w46 --by data.topic --items 50"),
    words=(
        argument("batch"),
        option(
            "--distance",
            default="",
            metavar="NAME",
            says=N_("How far apart two answers lie, where the kind's own way is not wanted; the refusal lists them."),
        ),
        option(
            "--by",
            multiple=True,
            metavar="FIELD",
            says=N_("Take the batch apart by a field of its items, such as data.topic; may be given several times."),
        ),
        option(
            "--answers",
            word=OneOf.named(ControlKind),
            says=N_("Which kind of answers these are, where the batch was declared without saying so."),
        ),
        option("--interval", word=OneOf(INTERVALS), default="default", says=N_("How the intervals are made.")),
        option("--seed", word=Whole(0), shown="", says=N_("Seed of redrawn items (bootstrap, bca); else a fixed one.")),
        option("--items", word=Whole(0), default=20, says=N_("How many disputed items are shown.")),
        Option(
            ["--all", "everything"],
            help=N_("Work out every coefficient that is offered for this kind of answer."),
            is_flag=True,
            default=False,
        ),
    ),
    reports=True,
)
def agreement(
    session: Session,
    *,
    batch: str,
    distance: str,
    by: Sequence[str],
    answers: ControlKind | None,
    interval: str,
    seed: int | None,
    items: int,
    everything: bool,
) -> None:
    """Prints the coefficients of a batch."""
    from labelqa.adapters.cli.agreement_tables import print_agreement
    from labelqa.workflows.agreement import agreement_report

    chosen = {} if seed is None else {"seed": seed}
    with session.desk() as desk:
        found = agreement_report(
            desk, batch, distance=distance, by=by, answers=answers, interval=interval, items=items,
            everything=everything, **chosen,
        )  # fmt: skip
    return session.screen.json(found) if session.json else print_agreement(session, found)
