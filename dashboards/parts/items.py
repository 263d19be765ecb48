"""The items behind a figure: filtered, fifty at a time, each with its votes, its verdict and what was shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import streamlit as st

from labelqa.adapters.report.answers import answer_text
from labelqa.adapters.report.text import count, name_of
from labelqa.i18n import N_, Speaker
from labelqa.records.annotation import ControlKind
from labelqa.records.results import ItemPage, ItemRow
from labelqa.workflows.annotated import annotators_named
from labelqa.workflows.batches import batch_detail
from labelqa.workflows.desk import Desk
from labelqa.workflows.items import item_page
from labelqa.workflows.population import frozen_of
from labelqa.workflows.servers.links import item_url
from parts.links import task_link
from parts.view import View
from parts.words import excerpt, plain, short

EACH: Final = 50
TALL: Final = 84  # px: four lines of a long text
VOTES: Final = 56  # columns of the cell with everybody's labels
MARK: Final = 12  # characters; a field no longer than this is hardly what was labelled
FILTERS: Final = ("only", "label", "against", "person")
PAGE: Final = "page"
ONE_LABEL: Final = ("", ControlKind.CHOICE, ControlKind.RATING, ControlKind.PAIRWISE)  # an answer is one label
ONLY: Final[Mapping[str, str]] = {
    "": N_("all items"),
    "disputed": N_("disputed items"),
    "drawn": N_("drawn items"),
    "incorrect": N_("found incorrect"),
    "unsafe": N_("marked unsafe"),
    "gold-wrong": N_("gold answered wrong"),
    "unqualified": N_("labelled without qualification"),
}
FLAGS: Final[Mapping[str, str]] = {
    "disputed": N_("disputed"),
    "drawn": N_("drawn"),
    "unsafe": N_("unsafe"),
    "gold-wrong": N_("gold wrong"),
    "unqualified": N_("not qualified"),
    "corrected": N_("by correction"),
}


def annotators_in(desk: Desk, batch: str) -> Mapping[str, str]:
    """The annotators of a frozen batch: pseudonym -> the name shown."""
    freeze = frozen_of(batch_detail(desk, batch).batch)
    return annotators_named(desk, desk.frozen.checked(freeze.annotations))[1]


def labels_in(desk: Desk, batch: str) -> tuple[str, ...]:
    """The labels that items of a batch can be filtered by; none where an answer is more than one label."""
    found = batch_detail(desk, batch).batch
    return found.labels if found.answers in ONE_LABEL else ()


def narrow(**wanted: str) -> None:
    """Set the filters; those not named are let go, and the first page comes up."""
    for name in FILTERS:
        _put(name, wanted.get(name, ""))
    _put(PAGE, "")


def to_items(**wanted: str) -> None:
    """Open the items section of the batch page under these filters."""
    narrow(**wanted)
    st.session_state["pick-show"] = "items"


def browse(view: View, batch: str, *, labels: Sequence[str], people: Mapping[str, str]) -> None:
    """The filters, a page of items, and the picked item in full."""
    _filters(view.say, labels, people)
    chosen = {name: st.query_params.get(name, "") for name in FILTERS}
    if chosen["only"] not in ONLY:
        chosen["only"] = ""
    number = _page_number()
    page: ItemPage = view.ask(item_page, batch, offset=EACH * (number - 1), limit=EACH, **chosen)
    pages = max(1, -(-page.total // EACH))
    if not page.rows:
        st.info(view.say("No item matches."), icon=":material/search_off:")
        return
    _turn(view.say, page, number, pages)
    row = _table(view.say, page, key=f"items-{batch}-{number}-{'-'.join(chosen.values())}")
    if row is None:
        st.caption(view.say("Pick a row to read the whole item."))
    else:
        item_card(row, view.say)
        task_link(view.ask(item_url, row.item_id), view.say)


def item_card(row: ItemRow, say: Speaker) -> None:
    """One item as it was shown, and everything that was said of it."""
    with st.container(border=True, key="item-card"):
        st.text(say("Item {item}", item=row.item_id))
        left, right = st.columns([3, 2], gap="large")
        with left:
            content_of(row.content, say)
        with right:
            _said_of(row, say)


def content_of(content: Mapping[str, str], say: Speaker) -> None:
    """What an item showed, field by field."""
    if not content:
        st.caption(say("The content is no longer kept."))
    for name, text in content.items():
        st.caption(plain(name))
        st.text(text)


def _said_of(row: ItemRow, say: Speaker) -> None:
    said = [(say("Label of record"), _record(row, say)), (say("Gold"), answer_text(row.gold, say))]
    said += [(name, answer_text(label, say)) for _, name, label in row.votes]
    if row.verdict:
        said.append((say("Verdict"), name_of(row.verdict, say)))
    said.append((say("Correct label"), answer_text(row.correct_label, say)))
    said.append((say("Flags"), _flags(row, say)))
    for name, text in said:
        if text:
            st.markdown(f"**{plain(name)}** {plain(text)}")


def _filters(say: Speaker, labels: Sequence[str], people: Mapping[str, str]) -> None:
    only, label, against, person = st.columns(4)
    anything = say("any label")
    with only:
        _filter("only", say("Show"), list(ONLY), {code: say(name) for code, name in ONLY.items()}, say)
    with label:
        _filter("label", say("Labelled"), ["", *labels], {"": anything}, say)
    with against:
        _filter("against", say("and by somebody else"), ["", *labels], {"": anything}, say)
    if people:
        with person:
            _filter("person", say("Annotator"), ["", *people], {"": say("anybody"), **people}, say)


def _filter(name: str, label: str, options: list[str], shown: Mapping[str, str], say: Speaker) -> None:
    key = f"filter-{name}"
    now = st.query_params.get(name, "")
    if now not in options:
        options = [*options, now]

    def changed() -> None:
        _put(name, st.session_state[key])
        _put(PAGE, "")

    st.session_state[key] = now
    st.selectbox(
        label, options, format_func=lambda value: shown.get(value) or answer_text(value, say), key=key,
        on_change=changed,
    )  # fmt: skip


def _put(name: str, value: str) -> None:
    if value:
        st.query_params[name] = value
    elif name in st.query_params:
        del st.query_params[name]


def _page_number() -> int:
    asked = st.query_params.get(PAGE, "1")
    return max(1, int(asked)) if asked.isdecimal() and len(asked) < 10 else 1


def _turn(say: Speaker, page: ItemPage, number: int, pages: int) -> None:
    def turned() -> None:
        _put(PAGE, str(st.session_state["item-page"]))

    left, right = st.columns([4, 1], vertical_alignment="bottom")
    first = page.offset + 1
    left.caption(say(
        "Items {first} to {last} of {total}",
        first=count(first), last=count(page.offset + len(page.rows)), total=count(page.total),
    ))  # fmt: skip
    if pages > 1:
        st.session_state["item-page"] = min(number, pages)
        right.number_input(
            say("Page, of {pages}", pages=count(pages)),
            min_value=1,
            max_value=pages,
            step=1,
            key="item-page",
            on_change=turned,
        )


def _table(say: Speaker, page: ItemPage, *, key: str) -> ItemRow | None:
    rows = [_cells(row, say) for row in page.rows]
    picked = st.dataframe(
        rows, hide_index=True, key=key, row_height=TALL, on_select="rerun", selection_mode="single-row",
        height=min(600, TALL * len(rows) + 40),
        column_config={
            say("Content"): st.column_config.TextColumn(width="large"),
            say("Item"): st.column_config.TextColumn(width=90),
            say("Votes"): st.column_config.TextColumn(width=360),
        },
    )  # fmt: skip
    chosen = picked["selection"]["rows"]
    return page.rows[chosen[0]] if chosen and chosen[0] < len(page.rows) else None


def _cells(row: ItemRow, say: Speaker) -> dict[str, str]:
    return {
        say("Item"): row.item_id,
        say("Content"): excerpt(_texts(row)),
        say("Label of record"): _record(row, say),
        say("Verdict"): name_of(row.verdict, say) if row.verdict else "",
        say("Correct label"): answer_text(row.correct_label, say),
        say("Gold"): answer_text(row.gold, say),
        say("Flags"): _flags(row, say),
        say("Votes"): _votes(row, say),
    }


def _record(row: ItemRow, say: Speaker) -> str:
    """The label of record in words; a long one is cut."""
    return short(answer_text(row.label, say)) if row.label else say("disputed")


def _texts(row: ItemRow) -> str:
    """The texts of an item; short marks such as numbers and languages are left to the item in full."""
    texts = [text for text in row.content.values() if len(text) > MARK]
    return " ‖ ".join(texts or row.content.values())


def _votes(row: ItemRow, say: Speaker) -> str:
    said = "; ".join(f"{name}: {answer_text(label, say)}" for _, name, label in row.votes)
    return short(said, most=VOTES)


def _flags(row: ItemRow, say: Speaker) -> str:
    return ", ".join(say(FLAGS[flag]) if flag in FLAGS else flag for flag in row.flags)
