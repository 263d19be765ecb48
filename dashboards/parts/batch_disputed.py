"""The items on which annotators differ most: their answers, what was shown, and the way to others like them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st

from labelqa.adapters.report.answers import answer_text
from labelqa.adapters.report.text import decimal
from labelqa.i18n import Speaker
from labelqa.records.agreement import DisputedItem
from labelqa.records.names import ItemId
from labelqa.records.summary import AgreementReport
from labelqa.workflows.batches import batch_detail
from labelqa.workflows.content import contents
from labelqa.workflows.desk import Desk
from labelqa.workflows.servers.links import item_url
from parts.cards import section
from parts.items import content_of, to_items
from parts.links import task_link
from parts.tables import Row, picked_row
from parts.view import View
from parts.words import plain, short

ANSWERS: Final = 90  # columns of the cell with the answers


def lay_out(view: View, report: AgreementReport) -> None:
    """The most disputed items, and the picked one in full."""
    say = view.say
    section(say("Most disputed items"), say("Pick a row to read the item."))
    if not report.disputed:
        st.info(say("No item is known on which annotators differ."))
        return
    at = picked_row([row(each, say) for each in report.disputed], key="disputed", wide=[say("Answers")])
    if at is not None:
        card(view, report, report.disputed[at])


def row(item: DisputedItem, say: Speaker) -> Row:
    """An item as a row; entropy only where answers are counted."""
    shown: Row = {
        say("Item"): item.item,
        say("Annotations"): item.annotations,
        say("Disagreement"): decimal(item.disagreement),
    }
    if item.entropy is not None:
        shown[say("Entropy (bits)")] = decimal(item.entropy)
    shown[say("Answers")] = short(answers(item, say), most=ANSWERS)
    return shown


def answers(item: DisputedItem, say: Speaker) -> str:
    """What was answered, and how often."""
    return say("; ").join(f"{answer_text(each, say)} × {times}" for each, times in item.answers)


def card(view: View, report: AgreementReport, item: DisputedItem) -> None:
    """One item as it was shown, its answers, and a way to all items on which annotators differ like this."""
    say = view.say
    with st.container(border=True, key="disputed-card"):
        st.text(say("Item {item}", item=item.item))
        left, right = st.columns([3, 2], gap="large")
        with left:
            content_of(view.ask(shown_item, report.batch, item.item), say)
        with right:
            for answer, times in item.answers:
                st.markdown(f"**× {times}** {plain(answer_text(answer, say))}")
        task_link(view.ask(item_url, item.item), say)
        likes = like(item, report.labels)
        st.button(say("All items disputed like this"), key="disputed-like", on_click=to_items, kwargs=likes)


def like(item: DisputedItem, labels: tuple[str, ...]) -> dict[str, str]:
    """The filter of items that are disputed in the same way: by its two most frequent answers where they are labels."""
    first = [answer for answer, _ in item.answers[:2]]
    if len(first) == 2 and set(first) <= set(labels):
        return {"label": first[0], "against": first[1]}
    return {"only": "disputed"}


def shown_item(desk: Desk, batch: str, item: str) -> Mapping[str, str]:
    """What one item showed; nothing where it is no longer kept."""
    return contents(desk, batch_detail(desk, batch).batch, [ItemId(item)]).get(ItemId(item), {})
