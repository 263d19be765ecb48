"""``labelqa settle``: a batch is accepted, labelled again or void."""

from __future__ import annotations

from dataclasses import fields

from labelqa.adapters.cli.certificate import print_certificate
from labelqa.adapters.cli.command import argument, command
from labelqa.adapters.cli.output import figure_text, named
from labelqa.adapters.cli.session import Session
from labelqa.i18n import N_, Speaker
from labelqa.records.summary import BatchLine


def conclusion_text(say: Speaker, line: BatchLine) -> str:
    """The conclusion with its reason; a dash while there is none."""
    if line.conclusion is None:
        return "–"
    return say(N_("{conclusion}: {reason}"), conclusion=named(line.conclusion, say), reason=line.reason)


@command(
    "settle",
    says=N_("Reach a batch's conclusion: accept, relabel or void."),
    more=(
        N_(
            "Exit code 0 when a conclusion was reached, whichever it is; 5 when something is missing, which is "
            "then named."
        ),
        N_(
            "A batch may be settled as soon as the design has decided, even while drawn items are open. Under a contract its "
            "rule decides, and what the statistics prove is recorded and printed beside it."
        ),
    ),
    examples=("labelqa settle safety-w46",),
    words=(argument("batch"),),
    reports=True,
)
def settle(session: Session, *, batch: str) -> None:
    """Settles the batch."""
    from labelqa.workflows.certifying.certificate import certificate_named
    from labelqa.workflows.certifying.settle import settle_batch

    with session.desk() as desk:
        line = settle_batch(desk, batch)
        certificate = certificate_named(desk, batch)
    if session.json:
        return session.screen.json(
            {each.name: getattr(line, each.name) for each in fields(line)} | {"certificate": certificate}
        )
    session.screen.line(
        N_("{batch} is settled: {conclusion}"), batch=line.name, conclusion=conclusion_text(session.say, line)
    )
    session.screen.line(N_("Accuracy: {figure}"), figure=figure_text(line.accuracy, session.say))
    return print_certificate(session, certificate)
