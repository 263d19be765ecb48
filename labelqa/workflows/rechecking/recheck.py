"""Proves by a sized sample whether labels made under the version before still hold under a changed one.

The items whose label the change can touch become a batch of their own under the new release; it is planned, frozen,
drawn, reviewed and settled like any other, so that its seed can be committed before its frame. It counts in no report as new labels. Accepting it says
that the old labels hold; anything else says that they must be labelled anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from labelqa.batches.preconditions import why_not_declare, why_not_freeze
from labelqa.errors import Refused
from labelqa.ledger.view import Facts
from labelqa.records.batch import Batch, Conclusion, Kind, RecordRule, Repeats
from labelqa.records.facts import BatchDeclared, BatchFrozen, Draft
from labelqa.records.governance import RulebookReleased
from labelqa.records.names import BatchName, ItemId, ReleaseName
from labelqa.records.recheck import Recheck
from labelqa.rulebook.versions import Version
from labelqa.workflows.desk import Desk
from labelqa.workflows.population import population, took_part
from labelqa.workflows.rechecking.frame import recheck_tables
from labelqa.workflows.rechecking.gathered import Gathered, gathered
from labelqa.workflows.refusals import refuse
from labelqa.workflows.rulebooks import released_book
from labelqa.workflows.state import State, fold, read_state

_LEFT: Final = ("untouched", "relabel", "unsettled")


def recheck(desk: Desk, release: str, *, batches: Sequence[str] = (), name: str = "", declare: bool = True) -> Recheck:
    """Gather the old labels that a release can touch, and declare them as a batch (``declare=False``: only count).

    ``batches`` narrows the sources; by default all frozen ones under earlier versions that were not sent back or
    voided. ``name`` is the new batch's, by default ``recheck-NAME-VERSION``. Refused where the release changes nothing
    that a label means, or touches no label that was given.
    """
    state = read_state(desk)
    body = state.release(release)
    if not body.previous:
        raise Refused("{release} is the first version of its rulebook: no label is older", release=release)
    found = _gathered(desk, state, body, _sources(state, body, batches))
    touched = sorted({label for each in found for label in each.touched})
    told = Recheck(release=ReleaseName(release), touched=tuple(touched), sources=tuple(each.source for each in found))
    if not declare:
        return told
    _refuse_nothing(told)
    made = name or f"recheck-{body.name}-{body.version}"
    if made in state.batches and state.batch(made).recheck:
        raise Refused(
            "batch {batch} was declared for this recheck already: go on with labelqa plan {batch}",
            batch=made,
        )
    _declare(desk, state, made, body, found)
    return Recheck(release=told.release, touched=told.touched, sources=told.sources, batch=read_state(desk).batch(made))


def _sources(state: State, body: RulebookReleased, named: Sequence[str]) -> list[Batch]:
    """Frozen batches under earlier versions of the rulebook, the latest first."""
    earlier = {
        release for release, (_, each) in state.releases.items()
        if each.name == body.name and Version.parse(each.version) < Version.parse(body.version)
    }  # fmt: skip
    for each in named:
        batch = state.batch(each)
        if batch.release not in earlier or batch.freeze is None or batch.recheck:
            raise Refused(
                "batch {batch} is no frozen batch under an earlier version of {name}", batch=each, name=body.name
            )
    held = [
        batch for batch in state.labelled()
        if batch.release in earlier and batch.freeze is not None and (batch.name in named or not named)
        and not _given_up(batch)
    ]  # fmt: skip
    return sorted(held, key=lambda batch: batch.freeze.fact if batch.freeze else 0, reverse=True)


def _gathered(desk: Desk, state: State, body: RulebookReleased, batches: Sequence[Batch]) -> list[Gathered]:
    chain = _versions(state, body)
    books = {version: released_book(desk, f"{body.name}@{version}") for version in chain}
    taken = _labelled_anew(desk, state, body)
    found: list[Gathered] = []
    for batch in batches:
        begin = chain.index(state.release(batch.release).version)
        found.append(gathered(desk, state, batch, [books[version] for version in chain[begin:]], taken=taken))
        taken.update(population(desk, state, batch).ids)
    return found


def _versions(state: State, body: RulebookReleased) -> list[str]:
    """The released versions of the rulebook up to this one, earliest first."""
    own = (Version.parse(each.version) for _, each in state.releases.values() if each.name == body.name)
    return [str(version) for version in sorted(own) if version <= Version.parse(body.version)]


def _labelled_anew(desk: Desk, state: State, body: RulebookReleased) -> set[ItemId]:
    """Items that have labels under this or a later version already, where these were not sent back or voided."""
    least = Version.parse(body.version)
    later = {
        release for release, (_, each) in state.releases.items()
        if each.name == body.name and Version.parse(each.version) >= least
    }  # fmt: skip
    return {
        item for batch in state.labelled()
        if batch.release in later and batch.freeze is not None and not _given_up(batch)
        for item in population(desk, state, batch).ids
    }  # fmt: skip


def _given_up(batch: Batch) -> bool:
    return batch.conclusion in {Conclusion.RELABEL, Conclusion.VOID}


def _refuse_nothing(told: Recheck) -> None:
    if not told.sources:
        raise Refused("no batch was frozen under an earlier version of {release}", release=told.release)
    if not told.touched:
        raise Refused("{release} changes nothing that a label means: the old labels stand", release=told.release)
    if not told.frame:
        raise Refused(
            "{release} touches the labels {labels}, and no item that can keep its label has one of them; {n} items must "
            "be labelled anew", release=told.release, labels=", ".join(told.touched), n=told.relabel,
        )  # fmt: skip


def recheck_items(desk: Desk, state: State, batch: Batch) -> int:
    """How many items a declared recheck would hold if it were frozen now."""
    body = state.release(batch.release)
    return sum(each.source.frame for each in _gathered(desk, state, body, _own_sources(state, batch)))


def frozen_recheck(desk: Desk, state: State, batch: Batch) -> BatchFrozen:
    """Write the tables of a declared recheck and say what was frozen; Refused where nothing is left to look at."""
    body = state.release(batch.release)
    found = _gathered(desk, state, body, _own_sources(state, batch))
    held = [each for each in found if each.carried]
    if not held:
        refuse(why_not_freeze(batch, 0))
    tables = recheck_tables(desk, held, body.labels)
    left = {reason: sum(getattr(each.source, reason) for each in found) for reason in _LEFT}
    return BatchFrozen(
        batch=batch.name, annotations=tables.annotations, items=tables.items, frame=tables.frame,
        n_annotations=tables.n_annotations, n_items=sum(each.source.frame for each in held), n_disputed=0,
        exclusions=[[f"recheck-{reason}", n] for reason, n in left.items() if n], repeats=str(Repeats.ALL),
        participants=sorted({person for each in held for person in took_part(desk, state, each.batch)}),
        items_left_out=sum(left.values()),
    )  # fmt: skip


def _own_sources(state: State, batch: Batch) -> list[Batch]:
    """The sources of a recheck, the latest first, less those that were sent back or voided since."""
    held = [each for name in batch.sources if not _given_up(each := state.batch(name))]
    return sorted(held, key=lambda each: each.freeze.fact if each.freeze else 0, reverse=True)


def _declare(desk: Desk, state: State, name: str, body: RulebookReleased, sources: Sequence[Gathered]) -> None:
    refuse(why_not_declare(BatchName(name), state.batches.keys()))
    subjects = (f"batch:{name}", f"release:{body.name}@{body.version}")
    told = _declared(name, body, sources)
    draft = Draft(body=told, subjects=subjects, actor=desk.actor, identity=desk.identity)

    def unless(facts: Facts) -> None:
        refuse(why_not_declare(BatchName(name), fold(facts, desk.settings.qualification_days).batches.keys()))

    desk.ledger.append([draft], now=desk.clock(), unless=unless)


def _declared(name: str, body: RulebookReleased, sources: Sequence[Gathered]) -> BatchDeclared:
    held = [each.batch for each in sources if each.carried]
    return BatchDeclared(
        batch=name, kind=str(Kind(body.kind)), release=f"{body.name}@{body.version}", control=body.control,
        labels=list(body.labels), organizer=_joined(batch.organizer for batch in held),
        requester=_joined(batch.requester for batch in held), where=[], record_rule=str(RecordRule.MAJORITY),
        late=False, recheck=_joined(batch.release for batch in held),
        sources=[each.batch.name for each in sources],
    )  # fmt: skip


def _joined(words: Iterable[str]) -> str:
    told = sorted({str(each) for each in words if each})
    return " + ".join(told)
