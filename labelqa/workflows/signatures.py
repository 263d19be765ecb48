"""Signatures: who signed which document, of exactly which bytes, and whether two people have approved it.

A signature is a fact over a digest. Names are looked up only when somebody reads; nothing here judges the text signed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final

from labelqa.batches.checks import in_force
from labelqa.errors import BadInput, Message, Refused
from labelqa.i18n import N_
from labelqa.ledger.view import Facts, viewed
from labelqa.records.facts import Draft, Fact
from labelqa.records.governance import APPROVALS, DocumentSigned, Meaning, Signature
from labelqa.records.names import Digest, PersonId
from labelqa.workflows.desk import Desk
from labelqa.workflows.state import State, read_state, shown_names

_MEANT: Final = {
    Meaning.APPROVAL: N_("{name} (approval)"),
    Meaning.REVIEW: N_("{name} (review)"),
    Meaning.AUTHORSHIP: N_("{name} (authorship)"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """What came of signing; ``already``: the same person had signed the same bytes, so that nothing was recorded.

    ``approvals`` counts the people who have approved these bytes now.
    """

    document: str
    signature: Signature
    already: bool
    approvals: int


def sign(desk: Desk, document: str, digest: str, person: PersonId, meaning: Meaning) -> Signing:
    """Record that a person signed a document of these bytes, once.

    ``document`` is ``rulebook:NAME@VERSION``, ``clarification:NAME#NUMBER`` or ``acceptance:BATCH``, ``digest`` the
    sha256 of the bytes.
    BadInput for somebody who is not registered, Refused for a model.
    """
    check_signer(desk, person)
    before = signatures_of(desk.ledger.view(), document, digest)
    if found := _of(before, person, meaning):
        return Signing(document=document, signature=found, already=True, approvals=len(approvals(before)))
    body = DocumentSigned(document=document, digest=digest, person=person, meaning=meaning.value)
    draft = Draft(body=body, subjects=_subjects(document, person), actor=desk.actor, identity=desk.identity)

    def unless(known: Facts) -> None:
        if _of(signatures_of(known, document, digest), person, meaning):
            raise _Twice

    try:
        (fact,) = desk.ledger.append([draft], now=desk.clock(), unless=unless)
    except _Twice:  # the same signature, given at the same time somewhere else
        return sign(desk, document, digest, person, meaning)
    now = signatures_of(desk.ledger.view(), document, digest)
    return Signing(document=document, signature=_signature(fact, body), already=False, approvals=len(approvals(now)))


class _Twice(Exception):
    """The signature is there already."""


def check_signer(desk: Desk, person: PersonId) -> None:
    """BadInput for somebody who is not registered, Refused for a model: only people answer for a text."""
    known = read_state(desk).people.get(person)
    name = shown_names(desk).get(person, person)
    if known is None:
        raise BadInput("{name} is not registered and cannot sign: labelqa people add first", name=name)
    if known.model:
        raise Refused("{name} is a model and cannot sign: two people have to answer for it", name=name)


def signatures_of(source: State | Facts | Sequence[Fact], document: str, digest: str = "") -> tuple[Signature, ...]:
    """The signatures of a document in the order in which they were given; of these bytes only, where ``digest`` is told.

    A signature that a later fact supersedes is not heard.
    """
    facts = source.facts if isinstance(source, State) else viewed(source)
    return tuple(
        _signature(fact, body)
        for fact, body in in_force(facts.of(DocumentSigned), DocumentSigned)
        if body.document == document and digest in {"", body.digest}
    )


def approvals(signatures: Iterable[Signature]) -> tuple[Signature, ...]:
    """Each person's first approval among the signatures."""
    first: dict[PersonId, Signature] = {}
    for each in signatures:
        if each.meaning is Meaning.APPROVAL:
            first.setdefault(each.person, each)
    return tuple(first.values())


def approved(signatures: Iterable[Signature]) -> bool:
    """Whether two different people have approved."""
    return len(approvals(signatures)) >= APPROVALS


def approved_by(desk: Desk, document: str, digest: str, *, command: str) -> tuple[Signature, ...]:
    """The approvals of exactly these bytes; Refused, with who signed what so far, while there are fewer than two.

    ``command`` is what the next person types to sign.
    """
    every = signatures_of(desk.ledger.view(), document)
    these = tuple(each for each in every if each.digest == digest)
    if approved(these):
        return approvals(these)
    names = shown_names(desk)
    told = {"document": document.partition(":")[2], "digest": digest[:12], "command": command}
    if stale := approvals(each for each in every if each.digest != digest):
        raise Refused(
            "{document} was changed after these people signed it: {before}; on the bytes as they are now ({digest}) it needs approvals by two different people, so far: {who}: {command}",
            **told, before=who_signed(stale, names), who=who_signed(these, names),
        )  # fmt: skip
    raise Refused(
        "{document} needs approvals by two different people on exactly these bytes ({digest}); so far: {who}: {command}",
        **told, who=who_signed(these, names),
    )  # fmt: skip


def check_declarers(
    desk: Desk, declared: Iterable[tuple[str, str]], signatures: Iterable[Signature], *, command: str
) -> None:
    """Refused unless everybody who declares something of a text has approved it too: a name in a file proves nothing.

    ``declared`` are a declarer's pseudonym and the part, ``signatures`` the approvals of exactly these bytes.
    """
    signers = {each.person for each in signatures if each.meaning is Meaning.APPROVAL}
    for by, part in declared:
        if by not in signers:
            raise Refused(
                "{who} is said to declare that {part} means the same, and has not approved exactly these bytes: whoever declares it must sign them: {command}",
                who=shown_names(desk).get(PersonId(by), by), part=part, command=command,
            )  # fmt: skip


def who_signed(signatures: Sequence[Signature], names: Mapping[PersonId, str]) -> Message:
    """The signers with what each signature means, in one line; "nobody" where there are none."""
    parts = [Message(_MEANT[each.meaning], {"name": names.get(each.person, each.person)}) for each in signatures]
    if not parts:
        return Message(N_("nobody"))
    return reduce(lambda left, right: Message(N_("{left}, {right}"), {"left": left, "right": right}), parts)


def _of(signatures: Iterable[Signature], person: PersonId, meaning: Meaning) -> Signature | None:
    return next((each for each in signatures if (each.person, each.meaning) == (person, meaning)), None)


def _signature(fact: Fact, body: DocumentSigned) -> Signature:
    return Signature(
        person=PersonId(body.person), meaning=Meaning(body.meaning), digest=Digest(body.digest),
        at=fact.effective_at, fact=fact.seq, identity=fact.identity,
    )  # fmt: skip


def _subjects(document: str, person: PersonId) -> tuple[str, ...]:
    """A rulebook's signatures stand with its releases, a clarification's with its rulebook, an acceptance's with its
    batch."""
    kind, _, rest = document.partition(":")
    if kind == "rulebook":
        return (f"rulebook:{rest.partition('@')[0]}", f"release:{rest}", f"person:{person}")
    if kind == "acceptance":
        return (document, f"batch:{rest}", f"person:{person}")
    return (document, f"rulebook:{rest.partition('#')[0]}", f"person:{person}")
