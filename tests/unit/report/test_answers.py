"""Answers of every kind are said in words; a text that only looks like one is left as it is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelqa.adapters.report.answers import MOST, answer_text
from labelqa.i18n import Speaker

EN, ZH = Speaker("en"), Speaker("zh")


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("正面", "正面"),
        ("nan", "nan"),
        ("4", "4"),
        ('["b","a"]', "b, a"),
        ('[["Animal","Dog"],["Plant"]]', "Animal/Dog, Plant"),
        ('[{"start":0,"end":4,"labels":["药","剂量"],"text":"阿司匹林\\n片"}]', "药+剂量 “阿司匹林 片”"),
        ('[{"start":1.25,"end":2.5,"labels":["speech"]}]', "speech 1.25–2.5"),
        ('[{"x":10,"y":20.00001,"width":5,"height":7.5,"labels":["cat"]}]', "cat @10,20 5×7.5"),
        ('[{"points":[[0,0],[1,1]],"labels":["road"]}]', "road"),
        ('[{"start":0,"end":1}]', "· 0–1"),
        ('[{"from":"r1","to":"r2","direction":"right","labels":["treats"]}]', "treats r1 → r2"),
        ('{"good":["r1","r2"],"bad":["r3"]}', "good r1>r2, bad r3"),
        ("[not json", "[not json"),
        ("{}", "nothing marked"),
    ],
)
def test_an_answer_is_said_in_words(stored, shown):
    assert answer_text(stored, EN) == shown


def test_long_answers_are_cut_and_say_how_much_is_missing():
    many = json.dumps([f"label-{number}" for number in range(MOST + 3)])
    assert answer_text(many, EN).endswith("label-5, 3 more")
    assert answer_text(many, ZH).endswith("另有 3 个")
    span = json.dumps([{"start": 0, "end": 99, "labels": ["x"], "text": "很长" * 60}], ensure_ascii=False)
    assert answer_text(span, ZH).endswith("…”")
    assert answer_text("[]", ZH) == "未标出任何内容"


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda each: st.lists(each) | st.dictionaries(st.text(), each),
    )
)
def test_no_stored_text_breaks_a_page(value):
    assert isinstance(answer_text(json.dumps(value), EN), str)
