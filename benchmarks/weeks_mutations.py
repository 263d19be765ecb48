"""Do the random weeks notice when a rule is broken? python benchmarks/weeks_mutations.py [WORDS OF A NAME ...]

Breaks one rule after another in this process, plays tests/property/test_weeks.py's machine with fixed seeds until it
complains, and prints after how many steps it did (those of the failing week played again included). Ends with 1 where
a broken rule went unnoticed for MOST steps.
"""

from __future__ import annotations

import hashlib
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from hypothesis import Phase

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from labelqa.records.people import Standing
from tests.property.test_weeks import Week, play
from tests.property.weeks_desk import forget

MOST = 3_000  # steps
Change = tuple[str, str, Callable[[Any], Any]]  # module, name in it, and what the old value becomes


def becomes(value: Any) -> Callable[[Any], Any]:
    """A function that always answers the same."""
    return lambda _old: lambda *_args, **_more: value


def told(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Any], Any]:
    """A function that is asked with other keywords."""
    return lambda old: lambda *args, **more: old(*args, **more | change(more))


def given(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A function that is asked with another first argument."""
    return lambda old: lambda first, *args, **more: old(change(first), *args, **more)


def _qualified(found: Any) -> Any:
    return replace(found, standing=Standing.QUALIFIED) if found else found


def _actor(**what: Any) -> Callable[[Any], Any]:
    return told(lambda more: {"actor": replace(more["actor"], **what)})


def _not_the_reporter(hit: Any) -> Any:
    return replace(hit, reports=tuple(replace(each, by="p-x") for each in hit.reports)) if hit else hit


def _without(words: str) -> Callable[[Any], Any]:
    return lambda old: lambda *args, **more: [each for each in old(*args, **more) if words not in each.text]


def _known_forgotten(old: Any) -> Any:
    return lambda desk, **more: old(desk, at=more.get("at"))


def _stale(old: Any) -> Any:
    def read(desk: Any, **more: Any) -> Any:
        kept = desk.memo.get("state")
        return old(desk, **more) if more or kept is None or random.random() < 0.02 else kept

    return read


def _recorded_as_effective(old: Any) -> Any:
    """Facts are told as of when they were so, not of when they came to be known."""
    return lambda self, fact: old(self, replace(fact, recorded_at=fact.effective_at))


W, B = "labelqa.workflows.", "labelqa.batches."
MUTATIONS: dict[str, list[Change]] = {
    "verdict: whoever took part may review": [(W + "reviewing.verdicts", "why_not_review", told(lambda _: {"executors_of_item": (), "participants": ()}))],
    "verdict: nobody need be qualified": [(W + "reviewing.verdicts", "why_not_review", told(lambda more: {"qualification": _qualified(more["qualification"])}))],
    "verdicts of the unqualified count": [(W + "certifying.certificate", "countable", told(lambda _: {"qualified": lambda *_: True}))],
    "who is gone or assigned elsewhere may work": [(W + "duties.fitting", "Fitness.reasons", becomes([]))],
    "another duty in another round does not matter": [(W + "duties.fitting", "Fitness._did", becomes(False))],
    "pool: qualifications do not matter": [(W + "drawing.drawn", "eligible_verifiers", lambda old: lambda people, standings, *args, **more: old(people, {who: _qualified(each) for who, each in standings.items()}, *args, **more))],
    "pool: judges of an earlier round verify": [(W + "drawing.drawn", "judged_before", becomes(frozenset()))],
    "accept: nothing stands against it": [(B + "settled", "why_not_accept", becomes([]))],
    "accept: open problems do not matter": [(B + "life", "_open_problems", becomes([]))],
    "accept: open appeals do not matter": [(B + "life", "_open_appeals", becomes([]))],
    "accept: no card needed": [(B + "life", "why_not_out", becomes([]))],
    "accept: no approval nor verification needed": [(B + "life", "_safety", becomes([]))],
    "settle: open disputes do not matter": [(B + "settled", "_disputed", becomes([]))],
    "settle: pending hits do not matter": [(B + "settled", "why_blocked", becomes([]))],
    "settle: confirmed hits do not matter": [(B + "settled", "confirmed", becomes(()))],
    "settle: over 5 % is not void": [(B + "settled", "over_limit", becomes(False))],
    "settle: unqualified work does not matter": [(W + "certifying.evidence", "unqualified_in", becomes(0))],
    "void items come back": [(W + "rounds.returned", "voided_items", becomes(frozenset())), (W + "select", "voided_items", becomes(frozenset()))],
    "a batch is frozen twice": [(W + "batches", "why_not_freeze", becomes([]))],
    "round: whatever was labelled before counts": [(W + "rounds.returned", "Returned.why_out", becomes(""))],
    "round: judges of an earlier one label": [(W + "rounds.returned", "judged_before", becomes(frozenset()))],
    "round: accepted and void batches go back": [(W + "rounds.returning", "why_not_return", becomes([]))],
    "ruling: whoever took part may rule": [(W + "ruling", "why_not_rule", told(lambda _: {"participants": ()}))],
    "re-review of one's own correction": [(W + "correcting.answering", "why_not_re_review", lambda old: lambda correction, **more: old(replace(correction, corrector="p-x") if correction else None, **more | {"actor": replace(more["actor"], own=False, other_duty=False)}))],
    "correction of what is settled": [(W + "correcting.recording", "why_not_correct", told(lambda more: {"batch": replace(more["batch"], conclusion=None)}))],
    "correction by somebody with another duty": [(W + "correcting.recording", "why_not_correct", _actor(other_duty=False))],
    "hit: who reported it may rule": [(W + "hits", "why_not_rule_hit", given(_not_the_reporter))],
    "decision on oneself": [(W + "qualifying.deciding", "why_not_decide", _without("own qualification"))],
    "assignment to two duties": [(W + "duties.assign", "why_not_assign", told(lambda _: {"others": ()}))],
    "supervision by anybody": [(W + "supervising.supervised", "unfit_supervisor", becomes([]))],
    "late facts change what was known": [("labelqa.ledger.view", "Bounds.hold", _recorded_as_effective)],
    "known is not looked at": [("tests.property.weeks_questions", "read_state", _known_forgotten)],
    "the check of duties forgets known": [(W + "duties.check", "read_state", _known_forgotten)],
    "the state goes stale": [(W + each, "read_state", _stale) for each in ("batches", "people", "hits")],
    "the chain leaves out the hash before": [("labelqa.ledger.chain", "link", lambda _: lambda _before, text: hashlib.sha256(text.encode()).hexdigest())],
}  # fmt: skip


@contextmanager
def broken(changes: list[Change]) -> Iterator[None]:
    """The rule is broken within; as it was afterwards."""
    before = []
    for module, name, change in changes:
        owner: Any = import_module(module)
        *path, last = name.split(".")
        for each in path:
            owner = getattr(owner, each)
        before.append((owner, last, getattr(owner, last)))
        setattr(owner, last, change(getattr(owner, last)))
    try:
        yield
    finally:
        for owner, last, old in before:
            setattr(owner, last, old)


def noticed(changes: list[Change]) -> tuple[int, str]:
    """After how many steps the machine complains, and of what; "" where it does not."""
    seen: list[type[Week]] = []
    try:
        with broken(changes):
            play(1, MOST, started=seen.append, phases=[Phase.generate])
    except Exception as error:  # noqa: BLE001 - whatever it is, it was noticed
        return seen[0].steps, str(error).partition("\n")[0] or type(error).__name__
    finally:
        forget()
    return seen[0].steps, ""


def main(*words: str) -> int:
    """Print a line for each broken rule; comes back with how many were missed."""
    missed = 0
    print(f"{'broken rule':46} {'steps':>6} {'s':>4}  noticed by")
    for name, changes in MUTATIONS.items():
        if all(word in name for word in words):
            began = time.process_time()
            steps, why = noticed(changes)
            missed += not why
            print(f"{name:46} {steps:6,} {time.process_time() - began:4.0f}  {why[:100] or 'NOBODY'}", flush=True)
    print(f"{missed} went unnoticed")
    return missed


if __name__ == "__main__":
    sys.exit(1 if main(*sys.argv[1:]) else 0)
