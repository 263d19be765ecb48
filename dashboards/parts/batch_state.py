"""Where a batch stands: its figures, who must act next, and its conclusion with the reason."""

from __future__ import annotations

import streamlit as st

from labelqa.adapters.report.text import count, exclusion_name, moment, name_of, percent
from labelqa.i18n import Speaker
from labelqa.records.batch import Conclusion, Stage
from labelqa.records.summary import BatchLine
from parts.cards import badges, figure_card, next_step, number_card, section
from parts.items import to_items
from parts.tables import show
from parts.view import View
from parts.words import plain


def lay_out(view: View, line: BatchLine) -> None:
    """State, figures, conclusion, exclusions."""
    say = view.say
    st.markdown(badges(line, say))
    st.caption(plain(say(
        "Rulebook {release}; labelled by {organizer}; declared {declared}, frozen {frozen}, settled {settled}",
        release=line.release, organizer=line.organizer or "—", declared=moment(line.declared_at, view.zone),
        frozen=moment(line.frozen_at, view.zone), settled=moment(line.settled_at, view.zone),
    )))  # fmt: skip
    conclusion(line, say)
    figures(line, say)
    open_matters(line, say)
    if line.next_duty or line.next_command:
        section(say("Next step"))
        next_step(line, say)
    leads(line, say)
    exclusions(line, say)


def conclusion(line: BatchLine, say: Speaker) -> None:
    """What became of the batch, and why."""
    if not line.conclusion:
        return
    text = plain(
        say("Conclusion: {conclusion}. {reason}", conclusion=name_of(line.conclusion, say), reason=say(line.reason))
    )
    if line.conclusion is Conclusion.ACCEPT:
        st.success(text, icon=":material/check_circle:")
    else:
        st.error(text, icon=":material/undo:")


def figures(line: BatchLine, say: Speaker) -> None:
    """What was counted and measured."""
    labelled, agreement, accuracy, disputes = st.columns(4)
    with labelled:
        number_card(
            say("Items"), count(line.items),
            say("{n} annotations by {people} annotators", n=count(line.annotations), people=count(line.annotators)),
            *([say("{n} by people who were not qualified", n=count(line.unqualified))] if line.unqualified else []),
        )  # fmt: skip
    with agreement:
        figure_card(say("Agreement (Krippendorff's alpha)"), line.alpha, say, unit="plain")
    with accuracy:
        aim = [] if line.target is None else [say("To be proven: {target}", target=percent(line.target))]
        figure_card(say("Accuracy of checked labels"), line.accuracy, say, *aim)
    with disputes:
        number_card(
            say("Disputes open"), count(line.disputes_open), say("{n} disputed at the freeze", n=count(line.disputed)),
        )  # fmt: skip


def open_matters(line: BatchLine, say: Speaker) -> None:
    """What was found and is open, how much of a safety batch failed, and what stands against settling."""
    life, columns = line.life, st.columns(3)
    with columns[0]:
        number_card(
            say("Problems open"), count(life.problems_open), say("{n} items were found wrong so far", n=count(life.problems)),
        )  # fmt: skip
    with columns[1]:
        number_card(
            say("Harmful hits reported"), count(life.hits), *([say("the batch is blocked until a second person rules")] if life.blocked else []),
        )  # fmt: skip
    if life.first_review is not None:
        with columns[2]:
            first, after = life.first_review.batch, life.first_review.batch_after
            whole, left = life.first_review.whole, life.first_review.whole_after
            number_card(
                say("Failed the first review"), f"{first.failing}/{first.items}",
                say("with the safety batches of this line of the rulebook settled before: {share}", share=f"{whole.failing}/{whole.items}"),
                say("after correction: {batch}, with those {whole}", batch=f"{after.failing}/{after.items}", whole=f"{left.failing}/{left.items}"),
            )  # fmt: skip
    if life.missing and line.stage is not Stage.OPEN:
        with st.expander(say("What stands against settling it ({n})", n=len(life.missing)), expanded=life.blocked):
            st.markdown("\n".join(f"- {plain(say(each))}" for each in life.missing))


def leads(line: BatchLine, say: Speaker) -> None:
    """Ways from the counts to the items behind them; only those that hold something."""
    ways = [
        (line.disputed, "disputed", say("Disputed items")),
        (line.drawn, "drawn", say("Drawn items")),
        (line.reviewed, "incorrect", say("Items found incorrect")),
        (line.unqualified, "unqualified", say("Labelled without qualification")),
        (line.items, "", say("All items")),
    ]
    with st.container(horizontal=True):
        for number, only, label in ways:
            if number and line.stage is not Stage.OPEN:
                st.button(label, key=f"lead-{only or 'all'}", on_click=to_items, kwargs={"only": only})


def exclusions(line: BatchLine, say: Speaker) -> None:
    """Which annotations stayed out of the frozen batch."""
    if line.exclusions:
        section(say("Left out at the freeze"))
        rows = [
            {say("Reason"): exclusion_name(each.reason, say), say("Annotations"): each.count}
            for each in line.exclusions
        ]
        show(rows, key="exclusions")
