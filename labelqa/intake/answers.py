"""One answer as it is asked for and handed out, whoever asks. Which answers are wanted is said elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select

from labelqa.intake.rows import AnnotationRow
from labelqa.intake.tables import imports, people, revisions, servers
from labelqa.records.names import PersonId


def answers() -> Select[Any]:
    """The revisions of counted imports with their people, in the columns that :func:`answer_of` reads."""
    r, editors = revisions.c, people.alias("editors")
    return (
        select(
            r.rev, r.annotation, r.item_no, people.c.person, r.value, r.created_at, r.seconds, r.skipped,
            r.ground_truth, r.release, servers.c.server, r.import_no, editors.c.person, r.origin, r.updated_at,
        )
        .join(imports, (imports.c.import_no == r.import_no) & (imports.c.counted == 1))
        .join(servers, servers.c.server_no == imports.c.server_no)
        .join(people, people.c.person_no == r.person_no)
        .outerjoin(editors, editors.c.person_no == r.editor_no)
    )  # fmt: skip


def answer_of(row: Sequence[Any]) -> AnnotationRow:
    """A row of :func:`answers`."""
    return AnnotationRow(
        row[0], row[1], row[2], PersonId(row[3]), row[4], row[5], row[6], bool(row[7]), bool(row[8]), row[9] or "",
        row[10], row[11], row[12] and PersonId(row[12]), row[13] or "", row[14],
    )  # fmt: skip
