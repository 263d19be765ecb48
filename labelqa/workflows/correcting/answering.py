"""Looking at a corrected label, and closing a problem without a correction: both by somebody who did not make the label."""

from __future__ import annotations

import secrets

from labelqa.batches.correcting import CLOSERS, RE_REVIEWERS, why_not_close, why_not_re_review
from labelqa.batches.verdict import risk_code
from labelqa.errors import BadInput, Refused
from labelqa.ledger.ledger import salted
from labelqa.records.corrections import ItemProblems
from labelqa.records.facts import CorrectionReviewed, Draft, ProblemClosed
from labelqa.records.names import ItemId
from labelqa.records.review import Verdict
from labelqa.rulebook.taxonomy import taxonomy
from labelqa.workflows.correcting.bench import CorrectionBench
from labelqa.workflows.correcting.problems import completeness_of
from labelqa.workflows.correcting.recording import open_problems
from labelqa.workflows.desk import Desk
from labelqa.workflows.people import find_person
from labelqa.workflows.refusals import refuse, with_names
from labelqa.workflows.state import read_state, shown_names


def re_review(
    desk: Desk, batch: str, item: str, *, by: str, verdict: Verdict, unsafe: str = "", comment: str = ""
) -> ItemProblems:  # fmt: skip
    """Record what somebody else says of a corrected label: correct makes it the label of record, else it is open again.

    A risk that it reports is a suspected hit like that of any other verdict.
    """
    state = read_state(desk)
    bench, reviewer = CorrectionBench(desk, state, state.batch(batch)), find_person(desk, by)
    correction, now = bench.waiting(ItemId(item)), desk.clock()
    actor = bench.actor(reviewer, ItemId(item), RE_REVIEWERS, now)
    against = why_not_re_review(correction, batch=bench.batch, item=item, actor=actor)
    refuse(with_names([*against, *bench.unfit(reviewer, ItemId(item), RE_REVIEWERS, now)], shown_names(desk)))
    text = salted(comment, secrets.token_hex(16)) if comment.strip() else None
    body = CorrectionReviewed(
        batch=batch, item=item, correction=correction.fact if correction else 0, verdict=str(verdict),
        reviewer=reviewer, unsafe=_code(unsafe), comment=text[0] if text else "",
    )  # fmt: skip
    draft = Draft(
        body=body, subjects=(f"batch:{batch}", f"item:{item}", f"person:{reviewer}"), actor=desk.actor,
        identity=desk.identity,
    )  # fmt: skip
    unless = bench.unchanged([ItemId(item)], [reviewer], RE_REVIEWERS)
    desk.ledger.append([draft], now=now, erasable=[text] if text else [], unless=unless)
    return item_problems(desk, batch, item)


def close_problem(desk: Desk, batch: str, item: str, *, by: str, reason: str) -> ItemProblems:
    """Close what is open about an item without a correction; the reason is kept erasably, and the closure for good."""
    if not reason.strip():
        raise BadInput("a closure needs its reason: say why the label needs no correction")
    state = read_state(desk)
    bench, closer = CorrectionBench(desk, state, state.batch(batch)), find_person(desk, by)
    known, now = bench.items.get(ItemId(item)), desk.clock()
    actor = bench.actor(closer, ItemId(item), CLOSERS, now)
    against = why_not_close(batch=bench.batch, item=item, problems=known, actor=actor)
    refuse(with_names([*against, *bench.unfit(closer, ItemId(item), CLOSERS, now)], shown_names(desk)))
    text = salted(reason, secrets.token_hex(16))
    body = ProblemClosed(batch=batch, item=item, problems=open_problems(bench, ItemId(item)), by=closer, reason=text[0])
    draft = Draft(
        body=body, subjects=(f"batch:{batch}", f"item:{item}", f"person:{closer}"), actor=desk.actor,
        identity=desk.identity,
    )  # fmt: skip
    desk.ledger.append(
        [draft], now=now, erasable=[text], unless=bench.unchanged([ItemId(item)], [closer], CLOSERS)
    )  # fmt: skip
    return item_problems(desk, batch, item)


def item_problems(desk: Desk, batch: str, item: str) -> ItemProblems:
    """What was found about one item and where it stands; BadInput where nothing was."""
    state = read_state(desk)
    for each in completeness_of(desk, state, state.batch(batch)).items:
        if each.item_id == item:
            return each
    raise BadInput("no problem of item {item} in batch {batch} is recorded", item=item, batch=batch)


def _code(unsafe: str) -> str:
    code = risk_code(unsafe)
    if code is None or (code and not taxonomy().of(code.replace(".", ""))):
        raise Refused(
            "{code} is no risk: write a group, A.1 to A.5, or one risk of Annex A such as A1a", code=unsafe
        )  # fmt: skip
    return code
