"""How accurate a batch is by the answers that were fixed beforehand: its labels of record, and every annotator's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from labelqa.errors import InsufficientData, Message
from labelqa.i18n import N_
from labelqa.records.batch import Batch
from labelqa.records.gold_report import GoldReport
from labelqa.records.names import ItemId
from labelqa.records.reductions import Answers, Ints, Subset
from labelqa.workflows.annotated import annotators_named, item_numbers, model_numbers, rules_of
from labelqa.workflows.desk import Desk
from labelqa.workflows.population import Population, frozen_of, population
from labelqa.workflows.scores import Compared, comparison, counts_of, rough, team_of
from labelqa.workflows.state import read_state
from labelqa.workflows.strata import strata_of


def gold_report(desk: Desk, batch: str, *, by: Sequence[str] = ()) -> GoldReport:
    """The batch's labels of record and single answers on gold items; ``by`` are fields of the items to tell apart.

    Raises InsufficientData ``no-gold`` where no item has a gold answer, ``not-choices`` where answers are no labels.
    """
    state = read_state(desk)
    found = state.batch(batch)
    freeze, items = frozen_of(found), population(desk, state, found)
    path, numbers = desk.frozen.checked(freeze.annotations), item_numbers(desk, found)
    gold, notes = _reference(found, items, numbers)
    strata, said = strata_of(desk, found, by)
    rules, unruled = rules_of(desk, found)
    confidence = desk.settings.confidence
    answers = desk.reducer.answers(path, found.labels, subset=Subset(items=frozenset(gold)))
    record = _record(found, items, numbers, gold)
    compared, models = _answers(answers, gold), model_numbers(desk, state, path)
    ours = ~np.isin(answers.annotator, sorted(models))  # models are told one by one, never among people
    each = comparison(compared.rows(ours), rules=rules, strata=strata, confidence=confidence)
    people, names = annotators_named(desk, path)
    return GoldReport(
        batch=found.name, against="gold", items=freeze.n_items, gold_items=len(gold),
        undecided=len(gold) - len(record.item),
        record=comparison(record, rules=rules, strata=strata, confidence=confidence), answers=each,
        team=team_of(
            counts_of(answers.annotator, compared.right), people, names, models, confidence=confidence
        ),
        notes=(*notes, *said, *unruled, *rough(each.accuracy)),
    )  # fmt: skip


def _reference(
    batch: Batch, items: Population, numbers: Mapping[ItemId, int]
) -> tuple[dict[int, int], tuple[Message, ...]]:
    """Item number → place of its gold label; answers that the batch does not know are left out and counted."""
    if not items.gold:
        raise InsufficientData(
            "no-gold",
            "no item of batch {batch} has a gold answer; gold counts when `labelqa gold import` comes before the freeze",
            batch=batch.name,
        )
    known = {label: at for at, label in enumerate(batch.labels)}
    gold = {numbers[item]: known[label] for item, label in items.gold.items() if label in known}
    if not gold:
        raise InsufficientData(
            "not-choices",
            "none of the {n} gold answers of batch {batch} is one of its labels, so nothing can be compared",
            n=len(items.gold), batch=batch.name,
        )  # fmt: skip
    strange = len(items.gold) - len(gold)
    text = N_("{n} gold answers are no label of this batch and were left out")
    return gold, (Message(text, {"n": strange}),) if strange else ()


def _record(batch: Batch, items: Population, numbers: Mapping[ItemId, int], gold: Mapping[int, int]) -> Compared:
    """Labels of record beside gold."""
    known = {label: at for at, label in enumerate(batch.labels)}
    rows = [
        (numbers[item], known[items.labels[item]])
        for item in items.gold
        if numbers[item] in gold and items.labels.get(item) in known
    ]
    item, given = np.array(rows, dtype=np.int64).reshape(-1, 2).T
    return Compared(labels=batch.labels, item=item, given=given, reference=_gold_of(item, gold))


def _answers(answers: Answers, gold: Mapping[int, int]) -> Compared:
    """Every annotator's answer beside gold."""
    item = answers.item.astype(np.int64)
    return Compared(
        labels=answers.labels, item=item, given=answers.label.astype(np.int64), reference=_gold_of(item, gold)
    )


def _gold_of(item: Ints, gold: Mapping[int, int]) -> Ints:
    return np.array([gold[number] for number in item.tolist()], dtype=np.int64)
