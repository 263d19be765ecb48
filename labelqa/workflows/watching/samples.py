"""Samples whose rule has decided: the result stands, and further verdicts are spent for nothing.

Only samples with verdicts since the last look are worked out anew. Nothing is settled by this.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from labelqa.errors import LabelqaError
from labelqa.intake.alerts import Alerts
from labelqa.records.alerts import Noticed
from labelqa.records.batch import Stage
from labelqa.records.designs import Certificate, Decision
from labelqa.records.facts import KINDS, ReviewRecorded
from labelqa.records.names import BatchName, SampleId
from labelqa.records.review import Sample
from labelqa.workflows.desk import Desk
from labelqa.workflows.state import State

_MARK: Final = "verdicts"  # the last verdict that was looked at
_AT_ONCE: Final = 100_000  # verdicts between two looks


def look_at_samples(desk: Desk, state: State, store: Alerts) -> set[str]:
    """Look at the samples with verdicts since the last time; the keys of the alerts that changed."""
    after = int(store.marks([_MARK]).get(_MARK, 0))
    new = state.facts.latest(_AT_ONCE, kind=KINDS[ReviewRecorded], after=after)
    if not new:
        return set()
    wanted = {(BatchName(fact.body.batch), SampleId(fact.body.sample)) for fact in new}
    noticed = [each for batch, sample in sorted(wanted) for each in _decided(desk, state, batch, sample)]
    return store.keep(noticed, remember={_MARK: new[-1].seq})


def _decided(desk: Desk, state: State, batch: BatchName, sample: SampleId) -> list[Noticed]:
    known = state.batches.get(batch)
    if known is None or known.stage is Stage.SETTLED:
        return []
    from labelqa.workflows.certifying.certificate import certificate_of  # scipy, which most passes need not wait for

    drawn = [each for each in state.samples.get(batch, ()) if each.sample == sample]
    with suppress(LabelqaError):  # what cannot be worked out yet, the batch's own page says why
        return [_stop(each, found) for each in drawn if (found := certificate_of(desk, state, each)).stopped_at]
    return []


def _stop(sample: Sample, found: Certificate) -> Noticed:
    values = {
        "sample": sample.sample, "stopped": found.stopped_at, "drawn": found.drawn,
        "decision": "passes" if found.decision is Decision.ACCEPT else "fails",
    }  # fmt: skip
    return Noticed(code="stop-sample", place=f"sample:{sample.sample}", count=1, whole=True, values=values)
