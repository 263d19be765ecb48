"""``labelqa rulebook recheck``: which old labels a changed rulebook can touch, as a batch to spot-check."""

from __future__ import annotations

from collections.abc import Sequence

from labelqa.adapters.cli.command import argument, command, flag, option
from labelqa.adapters.cli.session import Session
from labelqa.i18n import N_
from labelqa.records.recheck import Recheck


@command(
    "recheck",
    says=N_("Gather the labels that a new release can touch into a batch, and prove by a sample whether they still hold."),
    more=(
        N_(
            "The batch goes under the new release; plan, freeze, draw, review and settle it like any other. "
            "It counts in no report as new labels. Items whose label was taken away or split must be labelled anew: no "
            "verdict can carry them over."
        ),
    ),
    examples=("labelqa rulebook recheck genai-sft@2.0.0 --count", "labelqa rulebook recheck genai-sft@2.0.0"),
    words=(
        argument("release"),
        option("--batch", "batches", multiple=True, says=N_("Only labels of this batch; repeatable.")),
        option("--name", default="", says=N_("The new batch's name; else recheck-NAME-VERSION.")),
        flag("--count", says=N_("Count only; declare nothing.")),
    ),
    reports=True,
)  # fmt: skip
def recheck(session: Session, *, release: str, batches: Sequence[str], name: str, count: bool) -> None:
    """Shows what is touched, and declares the batch."""
    from labelqa.workflows.rechecking.recheck import recheck as gather

    with session.desk() as desk:
        told = gather(desk, release, batches=batches, name=name, declare=not count)
    if session.json:
        return session.screen.json(told)
    _print(session, told)
    if told.batch is not None:
        session.screen.line(
            N_("Declared the batch {name}. Next: `labelqa plan {name}`, then `labelqa batch freeze {name}`."),
            name=told.batch.name,
        )
    return None


def _print(session: Session, told: Recheck) -> None:
    if not told.sources:
        return session.screen.line(
            N_("No batch was frozen under an earlier version of {release}."), release=told.release
        )
    session.screen.line(
        N_("Labels that {release} can touch: {labels}."), release=told.release, labels=", ".join(told.touched) or "–"
    )
    heads = (
        N_("batch"), N_("release"), N_("items"), N_("looked at again"), N_("to be labelled anew"), N_("untouched"),
        N_("without a label of record"),
    )  # fmt: skip
    session.screen.table(
        heads,
        (
            (each.batch, each.release, each.items, each.frame, each.relabel, each.untouched, each.unsettled)
            for each in told.sources
        ),
    )
    return None
