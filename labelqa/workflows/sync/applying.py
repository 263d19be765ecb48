"""Tasks that were read from a server become one import; what is applied is written down only once it counts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from labelqa.intake.synced import marks_digest
from labelqa.records.annotation import FileFacts
from labelqa.records.finding import Finding
from labelqa.records.results import ImportResult
from labelqa.records.servers import ServerProject, TaskMarks
from labelqa.workflows.desk import Desk
from labelqa.workflows.imports import take_in
from labelqa.workflows.sync.projects import Followed
from labelqa.workflows.sync.source import Codec, Task

if TYPE_CHECKING:
    from labelqa.records.annotation import Chunk

FORMAT = "label-studio-server"
_TOLD = 20
Stamp = Callable[[int | None], str]  # microseconds by the server's clock -> the release that was in force, "" for none


@dataclass(slots=True, kw_only=True)
class Tally:
    """What a pass came to."""

    read: int = 0  # tasks read
    added: int = 0
    revised: int = 0
    gone: int = 0
    refused: int = 0
    imports: list[int] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)  # the first that were not told before

    def tell(self, found: Sequence[Finding]) -> None:
        """Note what was found, up to some."""
        self.findings += found[: max(0, _TOLD - len(self.findings))]

    def count(self, result: ImportResult) -> None:
        """Add what one import came to."""
        self.added += result.added
        self.revised += result.revised
        self.gone += result.gone
        self.refused += result.refused
        if result.import_no:
            self.imports.append(result.import_no)


def digest_of(marks: TaskMarks) -> str:
    """A digest of everything by which a sweep tells that a task is as it was."""
    return marks_digest({0: marks.updated_at, **marks.annotations})


class Applying:
    """Takes in what was read of one project."""

    def __init__(self, desk: Desk, codec: Codec, followed: Followed, project: ServerProject, stamp: Stamp) -> None:
        self.desk, self.codec, self.followed, self.project, self.stamp = desk, codec, followed, project, stamp
        self.tally = Tally()

    def whole(
        self, tasks: Sequence[Task], *, why: str, lost: Iterable[int] = (), hints: Sequence[Task] = ()
    ) -> list[Finding]:
        """Take in tasks as they are now, with all their annotations; ``lost`` are not there any more.

        What is wrong with them comes back.

        ``hints``: what webhooks said. What is older than what was read comes first, as it happened first; the rest comes
        after it, so that it is the same, or history: what a server says itself is never undone by what somebody told of it.
        """
        gone = sorted(lost)
        chunks = self._chunks(tasks, gone, hints)
        if not chunks:
            return []
        told = {"number": str(self.project.project), "why": why}
        key = {"item_key": self.followed.item_key} if self.followed.item_key else {}
        result = take_in(
            self.desk, self._facts(tasks, gone, hints), chunks, server=self.followed.server, options=told | key,
            listed=False,
        )  # fmt: skip
        self.tally.read += len(tasks)
        self.tally.count(result)
        marks: dict[int, str | None] = {each["id"]: digest_of(self.codec.marks(each)) for each in tasks}
        self.desk.intake.synced.apply(self.followed.server, self.project.project, marks | dict.fromkeys(gone))
        return [each for chunk in chunks for each in (*chunk.refused, *chunk.notes)]

    def applied(self, tasks: Sequence[Task]) -> set[int]:
        """Of these tasks, those that are in the intake as they are."""
        if not tasks:
            return set()
        numbers = [each["id"] for each in tasks]
        known = self.desk.intake.synced.marks_of(self.followed.server, numbers)
        return {each["id"] for each in tasks if known.get(each["id"]) == digest_of(self.codec.marks(each))}

    def _chunks(self, tasks: Sequence[Task], gone: Sequence[int], hints: Sequence[Task]) -> list[Chunk]:
        heard = {
            each["id"]: each["completed_by"] for task in hints for each in _listed(task) if each.get("completed_by")
        }
        before, after = self._parted(hints, tasks) if hints else ([], [])
        made = [self._chunk(before, heard, told=True)] if before else []
        if tasks or gone:
            here = [each | {"project": self.project.project} for each in tasks]  # a list of tasks does not say it
            present = {str(each["id"]): _annotations(each) for each in tasks}
            present |= {str(each): frozenset() for each in gone}
            made.append(replace(self._chunk(here, heard), present=present))
        if after:
            made.append(self._chunk(after, heard, told=True))
        return [stamped(each, self.stamp) for each in made]

    def _chunk(self, tasks: Sequence[Task], heard: Mapping[int, Any], *, told: bool = False) -> Chunk:
        config, key = self.project.config, self.followed.item_key
        return self.codec.chunk(self._owned(tasks, heard), config=config, item_key=key, told=told)

    def _parted(self, hints: Sequence[Task], tasks: Sequence[Task]) -> tuple[list[Task], list[Task]]:
        """What was told of answers before they were touched as they were read, or were not read; and what is no older."""
        read = {number: at for task in tasks for number, at in self.codec.marks(task).annotations.items()}
        before, after = list[Task](), list[Task]()
        for task in hints:
            for each in _listed(task):
                at = self.codec.marks(task).annotations.get(each["id"])
                known = read.get(each["id"])
                older = each["id"] not in read or (at is not None and known is not None and at < known)
                (before if older else after).append(task | {"annotations": [each]})
        return before, after

    def _owned(self, tasks: Sequence[Task], heard: Mapping[int, Any]) -> list[Task]:
        """The tasks with the annotator put back who made an answer and was deleted from the server since.

        ``heard`` is what earlier events of the same pass said.
        """
        orphans = [
            each["id"]
            for task in tasks
            for each in _listed(task)
            if each.get("completed_by") is None and isinstance(each.get("id"), int)
        ]
        if not orphans:
            return list(tasks)
        people = self.desk.intake.synced.people_of(self.followed.server, orphans)
        accounts = {
            person: account
            for (_, account), person in self.desk.ledger.identities.accounts(self.followed.server).items()
        }
        known: dict[int, Any] = {number: accounts.get(person) for number, person in people.items()}
        known |= heard
        return [task | {"annotations": [_with_owner(each, known) for each in _listed(task)]} for task in tasks]

    def _facts(self, tasks: Sequence[Task], gone: Sequence[int], hints: Sequence[Task]) -> FileFacts:
        text = json.dumps([tasks, gone, hints], sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
        return FileFacts(
            path=f"{self.followed.server}/{self.project.project}", format=FORMAT, encoding="utf-8",
            digest=hashlib.sha256(text).hexdigest(), size=len(text),
        )  # fmt: skip


def stamped(chunk: Chunk, stamp: Stamp) -> Chunk:
    """The chunk with the release that was in force where a task carries none of its own."""
    table = chunk.annotations
    named = table.column("release").to_pylist()
    if all(named):
        return chunk
    import pyarrow as pa

    touched, made = (table.column(name).cast("int64").to_pylist() for name in ("updated_at", "created_at"))
    told = [
        each or stamp(late if late is not None else first)
        for each, late, first in zip(named, touched, made, strict=True)
    ]
    if told == named:
        return chunk
    place = table.schema.get_field_index("release")
    columns = [pa.array(told, pa.string()) if at == place else column for at, column in enumerate(table.columns)]
    return replace(chunk, annotations=pa.RecordBatch.from_arrays(columns, schema=table.schema))


def _listed(task: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = task.get("annotations")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _annotations(task: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(str(each.get("id")) for each in _listed(task))


def _with_owner(annotation: dict[str, Any], known: Mapping[int, Any]) -> dict[str, Any]:
    owner = known.get(annotation.get("id", 0))
    return annotation | {"completed_by": owner} if annotation.get("completed_by") is None and owner else annotation
