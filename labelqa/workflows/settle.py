"""How accurate a batch is by the verdicts on its sample, and what becomes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from labelqa.batches.checks import current_reviews
from labelqa.batches.conclusion import Evidence, changed, conclude, illegal, tally, why_not_settle
from labelqa.errors import InsufficientData, Message, Refused
from labelqa.i18n import N_
from labelqa.records.batch import Batch
from labelqa.records.estimate import Estimate, Figure, unknown
from labelqa.records.facts import BatchSettled, Draft, Fact
from labelqa.records.names import ItemId
from labelqa.records.review import Identity, Review, Verdict
from labelqa.records.summary import AccuracyReport, BatchLine, Confusion
from labelqa.stats.accuracy import accuracy_by_label
from labelqa.stats.proportion import upper_bound
from labelqa.workflows.desk import Desk
from labelqa.workflows.evidence import accuracy_of, evidence_of, share_correct
from labelqa.workflows.lines import line_of
from labelqa.workflows.population import Population, frozen_of, population
from labelqa.workflows.refusals import refuse
from labelqa.workflows.state import fold, read_state


def accuracy_report(desk: Desk, batch: str) -> AccuracyReport:
    """The accuracy of a batch's labels of record, estimated from the verdicts on the sample that decides."""
    state = read_state(desk)
    found = state.batch(batch)
    freeze, evidence = frozen_of(found), evidence_of(desk, state, found)
    if evidence.sample is None:
        raise Refused("batch {batch} has no sample: labelqa draw {batch} draws one", batch=found.name)
    plan = state.plans[found.name][evidence.sample.plan - 1]
    current = {item: each for item, each in current_reviews(evidence.reviews).items() if item in evidence.drawn}
    verdicts, counts = Counter(each.verdict for each in current.values()), tally(evidence)
    items, confidence = population(desk, state, found), desk.settings.confidence
    correct = counts.reviewed - counts.defects
    return AccuracyReport(
        batch=found.name, sample=evidence.sample.sample, population=freeze.n_items, drawn=counts.drawn,
        reviewed=counts.reviewed, correct=verdicts[Verdict.CORRECT], incorrect=verdicts[Verdict.INCORRECT],
        undecidable=verdicts[Verdict.UNDECIDABLE], critical=counts.critical,
        accuracy=share_correct(correct, counts.reviewed, freeze.n_items, confidence),
        critical_rate=_rate(_hits(current.values()), counts.reviewed, freeze.n_items, confidence), target=plan.accuracy,
        per_label=accuracy_by_label(_by_label(found, items, current), confidence=confidence),
        confusions=_confusions(items, current.values()), notes=_notes(evidence, len(current)),
    )  # fmt: skip


def _rate(count: int, n: int, size: int, confidence: float) -> Figure:
    try:
        return upper_bound(min(count, n), n, population=size, confidence=confidence)
    except InsufficientData as error:
        return unknown(error)


def _by_label(batch: Batch, items: Population, current: dict[ItemId, Review]) -> dict[str, tuple[int, int, int | None]]:
    sizes = Counter(items.labels.values())
    checked = Counter(items.labels[item] for item in current)
    right = Counter(
        items.labels[item] for item, each in current.items() if each.verdict is Verdict.CORRECT and not each.unsafe
    )
    return {label: (right[label], checked[label], sizes[label]) for label in batch.labels if sizes[label]}


def _confusions(items: Population, reviews: Iterable[Review]) -> tuple[Confusion, ...]:
    pairs = Counter(
        (items.labels[each.item_id], each.correct_label)
        for each in reviews
        if each.correct_label and each.correct_label != items.labels[each.item_id]
    )
    return tuple(Confusion(first=first, second=second, count=n) for (first, second), n in pairs.most_common())


def _hits(reviews: Iterable[Review]) -> int:
    return sum(illegal(each) for each in reviews)


def _notes(evidence: Evidence, counted: int) -> tuple[Message, ...]:
    notes: list[Message] = []
    if evidence.sample and 0 < counted < evidence.sample.resolved.n:
        text = N_("only {n} of {drawn} drawn items are reviewed: this is where it stands, not the result")
        notes.append(Message(text, {"n": counted, "drawn": evidence.sample.resolved.n}))
    given = sum(each.sample == evidence.sample.sample for each in evidence.everything) if evidence.sample else 0
    if given > len(evidence.reviews):
        text = N_("{n} verdicts do not count: their authors were not qualified then, or labelled the item themselves")
        notes.append(Message(text, {"n": given - len(evidence.reviews)}))
    if times := changed(evidence.everything):
        notes.append(
            Message("{n} verdicts were changed after they were given; all of them are on record", {"n": times})
        )
    typed = sum(each.identity is Identity.ASSERTED for each in evidence.reviews)
    if typed:
        notes.append(Message("{n} verdicts were typed in under a name that nobody proved", {"n": typed}))
    return tuple(notes)


def settle_batch(desk: Desk, batch: str) -> BatchLine:
    """Reach the conclusion on a batch and record it with its reason. Refused with the list of what is missing."""
    state = read_state(desk)
    found = state.batch(batch)
    if not found.release:
        raise Refused("batch {batch} is a trial without a rulebook: it can be measured, not settled", batch=found.name)
    evidence = evidence_of(desk, state, found)
    refuse(why_not_settle(found, evidence))
    outcome, counts = conclude(found, evidence), tally(evidence)
    figure = accuracy_of(desk, found, evidence)
    body = BatchSettled(
        batch=found.name, conclusion=str(outcome.conclusion), reason=outcome.reason, drawn=counts.drawn,
        reviewed=counts.reviewed, defects=counts.defects, critical=counts.critical, allowed=counts.allowed,
        accuracy=[figure.point, figure.low, figure.high] if isinstance(figure, Estimate) else [],
        method=figure.method if isinstance(figure, Estimate) else figure.reason, changed=changed(evidence.everything),
        identities=dict(Counter(str(each.identity) for each in evidence.reviews)),
    )  # fmt: skip
    draft = Draft(body=body, subjects=(f"batch:{found.name}",), actor=desk.actor, identity=desk.identity)

    def unless(facts: Sequence[Fact]) -> None:
        now = fold(facts, desk.settings.qualification_days)
        known = evidence_of(desk, now, now.batch(batch))
        refuse(why_not_settle(now.batch(batch), known))
        if known != evidence:
            raise Refused("batch {batch} changed while it was settled: look at it again and repeat", batch=batch)

    desk.ledger.append([draft], now=desk.clock(), unless=unless)
    state = read_state(desk)
    return line_of(desk, state, state.batch(batch))
