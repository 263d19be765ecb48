"""Imports: stage what a reader brings, record one fact about it, and only then let it count."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from labelqa.errors import Message
from labelqa.intake import Staged
from labelqa.ledger.ledger import salted
from labelqa.records.annotation import ITEM_COLUMNS, LABEL, Chunk, FileFacts
from labelqa.records.facts import Draft, GoldRegistered, ImportCounted
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.names import PersonId
from labelqa.records.people import Duty, Standing
from labelqa.records.results import ImportResult
from labelqa.workflows.counted import last_import, told_of
from labelqa.workflows.desk import Desk
from labelqa.workflows.import_findings import findings_file
from labelqa.workflows.labels import answers, label_of
from labelqa.workflows.state import State, read_state, shown_names

if TYPE_CHECKING:
    from labelqa.intake.stage import Staging

_SHOWN: Final = 100
FILE_SERVER: Final = "file"  # whose accounts a plain table names


def _quiet(_rows: int) -> None:
    """No progress wanted."""


def _unlisted(_findings: list[Finding]) -> None:
    """No list of findings wanted."""


@dataclass(slots=True)
class _Running:
    """What is counted while chunks come by."""

    rows: int = 0
    refused: int = 0
    unqualified: int = 0
    persons: dict[str, PersonId] = field(default_factory=dict)
    unregistered: dict[str, None] = field(default_factory=dict)
    first: list[Finding] = field(default_factory=list)

    def note(self, findings: Sequence[Finding]) -> None:
        """Count what is refused, and keep the first findings for the screen."""
        self.refused += sum(each.severity is Severity.ERROR for each in findings)
        self.first.extend(findings[: max(0, _SHOWN - len(self.first))])


def import_chunks(
    desk: Desk,
    facts: FileFacts,
    chunks: Iterable[Chunk],
    *,
    server: str = "",
    release: str = "",
    project: str = "",
    options: Mapping[str, str] | None = None,
    progress: Callable[[int], None] = _quiet,
) -> ImportResult:
    """Take in one file. Rows that say what is known already add nothing; refused ones are listed in a findings file.

    ``server`` names whose accounts the file speaks of, ``release`` the rulebook release it was labelled under. When
    anything fails on the way nothing is counted. A ``project`` keeps the items of different tables apart: they belong to
    it and are called ``PROJECT/ITEM``. The same file under the same options is recognised by its digest.
    """
    server = server or (desk.settings.server if facts.format.startswith("label-studio") else FILE_SERVER)
    told = (
        dict(sorted((options or {}).items()))
        | ({"release": release} if release else {})
        | ({"project": project} if project else {})
    )
    if release:
        read_state(desk).release(release)
    if earlier := desk.intake.known_file(facts.digest, _key(server, told)):
        return _same_again(desk, facts, earlier)
    return take_in(desk, facts, chunks, server=server, options=told, progress=progress)


def _key(server: str, options: Mapping[str, str]) -> str:
    return repr((server, sorted(options.items())))


def take_in(
    desk: Desk,
    facts: FileFacts,
    chunks: Iterable[Chunk],
    *,
    server: str,
    options: Mapping[str, str],
    progress: Callable[[int], None] = _quiet,
    listed: bool = True,
) -> ImportResult:
    """Take in what was read, whether or not the same was taken in before; ``options`` as :func:`import_chunks` makes them.

    Without ``listed`` no file of findings is written, and the result has the first hundred.
    """
    told, release, project = dict(options), options.get("release", ""), options.get("project", "")
    state, running, prefix = read_state(desk), _Running(), _prefix(desk, facts, server, options)
    with (
        findings_file(desk, facts) if listed else nullcontext((_unlisted, Path())) as (write, findings_path),
        desk.intake.staging(
            server=server,
            file_digest=facts.digest,
            options=_key(server, told),
            counted=told_of(desk),
            last=lambda: last_import(desk),
        ) as staging,
    ):
        try:
            for chunk in chunks:
                fitting = _in_project(_fitting(chunk, state, release), project)
                _people(desk, state, running, fitting, server)
                _count_unqualified(state, running, fitting, release)
                running.note([*fitting.refused, *fitting.notes])
                write([*fitting.refused, *fitting.notes])
                staging.add(fitting, running.persons, prefix=prefix, release=release)
                progress(fitting.annotations.num_rows + len(fitting.refused))
            staged = _record(desk, facts, staging, running, server, told)
        except BaseException:
            with suppress(Exception):  # the next import does it anyway: counted if its fact is there, else swept away
                desk.intake.reconcile(told_of(desk))
            raise
    return _result(desk, facts, running, staged, findings_path)


def _record(
    desk: Desk, facts: FileFacts, staging: Staging, running: _Running, server: str, told: dict[str, str]
) -> Staged:
    staged = staging.seal()
    if not staged.added and not staged.contents:
        desk.intake.discard(staged.import_no)
        return staged
    name = salted(Path(facts.path).name, secrets.token_hex(16))
    body = ImportCounted(
        import_no=staged.import_no, file=name[0], file_digest=facts.digest, format=facts.format,
        encoding=facts.encoding, server=server, options=told, rows=staged.rows + running.refused, added=staged.added,
        unchanged=staged.unchanged, refused=running.refused, items=staged.items, digest=staged.digest, gone=staged.gone,
        contents=desk.intake.brought(staged.import_no, items_digest=staged.items_digest, hands=staged.hands),
    )  # fmt: skip
    draft = Draft(body=body, subjects=(f"import:{staged.import_no}",), actor=desk.actor, identity=desk.identity)
    desk.intake.secure(staged.import_no)
    desk.ledger.append([draft], now=desk.clock(), erasable=[name])
    desk.intake.count(staged)
    return staged


def _prefix(desk: Desk, facts: FileFacts, server: str, told: Mapping[str, str]) -> str:
    """Task numbers are a server's own; an item key of the user's, or of a plain table, means the same item everywhere."""
    if told.get("project"):
        return f"{told['project']}/"
    own = facts.format.startswith("label-studio") and not told.get("item_key") and server != desk.settings.server
    return f"{server}:" if own else ""


def _same_again(desk: Desk, facts: FileFacts, number: int) -> ImportResult:
    earlier: ImportCounted = desk.ledger.view().about(f"import:{number}", ImportCounted)[-1].body
    return ImportResult(
        file=facts.path, format=facts.format, encoding=facts.encoding, import_no=0, rows=earlier.rows, added=0, revised=0,
        unchanged=earlier.rows - earlier.refused, refused=earlier.refused, items=0, repeats=0, unqualified=0,
        unregistered=(), findings=(), findings_file="", gone=0,
    )  # fmt: skip


def _fitting(chunk: Chunk, state: State, release: str) -> Chunk:
    """The chunk without annotations whose label the release does not have."""
    if not release:
        return chunk
    import numpy as np

    body = state.release(release)
    column = chunk.annotations.column("value").dictionary_encode()
    known = [_fits(text, body.control, body.labels) for text in column.dictionary.to_pylist()]
    keep = (
        np.asarray(known, dtype=bool)[column.indices.to_numpy(zero_copy_only=False)]
        if known
        else np.ones(0, dtype=bool)
    )
    if keep.all():
        return chunk
    import pyarrow as pa

    rows, values = chunk.annotations.column("row").to_pylist(), chunk.annotations.column("value").to_pylist()
    refused = [
        finding(
            "IM101", "the label {label} is not in release {release}",
            mend=Message("correct the label, or import the file under the release it was labelled with"),
            place=Place(row=rows[index]), label=label_of(answers(values[index]), body.control), release=release,
        )
        for index in np.flatnonzero(~keep).tolist()
    ]  # fmt: skip
    return replace(chunk, annotations=chunk.annotations.filter(pa.array(keep)), refused=[*chunk.refused, *refused])


def _in_project(chunk: Chunk, project: str) -> Chunk:
    """The chunk with its items in a project, those without any content too."""
    if not project:
        return chunk
    import pyarrow as pa

    names = [name for name, _ in ITEM_COLUMNS]
    told = chunk.items.to_pylist()
    shown = {row["item_id"] for row in told}
    bare = [item for item in chunk.annotations.column("item_id").unique().to_pylist() if item not in shown]
    told += [{"item_id": item, "data": "{}", "meta": "{}", "project": "", "task": ""} for item in bare]
    columns = [pa.array([project if name == "project" else row[name] for row in told], pa.string()) for name in names]
    items = pa.RecordBatch.from_arrays(columns, names=names)
    return replace(chunk, items=items)


def _fits(value: str, control: str, labels: list[str]) -> bool:
    found = answers(value)
    answer = found.get(control, found.get(LABEL))
    if isinstance(answer, list) and all(isinstance(each, str) for each in answer):
        return set(answer) <= set(labels)
    return not isinstance(answer, str) or answer in labels


def _people(desk: Desk, state: State, running: _Running, chunk: Chunk, server: str) -> None:
    """Give every account of the chunk its pseudonym, and note those that belong to nobody here."""
    named = {
        *chunk.annotations.column("account").unique().to_pylist(),
        *chunk.annotations.column("edited_by").unique().to_pylist(),
    }
    fresh = sorted(account for account in named if account and account not in running.persons)
    if fresh:
        known = desk.ledger.identities.persons(server, fresh, mint=lambda: desk.new_id("p"))
        running.persons.update((account, known[account]) for account in fresh)
        running.unregistered.update((account, None) for account in fresh if known[account] not in state.people)


def _count_unqualified(state: State, running: _Running, chunk: Chunk, release: str) -> None:
    """Count annotations by people not qualified then; only where the release is known."""
    table = chunk.annotations
    named = table.column("release").to_pylist()
    if not release and not any(named):
        return
    moments = table.column("created_at").cast("int64").to_pylist()
    asked = Counter(zip(table.column("account").to_pylist(), (each or release for each in named), moments, strict=True))
    standings = {name: state.standing(name, Duty.EXECUTOR) for name in {each for _, each, _ in asked if each}}
    for (account, under, moment), n in asked.items():
        if under:
            at = None if moment is None else datetime.fromtimestamp(moment / 1e6, UTC)
            running.unqualified += n * (
                standings[under](running.persons[account], at) not in {Standing.QUALIFIED, Standing.MODEL}
            )


def _result(desk: Desk, facts: FileFacts, running: _Running, staged: Staged, findings_path: Path) -> ImportResult:
    names = shown_names(desk)
    kept = bool(staged.added or staged.contents)
    return ImportResult(
        file=facts.path, format=facts.format, encoding=facts.encoding, import_no=staged.import_no if kept else 0,
        rows=staged.rows + running.refused, added=staged.added, revised=staged.revised, unchanged=staged.unchanged,
        refused=running.refused, items=staged.items, repeats=staged.repeats, unqualified=running.unqualified,
        unregistered=tuple(names.get(running.persons[account], account) for account in running.unregistered),
        findings=tuple(running.first), findings_file=str(findings_path) if running.first and findings_path.name else "",
        gone=staged.gone,
    )  # fmt: skip


def import_gold(desk: Desk, rows: Iterable[tuple[str, str]], *, project: str = "") -> int:
    """Put answers fixed beforehand into the gold register: (item id, label); returns how many are new."""
    from labelqa.sampling import frame_digest

    prefix = f"{project}/" if project else ""
    told = {f"{prefix}{item}": label for item, label in rows}

    def record(new: int) -> None:
        body = GoldRegistered(
            added=new, digest=frame_digest(json.dumps(each, ensure_ascii=False) for each in told.items())
        )
        draft = Draft(body=body, subjects=("gold",), actor=desk.actor, identity=desk.identity)
        desk.ledger.append([draft], now=desk.clock())

    return desk.intake.add_gold(told, record=record)
