"""What needs a person, gravest first: each with who acts and which command does it."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

from labelqa.batches.step import LEAD
from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.batch import Conclusion, Stage
from labelqa.records.finding import Severity
from labelqa.records.people import Duty, Standing
from labelqa.records.results import Unbatched
from labelqa.records.review import SeedStanding
from labelqa.records.summary import Alert, AnnotatorLine, BatchLine, PersonLine
from labelqa.workflows.refusals import joined
from labelqa.workflows.registers.alerts import register_alerts
from labelqa.workflows.state import State
from labelqa.workflows.waiting import waiting_alerts


def alerts(
    state: State,
    *,
    batches: Sequence[BatchLine],
    annotators: Sequence[AnnotatorLine],
    people: Sequence[PersonLine],
    unbatched: Sequence[Unbatched],
    start: datetime,
    end: datetime,
    qualified: Sequence[Alert] = (),
) -> tuple[Alert, ...]:
    """Everything that needs somebody; the gravest first, otherwise in the order of the parts.

    ``qualified`` are those of the qualifications, which take more than the state to know.
    """
    soon = timedelta(days=state.policies_at(end).expiring_days)
    lasting = [line for line in people if line.standing is Standing.QUALIFIED and not line.replaced]
    renewed = frozenset((line.person, line.release.partition("@")[0]) for line in lasting)
    found = [
        *(
            each
            for line in batches
            for each in _of_batch(line, start, end, rechecked=bool(state.batch(line.name).recheck))
        ),
        *waiting_alerts(state, batches, end),
        *_unproven(state, start, end),
        *register_alerts(state, end),
        *(each for line in annotators for each in _of_annotator(line)),
        *qualified,
        *(each for line in people if line.left is None for each in _expiring(line, end + soon, renewed)),
        *(_unbatched(each) for each in unbatched),
    ]
    order = list(Severity)
    return tuple(sorted(found, key=lambda each: order.index(each.severity)))


def _of_batch(line: BatchLine, start: datetime, end: datetime, *, rechecked: bool) -> Iterator[Alert]:
    """What a batch needs; a recheck holds labels of other batches, so those tell who was not qualified for them."""
    subject = f"batch:{line.name}"
    if line.settled_at is not None:
        if line.conclusion in {Conclusion.VOID, Conclusion.RELABEL} and start <= line.settled_at < end:
            void = line.conclusion is Conclusion.VOID
            text = N_("batch {batch} is void: {why}") if void else N_("batch {batch} is to be labelled again: {why}")
            yield Alert(
                code="void" if void else "relabel", severity=Severity.ERROR if void else Severity.WARNING,
                message=Message(text, {"batch": line.name, "why": line.reason}), duty=LEAD,
                command=f"labelqa batch show {shlex.quote(line.name)}", subject=subject,
            )  # fmt: skip
        return
    if not rechecked:
        yield from _of_labels(line, subject)
    if line.next_duty:
        due = Message("batch {batch}: {step}", {"batch": line.name, "step": line.next_step})
        severity = Severity.NOTE if line.stage is Stage.OPEN else Severity.WARNING
        yield Alert(
            code="step",
            severity=severity,
            message=due,
            duty=line.next_duty,
            command=line.next_command,
            subject=subject,
        )


def _of_labels(line: BatchLine, subject: str) -> Iterator[Alert]:
    """Labels by people of whom no qualification, or a late record only, is known."""
    if line.unqualified:
        yield Alert(
            code="unqualified", severity=Severity.ERROR,
            message=Message("batch {batch} has {n} {n:label|labels} by people who were not qualified", {"batch": line.name, "n": line.unqualified}),
            duty=LEAD, command="labelqa qualify show", subject=subject,
        )  # fmt: skip
    if line.records_after:
        text = N_(
            "batch {batch}: {n} labels are covered by a training or exam that was recorded only after they were made"
        )
        yield Alert(
            code="records-after", severity=Severity.WARNING, message=Message(text, {"batch": line.name, "n": line.records_after}),
            duty=LEAD, command="labelqa qualify show", subject=subject,
        )  # fmt: skip


def _unproven(state: State, start: datetime, end: datetime) -> Iterator[Alert]:
    for samples in state.samples.values():
        for each in samples:
            if each.standing is SeedStanding.UNPROVEN and start <= each.at < end:
                text = Message(
                    "the seed of sample {sample} was not committed before the freeze: it proves nothing",
                    {"sample": each.sample},
                )
                yield Alert(
                    code="unproven-seed", severity=Severity.WARNING, message=text, duty=LEAD,
                    command=f"labelqa sample show {shlex.quote(each.sample)}", subject=f"batch:{each.batch}",
                )  # fmt: skip


def _of_annotator(line: AnnotatorLine) -> Iterator[Alert]:
    """One line a person, all reasons in it; speed alone is none."""
    grave = [flag for flag in line.flags if flag.code != "fast"]
    if grave:
        unqualified = any(flag.code == "unqualified" for flag in grave)
        text = Message(
            "look at the work of {name}: {why}",
            {"name": line.name, "why": joined([each.message for each in line.flags])},
        )
        yield Alert(
            code=grave[0].code, severity=Severity.ERROR if unqualified else Severity.WARNING, message=text,
            duty=Duty.SUPERVISOR, command="labelqa dashboard", subject=f"person:{line.person}",
        )  # fmt: skip


def _expiring(line: PersonLine, end: datetime, renewed: Collection[tuple[str, str]]) -> Iterator[Alert]:
    """A qualification that runs out; one that ends with its release is no matter where the next one is held already."""
    if line.replaced and (line.person, line.release.partition("@")[0]) in renewed:
        return
    soon = line.until is not None and line.until < end and line.standing is Standing.QUALIFIED
    if soon or line.standing in {Standing.EXPIRED, Standing.STALE}:
        gone, going, ended, ending = (
            N_("the qualification of {name} under {release} has run out"),
            N_("the qualification of {name} under {release} runs out soon"),
            N_("the qualification of {name} under {release} has ended with that release"),
            N_("the qualification of {name} under {release} ends soon, with that release"),
        )
        text = (ending if soon else ended) if line.replaced else (going if soon else gone)
        yield Alert(
            code="expiring", severity=Severity.WARNING, message=Message(text, {"name": line.name, "release": line.release}),
            duty=LEAD, command="labelqa qualify show", subject=f"person:{line.person}",
        )  # fmt: skip


def _unbatched(each: Unbatched) -> Alert:
    values = {"n": each.annotations, "items": each.items, "project": each.project or "–"}
    return Alert(
        code="unbatched", severity=Severity.WARNING,
        message=Message("{n} annotations on {items} items of project {project} belong to no batch", values), duty=LEAD,
        command="labelqa batch declare", subject=f"project:{each.project}",
    )  # fmt: skip
