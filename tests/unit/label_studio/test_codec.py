"""Answers of every control in their canonical form, and back."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelqa.adapters.label_studio.codec import decode
from labelqa.adapters.label_studio.encode import encode
from labelqa.records.annotation import ControlKind, ControlSpec


def item(kind, value, name="c", **more):
    return {"id": "a", "from_name": name, "to_name": "t", "type": kind, "value": value, **more}


BOX = {"x": 10.0, "y": 20, "width": 30.5, "height": 40, "rotation": 0}
CASES = [
    ("choices", {"choices": ["B"]}, "B", ControlKind.CHOICE),
    ("choices", {"choices": ["B", "A", "B"]}, ["A", "B"], ControlKind.CHOICES),
    ("taxonomy", {"taxonomy": [["P"], ["A", "D"], ["P"]]}, [["A", "D"], ["P"]], ControlKind.TAXONOMY),
    ("rating", {"rating": 4}, 4, ControlKind.RATING),
    ("number", {"number": 73.5}, 73.5, ControlKind.NUMBER),
    ("number", {"number": 7.0}, 7, ControlKind.NUMBER),
    ("pairwise", {"selected": "left"}, "left", ControlKind.PAIRWISE),
    ("ranker", {"ranker": {"rank": ["z", "x"]}}, ["z", "x"], ControlKind.RANKING),
    ("ranker", {"ranker": {"good": ["y"], "bad": []}}, {"good": ["y"], "bad": []}, ControlKind.RANKING),
    ("textarea", {"text": ["one", "two\n"]}, ["one", "two\n"], ControlKind.TEXT),
    ("textarea", {"text": "one"}, ["one"], ControlKind.TEXT),
    (
        "labels",
        {"start": 2, "end": 4, "text": "ab", "labels": ["X"]},
        [{"start": 2, "end": 4, "text": "ab", "labels": ["X"]}],
        ControlKind.SPANS,
    ),
    (
        "labels",
        {"start": 0.5, "end": 3, "channel": 1, "labels": ["A"]},
        [{"start": 0.5, "end": 3, "channel": 1, "labels": ["A"]}],
        ControlKind.SEGMENTS,
    ),
    ("rectanglelabels", {**BOX, "rectanglelabels": ["Car"]}, [{**BOX, "x": 10, "labels": ["Car"]}], ControlKind.BOXES),
    ("rectangle", BOX, [{**BOX, "labels": []}], ControlKind.BOXES),
    (
        "polygonlabels",
        {"points": [[1, 2.0], [3, 4.5]], "closed": True, "polygonlabels": ["R"]},
        [{"points": [[1, 2], [3, 4.5]], "labels": ["R"]}],
        ControlKind.POLYGONS,
    ),
]


@pytest.mark.parametrize(("kind", "value", "answer", "sort"), CASES)
def test_every_control(kind, value, answer, sort):
    done = decode([item(kind, value)])
    assert done.findings == []
    assert done.answers == {"c": answer}
    assert json.dumps(done.answers["c"]) == json.dumps(answer) or isinstance(answer, list | dict)
    assert done.kinds == {"c": sort}
    assert decode(encode(done.answers, kinds=done.kinds, to_names={"c": "t"})).answers == done.answers


def test_the_text_is_canonical():
    first = decode(
        [
            item("labels", {"start": 5, "end": 6, "text": "乙", "labels": ["X"]}),
            item("labels", {"start": 2, "end": 4, "text": "甲", "labels": ["X"]}),
        ]
    )
    second = decode(
        [
            item("labels", {"labels": ["X"], "end": 4.0, "text": "甲", "start": 2}, id="q"),
            item("labels", {"end": 6, "start": 5, "labels": ["X"], "text": "乙"}),
        ]
    )
    assert first.value == second.value
    assert (
        first.value
        == '{"c":[{"end":4,"labels":["X"],"start":2,"text":"甲"},{"end":6,"labels":["X"],"start":5,"text":"乙"}]}'
    )


def test_the_config_tells_a_label_from_a_set_of_one():
    spec = ControlSpec(name="c", kind=ControlKind.CHOICES, labels=("A", "B"))
    done = decode([item("choices", {"choices": ["B"]})], specs={"c": spec})
    assert (done.answers, done.kinds) == ({"c": ["B"]}, {"c": ControlKind.CHOICES})
    single = ControlSpec(name="c", kind=ControlKind.CHOICE, labels=("A", "B"))
    assert decode([item("choices", {"choices": ["B"]})], specs={"c": single}).answers == {"c": "B"}


def test_answers_are_held_against_the_config():
    spec = ControlSpec(name="c", kind=ControlKind.CHOICE, labels=("A",))
    done = decode(
        [item("choices", {"choices": ["Z"]}), item("choices", {"choices": ["A"]}, name="d")], specs={"c": spec}
    )
    assert [each.code for each in done.findings] == ["LS008", "LS007"]
    assert done.answers == {"c": "Z", "d": "A"}


def test_what_is_unknown_is_told_and_the_rest_is_kept():
    done = decode(
        [
            item("brushlabels", {"rle": [1]}),
            item("choices", {"choices": ["A"]}, name="d"),
            "x",
            item("rating", {"rating": "4"}, name="e"),
            item("labels", {"start": "a", "end": 2, "labels": []}, name="f"),
        ]
    )
    assert done.answers == {"d": "A"}
    assert [each.code for each in done.findings] == ["LS004", "LS003", "LS004", "LS004"]
    assert (
        str(done.findings[1].message)
        == 'the control "c" has answers of the unknown type brushlabels; they were left out'
    )
    assert [each.code for each in decode({"a": 1}).findings] == ["LS004"]


def test_two_answers_of_one_control():
    both = decode([item("choices", {"choices": ["A"]}), item("choices", {"choices": ["B"]})])
    assert both.answers == {"c": ["A", "B"]}
    differing = decode([item("rating", {"rating": 4}), item("rating", {"rating": 5})])
    assert differing.answers == {"c": 4}
    assert [each.code for each in differing.findings] == ["LS005"]


def test_per_region_answers_stand_on_their_region():
    span = {"start": 0, "end": 2, "text": "ab"}
    result = [
        item("labels", {**span, "labels": ["X"]}, name="label"),
        item("choices", {**span, "choices": ["sure"]}, name="certainty"),
        item("textarea", {"start": 0, "end": 2, "text": ["note"]}, name="note"),
        {"type": "relation", "from_id": "a", "to_id": "a", "direction": "bi", "labels": ["same"]},
    ]
    done = decode(result)
    owner = {"control": "label", **span, "labels": ["X"]}
    assert done.answers == {
        "label": [{**span, "labels": ["X"]}],
        "certainty": [{**span, "labels": ["sure"]}],
        "note": [{**span, "labels": [], "answer": ["note"]}],
        "relations": [{"from": owner, "to": owner, "direction": "bi", "labels": ["same"]}],
    }
    assert set(done.kinds.values()) == {ControlKind.SPANS, ControlKind.RELATIONS}
    again = decode(encode(done.answers, kinds=done.kinds, to_names=dict.fromkeys(done.answers, "text")))
    assert (again.answers, again.findings) == (done.answers, [])


def test_a_relation_to_nothing_is_told():
    done = decode([{"type": "relation", "from_id": "q", "to_id": "r", "direction": "left"}])
    assert (done.answers, [each.code for each in done.findings]) == ({}, ["LS004"])


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["choices", "text", "start", "end", "x", "points", "ranker", "taxonomy", "rating", "labels"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
types = st.sampled_from(
    [
        "choices",
        "textarea",
        "labels",
        "rectanglelabels",
        "polygonlabels",
        "ranker",
        "taxonomy",
        "rating",
        "relation",
        "pairwise",
        "x",
    ]
)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.builds(item, types, anything, st.sampled_from(["a", "b", None, 3])),
        max_size=4,
    )
    | anything
)
def test_decoding_is_total(result):
    done = decode(result)
    json.loads(done.value)
    assert set(done.kinds) == set(done.answers)


number = st.integers(0, 100) | st.floats(0, 100).map(lambda x: round(x, 3))
labels = st.lists(st.sampled_from("ABC"), min_size=1, max_size=2, unique=True)
boxes = st.lists(
    st.builds(
        lambda x, y, w, h, ls: item(
            "rectanglelabels", {"x": x, "y": y, "width": w, "height": h, "rotation": 0, "rectanglelabels": ls}
        ),
        number,
        number,
        number,
        number,
        labels,
    ),
    min_size=1,
    max_size=4,
)
spans = st.lists(
    st.builds(
        lambda s, n, ls: item("labels", {"start": s, "end": s + n, "text": "字" * n, "labels": ls}),
        st.integers(0, 9),
        st.integers(1, 5),
        labels,
    ),
    min_size=1,
    max_size=4,
)
choices = st.builds(lambda ls: [item("choices", {"choices": ls})], labels)
texts = st.builds(lambda ts: [item("textarea", {"text": ts})], st.lists(st.text(max_size=5), min_size=1, max_size=3))


@given(boxes | spans | choices | texts)
def test_encoding_gives_the_same_answers_again(result):
    done = decode(result)
    assert done.findings == []
    again = decode(encode(done.answers, kinds=done.kinds, to_names={"c": "t"}))
    assert again.value == done.value
