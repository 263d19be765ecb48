"""Signatures: what counts as two approvals, and that a race does not make two facts of one signature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations

import pytest

from labelqa.errors import Refused
from labelqa.records.facts import Fact
from labelqa.records.governance import Meaning, Signature
from labelqa.records.names import Digest, PersonId
from labelqa.workflows import signatures
from labelqa.workflows.desk import Desk
from labelqa.workflows.signatures import approvals, approved, approved_by, check_declarers, sign, signatures_of
from labelqa.workflows.state import read_state
from tests.building import approvers

DOCUMENT, BYTES = "clarification:genai-sft#1", "ab" * 32


def signature(person: str, fact: int, meaning: Meaning = Meaning.APPROVAL) -> Signature:
    at = datetime(2026, 11, 16, tzinfo=UTC)
    return Signature(person=PersonId(person), meaning=meaning, digest=Digest(BYTES), at=at, fact=fact)


def test_two_approvals_by_one_person_are_one() -> None:
    one, again, two = signature("p-1", 3), signature("p-1", 4), signature("p-2", 5)
    review = signature("p-3", 6, Meaning.REVIEW)
    assert approvals([one, again, review]) == (one,)
    assert not approved([one, again, review])
    assert all(approved(order) for order in permutations([one, again, review, two]))
    assert not approved([])


def test_only_the_same_bytes_of_the_same_document_count(bare: Desk) -> None:
    one, two = approvers(bare)
    sign(bare, DOCUMENT, BYTES, one, Meaning.APPROVAL)
    sign(bare, DOCUMENT, "cd" * 32, two, Meaning.APPROVAL)
    sign(bare, "clarification:genai-sft#11", BYTES, two, Meaning.APPROVAL)
    assert [each.person for each in signatures_of(read_state(bare), DOCUMENT, BYTES)] == [one]
    assert [each.person for each in signatures_of(bare.ledger.facts(), DOCUMENT)] == [one, two]
    with pytest.raises(
        Refused, match=r"changed after these people signed it: Lea Der.*so far: Sue Pervise.*: the command"
    ):
        approved_by(bare, DOCUMENT, BYTES, command="the command")
    sign(bare, DOCUMENT, BYTES, two, Meaning.APPROVAL)
    assert [each.person for each in approved_by(bare, DOCUMENT, BYTES, command="")] == [one, two]


def test_a_superseded_signature_is_not_heard(bare: Desk) -> None:
    one, _ = approvers(bare)
    sign(bare, DOCUMENT, BYTES, one, Meaning.APPROVAL)
    (*_, last) = bare.ledger.facts()
    later = replace(last, seq=last.seq + 1, supersedes=last.seq, body=replace(last.body, meaning="review"))
    assert [each.meaning for each in signatures_of((last, later), DOCUMENT)] == [Meaning.REVIEW]


def test_the_same_signature_given_at_once_elsewhere_is_one_fact(bare: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    one, _ = approvers(bare)
    seen = signatures_of
    late = [True]

    def blind(source: Sequence[Fact], document: str, digest: str = "") -> tuple[Signature, ...]:
        """The first look comes before the other process signs."""
        if late:
            late.clear()
            found = seen(source, document, digest)
            sign(bare, document, digest, one, Meaning.APPROVAL)
            return found
        return seen(source, document, digest)

    monkeypatch.setattr(signatures, "signatures_of", blind)
    assert sign(bare, DOCUMENT, BYTES, one, Meaning.APPROVAL).already
    assert [fact.kind for fact in bare.ledger.facts()].count("document.signed") == 1


def test_a_declarer_counts_only_by_an_approval(bare: Desk) -> None:
    review, approval = signature("p-1", 3, Meaning.REVIEW), signature("p-1", 4)
    check_declarers(bare, [], [], command="")
    check_declarers(bare, [("p-1", "title")], [review, approval], command="")
    for by, signatures_there in (("p-1", [review]), ("p-2", [approval]), ("", [approval])):
        with pytest.raises(Refused, match=r"is said to declare that title means the same.*: the command"):
            check_declarers(bare, [(by, "title")], signatures_there, command="the command")
