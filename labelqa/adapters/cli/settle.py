"""``labelqa settle``: a batch is accepted, labelled again or void."""

from __future__ import annotations

from dataclasses import fields

from labelqa.adapters.cli.certificate import print_certificate
from labelqa.adapters.cli.command import argument, command, flag
from labelqa.adapters.cli.output import figure_text, named
from labelqa.adapters.cli.session import Session
from labelqa.i18n import N_, Speaker
from labelqa.records.life import BatchLife, Share
from labelqa.records.production import RoundScope
from labelqa.records.summary import BatchLine


def conclusion_text(say: Speaker, line: BatchLine) -> str:
    """The conclusion with its reason; a dash while there is none."""
    if line.conclusion is None:
        return "–"
    return say(N_("{conclusion}: {reason}"), conclusion=named(line.conclusion, say), reason=line.reason)


def first_review_rows(say: Speaker, life: BatchLife) -> list[tuple[str, str]]:
    """How much of a safety batch failed, at first and after correction, by both readings of "all safety items"."""
    found = life.first_review
    if found is None:
        return []
    open_ = say(N_("; {n} {n:item is|items are} not reviewed yet"), n=life.unreviewed) if life.unreviewed else ""
    both = N_("{batch} of the batch; {whole} with the safety batches settled before it under this line of the rulebook")
    return [
        (
            N_("failed the first review"),
            say(both, batch=share_text(found.batch), whole=share_text(found.whole)) + open_,
        ),
        (
            N_("failing after correction"),
            say(both, batch=share_text(found.batch_after), whole=share_text(found.whole_after)),
        ),
    ]


def share_text(share: Share) -> str:
    """A share as its two numbers, with the percentage beside them.

    >>> share_text(Share(3, 40)), share_text(Share(0, 0))
    ('3/40 (7.5%)', '0/0')
    """
    exact = share.exact
    told = f"{share.failing}/{share.items}"
    return told if exact is None else f"{told} ({100 * float(exact):.4g}%)"


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
        N_(
            "A batch is accepted only when nothing stands against it: every problem found is corrected and reviewed again or closed "
            "with a reason, no dispute, appeal or suspected hit is open, and its card is complete; safety labeling also needs "
            "every item approved and a verification by people outside the batch. A confirmed hit needs nothing else."
        ),
    ),
    examples=("labelqa settle safety-w46", "labelqa settle safety-w46 --relabel"),
    words=(
        argument("batch"),
        flag("--relabel", says=N_("Choose to label again what was found wrong and is not corrected.")),
    ),
    reports=True,
)
def settle(session: Session, *, batch: str, relabel: bool) -> None:
    """Settles the batch."""
    from labelqa.workflows.certifying.certificate import certificate_named
    from labelqa.workflows.certifying.settle import settle_batch

    with session.desk() as desk:
        line = settle_batch(desk, batch, relabel=relabel)
        certificate = certificate_named(desk, batch)
    if session.json:
        return session.screen.json(
            {each.name: getattr(line, each.name) for each in fields(line)} | {"certificate": certificate}
        )
    session.screen.line(
        N_("{batch} is settled: {conclusion}"), batch=line.name, conclusion=conclusion_text(session.say, line)
    )
    if line.life.scope:
        session.screen.line(N_("To be labelled again: {scope}."), scope=named(RoundScope(line.life.scope), session.say))
    session.screen.line(N_("Accuracy: {figure}"), figure=figure_text(line.accuracy, session.say))
    for name, value in first_review_rows(session.say, line.life):
        session.screen.line(N_("{name}: {value}"), name=session.say(name), value=value)
    return print_certificate(session, certificate)
