"""Labels across versions: renamed, split, merged, given up, or gone without a word."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelqa.records.governance import RulebookReleased
from labelqa.rulebook.mapping import LabelSet, Vanished, comparable, mapped, of_release

ONE = LabelSet(version="1.0.0", labels=("safe", "rude", "mean", "odd"))
TWO = LabelSet(
    version="2.0.0", labels=("safe", "angry", "curt", "mean"), since="1.0.0",
    changes=((("rude",), ("angry", "curt")), (("odd",), ())),
)  # fmt: skip
THREE = LabelSet(
    version="3.0.0", labels=("safe", "hostile", "curt", "fresh"), since="2.0.0",
    changes=((("angry", "mean"), ("hostile",)),),
)  # fmt: skip


def test_a_label_is_followed_through_a_split_and_a_merge() -> None:
    assert mapped("safe", [ONE, TWO, THREE]).labels == ("safe",)
    assert mapped("rude", [ONE, TWO]).labels == ("angry", "curt")
    assert mapped("rude", [ONE, TWO, THREE]).labels == ("hostile", "curt")
    assert mapped("odd", [ONE, TWO, THREE]).labels == ()
    assert mapped("odd", [ONE, TWO, THREE]).vanished == ()  # given up in so many words
    assert mapped("safe", [ONE]).labels == ("safe",)
    with pytest.raises(ValueError, match="label of the first version"):
        mapped("hostile", [ONE, TWO])


def test_labels_are_compared_in_the_finest_groups_that_hold() -> None:
    found = comparable([ONE, TWO, THREE])
    told = [tuple(group.labels.values()) for group in found.groups]
    assert told == [
        (("safe",), ("safe",), ("safe",)),
        (("rude", "mean"), ("angry", "curt", "mean"), ("hostile", "curt")),
        (("odd",), (), ()),
        ((), (), ("fresh",)),
    ]
    assert [group.everywhere for group in found.groups] == [True, True, False, False]
    assert found.vanished == ()
    group = found.group_of("2.0.0", "curt")
    assert group is not None
    assert "rude" in group.labels["1.0.0"]
    assert found.group_of("2.0.0", "rude") is None


def test_a_label_gone_without_a_word_is_reported() -> None:
    silent = LabelSet(version="2.0.0", labels=("safe",), since="1.0.0")
    lost = [Vanished(label=label, last="1.0.0") for label in ("rude", "mean", "odd")]
    assert list(comparable([ONE, silent]).vanished) == lost
    assert mapped("rude", [ONE, silent]).vanished == (lost[0],)


def test_what_is_told_since_another_version_is_not_used() -> None:
    found = comparable([ONE, THREE])  # the second version is missing in between
    assert [each.label for each in found.vanished] == ["rude", "mean", "odd"]


def test_a_label_that_is_split_off_keeps_its_name_only_where_it_is_said() -> None:
    both = LabelSet(version="2.0.0", labels=("a", "b"), since="1.0.0", changes=((("a",), ("a", "b")),))
    away = LabelSet(version="2.0.0", labels=("a", "b"), since="1.0.0", changes=((("a",), ("b",)),))
    one = LabelSet(version="1.0.0", labels=("a",))
    assert mapped("a", [one, both]).labels == ("a", "b")
    assert mapped("a", [one, away]).labels == ("b",)  # what is called a now is another thing
    assert len(comparable([one, away]).groups) == 2


def test_the_ledgers_fact_tells_the_same() -> None:
    body = RulebookReleased(
        name="n", version="2.0.0", kind="safety", digest="", title={}, control="c", labels=list(TWO.labels), rules=0,
        examples=0, material=True, previous="1.0.0", label_changes=[[["rude"], ["angry", "curt"]], [["odd"], []]],
    )  # fmt: skip
    assert of_release(body) == TWO


NAMES = st.lists(st.sampled_from("abcd"), unique=True, max_size=4).map(tuple)
CHANGES = st.lists(st.tuples(NAMES, NAMES), max_size=3).map(tuple)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(NAMES, CHANGES), min_size=1, max_size=4))
def test_groups_part_the_labels_and_hold_whatever_a_label_becomes(drawn: list) -> None:
    chain = [
        LabelSet(version=f"{at + 1}.0.0", labels=labels, since=f"{at}.0.0", changes=changes)
        for at, (labels, changes) in enumerate(drawn)
    ]
    found = comparable(chain)
    for each in chain:
        told = [label for group in found.groups for label in group.labels[each.version]]
        assert sorted(told) == sorted(each.labels)
    for label in chain[0].labels:
        group = found.group_of(chain[0].version, label)
        assert group is not None
        assert set(mapped(label, chain).labels) <= set(group.labels[chain[-1].version])
