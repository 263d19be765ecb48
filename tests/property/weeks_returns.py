"""Labels, rework rounds and supervision in random weeks: who answers what, what goes back, and who looks at whose work."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import timedelta

from labelqa.records.production import RoundScope
from labelqa.records.review import Verdict
from labelqa.workflows.rounds.returning import return_batch
from labelqa.workflows.state import read_state
from labelqa.workflows.supervising.supervised import record_supervision
from labelqa.workflows.supervising.supervision import declare_supervision, draw_supervision, redrawn, supervision_of
from tests.property.weeks_acts import Table
from tests.property.weeks_desk import LABELS, take_labels
from tests.property.weeks_rights import DECIDES


def label(table: Table, luck: random.Random, *, batch: str = "") -> None:
    """Annotators answer the items of an open batch: mostly they agree, and mostly they were qualified then."""
    model = table.model
    name = batch or table.one_batch(luck, "open")
    if name is None or model.begun(name):
        return  # items are answered once in a round; changed answers are another story
    project, labeling, since = (model.batch(name)[each] for each in ("project", "labeling", "since"))
    items = sorted(model.batch(name)["items"])
    if since is None:
        many = labeling == "safety" and luck.random() < 0.5
        items = [f"{project}-{number:02}" for number in range(luck.choice((20, 21)) if many else luck.randint(3, 6))]
    elif len(items) > 1 and luck.random() < 0.1:
        items = items[1:]  # one that went back is forgotten
    early, late = luck.choice((1, 30, 600)), since is not None and luck.random() < 0.9
    made = max(table.now - timedelta(minutes=early), since) if since and late else table.now - timedelta(minutes=early)
    _answered(table, luck, name, items, made)


def _hands(table: Table, luck: random.Random, name: str) -> list[str]:
    """Who answers: one or two of those who may, or who should not."""
    model = table.model
    able = [who for who in sorted(table.people) if "executor" in model.duties(who)]
    if luck.random() < 0.85:
        able = [who for who in able if model.qualified(who, model.line(name), table.now, "executor")] or able
    if luck.random() < 0.9:
        able = [who for who in able if not model.elsewhere(name, who, {"executor"}, table.now)] or able
    return luck.sample(able, min(luck.choice((1, 1, 2)), len(able)))


def _answered(table: Table, luck: random.Random, name: str, items: Iterable[str], made: object) -> None:
    model, project = table.model, table.model.batch(name)["project"]
    labels, hands = LABELS[model.batch(name)["labeling"]], _hands(table, luck, name)
    number = len(model.of("labels"))
    pairs = [(item, who) for item in items for who in hands]
    rows = [
        {
            "item": item, "who": who, "label": luck.choice(labels[:1] * 12 + labels[1:2]), "made": made,
            "number": number * 1000 + place,
        }
        for place, (item, who) in enumerate(pairs)
    ]  # fmt: skip
    for fact in table.attempt("label", [], lambda: take_labels(table.desk, project, rows, number)):
        table.tell(fact, "labels", project=project, rows=rows)


def give_back(table: Table, luck: random.Random) -> None:
    """Send a batch back, or what was found wrong in it; also one that is not to be labelled again."""
    model = table.model
    names = [str(each["batch"]) for each in model.of("settled", conclusion="relabel")]
    if luck.random() < 0.1:
        names = [str(each["batch"]) for each in model.of("declared")]
    options = [(name, scope) for name in names for scope in ("", "found", "whole")]
    picked = table.chosen(luck, options, lambda one: model.why_not_return(*one, DECIDES, table.now))
    if picked is None:
        return
    name, scope = picked
    going = sorted(model.going(name, scope)) if model.end(name) else []
    facts = table.attempt("return", model.why_not_return(name, scope, DECIDES, table.now), lambda: return_batch(
        table.desk, name, by=table.person(DECIDES), reason="too much was wrong",
        scope=RoundScope(scope) if scope else None,
    ))  # fmt: skip
    parent = model.batch(name)
    for fact in facts:
        if fact.kind == "batch.declared":
            table.tell(fact, "declared", batch=fact.body.batch, labeling=parent["labeling"], project=parent["project"],
                       labels=fact.body.labels, parent=name, items=going, since=fact.effective_at)  # fmt: skip
        elif fact.kind == "card.recorded":
            table.tell(fact, "card", batch=fact.body.batch)


# ---- supervision


def supervise(table: Table, luck: random.Random) -> None:
    """Declare a supervision, draw it, or say what becomes of a drawn piece of work."""
    drawn = {each["name"] for each in table.model.of("supervision-drawn")}
    waits = [each for each in table.model.of("supervision") if each["name"] not in drawn]
    if drawn and luck.random() < 0.5:
        _look(table, luck)
    elif waits and luck.random() < 0.7:
        _pick(table, luck)
    else:
        _declare(table, luck)


def _declare(table: Table, luck: random.Random) -> None:
    model = table.model
    names = [str(each["batch"]) for each in model.of("declared")]
    name = table.chosen(luck, names, model.why_not_supervise)
    if name is None:
        return
    facts = table.attempt(
        "supervise",
        model.why_not_supervise(name),
        lambda: declare_supervision(table.desk, name, each=luck.choice((1, 2))),
    )
    for fact in facts:
        table.tell(fact, "supervision", batch=name, name=fact.body.supervision, each=fact.body.each)


def _pick(table: Table, luck: random.Random) -> None:
    """Draw from everybody's work: so many pieces of each, as the model counts them."""
    model = table.model
    found = table.chosen(luck, model.of("supervision"), model.why_not_pick)
    assert found is not None
    work = model.work(found["batch"])
    facts = table.attempt(
        "pick work", model.why_not_pick(found), lambda: draw_supervision(table.desk, found["name"])
    )  # fmt: skip
    for fact in facts:
        told = {(duty, table.names[who]): (pieces, drawn) for duty, who, pieces, drawn in fact.body.drawn}
        assert told == {key: (pieces, min(pieces, found["each"])) for key, pieces in work.items()}, "everybody's work"
        table.tell(fact, "supervision-drawn", batch=found["batch"], name=found["name"])


def _look(table: Table, luck: random.Random) -> None:
    model, desk = table.model, table.desk
    told = luck.choice(model.of("supervision-drawn"))
    verdict, note = luck.choice((("correct", ""), ("correct", "fine"), ("incorrect", "told them"), ("incorrect", "")))
    by = table.chosen(
        luck, sorted(table.people), lambda who: model.why_not_check(told["batch"], who, verdict, note, table.now)
    )
    assert by is not None
    state = read_state(desk)
    pieces = redrawn(desk, state, supervision_of(state, told["name"])).drawn
    place = luck.randint(1, len(pieces))
    facts = table.attempt(
        "look at work", model.why_not_check(told["batch"], by, verdict, note, table.now),
        lambda: record_supervision(
            desk, told["name"], str(place), verdict=Verdict(verdict), by=table.person(by), note=note
        ),
    )  # fmt: skip
    for fact in facts:
        table.tell(fact, "supervised", batch=told["batch"], by=by)
