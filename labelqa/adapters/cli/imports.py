"""``labelqa import``: labels from files, each row taken or named with the reason why not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from labelqa.adapters.cli.command import argument, command, option
from labelqa.adapters.cli.files import looked, whole_text
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.words import FILE, PairWord, ReleaseWord
from labelqa.errors import Exit, WrongUsage
from labelqa.i18n import N_
from labelqa.records.annotation import Chunk, FileFacts
from labelqa.records.results import ImportResult

if TYPE_CHECKING:
    from collections.abc import Callable

    from labelqa.workflows.desk import Desk

SERVER_SAYS = N_("Whose accounts the file names; else the workspace's server for exports, and `file` for tables.")


_NAMED: Final = 10  # unknown accounts that are named; the others are counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a file is to be read."""

    server: str = ""
    release: str = ""
    project: str = ""
    item_key: str = ""
    multiple: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    config: Path | None = None

    def told(self) -> dict[str, str]:
        """What was said, for the ledger."""
        held = {
            "item_key": self.item_key,
            "multiple": self.multiple,
            "columns": ",".join(f"{name}={column}" for name, column in self.columns.items()),
            "config": _digest(self.config) if self.config else "",
        }
        return {name: value for name, value in held.items() if value}


def _digest(path: Path) -> str:
    """A file by its content: the same name may hold another form tomorrow."""
    import hashlib

    return f"{path.name} {hashlib.sha256(whole_text(path).encode()).hexdigest()[:12]}"


@command(
    "import",
    says=N_("Read annotations from Label Studio exports (JSON, JSON_MIN), CSV or Parquet."),
    more=(
        N_(
            "A table has one row a label: item_id, annotator_id, label and, if it likes, annotation_id, "
            "created_at, updated_at, "
            "seconds, release, ground_truth, skipped, origin, data.NAME; --columns says which column is which. Several "
            "exports of the same "
            "items belong together by --item-key."
        ),
        N_(
            "Nothing is dropped in silence: refused rows are named in a findings file. Exit code 1 when rows were "
            "refused."
        ),
    ),
    examples=(
        "labelqa import export.json --server label-studio --item-key data.id",
        "labelqa import labels.csv --columns item_id=task,label=answer --release genai-safety@1.0.0",
    ),
    words=(
        argument("files", word=FILE, many=True),
        option("--server", default="", says=SERVER_SAYS),
        option(
            "--release",
            word=ReleaseWord(),
            says=N_("The release they were labelled under, where the file does not say."),
        ),
        option(
            "--project",
            default="",
            says=N_("Keeps items of different tables apart: they belong to it and are called PROJECT/ITEM."),
        ),
        option("--columns", word=PairWord("NAME=COLUMN,…", many=True), says=N_("Which column of the table is which.")),
        option(
            "--item-key",
            default="",
            metavar="data.FIELD",
            says=N_("What makes tasks one item; else the task's number."),
        ),
        option("--multiple", default="", metavar="SEP", says=N_("The sign between several labels in one cell.")),
        option("--config", word=FILE, says=N_("The project's labeling config (XML); answers are held against it.")),
    ),
    reports=True,
)
def import_(
    session: Session,
    *,
    files: Sequence[Path],
    server: str,
    release: str | None,
    project: str,
    columns: Mapping[str, str] | None,
    item_key: str,
    multiple: str,
    config: Path | None,
) -> int:
    """Imports one file after the other; all are looked at before the first is read."""
    reading = Reading(
        server=server,
        release=release or "",
        project=project,
        item_key=item_key,
        multiple=multiple,
        columns=columns or {},
        config=session.start / config if config else None,
    )
    from labelqa.workflows.watching import watch_file

    done = []
    with session.desk() as desk:
        seen = [looked(desk, session.start / file) for file in files]
        for facts in seen:
            _refuse_idle(facts, reading)
        for facts in seen:
            with session.screen.bar(N_("Importing")) as told:
                done.append(import_file(desk, facts, reading, progress=told))
            watch_file(desk, done[-1].import_no)
            if not session.json:
                print_import(session, done[-1])
    if session.json:
        session.screen.json(done)
    return Exit.FAILED if any(each.refused for each in done) else Exit.FINE


def _refuse_idle(facts: FileFacts, reading: Reading) -> None:
    """Raises WrongUsage for an option that the file's format has no use for: it would do nothing, in silence."""
    if facts.format.startswith("label-studio") and (reading.columns or reading.multiple):
        raise WrongUsage(
            N_(
                "{file} is a Label Studio export, --columns and --multiple are for tables; what makes its items is --item-key."
            ),
            file=facts.path,
        )


def import_file(
    desk: Desk, facts: FileFacts, reading: Reading, *, progress: Callable[[int], None] = lambda _done: None
) -> ImportResult:
    """One file into the intake."""
    from labelqa.workflows.imports import import_chunks

    return import_chunks(
        desk,
        facts,
        chunks(desk, facts, reading),
        server=reading.server,
        release=reading.release,
        project=reading.project,
        options=reading.told(),
        progress=progress,
    )


def chunks(desk: Desk, facts: FileFacts, reading: Reading) -> Iterator[Chunk]:
    """The file's rows by the reader for its format."""
    if facts.format.startswith("label-studio"):
        from labelqa.adapters.label_studio.exports import read_export

        config = whole_text(reading.config) if reading.config else None
        return read_export(facts, item_key=reading.item_key, config=config)
    from labelqa.adapters.files.long_table import read_long

    return read_long(facts, columns=reading.columns, multiple=reading.multiple, timezone=desk.settings.timezone)


def print_import(session: Session, done: ImportResult) -> None:
    """What became of a file's rows, and what needs an answer."""
    screen = session.screen
    screen.line(
        N_(
            "{file} ({format}): {rows} rows: {added} added, {revised} of them new revisions, {unchanged} "
            "unchanged, {refused} refused; "
            "{items} new items."
        ),
        file=done.file,
        format=done.format,
        rows=done.rows,
        added=done.added,
        revised=done.revised,
        unchanged=done.unchanged,
        refused=done.refused,
        items=done.items,
    )
    if done.repeats:
        screen.line(
            N_(
                "{n} rows answer an item a second time; all are kept, and `labelqa batch freeze --repeats` decides "
                "(the last counts)."
            ),
            n=done.repeats,
        )
    if done.unqualified:
        screen.line(
            N_("{n} annotations are by people who were not qualified then; they are kept and flagged."),
            n=done.unqualified,
        )
    if done.unregistered:
        some, more = done.unregistered[:_NAMED], len(done.unregistered) - _NAMED
        text = N_(
            "Nobody is registered for {accounts} and {more} others: `labelqa people add` with --account, for somebody registered `people change` before labels arrive."
        )
        if more <= 0:
            text = N_(
                "Nobody is registered for {accounts}: `labelqa people add` with --account, for somebody registered `people change` before labels arrive."
            )
        screen.line(text, accounts=", ".join(some), more=more)
    screen.findings(done.findings[:20])
    if done.findings_file:
        screen.line(N_("All findings, row by row: {file}"), file=done.findings_file)
