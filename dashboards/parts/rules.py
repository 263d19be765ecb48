"""The rules of a release as their author wrote them, one at a time, with decision steps and worked examples."""

from __future__ import annotations

import streamlit as st

from labelqa.adapters.report.text import name_of
from labelqa.errors import LabelqaError
from labelqa.i18n import N_, Speaker
from labelqa.records.summary import RulebookLine
from labelqa.rulebook.model import Answer, ExampleKind, ExampleUse, Rule, Rulebook, Text
from labelqa.workflows.rulebooks import released_book
from parts.cards import section
from parts.tables import pick, show
from parts.view import View, choose, told
from parts.words import plain, short

KINDS = {
    ExampleKind.POSITIVE: N_("the rule applies"),
    ExampleKind.NEGATIVE: N_("the rule does not apply"),
    ExampleKind.BORDERLINE: N_("only just"),
}
ANSWERS = {Answer.YES: N_("yes"), Answer.NO: N_("no")}


def lay_out(view: View, line: RulebookLine) -> None:
    """Labels, the table of rules, and the picked rule."""
    say = view.say
    try:
        book = view.ask(released_book, f"{line.name}@{line.version}")
    except LabelqaError as error:
        told(error, view)
        return
    labels(book, say)
    section(say("Rules"), say("Pick a row to read the rule with its examples."))
    pick([rule_row(rule, say) for rule in book.rules], key="rules", then=lambda place: to_rule(book.rules[place].id))
    known = [rule.id for rule in book.rules]
    if known:
        chosen = choose("rule", known, default=known[0], pick=lambda key: st.selectbox(say("Rule"), known, key=key))
        one_rule(book.rules[known.index(chosen)], say)


def to_rule(rule: str) -> None:
    """Show another rule."""
    st.session_state["pick-rule"] = rule


def written(text: Text, say: Speaker) -> str:
    """A text in the reader's language, else in the other."""
    return (text.zh or text.en) if say.lang == "zh" else (text.en or text.zh)


def labels(book: Rulebook, say: Speaker) -> None:
    """The label set."""
    section(say("Labels"))
    rows = [
        {
            say("Label"): each.value,
            say("Title"): written(each.title, say),
            say("Definition"): written(each.definition, say),
        }
        for each in book.labels
    ]
    show(rows, key="labels")


def rule_row(rule: Rule, say: Speaker) -> dict[str, object]:
    """A rule as a row."""
    return {
        say("Rule"): rule.id,
        say("Statement"): short(written(rule.statement, say)),
        say("Labels"): ", ".join(rule.labels),
        say("If broken"): name_of(rule.severity, say),
        say("Examples"): len(rule.examples),
    }


def one_rule(rule: Rule, say: Speaker) -> None:
    """A rule in full."""
    with st.container(border=True, key="rule-card"):
        st.text(written(rule.statement, say))
        parts = [(say("Definition"), [rule.definition]), (say("Use when"), list(rule.use_when)),
                 (say("Do not use when"), list(rule.avoid_when)), (say("Boundary"), [each.text for each in rule.boundaries])]  # fmt: skip
        for name, texts in parts:
            lines = [written(text, say) for text in texts if text]
            if lines:
                st.caption(name)
                st.text("\n".join(lines))
        for place, step in enumerate(rule.steps, start=1):
            st.text(say("Step {place}: {question}", place=place, question=written(step.question, say)))
            st.caption(plain(say("yes → {yes}, no → {no}", yes=step.yes, no=step.no)))
        examples(rule, say)


def examples(rule: Rule, say: Speaker) -> None:
    """The worked examples that may be shown; those kept for exams and gold are only counted."""
    shown = [each for each in rule.examples if each.use is ExampleUse.HANDBOOK]
    st.caption(say("{n} worked examples", n=len(shown)))
    for each in shown:
        with st.container(border=True):
            st.text(written(each.content, say))
            answers = ", ".join(f"{step}: {say(ANSWERS[answer])}" for step, answer in each.answers.items())
            named = f":blue-badge[{plain(each.expected)}] :gray-badge[{plain(say(KINDS[each.kind]))}]"
            st.markdown(f"{named} {plain(answers)}")
            if each.reason:
                st.caption(plain(written(each.reason, say)))
    kept = len(rule.examples) - len(shown)
    if kept:
        st.caption(say("{n} more are kept for exams and gold and not shown here", n=kept))
