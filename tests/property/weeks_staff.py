"""What happens to people in random weeks: taught, examined, suspended, gone, heard on appeal."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import product

from labelqa.records.duties import LeaveReason
from labelqa.records.people import Duty
from labelqa.records.personnel import AppealRuling, QualificationAction
from labelqa.workflows.appeals import file_appeal, rule_appeal
from labelqa.workflows.duties.assign import assign, end_duty
from labelqa.workflows.duties.leaving import leave
from labelqa.workflows.people import add_person, record_exam, record_training
from labelqa.workflows.policies import declare_policy
from labelqa.workflows.qualifying.deciding import Matter, decide
from tests.property.weeks_acts import Table
from tests.property.weeks_desk import RELEASES
from tests.property.weeks_labels import LINES
from tests.property.weeks_rights import DECIDES

LABELING = ("functional", "safety")


def hire(table: Table, luck: random.Random) -> None:
    """Register somebody; now and then under a name that is taken."""
    name = luck.choice((f"New {len(table.people)}", f"New {len(table.people)}", luck.choice(sorted(table.people))))
    duties = luck.choice((["reviewer"], ["executor"], ["reviewer", "arbitrator"], ["executor", "reviewer"]))
    account = {"file": f"{name.lower()}@example.com"}
    model, taken = table.model, []
    if model.registered(name) and not model.gone(name, table.now):
        taken = ["taken"]
    facts = table.attempt(
        "hire", taken,
        lambda: add_person(table.desk, name, organizer="Org", duties=[Duty(each) for each in duties], accounts=account),
    )  # fmt: skip
    for fact in facts:
        table.people[name] = fact.body.person
        table.names[fact.body.person] = name
        table.tell(fact, "person", who=name, duties=duties)


def renew(table: Table, luck: random.Random) -> None:
    """Somebody who is not qualified gets what is lacking: a training, an exam, the end of a suspension."""
    model, now = table.model, table.now
    lacking = [
        (who, labeling, standing)
        for who in sorted(table.people)
        for labeling in LABELING
        if not model.gone(who, now)
        and (standing := model.standing(who, LINES[labeling], now, min(model.duties(who)))) != "qualified"
    ]
    if not lacking:
        return
    who, labeling, standing = luck.choice(lacking)
    if standing == "suspended":
        judge(table, luck, who=who)
    elif standing in ("not-trained", "cancelled") and luck.random() < 0.5:
        teach(table, luck, who=who, labeling=labeling)
    else:
        examine(table, luck, who=who, labeling=labeling)


def teach(table: Table, luck: random.Random, *, who: str = "", labeling: str = "") -> None:
    """Record a training, sometimes long after it was held."""
    at = table.now if who else luck.choice((table.ago(luck), table.ago(luck), table.now + timedelta(hours=1)))
    who, labeling = who or luck.choice(sorted(table.people)), labeling or luck.choice(LABELING)
    facts = table.attempt(
        "teach", ["future"] if at > table.now else [],
        lambda: record_training(table.desk, table.person(who), RELEASES[labeling], at=at, organizer="Org"),
    )  # fmt: skip
    for fact in facts:
        table.tell(fact, "trained", who=who, line=LINES[labeling])


def examine(table: Table, luck: random.Random, *, who: str = "", labeling: str = "") -> None:
    """Record an exam, passed or not, sometimes long after it was sat, sometimes with shares that cannot be."""
    score, mark = luck.choice(
        ((0.9, 0.8), (0.9, 0.8), (0.9, 0.8), (0.8, 0.8), (0.5, 0.8), (90.0, 0.8), (0.9, 0.0), (-0.1, 0.5))
    )
    at = luck.choice((table.ago(luck), table.ago(luck), table.ago(luck), table.now + timedelta(hours=1)))
    if who:
        score, mark, at = 0.9, 0.8, table.now
    who, labeling = who or luck.choice(sorted(table.people)), labeling or luck.choice(LABELING)
    wrong = not 0 <= score <= 1 or not 0 < mark <= 1
    facts = table.attempt(
        "examine", ["shares"] if wrong else ["future"] if at > table.now else [],
        lambda: record_exam(table.desk, table.person(who), RELEASES[labeling], at=at, score=score, pass_mark=mark),
    )  # fmt: skip
    for fact in facts:
        table.tell(fact, "examined", who=who, line=LINES[labeling], passed=score >= mark)


def judge(table: Table, luck: random.Random, *, who: str = "") -> None:
    """Suspend, reinstate or cancel a qualification, now and then one's own; or reinstate somebody."""
    everybody, model = sorted(table.people), table.model
    suspended = [
        one
        for one in everybody
        if any(model.standing(one, line, table.now, "reviewer") == "suspended" for line in LINES.values())
    ]
    action = luck.choice(
        ("lift", "lift", "suspend", "cancel") if suspended else ("suspend", "suspend", "lift", "cancel")
    )
    action = "lift" if who else action
    whom = [who] if who else suspended if suspended and action == "lift" else everybody
    deciders = [one for one in everybody if "supervisor" in model.duties(one)] if luck.random() < 0.7 else everybody
    options = list(product(whom, deciders, ("", *LINES.values(), *LINES.values()), ("", "reviewer", "executor")))
    picked = table.chosen(luck, luck.sample(options, min(400, len(options))),
                          lambda one: model.why_not_decide(action, one[0], one[1], one[2], one[3], table.now))  # fmt: skip
    if picked is None:
        return
    who, by, line, duty = picked
    matter = Matter(reason="misconduct", release=line, duty=Duty(duty) if duty else None)
    facts = table.attempt(
        action, model.why_not_decide(action, who, by, line, duty, table.now),
        lambda: decide(table.desk, QualificationAction(action), table.person(who), matter, by=table.person(by)),
    )  # fmt: skip
    for fact in facts:
        table.tell(fact, "decided", who=who, by=by, line=line, duty=duty, action=action)


def part(table: Table, luck: random.Random) -> None:
    """Somebody leaves, which may be learned late; disqualified, every qualification goes."""
    everybody = sorted(table.people)
    disqualified, at = luck.random() < 0.3, table.ago(luck)
    late = everybody[-3:] if luck.random() < 0.7 else everybody  # mostly those who came last
    who, by = luck.choice(late), luck.choice([*everybody, "Hua", "Hua", "Ivo"])
    reason = LeaveReason.DISQUALIFIED if disqualified else LeaveReason.LEFT
    facts = table.attempt(
        "leave", table.model.why_not_leave(who, by, disqualified, at, table.now),
        lambda: leave(table.desk, table.person(who), reason=reason, by=table.person(by), at=at),
    )  # fmt: skip
    for fact in facts:
        if fact.kind == "person.left":
            table.tell(fact, "left", who=who)
        elif fact.kind == "qualification.decided":
            table.tell(fact, "decided", who=who, by=by, line="", duty="", action="cancel")


def rule_out(table: Table, luck: random.Random) -> None:
    """Declare for how many days an exam is good, or how long records are kept; some values cannot be."""
    name, value = luck.choice((
        ("qualification-days", "12"), ("qualification-days", "20"), ("qualification-days", "365"),
        ("qualification-days", "90"), ("retention-qa-years", "1"), ("qualification-days", "0"), ("no-policy", "1"),
        ("relabel", "whole"), ("relabel", "found"),
    ))  # fmt: skip
    told = table.model.of("policy", name=name)
    wrong = value == "0" or name in ("no-policy", "retention-qa-years")
    facts = table.attempt(
        "policy", ["value"] if wrong or (told and told[-1]["value"] == value) or table.model.gone(DECIDES, table.now) else [],
        lambda: declare_policy(table.desk, name, value, reason="tried", by=table.person(DECIDES)),
    )  # fmt: skip
    for fact in facts:
        table.tell(fact, "policy", name=name, value=value)


def object_to(table: Table, luck: random.Random, *, batch: str = "") -> None:
    """Appeal against a verdict on one's own work, of one batch or any, or against a decision on oneself."""
    model, everybody = table.model, sorted(table.people)
    matters = model.of("verdict", batch=batch) or [
        each for kind in ("verdict", "decided", "trained") for each in model.of(kind)
    ]
    luck.shuffle(matters)
    matters.sort(
        key=lambda each: each["kind"] != "verdict" or each["verdict"] == "correct" or bool(model.end(each["batch"]))
    )
    options = [(each["seq"], who) for each in matters[:30] for who in everybody]
    picked = table.chosen(luck, options, lambda one: model.why_not_appeal(one[0], one[1], table.now))
    if picked is None:
        return
    against, who = picked
    facts = table.attempt(
        "appeal", model.why_not_appeal(against, who, table.now),
        lambda: file_appeal(table.desk, against, person=table.person(who), reason="it was right"),
    )  # fmt: skip
    for fact in facts:
        table.tell(fact, "appeal", name=fact.body.appeal, by=who, against=against, batch=fact.body.batch)


def claim(table: Table, luck: random.Random) -> None:
    """An appeal, or a ruling on one that waits."""
    ruled = {each["name"] for each in table.model.of("appeal-ruled")}
    waits = any(each["name"] not in ruled for each in table.model.of("appeal"))
    (hear if waits and luck.random() < 0.7 else object_to)(table, luck)


def hear(table: Table, luck: random.Random) -> None:
    """Rule on an appeal; now and then by somebody who may not."""
    model = table.model
    ruling = luck.choice(list(AppealRuling))
    ruled = {each["name"] for each in model.of("appeal-ruled")}
    filed = [str(each["name"]) for each in model.of("appeal")]
    waiting = [name for name in filed if name not in ruled]
    options = list(product(waiting if waiting and luck.random() < 0.9 else filed, sorted(table.people)))
    picked = table.chosen(luck, options, lambda one: model.why_not_rule_appeal(one[0], one[1], ruling, table.now))
    if picked is None:
        return
    name, by = picked
    facts = table.attempt(
        "hear appeal", model.why_not_rule_appeal(name, by, ruling, table.now),
        lambda: rule_appeal(table.desk, name, ruling, by=table.person(by), reason="read again"),
    )  # fmt: skip
    for fact in facts:
        table.tell(
            fact, "appeal-ruled", name=name, ruling=str(ruling), by=by, batch=model.of("appeal", name=name)[0]["batch"]
        )


def give_duty(table: Table, luck: random.Random) -> None:
    """Assign somebody to a duty in a batch; now and then to a second one."""
    model = table.model
    duties = ("executor", "reviewer", "arbitrator", "supervisor")
    options = list(product(sorted(table.people), duties, [str(each["batch"]) for each in model.of("declared")]))
    picked = table.chosen(luck, options, lambda one: model.why_not_assign(one[0], one[1], one[2], table.now))
    if picked is None:
        return
    who, duty, name = picked
    facts = table.attempt(
        "assign", model.why_not_assign(who, duty, name, table.now),
        lambda: assign(table.desk, [table.person(who)], duty=Duty(duty), batch=name, by=table.person(DECIDES)),
    )  # fmt: skip
    for fact in facts:
        table.tell(fact, "assigned", who=who, duty=duty, batch=name)


def end_assignment(table: Table, luck: random.Random) -> None:
    """End an assignment, or try to end one that is not there."""
    model = table.model
    told = [(each["who"], each["duty"], each["batch"]) for each in model.of("assigned")]
    if not told:
        return
    who, duty, name = luck.choice(told)
    facts = table.attempt(
        "end duty", model.why_not_end(who, duty, name, table.now),
        lambda: end_duty(table.desk, table.person(who), duty=Duty(duty), batch=name, by=table.person(DECIDES)),
    )  # fmt: skip
    for fact in facts:
        table.tell(fact, "unassigned", who=who, duty=duty, batch=name)
