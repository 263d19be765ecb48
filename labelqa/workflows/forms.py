"""Forms about a batch that are signed or filed: each is known by the digest of its bytes from when it was written.

What a form says is gathered elsewhere; here is only which files labelqa wrote, so that no other file can be signed as one.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum

from labelqa.records.facts import Draft, FormIssued
from labelqa.records.names import Digest
from labelqa.workflows.desk import Desk
from labelqa.workflows.state import State


class Form(StrEnum):
    """Which form."""

    ACCEPTANCE = "acceptance"
    VERIFICATION = "verification"


def issue_form(desk: Desk, form: Form, batch: str, *, name: str, content: bytes) -> Digest:
    """Record that a form about a batch was written into a file of this name and these bytes; its digest."""
    digest = digest_of(content)
    body = FormIssued(form=form, batch=batch, files={name: digest})
    draft = Draft(body=body, subjects=(f"batch:{batch}",), actor=desk.actor, identity=desk.identity)
    desk.ledger.append([draft], now=desk.clock())
    return digest


def is_form(state: State, form: Form, batch: str, digest: str) -> bool:
    """Whether labelqa wrote these bytes as such a form about the batch."""
    told = state.facts.about(f"batch:{batch}", FormIssued)
    return any(fact.body.form == form and digest in fact.body.files.values() for fact in told)


def digest_of(content: bytes) -> Digest:
    """The sha256 of a file's bytes."""
    return Digest(hashlib.sha256(content).hexdigest())
