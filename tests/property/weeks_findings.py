"""What is found in batches in random weeks, and what answers it: verdicts, disputes, corrections, hits."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import product

from labelqa.records.review import Verdict
from labelqa.records.work import RawVerdict
from labelqa.workflows.correcting import close_problem, re_review, record_correction
from labelqa.workflows.disputes import raise_dispute, rule_dispute
from labelqa.workflows.hits import rule_hit
from labelqa.workflows.reviewing.reviews import import_verdicts, record_review
from tests.property.weeks_acts import Table
from tests.property.weeks_desk import LABELS
from tests.property.weeks_people import Told

UNSAFE = ("",) * 12 + ("A.1", "A.5")


def _said(luck: random.Random) -> Told:
    verdict = luck.choice(("correct",) * 18 + ("incorrect", "incorrect", "undecidable"))
    usual, odd = ("given", "") if verdict == "incorrect" else ("", "given" if verdict == "correct" else "")
    return {"verdict": verdict, "defect": odd if luck.random() < 0.05 else usual, "unsafe": luck.choice(UNSAFE)}


def review(table: Table, luck: random.Random, *, at_most: int = 1) -> None:
    """Give verdicts on drawn items; now and then by somebody who may not, or on an item that was not drawn."""
    model = table.model
    samples = [each for each in model.of("drawn") if not model.end(each["batch"]) or luck.random() < 0.05]
    if not samples:
        return
    due = [each for each in samples if len(model.current(each["sample"])) < len(each["items"])]
    sample = luck.choice(due if due and luck.random() < 0.8 else samples)
    name = sample["batch"]
    items = [item for item, _ in sample["items"] if item not in model.current(sample["sample"])]
    if not items or luck.random() < 0.15:
        frozen = model.freeze(name) or {"items": ["?"]}
        items = [luck.choice(frozen["items"])]
    for item in items[:at_most]:
        said = _said(luck)
        why = lambda who: model.why_not_verdict(sample, item, who, said, table.now, table.now)  # noqa: E731, B023
        by = table.chosen(luck, sorted(table.people), why, lawful=0.5 if at_most == 1 else 0.9)
        assert by is not None
        _verdict(table, luck, sample, item, by, said)


def _verdict(table: Table, luck: random.Random, sample: Told, item: str, by: str, said: Told) -> None:
    """One verdict, typed in or from a sheet that came back late."""
    model = table.model
    late = luck.random() < 0.2
    at = max(table.ago(luck), sample["at"] - timedelta(minutes=luck.choice((0, 0, 0, 5)))) if late else table.now
    labeling = model.batch(sample["batch"])["labeling"]
    rule = {"functional": "Q-01", "safety": "S-01"}[labeling] if said["defect"] else ""
    other = LABELS[labeling][1] if rule and said["verdict"] == "correct" else ""  # a contradiction
    words = {"verdict": said["verdict"], "unsafe": said["unsafe"]}
    before = model.current(sample["sample"]).get(item)
    same = before is not None and all(
        before[key] == {**said, "by": by}[key] for key in ("verdict", "defect", "unsafe", "by")
    )
    reasons = model.why_not_verdict(sample, item, by, said, at, table.now)
    if late:
        raw = RawVerdict(sample=sample["sample"], item_id=item, verifier=table.person(by), rule=rule,
                         correct_label=other, at=at, **words)  # fmt: skip
        facts = table.attempt(
            "late verdict", [] if same else reasons, lambda: table.taken(import_verdicts(table.desk, [raw]))
        )
    else:
        facts = table.attempt("verdict", reasons, lambda: record_review(
            table.desk, sample["sample"], item, by=table.person(by), verdict=Verdict(said["verdict"]), rule=rule,
            unsafe=said["unsafe"], correct_label=other,
        ))  # fmt: skip
    for fact in facts:
        table.tell(fact, "verdict", batch=sample["batch"], sample=sample["sample"], item=item, by=by,
                   label=model.judged(sample, item), purpose=sample["purpose"], **said)  # fmt: skip


def dispute(table: Table, luck: random.Random) -> None:
    """Dispute an item."""
    model = table.model
    options = [(str(each["batch"]), item) for each in model.of("frozen") for item in [*each["items"][:8], "nowhere"]]
    picked = table.chosen(luck, options, lambda one: model.why_not_dispute(*one))
    if picked is None:
        return
    name, item = picked
    by = luck.choice(sorted(table.people))
    facts = table.attempt(
        "dispute", model.why_not_dispute(name, item),
        lambda: raise_dispute(table.desk, name, item, by=table.person(by), reason="I see it otherwise"),
    )  # fmt: skip
    for fact in facts:
        table.tell(fact, "disputed", batch=name, item=item, by=by)


def arbitrate(table: Table, luck: random.Random) -> None:
    """Rule on a disputed item: a label stands, none does, or it goes back."""
    model = table.model
    options = [
        (str(each["batch"]), item, by, *said)
        for each in model.of("frozen")
        for item, by, said in product(
            sorted(model.disputed(each["batch"])), sorted(table.people),
            (*((word, "upheld") for word in LABELS[model.batch(each["batch"])["labeling"]][:2]), ("", "rejected"), ("", "sent-back")),
        )
    ]  # fmt: skip
    waits = [each for each in options if each[1] in model.open_disputes(each[0])]
    chosen_of = waits if waits and luck.random() < 0.9 else options
    picked = table.chosen(luck, chosen_of, lambda one: model.why_not_rule(*one, table.now))
    if picked is None:
        return
    name, item, by, word, outcome = picked
    before = model.ruling(name, item)
    facts = table.attempt(
        "arbitrate", model.why_not_rule(*picked, table.now),
        lambda: rule_dispute(
            table.desk, name, item, by=table.person(by), reason=f"rule at {table.now}", label=word, outcome=outcome
        ),
    )  # fmt: skip
    for fact in facts:
        assert fact.supersedes == (before["seq"] if before else None)
        table.tell(fact, "ruled", batch=name, item=item, by=by, label=word, outcome=outcome)


def correct(table: Table, luck: random.Random) -> None:
    """Correct a label that was found wrong."""
    model = table.model
    options = [
        (str(each["batch"]), item, by, word)
        for each in model.of("frozen")
        for item in (sorted(model.open_items(each["batch"])) or each["items"][:1])
        for by, word in product(sorted(table.people), LABELS[model.batch(each["batch"])["labeling"]])
    ]
    at = luck.choice((table.now, table.now, table.now, table.ago(luck)))
    picked = table.chosen(luck, options, lambda one: model.why_not_correct(*one, at, table.now))
    if picked is None:
        return
    name, item, by, word = picked
    problems = sorted(each["seq"] for each in model.live(name, item)) if model.freeze(name) else []
    before, _ = model.original(name, item)
    tried = model.tried(name, item)
    facts = table.attempt(
        "correct", model.why_not_correct(*picked, at, table.now),
        lambda: record_correction(table.desk, name, item, label=word, by=table.person(by), at=at),
    )  # fmt: skip
    for fact in facts:
        assert (fact.body.before, fact.body.problems) == (before, problems)
        table.tell(fact, "corrected", batch=name, item=item, by=by, before=before, after=word, problems=problems,
                   replaces=tried["seq"] if tried else None)  # fmt: skip


def look_again(table: Table, luck: random.Random) -> None:
    """Look at a corrected label."""
    model = table.model
    waits = [
        (str(each["batch"]), str(each["item"]))
        for each in model.of("corrected")
        if model.waiting(each["batch"], each["item"])
    ]
    told = [(str(each["batch"]), str(each["item"])) for each in model.of("corrected")]
    options = list(product(waits if waits and luck.random() < 0.9 else told, sorted(table.people)))
    picked = table.chosen(luck, options, lambda one: model.why_not_re_review(*one[0], one[1], table.now))
    if picked is None:
        return
    (name, item), by = picked
    verdict, unsafe = luck.choice(("correct", "correct", "correct", "incorrect")), luck.choice(UNSAFE)
    waiting = model.waiting(name, item)
    facts = table.attempt(
        "re-review", model.why_not_re_review(name, item, by, table.now),
        lambda: re_review(table.desk, name, item, by=table.person(by), verdict=Verdict(verdict), unsafe=unsafe),
    )  # fmt: skip
    for fact in facts:
        table.tell(fact, "re-reviewed", batch=name, item=item, by=by, verdict=verdict, unsafe=unsafe,
                   correction=waiting["seq"] if waiting else 0)  # fmt: skip


def close(table: Table, luck: random.Random) -> None:
    """Close a problem with a reason."""
    model = table.model
    options = [
        (str(each["batch"]), item, by)
        for each in model.of("frozen")
        for item in (sorted(model.open_items(each["batch"])) or each["items"][:1])
        for by in sorted(table.people)
    ]
    picked = table.chosen(luck, options, lambda one: model.why_not_close(*one, table.now))
    if picked is None:
        return
    name, item, by = picked
    problems = [each["seq"] for each in model.live(name, item)]
    facts = table.attempt(
        "close", model.why_not_close(*picked, table.now),
        lambda: close_problem(table.desk, name, item, by=table.person(by), reason="looked at again"),
    )  # fmt: skip
    for fact in facts:
        table.tell(fact, "closed", batch=name, item=item, by=by, problems=problems)


def look_at_hit(table: Table, luck: random.Random) -> None:
    """Confirm or overturn a suspected hit."""
    model = table.model
    names = [str(each["batch"]) for each in model.of("frozen")]
    reported = [(name, item) for name in names for item in (model.freeze(name) or {})["items"] if model.hit(name, item)]
    options = list(product(reported, sorted(table.people)))
    picked = table.chosen(luck, options, lambda one: model.why_not_rule_hit(*one[0], one[1], table.now))
    if picked is None:
        return
    (name, item), by = picked
    confirmed, reports = luck.random() < 0.4, [each["seq"] for each in model.reports(name, item)]
    facts = table.attempt(
        "hit", model.why_not_rule_hit(name, item, by, table.now),
        lambda: rule_hit(table.desk, name, item, confirmed=confirmed, by=table.person(by), reason="read it"),
    )  # fmt: skip
    for fact in facts:
        table.tell(fact, "hit-ruled", batch=name, item=item, by=by, confirmed=confirmed, reports=reports)
