"""What a sample proves now: the decision, the sentence to be signed, what remains, and the path of its verdicts."""

from __future__ import annotations

from typing import Final

import streamlit as st

from labelqa.adapters.report import design_charts
from labelqa.adapters.report.design_tables import share
from labelqa.adapters.report.text import count, percent, whole
from labelqa.errors import LabelqaError
from labelqa.i18n import N_, Speaker
from labelqa.records.designs import Certificate, Decision, Design, StoppingLines
from labelqa.records.estimate import Estimate
from labelqa.workflows.certifying.certificate import certificate_named
from labelqa.workflows.certifying.stopping import stopping_of
from labelqa.workflows.desk import Desk
from labelqa.workflows.state import read_state
from parts.cards import figure_card, number_card
from parts.view import View, told
from parts.words import plain

DECISIONS: Final = {
    Decision.ACCEPT: ("green", ":material/verified:", N_("decided: accepted")),
    Decision.REJECT: ("red", ":material/cancel:", N_("decided: not accepted")),
    Decision.GO_ON: ("orange", ":material/hourglass_top:", N_("not decided yet: reviewing goes on")),
}


def lay_out(view: View, name: str) -> str:
    """The certificate of a sample, or of the one that decides a batch; a sentence where it cannot be worked out.

    Which sample it was comes back, "" for none.
    """
    try:
        found = view.ask(certificate_named, name)
        lines = view.ask(stopping, found.sample)
    except LabelqaError as error:
        told(error, view)
        return ""
    card(found, view.say)
    if lines is not None:
        st.altair_chart(design_charts.stopping(lines, view.say), key=f"stopping-{found.sample}", theme=None)
    return str(found.sample)


def stopping(desk: Desk, sample: str) -> StoppingLines | None:
    """Where the sample's check stops, if it is sequential, and the path of its verdicts."""
    state = read_state(desk)
    return stopping_of(desk, state, state.sample(sample))


def card(found: Certificate, say: Speaker) -> None:
    """Decision, sentence and figures."""
    hue, icon, name = DECISIONS[found.decision]
    st.markdown(f":{hue}-badge[{icon} {plain(say(name))}]")
    st.markdown(f"**{plain(say(found.statement))}**")
    if found.retracted is not None:
        st.warning(plain(say(found.retracted)), icon=":material/undo:")
    first, second, third = st.columns(3)
    with first:
        number_card(say("Verdicts read in ticket order"), count(found.read), *behind(found, say))
    with second:
        proof(found, say)
    with third:
        remaining(found, say)
    for sentence in found.explained:
        st.caption(plain(say(sentence)))


def behind(found: Certificate, say: Speaker) -> list[str]:
    """How the verdicts stand: wrong ones, those that wait, and when it was decided."""
    notes = [say("{wrong} of them count against the batch", wrong=count(found.wrong))]
    if found.given > found.read:
        notes.append(say("{n} more came out of turn and wait", n=count(found.given - found.read)))
    if found.stopped_at is not None:
        notes.append(say("decided after {n}", n=count(found.stopped_at)))
    if found.changed:
        notes.append(say("{n} verdicts were changed after they were given", n=count(found.changed)))
    return notes


def proof(found: Certificate, say: Speaker) -> None:
    """The accuracy with the bound that the verdicts prove."""
    notes = []
    if found.design is not Design.ESTIMATE:
        notes.append(
            say("to be proven: {target} at a risk of {risk}", target=share(found.target), risk=whole(found.risk))
        )
    if isinstance(found.accuracy, Estimate) and found.design in (Design.SEQUENTIAL, Design.STRATIFIED):
        notes.append(say("at least {low} right, whenever one looks", low=percent(found.accuracy.low)))
    if found.p_value is not None:
        notes.append(say("p = {p}", p=f"{found.p_value:.2g}"))
    figure_card(say("Accuracy by these verdicts"), found.accuracy, say, *notes)


def remaining(found: Certificate, say: Speaker) -> None:
    """What remains to be done."""
    label = say("Further reviews that would do")
    if found.decision is not Decision.GO_ON:
        number_card(label, count(0), say("Reviewing may stop."))
    elif found.to_give is None:
        number_card(label, "—", say("No further verdict can prove it."))
    elif found.design is Design.ESTIMATE:
        number_card(say("Planned reviews that remain"), count(found.to_give))
    else:
        number_card(label, count(found.to_give), say("if all of them are right"))
