"""How far the annotators of a frozen batch agree: the number that fits its answers, and where disagreement comes from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

from labelqa.errors import InsufficientData, Message, WrongUsage
from labelqa.records.agreement import Coefficient
from labelqa.records.annotation import ControlKind, Origin
from labelqa.records.batch import Batch, Freeze
from labelqa.records.estimate import Estimate, Figure, Unknown, unknown
from labelqa.records.names import PersonId
from labelqa.records.reductions import Patterns
from labelqa.records.summary import AgreementReport
from labelqa.stats.agreement.influence import ALPHA
from labelqa.stats.agreement.item_intervals import doubtful
from labelqa.stats.agreement.linearised import known
from labelqa.stats.kinds import TABLE
from labelqa.workflows.apart import parts_of
from labelqa.workflows.coefficients import NAMES, SEED, Manner
from labelqa.workflows.desk import Desk
from labelqa.workflows.diagnosed import (
    confusions_of,
    disputed_items,
    influence_of,
    labels_of,
    membership_of,
    pairs_of,
    unchanged_of,
)
from labelqa.workflows.figures import figure_of
from labelqa.workflows.kinds import measured, names_for
from labelqa.workflows.marked import marked_in
from labelqa.workflows.population import frozen_of
from labelqa.workflows.state import read_state, shown_names
from labelqa.workflows.subject import Subject, all_prelabelled, counted, kind_of_batch

DISPUTED: Final = 20
QUICK: Final = 2_000  # answers that are compared pair by pair for a batch's line; more wait for `labelqa agreement`


def agreement_report(
    desk: Desk,
    batch: str,
    *,
    distance: str = "",
    by: Sequence[str] = (),
    interval: str = "default",
    seed: int = SEED,
    items: int = DISPUTED,
    everything: bool = False,
    answers: ControlKind | None = None,
) -> AgreementReport:
    """Everything about the agreement in a frozen batch; what cannot be known says why.

    ``distance`` is one that fits the batch's kind of answer, ``by`` fields of the items to take it apart by,
    ``interval`` one of :data:`labelqa.workflows.coefficients.INTERVALS`, ``items`` how many disputed ones are told.
    ``everything`` adds each coefficient that is offered for the kind. ``answers`` says of which kind they are where the
    batch was declared without saying so. WrongUsage for a distance, kind or field that does not fit.
    """
    found = read_state(desk).batch(batch)
    frozen_of(found)
    manner = Manner(interval=interval, confidence=desk.settings.confidence, seed=seed)
    names = shown_names(desk)
    people = [names.get(PersonId(each), each) for each in desk.reducer.people(_path(desk, found))]
    try:
        kind = _chosen_kind(found, answers) or kind_of_batch(desk, found)
    except InsufficientData as error:
        return _report(found, people, coefficients=_unknown(NAMES, error), notes=_notes(found))
    _check_distance(kind, distance)
    subject = Subject(
        desk, found, kind=kind, subset=counted(frozen_of(found)), distance=distance, manner=manner,
        names=names_for(kind, distance=distance, everything=everything),
    )  # fmt: skip
    return _measured(subject, people, by=by, items=items, keep=answers is None)


def _measured(subject: Subject, people: Sequence[str], *, by: Sequence[str], items: int, keep: bool) -> AgreementReport:
    """The report of answers whose kind is known."""
    row, batch, notes = TABLE[subject.kind], subject.batch, _notes(subject.batch)
    told: dict[str, Any] = {
        "kind": subject.kind.value, "distance": subject.distance or row.distance, "headline": subject.names[0],
        "reason": row.reason,
    }  # fmt: skip
    if hidden := all_prelabelled(subject.freeze):
        parts, said = parts_of(subject, by=by, whole=False)
        return _report(
            batch, people, coefficients=_unknown(subject.names, hidden), notes=(*notes, *said), parts=tuple(parts),
            unchanged=unchanged_of(subject, people), **told,
        )  # fmt: skip
    try:
        told["items_with_pairs"] = subject.measured.items_with_pairs
    except InsufficientData as error:
        return _report(batch, people, coefficients=_unknown(subject.names, error), notes=notes, **told)
    return _report(batch, people, **told, **_diagnosed(subject, people, by=by, items=items, keep=keep))


def _diagnosed(subject: Subject, people: Sequence[str], *, by: Sequence[str], items: int, keep: bool) -> dict[str, Any]:
    """The coefficients, and everything that says where disagreement comes from; ``keep`` the headline for its line."""
    parts, said = parts_of(subject, by=by)
    coefficients = tuple(Coefficient(name=name, figure=figure_of(subject, name)) for name in subject.names)
    headline = coefficients[0]
    if subject.manner.interval == "default" and not subject.distance and keep:
        subject.desk.memo[_key(subject.desk, subject.batch)] = headline.figure
    missing: list[Message] = []
    influence = _told(lambda: influence_of(subject, people), missing)
    if influence and subject.measured.distances is not None and headline.name != "distance-alpha":
        missing.append(Message("what is left without an annotator is told by alpha by distance"))
    return {
        "coefficients": coefficients,
        "per_label": _told(lambda: labels_of(subject), missing),
        "pairs": _told(lambda: pairs_of(subject, people), missing),
        "confusions": confusions_of(subject),
        "membership": membership_of(headline.name, headline.figure),
        "parts": tuple(parts),
        "unchanged": unchanged_of(subject, people),
        "influence": influence,
        "disputed": _told(lambda: disputed_items(subject, items), missing),
        "notes": _once(
            [*_notes(subject.batch), *subject.measured.notes, *_of_marks(subject), *_doubts(coefficients), *said, *missing],
            said={str(each.figure.message) for each in coefficients if isinstance(each.figure, Unknown)},
        ),
    }  # fmt: skip


def _told(found: Callable[[], tuple[Any, ...]], missing: list[Message]) -> tuple[Any, ...]:
    """What is found; where there is nothing to be found, the reason goes to the notes."""
    try:
        return found()
    except InsufficientData as error:
        missing.append(error.message)
        return ()


def _once(notes: Sequence[Message], *, said: Collection[str]) -> tuple[Message, ...]:
    """Every sentence once, and none that stands in place of a coefficient already."""
    return tuple(each for text, each in {str(each): each for each in notes}.items() if text not in said)


def _of_marks(subject: Subject) -> tuple[Message, ...]:
    return marked_in(subject).notes if "marked" in subject.held else ()


def _doubts(coefficients: Sequence[Coefficient]) -> list[Message]:
    """What to say where few items decide."""
    told = (doubtful(each.figure) for each in coefficients if isinstance(each.figure, Estimate))
    return [each for each in told if each is not None]


def _chosen_kind(batch: Batch, answers: ControlKind | None) -> ControlKind | None:
    if answers is not None and batch.answers not in ("", answers):
        raise WrongUsage(
            "{batch} was declared to hold answers of the kind {kind}, and that stands",
            batch=batch.name,
            kind=batch.answers,
        )
    return answers


def _check_distance(kind: ControlKind, distance: str) -> None:
    row = TABLE[kind]
    if distance and distance not in (row.distance, *row.distances):
        raise WrongUsage(
            "answers of this kind ({kind}) are not compared by {distance}: choose one of {choices}",
            kind=kind.value, distance=distance, choices=", ".join((row.distance, *row.distances)),
        )  # fmt: skip


def alpha_of(desk: Desk, batch: Batch) -> Figure:
    """The batch's headline figure alone, as ``labelqa agreement`` has it; kept, since a frozen batch does not change.

    Answers that are compared pair by pair are compared here only where they are few: Unknown ``compared-pairwise``.
    """
    _path(desk, batch)
    key = _key(desk, batch)
    if key in desk.memo:
        kept: Figure = desk.memo[key]
        return kept
    try:
        figure = _headline(desk, batch)
    except InsufficientData as error:
        figure = unknown(error)
    if isinstance(figure, Estimate) or figure.reason != "compared-pairwise":
        desk.memo[key] = figure
    return figure


def _headline(desk: Desk, batch: Batch) -> Figure:
    freeze = frozen_of(batch)
    if hidden := all_prelabelled(freeze):
        raise hidden
    kind = kind_of_batch(desk, batch)
    subject = Subject(
        desk, batch, kind=kind, subset=counted(freeze), names=names_for(kind)[:1],
        manner=Manner(confidence=desk.settings.confidence),
    )  # fmt: skip
    if freeze.n_annotations > QUICK:
        found = measured(
            desk.reducer, subject.path, batch.labels, kind=kind, subset=subject.subset, names=subject.names,
            manner=subject.manner, pairwise=False,
        )  # fmt: skip
        held = found.figure(subject.names[0])
        if held is not None:
            return held.figure
    return figure_of(subject, subject.names[0])


def alpha_of_patterns(patterns: Patterns, confidence: float) -> Figure:
    """Krippendorff's alpha of labels, or why it is unknown; with the default interval."""
    return known(lambda: Manner(confidence=confidence)(ALPHA, patterns), n=patterns.items_with_pairs)


def _key(desk: Desk, batch: Batch) -> str:
    return f"headline {frozen_of(batch).annotations} {batch.name} {desk.settings.confidence}"


def _path(desk: Desk, batch: Batch) -> Any:
    """The frozen file, whose bytes are checked every time: nothing is taken from an altered one."""
    return desk.frozen.checked(frozen_of(batch).annotations)


def _unknown(names: Sequence[str], error: InsufficientData) -> tuple[Coefficient, ...]:
    return tuple(Coefficient(name=name, figure=unknown(error)) for name in names)


def _report(
    batch: Batch,
    people: Sequence[str],
    *,
    coefficients: tuple[Coefficient, ...],
    notes: tuple[Message, ...],
    items_with_pairs: int = 0,
    **more: Any,
) -> AgreementReport:
    freeze = frozen_of(batch)
    told = {"per_label": (), "pairs": (), "confusions": ()} | more
    return AgreementReport(
        batch=batch.name, control=batch.control, labels=batch.labels, items=freeze.n_items,
        items_with_pairs=items_with_pairs, annotations=freeze.n_annotations, annotators=len(people),
        coefficients=coefficients, notes=notes, **told,
    )  # fmt: skip


def _notes(batch: Batch) -> tuple[Message, ...]:
    freeze = frozen_of(batch)
    found = [*_left_apart(freeze)]
    for each in freeze.exclusions:
        if each.reason == "not-in-release":
            told = {"n": each.count}
            found.append(Message("{n} annotations stayed out because their label is not in the release", told))
    return tuple(found)


def _left_apart(freeze: Freeze) -> list[Message]:
    """What does not enter the headline."""
    found = []
    if machines := freeze.origins.get(Origin.MACHINE, 0):
        found.append(Message("{n} answers of models are measured apart and do not count above", {"n": machines}))
    if freeze.items_prelabelled:
        found.append(
            Message(
                "{n} items were begun from a pre-label; they are measured apart and do not count above",
                {"n": freeze.items_prelabelled},
            )
        )
    return found
