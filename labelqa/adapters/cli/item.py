"""``labelqa item`` and ``labelqa items``: the whole life of one item; items picked with all that is known of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import tzinfo
from pathlib import Path
from typing import Any, Final

from labelqa.adapters.cli.command import argument, command, noun, option
from labelqa.adapters.cli.output import named, when, worded
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE, Whole
from labelqa.errors import Exit
from labelqa.i18n import N_
from labelqa.records.batch import Conclusion
from labelqa.records.clock import moment_of
from labelqa.records.history import Picked, PickedItem

COLUMNS: Final = (
    ("order", int), ("ticket", str), ("item_id", str), ("batch", str), ("kind", str), ("release", str),
    ("organizer", str), ("label", str), ("annotators", str), ("labelled", str), ("reviewers", str), ("verdicts", str),
    ("conclusion", str), ("card", int), ("source", str), ("licence", str), ("project", str), ("task", str),
    ("facts", int), ("missing", str),
)  # fmt: skip


@command(
    "history",
    says=N_("Show everything that happened to an item, from its batch to its export."),
    more=(
        N_(
            "Batches and releases, who labelled it when, disputes and rulings, samples in which it was drawn, verdicts "
            "(changed and second ones too), hits, corrections with their re-review, appeals, rounds, conclusions, "
            "exports: each line with its time, fact, person and how the author is known; a label with the "
            "import that brought it. Fact 0: that import is no longer in the intake."
        ),
    ),
    examples=("labelqa item history q-00017", "labelqa item history q-00017 --json"),
    words=(argument("item"),),
    reports=True,
    names=True,
)
def history(session: Session, *, item: str) -> None:
    """Prints a history."""
    from labelqa.workflows.history.item import item_history
    from labelqa.workflows.identity.pseudonyms import shown

    with session.desk() as desk:
        told, zone = shown(desk, item_history(desk, item)), desk.settings.zone
    screen, say = session.screen, session.say
    told = replace(told, lines=tuple(replace(each, message=worded(each.message, say, zone)) for each in told.lines))
    if session.json:
        return screen.json(told)
    screen.pairs(
        [
            (N_("item"), told.item_id), (N_("batch"), ", ".join(told.batches) or "–"),
            (N_("release"), ", ".join(told.releases) or "–"), (N_("label of record"), told.label or "–"),
            *([(N_("task on its server"), told.url)] if told.url else []),
            *((f"data.{name}", text) for name, text in told.content.items()),
        ]
    )  # fmt: skip
    screen.line()
    heads = (N_("at"), N_("what"), N_("batch"), N_("person"), N_("how the author is known"), N_("told"), N_("fact"))
    return screen.table(
        heads,
        (
            (
                when(each.at, zone), named(each.happened, say), each.batch or "–", each.name,
                named(each.identity, say) if each.identity else "–",
                say(N_("{line} (superseded)"), line=each.message) if each.superseded else say(each.message),
                each.fact,
            )
            for each in told.lines
        ),
    )  # fmt: skip


@command(
    "pick",
    says=N_("Pick items at random from everything that is frozen, with their whole metadata."),
    more=(
        N_(
            "The items with the smallest tickets of a seed: with the same seed anybody picks the same again. Exit code "
            "1 when metadata of an item is missing, which is named."
        ),
    ),
    examples=("labelqa items pick 100", "labelqa items pick 100 --batch safety-w46 --seed 7f3a --out picked.csv"),
    words=(
        argument("n", word=Whole()),
        option("--batch", default="", says=N_("Only items of this batch.")),
        option("--seed", default="", says=N_("The seed; drawn at random and told when it is not given.")),
        option("--out", word=FILE, says=N_("Write a table to this file too; its name ends in .csv or .parquet.")),
    ),
    reports=True,
)
def pick(session: Session, *, n: int, batch: str, seed: str, out: Path | None) -> int:
    """Picks items."""
    from labelqa.adapters.files.outgoing import check_target, write_table
    from labelqa.workflows.history.pick import pick_items

    if out is not None:
        check_target(session.start / out)
    with session.desk() as desk:
        found, zone = pick_items(desk, n, batch=batch, seed=seed), desk.settings.zone
    if out is not None:
        write_table(session.start / out, COLUMNS, (_cells(each) for each in found.items))
    if session.json:
        session.screen.json(found)
    else:
        _print(session, found, out, zone)
    return Exit.FAILED if any(each.missing for each in found.items) else Exit.FINE


def _cells(each: PickedItem) -> tuple[Any, ...]:
    values = (getattr(each, name) for name, _ in COLUMNS)
    return tuple("; ".join(value) if isinstance(value, tuple) else value for value in values)


def _print(session: Session, found: Picked, out: Path | None, zone: tzinfo) -> None:
    screen = session.screen
    heads = (
        N_("no."), N_("item"), N_("batch"), N_("release"), N_("label"), N_("annotators"), N_("labelled"), N_("reviewers"),
        N_("conclusion"), N_("card"), N_("missing"),
    )  # fmt: skip
    screen.table(heads, _rows(session, found, zone))
    screen.line(
        N_(
            "{n} of {population} items of {batches} frozen {batches:batch|batches}, seed {seed}; metadata is missing for {missing}."
        ),
        n=len(found.items),
        population=found.population,
        batches=found.batches,
        seed=found.seed,
        missing=sum(bool(each.missing) for each in found.items),
    )
    if out is not None:
        screen.line(N_("{path}: {n} {n:item|items}."), path=out, n=len(found.items))


def _rows(session: Session, found: Picked, zone: tzinfo) -> Iterator[tuple[object, ...]]:
    for each in found.items:
        conclusion = named(Conclusion(each.conclusion), session.say) if each.conclusion else "–"
        yield (
            each.order, each.item_id, each.batch, each.release, each.label or "–", len(each.annotators),
            when(max(map(moment_of, each.labelled), default=None), zone), len(each.reviewers), conclusion,
            each.card or "–",
            ", ".join(each.missing) or "–",
        )  # fmt: skip


item = noun("item", says=N_("Show the whole life of an item."), commands=[history])
items = noun("items", says=N_("Pick items with everything that is known of them."), commands=[pick])
