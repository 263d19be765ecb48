"""A batch on the screen: one line in the list, and everything behind it. Nothing is worked out here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from labelqa.adapters.cli.output import figure_text, named, when
from labelqa.adapters.cli.plan import plan_remarks
from labelqa.adapters.cli.session import Session
from labelqa.adapters.cli.settle import conclusion_text, first_review_rows
from labelqa.i18n import N_
from labelqa.records.batch import Batch, Exclusion
from labelqa.records.production import RoundScope
from labelqa.records.results import BatchDetail, SampleProgress
from labelqa.records.review import Plan
from labelqa.records.summary import BatchLine


def left_out(session: Session, exclusions: Sequence[Exclusion]) -> str:
    """Why annotations stayed out and how many, in one line."""
    from labelqa.adapters.report.text import exclusion_name

    told = [f"{exclusion_name(each.reason, session.say)} × {each.count}" for each in exclusions if each.count]
    return ", ".join(told) or session.say(N_("nothing"))


def row(session: Session, line: BatchLine) -> tuple[object, ...]:
    """One batch on one line."""
    done = named(line.conclusion, session.say) if line.conclusion else "–"
    return (
        line.name,
        named(line.kind, session.say),
        named(line.stage, session.say),
        line.items,
        line.annotations,
        line.disputes_open,
        line.reviewed,
        line.drawn,
        line.life.problems_open,
        named(line.life.card, session.say),
        done,
        session.say(line.next_step),
    )


def facts(session: Session, line: BatchLine, batch: Batch, zone: tzinfo) -> list[tuple[str, object]]:
    """Everything that stands behind a batch's line, named."""
    say = session.say
    late = say(N_(" (late: labeling had begun)")) if line.late else ""
    held = [
        (N_("batch"), f"{line.name} · {named(line.kind, say)}"),
        (N_("release"), line.release),
        (N_("organizer"), line.organizer),
        (N_("requester"), batch.requester or "–"),
        (N_("where"), "; ".join(str(each) for each in batch.where)),
        *([(N_("labels made under"), batch.recheck)] if batch.recheck else []),
        *([(N_("taken from"), ", ".join(batch.sources))] if batch.sources else []),
        (N_("label of record"), named(batch.record_rule, say)),
        (N_("stage"), named(line.stage, say)),
        (N_("declared"), when(line.declared_at, zone) + late),
        (N_("frozen"), when(line.frozen_at, zone)),
        (N_("left out"), left_out(session, line.exclusions)),
        (
            N_("annotations"),
            say(
                N_("{n} by {k} annotators, {u} of them without qualification"),
                n=line.annotations,
                k=line.annotators,
                u=line.unqualified,
            ),
        ),
        (
            N_("items"),
            say(N_("{n}, {d} disputed, {o} of them open"), n=line.items, d=line.disputed, o=line.disputes_open),
        ),
        (N_("Krippendorff's alpha"), figure_text(line.alpha, say)),
        (N_("accuracy"), figure_text(line.accuracy, say)),
        *first_review_rows(say, line.life),
        (N_("card"), named(line.life.card, say)),
        *_life(session, line),
        (N_("settled"), when(line.settled_at, zone)),
        (N_("conclusion"), conclusion_text(say, line)),
        *([(N_("to be labelled again"), named(RoundScope(line.life.scope), say))] if line.life.scope else []),
        (N_("next step"), say(line.next_step)),
        (N_("command"), line.next_command or "–"),
    ]
    return [(name, value) for name, value in held]


def _life(session: Session, line: BatchLine) -> list[tuple[str, object]]:
    """Problems, hits and appeals, where there are any."""
    say, life, rows = session.say, line.life, list[tuple[str, object]]()
    if life.problems:
        rows.append(
            (N_("problems found"), say(N_("{n} items, {o} of them open"), n=life.problems, o=life.problems_open))
        )
    if life.hits:
        rows.append((N_("illegal or harmful hits reported"), life.hits))
    if life.appeals:
        rows.append((N_("appeals open"), life.appeals))
    return rows


def print_plans_and_samples(session: Session, detail: BatchDetail, zone: tzinfo) -> None:
    """The plans and the samples of a batch, each as a table."""
    if detail.plans:
        session.screen.title(N_("Plans"))
        heads = (N_("no."), N_("design"), N_("accuracy"), N_("risk"), N_("expected"), N_("declared"), N_("remarks"))
        session.screen.table(heads, (_plan(session, each, zone) for each in detail.plans))
    if detail.samples:
        session.screen.title(N_("Samples"))
        heads = (
            N_("sample"), N_("n"), N_("allowed"), N_("reviewed"), N_("correct"), N_("incorrect"), N_("undecidable"),
        )  # fmt: skip
        session.screen.table(heads, (_sample(each) for each in detail.samples))


def _plan(session: Session, plan: Plan, zone: tzinfo) -> tuple[object, ...]:
    return (
        plan.number,
        named(plan.design, session.say),
        plan.accuracy,
        plan.risk,
        plan.expected,
        when(plan.declared_at, zone),
        plan_remarks(session, plan),
    )


def _sample(each: SampleProgress) -> tuple[object, ...]:
    return (each.sample, each.n, each.c, each.reviewed, each.correct, each.incorrect, each.undecidable)
