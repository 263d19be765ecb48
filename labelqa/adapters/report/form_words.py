"""Words that several forms and the command line share: a check's plan, the risk of all rounds, fates, digests.

Sentences only; what they say was worked out before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from labelqa.adapters.report import text
from labelqa.adapters.report.names import name_of
from labelqa.errors import Message
from labelqa.i18n import N_, Speaker
from labelqa.records.acceptance import SheetCheck
from labelqa.records.batch import Batch
from labelqa.records.designs import Design
from labelqa.records.rounds import RoundRisk, TotalRisk

_FATES = {
    "found": N_("found"), "corrected": N_("labels corrected"), "closed": N_("closed with a reason"), "open": N_("open"),
    "ruled": N_("ruled"), "upheld": N_("upheld"), "rejected": N_("rejected"), "pending": N_("waits for a second person"),
    "confirmed": N_("confirmed"), "overturned": N_("overturned"),
}  # fmt: skip
Rows = list[tuple[str, str]]


def moment_in(at: datetime | None, zone: str) -> str:
    """A time in a named time zone, to the minute; a dash where there is none."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" if at else "–"


def check_words(check: SheetCheck, say: Speaker) -> Mapping[str, object]:
    """A check of a form: its name and kind, its plan, and what it showed in the words of its certificate."""
    plan = Message(
        N_("{design}: {accuracy:.1%} is to be proven at a risk of {risk:.1%}; drawn {drawn}, reviewed {reviewed}"),
        {
            "design": name_of(Design(check.design), say), "accuracy": check.target, "risk": check.risk,
            "drawn": check.drawn, "reviewed": check.reviewed,
        },
    )  # fmt: skip
    return {
        "sample": check.sample, "kind": name_of(check.kind, say), "decides": check.decides, "plan": say(plan),
        "statement": say(check.statement), "explained": [say(each) for each in check.explained],
        "verifiers": ", ".join(check.verifiers),
    }  # fmt: skip


def risk_lines(total: TotalRisk, say: Speaker) -> Iterator[str]:
    """The risk of each round, and of all of them together."""
    for each in total.rounds:
        yield _risk(each, say)
    if total.risk is not None and total.accuracy is not None:
        values = {
            "accuracy": total.accuracy, "n": len(total.rounds) - total.unknown, "risk": total.risk,
            "crude": total.crude or 0.0,
        }  # fmt: skip
        yield say(N_("If the work never gets better than {accuracy:.1%}, the chance that any of {n} {n:round|rounds} accepts it is at most {risk:.2%} (1 − ∏(1 − α), fresh draws; the plain sum is {crude:.2%})."), **values)  # fmt: skip
    if total.unknown:
        yield say(
            N_("{n} {n:round is not in it: its|rounds are not in it: their} risk is not known yet."), n=total.unknown
        )


def _risk(each: RoundRisk, say: Speaker) -> str:
    why = say(each.why) if each.why is not None else ""
    if each.risk is None:
        return say(N_("{batch}: risk unknown: {why}"), batch=each.batch, why=why)
    if why:
        return say(N_("{batch}: risk {risk:.2%}: {why}"), batch=each.batch, risk=each.risk, why=why)
    sentence = N_("{batch}: risk {risk:.2%} as drawn") if each.drawn else N_("{batch}: risk {risk:.2%} as planned")
    return say(sentence, batch=each.batch, risk=each.risk)


def fates(counts: Mapping[str, int], say: Speaker) -> str:
    """Counts by what became of each, in one line."""
    said = [f"{say(_FATES.get(fate, fate))} {text.count(n)}" for fate, n in counts.items()]
    return ("，" if say.lang == "zh" else ", ").join(said) or say(N_("none"))


def digest_rows(batch: Batch, head: str, say: Speaker) -> Rows:
    """The digests by which what a form says can be checked; ``head`` is number and hash of the ledger's last fact."""
    freeze = batch.freeze
    if freeze is None:
        return []
    seq, _, digest = head.partition(" ")
    return [
        (say(N_("frozen annotations")), freeze.annotations),
        (say(N_("frozen items")), freeze.items),
        (say(N_("frame")), freeze.frame),
        (say(N_("ledger head")), say(N_("fact {seq}: {digest}"), seq=seq, digest=digest)),
    ]
