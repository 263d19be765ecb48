"""The acceptance sheet of a settled batch (验收单): gathered from the record, signed over the bytes of its file."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from pathlib import Path

from labelqa.batches.conclusion import Evidence, current_of
from labelqa.batches.counting import defective
from labelqa.batches.life import first_review
from labelqa.batches.settled import reason_name
from labelqa.errors import BadInput, Message, Refused
from labelqa.people.appeals import fold_appeals
from labelqa.records.acceptance import AcceptanceSheet, OrganizerShare, SheetCheck
from labelqa.records.batch import Batch, Conclusion
from labelqa.records.designs import Certificate
from labelqa.records.estimate import Figure, Unknown
from labelqa.records.facts import AppealFiled, AppealRuled
from labelqa.records.governance import Meaning, Signature
from labelqa.records.names import ItemId
from labelqa.records.review import Sample
from labelqa.workflows.certifying.before import accuracy_before
from labelqa.workflows.certifying.evidence import accuracy_of, evidence_of
from labelqa.workflows.certifying.shares import share_correct, unequal
from labelqa.workflows.desk import Desk
from labelqa.workflows.people import find_person
from labelqa.workflows.population import annotators, frozen_of, labels_of_record
from labelqa.workflows.rounds.chain import round_chain
from labelqa.workflows.signatures import Signing, sign, signatures_of
from labelqa.workflows.state import State, read_state, shown_names


def acceptance_sheet(desk: Desk, batch: str) -> AcceptanceSheet:
    """Everything that the acceptance sheet of a settled batch says; Refused while it is not settled."""
    state = read_state(desk)
    found = state.batch(batch)
    if found.conclusion is None:
        raise Refused("batch {batch} is not settled: its acceptance sheet comes with the conclusion", batch=found.name)
    evidence = evidence_of(desk, state, found)
    life = evidence.life
    known = state.releases.get(found.release)
    return AcceptanceSheet(
        batch=found, reason=reason_name(found.reason), release_digest=known[1].digest if known else "",
        card=life.card, chain=round_chain(desk, found.name), checks=_checks(desk, state, found, evidence),
        accuracy=accuracy_of(desk, found, evidence), before_appeals=accuracy_before(desk, state, found, evidence),
        first_review=first_review(found, evidence),
        problems={"found": life.problems, "corrected": len(life.approved), "closed": life.closed, "open": life.open},
        disputes={
            "found": frozen_of(found).n_disputed, "ruled": len(state.rulings.get(found.name, {})),
            "open": evidence.disputes_open,
        },
        appeals=_appeals(state, found), hits=dict(Counter(str(each.state) for each in life.hits)),
        organizers=organizer_shares(desk, state, found, evidence),
        accepted=len(labels_of_record(desk, state, found)) if found.conclusion is Conclusion.ACCEPT else 0,
        head=_head(desk), made_at=desk.clock(), zone=desk.settings.timezone, signatures=signed(desk, found.name),
    )  # fmt: skip


def _head(desk: Desk) -> str:
    facts = desk.ledger.view()
    return f"{facts.last} {facts.fact(facts.last).hash}"


def _checks(desk: Desk, state: State, batch: Batch, evidence: Evidence) -> tuple[SheetCheck, ...]:
    names = shown_names(desk)
    samples = {each.sample: each for each in state.samples.get(batch.name, ())}
    certificates = [each for each in (evidence.certificate, *evidence.further) if each is not None]

    def told(found: Certificate, sample: Sample) -> SheetCheck:
        return SheetCheck(
            sample=sample.sample, kind=sample.kind, design=str(found.design), drawn=found.drawn, reviewed=found.given,
            decides=evidence.sample is not None and evidence.sample.sample == sample.sample, target=found.target,
            risk=found.risk, verifiers=tuple(names.get(each, each) for each in sample.verifiers),
            statement=found.statement, explained=found.explained,
        )  # fmt: skip

    return tuple(told(each, sample) for each in certificates for name, sample in samples.items() if name == each.sample)


def _appeals(state: State, batch: Batch) -> dict[str, int]:
    told = fold_appeals(state.facts.about(f"batch:{batch.name}", AppealFiled, AppealRuled)).values()
    return dict(Counter("open" if each.ruling is None else str(each.ruling) for each in told))


def organizer_shares(desk: Desk, state: State, batch: Batch, evidence: Evidence) -> tuple[OrganizerShare, ...]:
    """The batch by the organizers of the people who labelled, with what the deciding sample says of each; () for one.

    Unknown where the items were drawn with unequal chances: a part of such a sample says nothing by itself.
    """
    hands = annotators(desk, batch)
    part: dict[str, set[ItemId]] = defaultdict(set)
    for item, people in hands.items():
        part[" + ".join(sorted({state.people[each].organizer for each in people if each in state.people}))].add(item)
    if len(part) < 2:
        return ()
    current = current_of(evidence)
    weighted = evidence.sample is not None and unequal(evidence.draw, evidence.sample)
    shares = []
    for organizer, items in sorted(part.items()):
        mine = [each for item, each in current.items() if item in items]
        figure: Figure = share_correct(
            sum(not defective(each) for each in mine), len(mine), len(items), desk.settings.confidence
        )
        if weighted:
            text = Message("items were drawn with unequal chances: a part of the sample says nothing by itself")
            figure = Unknown(reason="unequal-chances", message=text, n=len(mine))
        shares.append(OrganizerShare(organizer=organizer, items=len(items), drawn=len(mine), accuracy=figure))
    return tuple(shares)


def sign_acceptance(desk: Desk, batch: str, file: Path, *, by: str, meaning: Meaning) -> Signing:
    """Record that somebody signed an acceptance sheet, over exactly the bytes of its file."""
    found = read_state(desk).batch(batch)
    if found.conclusion is None:
        raise Refused("batch {batch} is not settled: its acceptance sheet comes with the conclusion", batch=found.name)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise BadInput("{path}: the file cannot be read ({why})", path=str(file), why=str(error.strerror)) from None
    if not content:
        raise BadInput("{path} is empty: sign the sheet that labelqa acceptance sheet wrote", path=str(file))
    return sign(
        desk, f"acceptance:{found.name}", hashlib.sha256(content).hexdigest(), find_person(desk, by), meaning
    )  # fmt: skip


def signed(desk: Desk, batch: str) -> tuple[tuple[str, Signature], ...]:
    """Who signed acceptance sheets of a batch: name and signature, in the order in which they were given."""
    names = shown_names(desk)
    found = signatures_of(read_state(desk), f"acceptance:{batch}")
    return tuple((names.get(each.person, each.person), each) for each in found)
