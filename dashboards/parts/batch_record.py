"""What the ledger holds of a batch: how it was declared, its plans, its samples, its facts."""

from __future__ import annotations

import streamlit as st

from labelqa.adapters.report.text import moment, name_of, percent, short_digest
from labelqa.i18n import Speaker
from labelqa.records.batch import Batch
from labelqa.records.facts import Fact
from labelqa.records.review import Plan
from labelqa.records.summary import BatchLine
from labelqa.workflows.batches import batch_detail
from labelqa.workflows.integrity import facts
from parts.cards import section
from parts.tables import show
from parts.view import View

FACTS = 50


def lay_out(view: View, line: BatchLine) -> None:
    """Declaration, plans, facts."""
    say = view.say
    detail = view.ask(batch_detail, line.name)
    declaration(detail.batch, say)
    section(say("Plans"))
    if detail.plans:
        show([plan_row(plan, view) for plan in detail.plans], key="plans")
    else:
        st.info(say("No plan has been declared."))
    section(say("Facts"), say("The latest {n} at most; each is chained to the one before.", n=FACTS))
    fact_table(view, f"batch:{line.name}")


def declaration(batch: Batch, say: Speaker) -> None:
    """What the batch was declared to hold, and what was locked."""
    section(say("Declaration"))
    lines = [
        (say("Items where"), "; ".join(str(each) for each in batch.where) or "—"),
        (say("Labels"), ", ".join(batch.labels)),
        (say("Label of record"), name_of(batch.record_rule, say)),
        (say("Ordered by"), batch.requester or "—"),
    ]
    if batch.freeze:
        lines += [
            (say("Annotations file"), batch.freeze.annotations),
            (say("Items file"), batch.freeze.items),
            (say("Frame"), batch.freeze.frame),
            (say("Repeated answers"), name_of(batch.freeze.repeats, say)),
        ]
    st.text("\n".join(f"{name}: {text}" for name, text in lines))


def plan_row(plan: Plan, view: View) -> dict[str, object]:
    """A plan as a row."""
    say = view.say
    return {
        say("No."): plan.number,
        say("Design"): name_of(plan.design, say),
        say("To be proven"): percent(plan.accuracy),
        say("Risk"): percent(plan.risk),
        say("Declared"): moment(plan.declared_at, view.zone),
        say("Before the freeze"): say("yes") if plan.before_freeze else say("no"),
        say("After results were known"): say("yes") if plan.after_results else say("no"),
        say("Fact"): plan.fact,
    }


def fact_table(view: View, subject: str) -> None:
    """The facts of a subject, the latest last."""
    rows = [fact_row(fact, view) for fact in view.ask(facts, subject=subject, last=FACTS)]
    if rows:
        show(rows, key=f"facts-{subject}")
    else:
        st.info(view.say("No facts."))


def fact_row(fact: Fact, view: View) -> dict[str, object]:
    """A fact as a row."""
    say = view.say
    return {
        say("No."): fact.seq,
        say("Kind"): fact.kind,
        say("Recorded"): moment(fact.recorded_at, view.zone),
        say("In force from"): moment(fact.effective_at, view.zone),
        say("By"): fact.actor,
        say("Known by"): name_of(fact.identity, say),
        say("Digest"): short_digest(fact.hash),
    }
