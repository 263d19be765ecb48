"""The releases as people see them: what each holds, who approved it, from when it counts and where it stands now."""

from __future__ import annotations

from datetime import datetime

from labelqa.records.batch import Kind
from labelqa.records.governance import Release, ReleaseState
from labelqa.records.names import ReleaseName
from labelqa.records.summary import RulebookLine
from labelqa.rulebook.force import Service, ends
from labelqa.workflows.desk import Desk
from labelqa.workflows.state import State, read_state


def rulebook_lines(desk: Desk) -> tuple[RulebookLine, ...]:
    """Every release, by name and then in the order in which they were released."""
    return lines_of(read_state(desk), at=desk.clock())


def lines_of(state: State, *, at: datetime) -> tuple[RulebookLine, ...]:
    """The releases that a state knows, as they stand at a time."""
    return tuple(
        _line(state, service, at)
        for _, releases in sorted(state.rulebooks.items())
        for service in ends(releases).values()
    )


def _line(state: State, service: Service, at: datetime) -> RulebookLine:
    release = service.release
    fact, body = state.releases[release.release]
    return RulebookLine(
        name=body.name, version=body.version, title=body.title, kind=Kind(body.kind), digest=body.digest,
        released_at=fact.effective_at, released_by=fact.actor, labels=len(body.labels), rules=body.rules,
        examples=body.examples, batches=_batches(state, release.release), previous=release.previous, bump=body.bump,
        effective_from=release.effective_from, until=service.open_work, state=standing(service, at),
        signatures=release.signatures,
    )  # fmt: skip


def _batches(state: State, release: ReleaseName) -> tuple[str, ...]:
    return tuple(sorted(batch.name for batch in state.batches.values() if batch.release == release))


def standing(service: Service, at: datetime) -> ReleaseState:
    """Where a release stands at a time; one that a later one overtook before it counted has ended."""
    release: Release = service.release
    if service.ended(at):
        return ReleaseState.ENDED
    if at < release.effective_from:
        return ReleaseState.COMING
    return ReleaseState.IN_FORCE if service.takes(at) else ReleaseState.OPEN_WORK
