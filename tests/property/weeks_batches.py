"""What happens to batches in random weeks, from the declaration to the conclusion."""

from __future__ import annotations

import random
from functools import partial

from labelqa.records.batch import Condition, Kind, Operator
from labelqa.records.designs import Design, Terms
from labelqa.workflows.batches import declare_batch, freeze_batch
from labelqa.workflows.cards import CardForm, record_card
from labelqa.workflows.certifying.settle import settle_batch
from labelqa.workflows.drawing.draws import draw_sample, drawn_items
from labelqa.workflows.planning.plans import declare_plan
from tests.property.weeks_acts import Act, Table
from tests.property.weeks_desk import RELEASES
from tests.property.weeks_findings import arbitrate, close, correct, look_again, look_at_hit, review
from tests.property.weeks_returns import give_back, label
from tests.property.weeks_staff import claim, hear, judge, object_to, part, renew


def declare(table: Table, luck: random.Random) -> None:
    """Declare a batch over a group of items of its own, or, once there is a void one, over the same items again."""
    model = table.model
    void = [str(each["batch"]) for each in model.of("settled") if each["conclusion"] != "accept"]
    labeling = luck.choice(("functional", "functional", "safety"))
    name = luck.choice((f"b{len(model.of('declared')) + 1}",) * 7 + ("b1",))
    release = RELEASES[luck.choice((labeling,) * 9 + ("safety",))]
    again = luck.choice(void) if void and luck.random() < 0.3 else ""
    project = model.batch(again)["project"] if again else name
    facts = table.attempt(
        "declare", model.why_not_declare(name, labeling, release),
        lambda: declare_batch(
            table.desk, name, kind=Kind(labeling), release=release, organizer="Org",
            where=[Condition(field="project", operator=Operator.EQUAL, value=project)],
        ),
    )  # fmt: skip
    for fact in facts:
        table.tell(fact, "declared", batch=name, labeling=labeling, project=project, labels=fact.body.labels, parent="",
                   items=[], since=None)  # fmt: skip


def card(table: Table, luck: random.Random) -> None:
    """Record a complete card, or one that lacks something."""
    name = luck.choice([str(each["batch"]) for each in table.model.of("declared")] or [""])
    if not name:
        return
    licence = luck.choice(("contract 1", "contract 1", ""))
    form = CardForm(
        batch=name, source="commercial", licence=licence, ip_check="cleared", personal=False, modalities=("text",),
        languages=("zh-CN",), scale=9,
    )  # fmt: skip
    for fact in table.attempt("card", [] if licence else ["licence"], lambda: record_card(table.desk, form)):
        table.tell(fact, "card", batch=name)


def plan(table: Table, luck: random.Random, *, purpose: str | None = None) -> None:
    """Plan a check, in safety labeling also one by people outside the batch."""
    model, name = table.model, table.one_batch(luck, "open", "frozen", "in-review", "reviewed", "settled")
    if name is None:
        return
    safety = model.batch(name)["labeling"] == "safety"
    if purpose is None:
        purpose = luck.choice(("", "verification")) if safety else ""
    design = luck.choice((Design.CENSUS, Design.CENSUS, Design.TWO_POINT))
    figures = {"accuracy": 0.6, "risk": 0.3, "expected": 0.9, "power": 0.5}
    early = not model.freeze(name) and not model.begun(name)
    facts = table.attempt(
        "plan", model.why_not_plan(name, str(design), purpose),
        lambda: declare_plan(
            table.desk, name, design=design, terms=Terms(kind=purpose), seed=f"seed {luck.randrange(10**6)}", **figures
        ),
    )  # fmt: skip
    for fact in facts:
        body = fact.body
        table.tell(fact, "plan", batch=name, number=body.number, design=str(design), purpose=purpose, early=early)


def freeze(table: Table, luck: random.Random) -> None:
    """Freeze a batch; also one that is frozen or empty."""
    model = table.model
    names = [str(each["batch"]) for each in model.of("declared")]
    name = table.chosen(luck, names, lambda one: model.why_not_freeze(one, model.sieve(one)[0]))
    if name is None:
        return
    rows, left_out = model.sieve(name)
    hands = {row["who"] for row in model.told_of(name)}
    facts = table.attempt("freeze", model.why_not_freeze(name, rows), lambda: freeze_batch(table.desk, name))
    for fact in facts:
        line = model.line(name)
        kept = [{**row, "fit": model.qualified(row["who"], line, row["made"], "executor")} for row in rows]
        items = sorted({row["item"] for row in rows})
        assert fact.body.items_left_out == left_out, "items without an answer"
        table.tell(fact, "frozen", batch=name, rows=kept, items=items, hands=hands, left_out=left_out)


def draw(table: Table, luck: random.Random) -> None:
    """Draw what the next plan asks for, and who verifies it."""
    model, people = table.model, luck.choice((1, 1, 1, 2))
    names = [str(each["batch"]) for each in model.of("declared")]
    name = table.chosen(luck, names, lambda one: model.why_not_draw(one, people, table.now))
    if name is None:
        return
    next_plan = model.next_plan(name)
    facts = table.attempt(
        "draw", model.why_not_draw(name, people, table.now), lambda: draw_sample(table.desk, name, verifiers=people)
    )
    for fact in facts:
        body = fact.body
        assert next_plan is not None
        assert body.plan == next_plan["number"], "another plan was in turn"
        pool = {table.names[each] for each in body.pool}
        assert pool == model.pool(name, body.kind, table.now), "the pool of verifiers"
        items = [(str(each.item_id), table.names[each.verifier]) for each in drawn_items(table.desk, body.sample)]
        table.tell(
            fact, "drawn", batch=name, sample=body.sample, plan=body.plan, purpose=body.kind, items=items, n=body.n,
            c=body.c, verifiers=[table.names[each] for each in body.verifiers], design=next_plan["design"],
        )  # fmt: skip


def settle(table: Table, luck: random.Random, *, batch: str = "") -> None:
    """Settle a batch, ready or not."""
    model = table.model
    names = [batch] if batch else [str(each["batch"]) for each in model.of("declared")]
    if luck.random() < 0.85:
        names = [name for name in names if model.samples(name) and not model.end(name)] or names
    options = [
        (name, relabel) for name in names for relabel in ((luck.random() < 0.3,) if batch else (False, False, True))
    ]
    picked = table.chosen(luck, options, lambda one: model.conclude(*one)[1])
    if picked is None:
        return
    coming, reasons = model.conclude(*picked)
    facts = table.attempt("settle", reasons, lambda: settle_batch(table.desk, picked[0], relabel=picked[1]))
    for fact in facts:
        assert fact.body.conclusion == coming, f"{fact.body.conclusion} instead of {coming}"
        table.concluded[coming] += 1
        table.done[coming] += 1
        table.tell(fact, "settled", batch=picked[0], conclusion=coming, scope=model.relabel_policy())


def nearly(table: Table, name: str) -> bool:
    """Whether exactly one thing stands against accepting a batch."""
    word, reasons = table.model.conclude(name, False)
    return word == "accept" and len(reasons) == 1


def brink(table: Table, luck: random.Random) -> None:
    """Settle a batch against which exactly one thing stands; or put one thing in the way of a batch that is ready."""
    model = table.model
    names = [str(each["batch"]) for each in model.of("frozen") if not model.end(each["batch"])]
    coming = {name: model.conclude(name, False) for name in names}
    near = [name for name in names if nearly(table, name)]
    ready = [name for name, (word, reasons) in coming.items() if word == "accept" and not reasons]
    if near and luck.random() < 0.3:
        settle(table, luck, batch=luck.choice(near))
    elif ready and luck.random() < 0.6:
        object_to(table, luck, batch=luck.choice(ready))
    else:
        advance(table, luck)


def seldom(table: Table, luck: random.Random) -> None:
    """What was done least often this week and can be tried."""
    acts: dict[str, Act] = {
        "hear appeal": hear, "appeal": object_to, "lift": renew, "suspend": judge, "cancel": judge, "leave": part,
        "hit": look_at_hit, "close": close, "return": give_back, "re-review": look_again,
    }  # fmt: skip
    tries = table.tries
    for step in sorted(acts, key=lambda each: table.done[each]):
        acts[step](table, luck)
        if table.tries > tries:
            return


def advance(table: Table, luck: random.Random) -> None:
    """What comes next for a batch in the ordinary course of things."""
    model, name = table.model, table.one_batch(luck, "open", "frozen", "in-review", "reviewed")
    if name is None:
        declare(table, luck)
        return
    if luck.random() < 0.1 and any(
        model.going(each["batch"], "") for each in model.of("settled", conclusion="relabel")
    ):
        give_back(table, luck)
        return
    stage = model.stage(name)
    outside = model.batch(name)["labeling"] == "safety" and len(model.of("plan", batch=name)) == 1
    steps = (
        (not model.of("card", batch=name) and luck.random() < 0.5, card),
        (not model.of("plan", batch=name), plan),
        (outside and luck.random() < 0.6, partial(plan, purpose="verification")),
        (stage == "open" and not model.begun(name), partial(label, batch=name)),
        (stage == "open", freeze),
        (bool(model.open_disputes(name)), arbitrate),
        (
            bool(model.sent_back(name)),
            look_again if any(model.waiting(name, x) for x in model.sent_back(name)) else correct,
        ),
        (stage == "frozen" or (stage == "reviewed" and model.next_plan(name) is not None), draw),
        (stage == "in-review", partial(review, at_most=30)),
        (bool(model.hits(name, "pending")) and luck.random() < 0.7, look_at_hit),
        (bool(model.waiting_appeals(name)) and luck.random() < 0.6, hear),
        (stage == "reviewed" and luck.random() < (0.5 if nearly(table, name) else 0.15), partial(settle, batch=name)),
        (any(model.waiting(name, item) for item in model.open_items(name)), look_again),
        (bool(model.open_items(name)), luck.choice((correct, correct, close))),
        (True, partial(settle, batch=name)),
    )
    wanted = [act for due, act in steps if due]
    act = wanted[0] if luck.random() < 0.8 else luck.choice([*wanted, renew, claim, seldom])
    act(table, luck)
