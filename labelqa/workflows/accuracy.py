"""How accurate a batch is by the verdicts on the sample that decides: over all, and by label, annotator, rule, stratum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from labelqa.batches.appealing import as_given
from labelqa.batches.checks import current_reviews
from labelqa.batches.conclusion import Evidence, changed, tally
from labelqa.errors import Message, Refused
from labelqa.i18n import N_
from labelqa.records.accuracy import WeightedShare
from labelqa.records.designs import Decision
from labelqa.records.names import ItemId
from labelqa.records.review import Identity, Review, Verdict
from labelqa.records.summary import AccuracyReport, Confusion
from labelqa.stats.weighted_share import hajek
from labelqa.workflows.annotated import item_numbers
from labelqa.workflows.certifying.before import appeal_notes
from labelqa.workflows.certifying.certificate import plan_of
from labelqa.workflows.certifying.evidence import evidence_of
from labelqa.workflows.certifying.shares import Shares, shares_of, strata_of_sample
from labelqa.workflows.desk import Desk
from labelqa.workflows.population import Population, frozen_of, population
from labelqa.workflows.reviewed import Reviewed, strata_lines, with_labels, with_rules
from labelqa.workflows.reviewing.reviewer_error import (
    ReviewerError,
    defective,
    double_review,
    estimated_error,
    given_error,
    weighted_error,
)
from labelqa.workflows.state import read_state
from labelqa.workflows.strata import strata_of


def accuracy_report(
    desk: Desk,
    batch: str,
    *,
    by: Sequence[str] = (),
    errors: ReviewerError | None = None,
    chances: Mapping[ItemId, float] | None = None,
) -> AccuracyReport:
    """The accuracy of a batch's labels of record, estimated from the verdicts on the sample that decides.

    ``by`` are fields of the items to tell apart, ``errors`` what is known of the reviewers, ``chances`` the recorded
    chances of the drawn items where these were not equal.
    """
    state = read_state(desk)
    found = state.batch(batch)
    freeze, evidence = frozen_of(found), evidence_of(desk, state, found)
    if evidence.sample is None:
        raise Refused("batch {batch} has no sample: labelqa draw {batch} draws one", batch=found.name)
    current = {item: each for item, each in current_reviews(evidence.reviews).items() if item in evidence.drawn}
    seen = Reviewed(
        desk=desk, state=state, batch=found, items=population(desk, state, found, evidence.sample), numbers=item_numbers(desk, found),
        current=current, path=desk.frozen.checked(freeze.annotations),
    )  # fmt: skip
    strata, said = strata_of(desk, found, by)
    shares = shares_of(desk, found, evidence)
    report = _headline(seen, evidence, shares, target=plan_of(state, evidence.sample).accuracy)
    report, unruled = with_rules(seen, report)
    drawn = strata_of_sample(evidence, confidence=seen.confidence)
    report = with_labels(seen, replace(report, strata=(*drawn, *strata_lines(seen, strata))))
    if chances:
        weighted = weighted_accuracy(current.values(), chances, confidence=seen.confidence)
        report = replace(report, weighted=weighted, accuracy=weighted.figure)
    if report.weighted:
        text = Message("accuracy is weighted by the chances of being drawn; rules and labels are not")
        report = replace(report, notes=(*report.notes, text))
    if errors is not None and errors.asked:
        report = _corrected(seen, report, errors)
    appealed = appeal_notes(desk, state, found, evidence)
    return replace(report, notes=(*_notes(evidence, current.values()), *appealed, *unruled, *report.notes, *said))


def _headline(seen: Reviewed, evidence: Evidence, shares: Shares, *, target: float) -> AccuracyReport:
    counts = tally(evidence)
    verdicts = Counter(Verdict.CORRECT if each.overturned else each.verdict for each in seen.current.values())
    return AccuracyReport(
        batch=seen.batch.name, sample=evidence.sample.sample if evidence.sample else "", population=seen.size,
        drawn=counts.drawn, reviewed=counts.reviewed, correct=verdicts[Verdict.CORRECT],
        incorrect=verdicts[Verdict.INCORRECT], undecidable=verdicts[Verdict.UNDECIDABLE], critical=counts.critical,
        accuracy=shares.accuracy, critical_rate=shares.accuracy, target=target, per_label=(),
        confusions=_confusions(seen.items, seen.current.values()), weighted=shares.weighted, fixed=shares.fixed,
        left_out=shares.left_out, bounds=shares.bounds, notes=_how_told(shares),
    )  # fmt: skip


def _how_told(shares: Shares) -> tuple[Message, ...]:
    """What is to be known of the interval and of what was left out."""
    notes = []
    if shares.fixed is not None:
        notes.append(
            Message(
                "what the verdicts showed decided how many there are, so accuracy has an interval that holds at every verdict; the other intervals take the number as fixed and are rough"
            )
        )
    if shares.left_out:
        text = N_(
            "{n} items could not be judged and are left out, as declared: accuracy is that of the others, and both extremes are told"
        )
        notes.append(Message(text, {"n": shares.left_out}))
    return tuple(notes)


def _corrected(seen: Reviewed, report: AccuracyReport, errors: ReviewerError) -> AccuracyReport:
    """The report with its accuracy corrected for what reviewers get wrong."""
    wrong = report.reviewed - seen.right(seen.current)
    raw = report.accuracy if report.fixed is None else report.fixed
    if report.weighted:
        corrected = weighted_error(report.weighted.figure, said=errors)
    elif errors.double_review:
        doubled = double_review(seen.desk, seen.state, seen.batch, seen.items, seen.current)
        corrected = estimated_error(raw, wrong, report.reviewed, doubled=doubled)
    else:
        corrected = given_error(raw, wrong, report.reviewed, population=seen.size, said=errors)
    if report.fixed is not None:
        text = Message("what the verdicts showed decided how many there are, and the correction takes their number as fixed: its interval is rough")  # fmt: skip
        corrected = replace(corrected, notes=(*corrected.notes, text))
    return replace(report, corrected=corrected)


def weighted_accuracy(
    verdicts: Iterable[Review], chances: Mapping[ItemId, float], *, confidence: float = 0.95
) -> WeightedShare:
    """Share without a defect from a draw with unequal chances, each verdict counting for 1 / (its item's chance) items.

    The naive share, as if all chances had been equal, stands beside it. ``chances`` are the recorded inclusion
    probabilities, 0 to 1, of every item judged: ValueError for one that is missing. Raises InsufficientData as
    :func:`~labelqa.stats.weighted_share.hajek` does.
    """
    judged = list(verdicts)
    missing = [each.item_id for each in judged if each.item_id not in chances]
    if missing:
        raise ValueError(f"no chance of being drawn is recorded for {len(missing)} items, the first is {missing[0]!r}")
    return hajek(
        [not defective(each) for each in judged], [chances[each.item_id] for each in judged], confidence=confidence
    )


def _confusions(items: Population, reviews: Iterable[Review]) -> tuple[Confusion, ...]:
    pairs = Counter(
        (items.labels[each.item_id], each.correct_label)
        for each in reviews
        if each.item_id in items.labels and each.correct_label and each.correct_label != items.labels[each.item_id]
    )
    return tuple(Confusion(first=first, second=second, count=n) for (first, second), n in pairs.most_common())


def _notes(evidence: Evidence, current: Collection[Review]) -> tuple[Message, ...]:
    notes: list[Message] = []
    decided = evidence.certificate is not None and evidence.certificate.decision is not Decision.GO_ON
    if evidence.sample and 0 < len(current) < evidence.sample.resolved.n and not decided:
        text = N_("only {n} of {drawn} drawn items are reviewed: this is where it stands, not the result")
        notes.append(Message(text, {"n": len(current), "drawn": evidence.sample.resolved.n}))
    given = sum(each.sample == evidence.sample.sample for each in evidence.everything) if evidence.sample else 0
    if given > len(evidence.reviews):
        text = N_("{n} verdicts do not count: their authors were not qualified then, or labelled the item themselves")
        notes.append(Message(text, {"n": given - len(evidence.reviews)}))
    if times := changed(as_given(evidence.everything)):  # appeals are told apart
        notes.append(
            Message("{n} verdicts were changed after they were given; all of them are on record", {"n": times})
        )
    unsafe = sum(each.verdict is Verdict.CORRECT and defective(each) for each in current)
    if unsafe:
        text = N_("{n} labels called correct are on items reported as unsafe: they count as defects")
        notes.append(Message(text, {"n": unsafe}))
    typed = sum(each.identity is Identity.ASSERTED for each in evidence.reviews)
    if typed:
        notes.append(Message("{n} verdicts were typed in under a name that nobody proved", {"n": typed}))
    return tuple(notes)
