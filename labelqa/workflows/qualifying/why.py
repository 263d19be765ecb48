"""May this person work under this release at that time? One sentence, every fact behind it, and what is missing.

Only what concerns the person is read, so that it takes no longer in a large ledger. An answer by what was recorded
until a time (``known``) never changes: later facts, late ones too, are not looked at.
"""

from __future__ import annotations

from datetime import datetime

from labelqa.errors import Message
from labelqa.people.duties import NAMES
from labelqa.records.people import Duty, Qualification, Standing
from labelqa.records.policy import Policy
from labelqa.records.why import Lacking, Why
from labelqa.workflows.desk import Desk
from labelqa.workflows.people import find_person
from labelqa.workflows.qualifying.case import Case, cases
from labelqa.workflows.qualifying.lacking import lacking
from labelqa.workflows.qualifying.told import facts_told
from labelqa.workflows.refusals import joined


def why_qualified(
    desk: Desk,
    person: str,
    *,
    release: str = "",
    duty: Duty | None = None,
    at: datetime | None = None,
    known: datetime | None = None,
) -> tuple[Why, ...]:
    """The answer for the release named, else for the one in force then of each rulebook that the person learned.

    ``person`` is a pseudonym, a name or SERVER=ACCOUNT; ``at`` is when (else now), ``known`` by what was recorded until
    then (else everything). BadInput for a person or release that nobody knows.
    """
    who = find_person(desk, person)
    told = cases(desk, who, release=release, duty=duty, at=at or desk.clock(), known=known)
    return tuple(_why(each) for each in told)


def _why(case: Case) -> Why:
    found = case.qualification()
    lacks = lacking(case, found)
    policies = case.state.policies_at(case.at)
    declared = policies.last(Policy.QUALIFICATION_DAYS)
    return Why(
        person=case.person, name=case.name, release=case.release, duty=case.duty, at=case.at, known=case.known,
        answer=not lacks and found.standing is Standing.QUALIFIED, standing=found.standing, since=found.since,
        until=found.until, expiring=found.expiring, sentence=_sentence(case, found, lacks),
        facts=facts_told(case, found), lacking=lacks, valid_days=policies.qualification_days,
        declared=declared.fact if declared else None,
    )  # fmt: skip


def _sentence(case: Case, found: Qualification, lacks: tuple[Lacking, ...]) -> Message:
    who = Message("{text}", {"text": case.name})
    if case.duty is not None:
        who = Message("{name}, as {duty},", {"name": case.name, "duty": Message(NAMES[case.duty])})
    values = {"who": who, "release": case.release, "time": case.day(case.at)}
    if lacks:
        why = joined([each.message for each in lacks])
        return Message("{who} may not work under {release} on {time}: {why}.", {**values, "why": why})
    return Message("{who} may work under {release} on {time}: {why}.", {**values, "why": _because(case, found)})


def _because(case: Case, found: Qualification) -> Message:
    taught = next(each for each in case.state.trainings[case.person] if each.fact in found.facts)
    exam = next(each for each in case.state.exams[case.person] if each.fact in found.facts)
    values = {
        "taught": case.day(taught.at), "passed": case.day(exam.at), "score": f"{exam.score:.2f}",
        "mark": f"{exam.pass_mark:.2f}", "until": case.day(found.until) if found.until else "–",
    }  # fmt: skip
    if found.until is None:
        return Message(
            "taught on {taught}, passed the exam on {passed} with {score} (pass mark {mark}), without an end", values
        )
    if found.expiring:
        return Message(
            "taught on {taught}, passed the exam on {passed} with {score} (pass mark {mark}), good until {until}, which is soon",
            values,
        )
    return Message(
        "taught on {taught}, passed the exam on {passed} with {score} (pass mark {mark}), good until {until}", values
    )
