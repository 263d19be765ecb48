"""A rulebook's life as its facts tell it, oldest first; nothing is judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from labelqa.errors import BadInput
from labelqa.records.facts import Fact
from labelqa.records.governance import Bump, ClarificationIssued, DocumentSigned, Meaning, RulebookReleased
from labelqa.records.names import PersonId, ReleaseName
from labelqa.records.people import Exam, Training
from labelqa.records.rulebook_log import Learned, LogEntry, RulebookEvent, RulebookLog
from labelqa.rulebook.force import ends
from labelqa.workflows.desk import Desk
from labelqa.workflows.state import State, read_state, shown_names


def rulebook_log(desk: Desk, name: str) -> RulebookLog:
    """What happened to a rulebook; BadInput when nothing is known of it."""
    state, names = read_state(desk), shown_names(desk)
    told = state.facts.of(DocumentSigned, RulebookReleased, ClarificationIssued)
    entries = tuple(each for fact in told for each in _entries(fact, name, state, names))
    if not entries:
        raise BadInput("no rulebook is called {name}: labelqa rulebook list shows those that were released", name=name)
    return RulebookLog(name=name, entries=entries, learned=tuple(_learned(state, names, name)))


def _entries(fact: Fact, name: str, state: State, names: Mapping[PersonId, str]) -> Iterator[LogEntry]:
    body = fact.body
    if isinstance(body, DocumentSigned) and body.document.partition(":")[2].startswith((f"{name}@", f"{name}#")):
        yield LogEntry(
            at=fact.effective_at, event=RulebookEvent.SIGNED, document=body.document.partition(":")[2], digest=body.digest,
            by=body.person, name=names.get(PersonId(body.person), body.person), identity=fact.identity,
            meaning=Meaning(body.meaning), fact=fact.seq,
        )  # fmt: skip
    elif isinstance(body, RulebookReleased) and body.name == name:
        service = ends(state.releases_of(name))[ReleaseName(f"{name}@{body.version}")]
        yield LogEntry(
            at=fact.effective_at, event=RulebookEvent.ADOPTED if body.adopted else RulebookEvent.RELEASED,
            document=f"{name}@{body.version}", digest=body.digest, by=fact.actor, name=fact.actor,
            identity=fact.identity, bump=Bump(body.bump) if body.bump else None,
            effective_from=service.release.effective_from, until=service.open_work, fact=fact.seq,
        )  # fmt: skip
    elif isinstance(body, ClarificationIssued) and body.rulebook == name:
        yield LogEntry(
            at=fact.effective_at, event=RulebookEvent.CLARIFIED, document=f"{name}#{body.number}", digest=body.digest,
            by=fact.actor, name=fact.actor, identity=fact.identity,
            effective_from=datetime.fromisoformat(body.effective_from), fact=fact.seq,
        )  # fmt: skip


def _learned(state: State, names: Mapping[PersonId, str], name: str) -> Iterator[Learned]:
    """Release by release, each person's last training and last exam on it."""
    for release in state.releases_of(name):
        for person in sorted(state.people, key=lambda each: names.get(each, each)):
            taught = [each for each in state.trainings.get(person, ()) if each.release == release.release]
            examined = [each for each in state.exams.get(person, ()) if each.release == release.release]
            if taught or examined:
                yield _line(release.release, person, names.get(person, person), taught, examined)


def _line(release: ReleaseName, person: PersonId, name: str, taught: list[Training], examined: list[Exam]) -> Learned:
    exam = max(examined, key=lambda each: (each.at, each.fact), default=None)
    return Learned(
        release=release, person=person, name=name, trained_at=max((each.at for each in taught), default=None),
        examined_at=exam.at if exam else None, score=exam.score if exam else None, passed=exam.passed if exam else None,
    )  # fmt: skip
