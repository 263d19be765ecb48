"""The acceptance sheet of a settled batch (验收单): gathered from the record, signed over the bytes of its file."""

from __future__ import annotations

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
from labelqa.workflows.forms import Form, digest_of, is_form
from labelqa.workflows.people import find_person
from labelqa.workflows.population import annotators, labels_of_record, population
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
        card=life.card, chain=round_chain(desk, found.name), checks=sheet_checks(desk, state, found, evidence),
        accuracy=accuracy_of(desk, found, evidence), before_appeals=accuracy_before(desk, state, found, evidence),
        first_review=first_review(found, evidence),
        problems={"found": life.problems, "corrected": len(life.approved), "closed": life.closed, "open": life.open},
        disputes=dispute_counts(desk, state, found, evidence), appeals=_appeals(state, found), hits=hit_counts(evidence),
        organizers=organizer_shares(desk, state, found, evidence),
        accepted=len(labels_of_record(desk, state, found)) if found.conclusion is Conclusion.ACCEPT else 0,
        head=head_of(desk), made_at=desk.clock(), zone=desk.settings.timezone, signatures=signed(desk, found.name),
        discarded=len(life.discarded),
    )  # fmt: skip


def dispute_counts(desk: Desk, state: State, batch: Batch, evidence: Evidence) -> dict[str, int]:
    """Disputes of a frozen batch by their fate: those of the declared rule, and those that somebody raised."""
    return {
        "found": len(population(desk, state, batch).disputed), "ruled": len(state.rulings.get(batch.name, {})),
        "open": evidence.disputes_open,
    }  # fmt: skip


def hit_counts(evidence: Evidence) -> dict[str, int]:
    """Suspected hits by their state."""
    return dict(Counter(str(each.state) for each in evidence.life.hits))


def head_of(desk: Desk) -> str:
    """Number and hash of the last fact."""
    facts = desk.ledger.view()
    return f"{facts.last} {facts.fact(facts.last).hash}"


def sheet_checks(desk: Desk, state: State, batch: Batch, evidence: Evidence) -> tuple[SheetCheck, ...]:
    """Every sample of a batch with its plan and what it showed, the one that decides first."""
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
    """Record that somebody signed an acceptance sheet of the batch, over exactly the bytes that labelqa wrote.

    Refused while the batch is not settled; BadInput for a file that is no such sheet, of another batch, or altered.
    """
    state = read_state(desk)
    found = state.batch(batch)
    if found.conclusion is None:
        raise Refused("batch {batch} is not settled: its acceptance sheet comes with the conclusion", batch=found.name)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise BadInput("{path}: the file cannot be read ({why})", path=str(file), why=str(error.strerror)) from None
    digest = digest_of(content)
    if not is_form(state, Form.ACCEPTANCE, found.name, digest):
        raise BadInput(
            "{path} is no acceptance sheet of batch {batch} as labelqa wrote it: write one with labelqa acceptance sheet {batch} and sign that very file",
            path=str(file), batch=found.name,
        )  # fmt: skip
    return sign(desk, f"acceptance:{found.name}", digest, find_person(desk, by), meaning)


def signed(desk: Desk, batch: str) -> tuple[tuple[str, Signature], ...]:
    """Who signed acceptance sheets of a batch: name and signature, in the order in which they were given."""
    names = shown_names(desk)
    found = signatures_of(read_state(desk), f"acceptance:{batch}")
    return tuple((names.get(each.person, each.person), each) for each in found)
