"""Where somebody is in the queue: the group, the item in it, and which one comes next."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from labelqa.records.queue import Group


@dataclass(frozen=True, slots=True)
class Turn:
    """One item's turn within its group."""

    group: Group
    key: str

    @property
    def place(self) -> int:
        """From 1."""
        return self.group.keys.index(self.key) + 1

    def go_on(self) -> None:
        """On to the next open item after this one, from the beginning where none follows."""
        at = self.place
        after = [*self.group.keys[at:], *self.group.keys[: at - 1]]
        still = set(self.group.open) - {self.key}
        self._to(next((each for each in after if each in still), ""))

    def step(self, by: int) -> None:
        """To a neighbour, open or not."""
        keys = self.group.keys
        self._to(keys[(self.place - 1 + by) % len(keys)])

    def _to(self, key: str) -> None:
        st.session_state[_kept(self.group)] = key


def name_of_group(group: Group) -> str:
    """What a group is called in the address."""
    return f"{group.waiting}:{group.name}"


def turn_of(group: Group) -> Turn | None:
    """The item that was stepped to, else the first open one; None when nothing is open."""
    kept = st.session_state.get(_kept(group))
    if kept and kept in group.keys:
        return Turn(group, kept)
    return Turn(group, group.open[0]) if group.open else None


def look_again(group: Group) -> None:
    """Back to the first item of a group that is done."""
    st.session_state[_kept(group)] = group.keys[0]


def _kept(group: Group) -> str:
    return f"queue-at-{group.waiting}-{group.name}"
