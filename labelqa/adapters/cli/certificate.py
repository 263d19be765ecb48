"""``labelqa certificate``: what a sample proves now, what remains, and whether the reviewers may stop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from labelqa.adapters.cli.accuracy_tables import said
from labelqa.adapters.cli.command import argument, command
from labelqa.adapters.cli.output import figure_text, named
from labelqa.adapters.cli.session import Session
from labelqa.errors import Message
from labelqa.i18n import N_
from labelqa.records.designs import Certificate, Decision, Design

_STOP: Final = {
    Decision.ACCEPT: N_("It is decided: reviewing may stop."),
    Decision.REJECT: N_("It is decided: reviewing may stop."),
}


@command(
    "certificate",
    says=N_("Say what a sample proves now, what remains, and whether the reviewers may stop."),
    more=(
        N_(
            "Worked out anew each time from the verdicts as they stand, so it may be looked at after every verdict. Verdicts "
            "are read in ticket order; those that came back out of turn wait. A batch's name stands for the sample that "
            "decides it."
        ),
    ),
    examples=("labelqa certificate safety-w46", "labelqa certificate safety-w46/2 --json"),
    words=(argument("sample"),),
    reports=True,
)
def certificate(session: Session, *, sample: str) -> None:
    """Prints the certificate."""
    from labelqa.workflows.certifying.certificate import certificate_named

    with session.desk() as desk:
        found = certificate_named(desk, sample)
    return session.screen.json(found) if session.json else print_certificate(session, found)


def print_certificate(session: Session, found: Certificate) -> None:
    """Evidence so far, what remains, and whether the reviewers may stop."""
    screen = session.screen
    said(screen, N_("{sample}: {statement}"), sample=found.sample, statement=found.statement)
    if found.retracted is not None:
        said(screen, found.retracted)
    screen.pairs(_rows(session, found))
    said(screen, _advice(found))
    for each in found.explained:
        said(screen, N_("- {sentence}"), sentence=each)


def _rows(session: Session, found: Certificate) -> Iterator[tuple[str, str]]:
    say = session.say
    yield N_("design"), named(found.design, say)
    yield (
        N_("verdicts read"),
        say(
            N_("{read:,} of {drawn:,} drawn, {wrong:,} of them counted against the batch"),
            read=found.read, drawn=found.drawn, wrong=found.wrong,
        ),
    )  # fmt: skip
    yield N_("accuracy"), figure_text(found.accuracy, say)
    if found.rule is not None:
        yield N_("verdict of the rule"), say(N_("passed") if found.rule else N_("failed"))
    if found.design is not Design.ESTIMATE:
        undecided = found.proven is None and found.decision is not Decision.GO_ON
        yield N_("statistical verdict"), say(N_("nothing is proven") if undecided else _PROVEN[found.proven])
    yield N_("seed"), say(Message("{standing}", {"standing": named(_standing(found), say)}))


_PROVEN: Final = {True: N_("proven"), False: N_("not proven"), None: N_("nothing proven yet")}


def _standing(found: Certificate) -> object:
    from labelqa.records.review import SeedStanding

    return SeedStanding(found.standing)


def _advice(found: Certificate) -> Message:
    """Whether to go on."""
    if found.decision in _STOP:
        return Message(_STOP[found.decision])
    if found.design is Design.ESTIMATE:
        left = found.to_give or 0
        return Message("All planned reviews are done.") if not left else Message("Go on: {n:,} planned reviews remain.", {"n": left})  # fmt: skip
    if found.to_give is None:
        return Message("Reviewing may stop: no further verdict can prove it.")
    return Message("Go on: {n:,} further reviews without an error would do.", {"n": found.to_give})
