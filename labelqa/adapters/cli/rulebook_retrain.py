"""``labelqa rulebook retrain``: who must be retrained for a changed rulebook, what each still lacks, and by when."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Final

from labelqa.adapters.cli.command import argument, command, option
from labelqa.adapters.cli.output import named, when
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE, ReleaseWord
from labelqa.errors import Message
from labelqa.i18n import N_

if TYPE_CHECKING:
    from labelqa.workflows.retraining import Retraining

HEADS: Final = (
    N_("person"), N_("name"), N_("organizer"), N_("duties"), N_("under the release before"), N_("under the new one"),
    N_("still missing"),
)  # fmt: skip
_LACKS: Final = {"training": N_("to be trained"), "exam": N_("to be examined")}


@command(
    "retrain",
    says=N_("List who must be retrained for a changed rulebook, what each still lacks, and by when."),
    more=(
        N_(
            "Named is everybody who was qualified under the release before and is not yet under this one. Record what was "
            "done with `labelqa train record` and `labelqa exam record`; the list grows shorter by itself."
        ),
    ),
    examples=("labelqa rulebook retrain genai-sft@2.0.0", "labelqa rulebook retrain genai-sft@2.0.0 --csv retrain.csv"),
    words=(
        argument("release", word=ReleaseWord()),
        option("--csv", "table", word=FILE, metavar="FILE.csv", says=N_("Write the list to this file as well.")),
    ),
    reports=True,
)
def retrain(session: Session, *, release: str, table: Path | None) -> None:
    """Prints the list."""
    from labelqa.workflows.retraining import retraining

    with session.desk() as desk:
        told, zone = retraining(desk, release), desk.settings.zone
    if table is not None:
        _write(session, session.start / table, told)
    if session.json:
        return session.screen.json(told)
    session.screen.line(_summary(told, zone))
    if told.people:
        session.screen.table(HEADS, _rows(session, told))
    if table is not None:
        session.screen.line(N_("Wrote {file}."), file=table)
    return None


def _summary(told: Retraining, zone: tzinfo) -> Message:
    """What it comes to, in one sentence."""
    values = {"release": told.release, "previous": told.previous, "n": len(told.people), "of": told.concerned,
              "start": when(told.effective_from, zone), "end": when(told.previous_until, zone)}  # fmt: skip
    if not told.previous:
        return Message(
            N_("{release} is the first of its name: nobody was qualified before, so nobody is retrained."), values
        )
    if not told.new_line:
        return Message(
            N_("{release} changes no meaning: nobody needs retraining, qualifications under {previous} go on."), values
        )
    if not told.people:
        return Message(
            N_("Nobody is missing: all {of} who were qualified under {previous} are qualified under {release}."), values
        )
    if told.previous_until is None:
        return Message(N_("{n} of {of} are still to be qualified under {release}, which counts from {start}."), values)
    return Message(
        N_(
            "{n} of {of} are still to be qualified under {release}: for new work by {start}, for work begun under {previous} by {end}."
        ),
        values,
    )


def _rows(session: Session, told: Retraining) -> Iterable[Sequence[str]]:
    say, comma = session.say, session.say(N_(", "))
    for each in told.people:
        yield (
            each.person, each.name, each.organizer, comma.join(named(duty, say) for duty in each.duties),
            named(each.before, say), named(each.now, say), comma.join(say(_LACKS[lack]) for lack in each.lacks),
        )  # fmt: skip


def _write(session: Session, path: Path, told: Retraining) -> None:
    """The list as CSV that spreadsheets open, whole or not at all."""
    from labelqa.adapters.files.whole import write_whole

    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([session.say(head) for head in HEADS])
    writer.writerows(_rows(session, told))
    write_whole(path, text.getvalue().encode("utf-8-sig"))
