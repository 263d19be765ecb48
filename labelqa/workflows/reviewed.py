"""What the verdicts on a sample say of a batch, table by table: label, annotator, rule, stratum, critical errors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from labelqa.batches.conclusion import illegal
from labelqa.errors import InsufficientData, Message
from labelqa.i18n import N_
from labelqa.records.accuracy_report import RuleAccuracy, StratumAccuracy, TeamAccuracy
from labelqa.records.batch import Batch
from labelqa.records.estimate import Figure
from labelqa.records.names import ItemId
from labelqa.records.reductions import Ints, Subset
from labelqa.records.review import DefectSeverity, Review, Verdict
from labelqa.records.summary import AccuracyReport
from labelqa.stats.accuracy import by_group, critical_rate
from labelqa.stats.agreement.linearised import known
from labelqa.stats.proportion import hypergeometric_interval
from labelqa.workflows.annotated import annotators_named, book_of, labels_by_rule, model_numbers, severities_of
from labelqa.workflows.desk import Desk
from labelqa.workflows.population import Population
from labelqa.workflows.reviewing.reviewer_error import defective
from labelqa.workflows.scores import Checked, counts_of, matrix_of, reviewed_scores, rough, share_right, team_of
from labelqa.workflows.state import State
from labelqa.workflows.strata import Stratum


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """What is read once for all tables: the batch, its items, and the verdicts of the deciding sample that count."""

    desk: Desk
    state: State
    batch: Batch
    items: Population
    numbers: Mapping[ItemId, int]
    current: Mapping[ItemId, Review]
    path: Path  # of the frozen annotations

    @property
    def confidence(self) -> float:
        """The level of all intervals."""
        return self.desk.settings.confidence

    @property
    def size(self) -> int:
        """Items of the batch."""
        return len(self.items.ids)

    @property
    def truth(self) -> dict[ItemId, str]:
        """The label that an item should have, where its verdict tells it."""
        return {
            item: label
            for item, each in self.current.items()
            if item in self.items.labels and (label := true_label(each, self.items.labels[item]))
        }

    def right(self, items: Iterable[ItemId]) -> int:
        """How many of these checked items have a label of record without a defect."""
        return sum(not defective(self.current[item]) for item in items)


def true_label(review: Review, record: str) -> str:
    """The label that an item should have by its verdict; "" where the verdict leaves it open."""
    if not defective(review):
        return record
    other = review.correct_label
    return other if review.verdict is Verdict.INCORRECT and other != record else ""


def with_rules(seen: Reviewed, report: AccuracyReport) -> tuple[AccuracyReport, tuple[Message, ...]]:
    """The report with what the rulebook adds: rule by rule, and which errors are critical."""
    book, notes = book_of(seen.desk, seen.batch)
    severities = severities_of(book)
    grave = sum(is_critical(each, severities) for each in seen.current.values())
    rate = known(lambda: critical_rate(grave, report.reviewed, population=seen.size, confidence=seen.confidence))
    rules = _rules(seen, labels_by_rule(book, seen.batch.labels), report.reviewed)
    return replace(report, critical_errors=grave, critical_rate=rate, rules=rules), notes


def is_critical(review: Review, severities: Mapping[str, DefectSeverity]) -> bool:
    """Whether a verdict reports a critical error: as it says, else as the rulebook has it of the defect or the rule named.

    Suspected illegal or harmful content is critical whatever else is said.
    """
    if illegal(review):
        return True
    if review.verdict is not Verdict.INCORRECT or review.overturned:
        return False
    told = review.severity or severities.get(review.defect) or severities.get(review.rule)
    return told is DefectSeverity.CRITICAL


def _rules(seen: Reviewed, given: Mapping[str, tuple[str, ...]], reviewed: int) -> tuple[RuleAccuracy, ...]:
    named = Counter(each.rule for each in seen.current.values() if each.rule and defective(each))
    groups = {
        rule: [item for item, label in seen.items.labels.items() if label in labels] for rule, labels in given.items()
    }
    return tuple(
        RuleAccuracy(
            rule=rule, labels=given[rule], items=len(groups[rule]), checked=_checked(seen, groups[rule]),
            accuracy=figure, named=named[rule],
            named_rate=known(lambda n=named[rule]: hypergeometric_interval(  # type: ignore[misc]
                n, reviewed, seen.size, confidence=seen.confidence)),
        )
        for rule, figure in _of_groups(seen, groups)
    )  # fmt: skip


def _checked(seen: Reviewed, items: Collection[ItemId]) -> int:
    return sum(item in seen.current for item in items)


def _of_groups(seen: Reviewed, groups: Mapping[str, Collection[ItemId]]) -> tuple[tuple[str, Figure], ...]:
    """Accuracy of some groups of items, exact for the size of each."""
    counts: dict[str, tuple[int, int, int | None]] = {}
    for name, items in groups.items():
        checked = [item for item in items if item in seen.current]
        counts[name] = (seen.right(checked), len(checked), len(items))
    return by_group(counts, confidence=seen.confidence)


def strata_lines(seen: Reviewed, strata: Sequence[Stratum]) -> tuple[StratumAccuracy, ...]:
    """Accuracy stratum by stratum."""
    ids = {number: item for item, number in seen.numbers.items()}
    groups = {str(at): [ids[number] for number in each.items] for at, each in enumerate(strata)}
    return tuple(
        StratumAccuracy(
            field=each.field, value=each.value, items=len(each.items), checked=_checked(seen, groups[str(at)]),
            accuracy=figure,
        )
        for (at, each), (_, figure) in zip(enumerate(strata), _of_groups(seen, groups), strict=True)
    )  # fmt: skip


def with_labels(seen: Reviewed, report: AccuracyReport) -> AccuracyReport:
    """The report with its tables by label and by annotator; only accuracy by label where answers are no labels."""
    seen, report = _labelled(seen, report)
    labels = seen.batch.labels
    groups: dict[str, list[ItemId]] = {label: [] for label in labels}
    for item, label in seen.items.labels.items():
        groups.setdefault(label, []).append(item)
    per_label = _of_groups(seen, {label: groups[label] for label in labels if groups[label]})
    report = replace(report, per_label=per_label)
    try:
        answers, team, missing = _by_annotators(seen)
    except InsufficientData as error:
        return replace(report, notes=(*report.notes, error.message))
    table, checked = _matrix(seen), _label_checks(seen, dict(per_label))
    unsettled = len(seen.current) - len(seen.truth)
    if missing:
        text = N_("{n} items were called incorrect without the correct label: whoever gave their label of record counts "
                  "as wrong there, other labels do not count")  # fmt: skip
        report = replace(report, notes=(*report.notes, Message(text, {"n": missing})))
    report = replace(report, notes=(*report.notes, *rough(answers)))
    return replace(
        report, answers=answers, team=team, matrix=matrix_of(table, labels, not_known=unsettled),
        scores=reviewed_scores(table, labels, checked, whole=len(seen.current) == seen.size, confidence=seen.confidence),
    )  # fmt: skip


def _labelled(seen: Reviewed, report: AccuracyReport) -> tuple[Reviewed, AccuracyReport]:
    """Without the drawn items that have no label of record: those are in no table by label, and the report says so."""
    current = {item: each for item, each in seen.current.items() if item in seen.items.labels}
    if len(current) == len(seen.current):
        return seen, report
    text = N_("{n} drawn items have no label of record, as an arbitrator let none stand: they count against the accuracy "
              "and are in no table by label")  # fmt: skip
    note = Message(text, {"n": len(seen.current) - len(current)})
    return replace(seen, current=current), replace(report, notes=(*report.notes, note))


def _matrix(seen: Reviewed) -> Ints:
    """Labels that items should have (rows) and labels of record (columns), where the verdict tells the former."""
    at = {label: number for number, label in enumerate(seen.batch.labels)}
    table = np.zeros((len(at), len(at)), dtype=np.int64)
    for item, label in seen.truth.items():
        table[at[label], at[seen.items.labels[item]]] += 1
    return table


def _label_checks(seen: Reviewed, precision: Mapping[str, Figure]) -> dict[str, Checked]:
    given = Counter(seen.items.labels[item] for item in seen.current)
    wrong: Counter[str] = Counter()
    unclear: Counter[str] = Counter()
    for item in seen.current.keys() - seen.truth.keys():
        counter = wrong if _surely_wrong(seen.current[item]) else unclear
        counter[seen.items.labels[item]] += 1
    return {
        label: Checked(given=given[label], precision=precision.get(label), wrong=wrong[label], open=unclear[label])
        for label in seen.batch.labels
    }


def _surely_wrong(review: Review) -> bool:
    """Whether the label of record is known to be wrong, though not which one would be right."""
    return review.verdict is Verdict.INCORRECT and not review.correct_label and not review.overturned


def _by_annotators(seen: Reviewed) -> tuple[Figure, TeamAccuracy, int]:
    """Share right of people's single answers to checked items, the annotators, and items without a known correct label."""
    at = {label: number for number, label in enumerate(seen.batch.labels)}
    numbers, truth = seen.numbers, seen.truth
    whole = len(seen.current) == seen.size
    subset = Subset() if whole else Subset(items=frozenset(numbers[item] for item in seen.current))
    answers = seen.desk.reducer.answers(seen.path, seen.batch.labels, subset=subset)
    wanted, wrong = np.full((2, max(numbers.values(), default=0) + 1), -1, dtype=np.int64)
    for item, label in truth.items():
        wanted[numbers[item]] = at[label]
    missing = [item for item in seen.current.keys() - truth.keys() if _surely_wrong(seen.current[item])]
    for item in missing:
        wrong[numbers[item]] = at[seen.items.labels[item]]
    counted = (wanted[answers.item] >= 0) | (wrong[answers.item] == answers.label)
    right = answers.label == wanted[answers.item]
    people, names = annotators_named(seen.desk, seen.path)
    models = model_numbers(seen.desk, seen.state, seen.path)
    counts = dict.fromkeys(np.unique(answers.annotator).tolist(), (0, 0))
    counts |= counts_of(answers.annotator[counted], right[counted])
    team = team_of(counts, people, names, models, confidence=seen.confidence)
    counted &= ~np.isin(answers.annotator, sorted(models))  # models are told one by one, never among people
    share = share_right(answers.item[counted].astype(np.int64), right[counted], confidence=seen.confidence)
    return share, team, len(missing)
