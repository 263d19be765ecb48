"""Labeling configs: controls, kinds, labels, and XML that is not to be trusted."""

from __future__ import annotations

import pytest

from labelqa.adapters.label_studio.config import read_config
from labelqa.errors import BadInput

K = {
    "audio": [("speaker", "segments", ("A", "B")), ("transcript", "segments", ())],
    "choices_chinese": [("情感", "choice", ("pos", "neg", "中性")), ("主题", "choices", ("体育", "科技"))],
    "choices_multiple": [("topics", "choices", ("Sports", "Politics", "Tech"))],
    "choices_single": [("sentiment", "choice", ("Positive", "Negative", "Neutral"))],
    "image_bbox": [("box", "boxes", ("Car", "Dog")), ("occluded", "boxes", ("yes", "no"))],
    "image_polygon": [("poly", "polygons", ("Road",))],
    "ner": [
        ("label", "spans", ("PER", "ORG", "LOC")),
        ("certainty", "spans", ("sure", "unsure")),
        ("note", "spans", ()),
        ("relations", "relations", ("works_for",)),
    ],
    "pairwise": [("pw", "pairwise", ("left", "right"))],
    "ranking": [("rank", "ranking", ())],
    "ranking_buckets": [("rank", "ranking", ("good", "bad"))],
    "rating_number": [("quality", "rating", ()), ("score", "number", ())],
    "review_project": [
        ("sentiment", "choice", ("Positive", "Negative", "Neutral")),
        ("labelqa_verdict", "choice", ("accept", "minor", "major", "guideline unclear")),
        ("labelqa_comment", "text", ()),
    ],
    "taxonomy": [("tax", "taxonomy", ("Animal", "Animal/Dog", "Animal/Cat", "Plant"))],
    "textarea": [("summary", "text", ())],
}


@pytest.mark.shared
@pytest.mark.parametrize("name", K)
def test_real_configs(shared, name):
    specs, found = read_config(
        (shared / "fixtures" / "label_studio" / "configs" / f"{name}.xml").read_text(encoding="utf-8")
    )
    assert [(spec.name, spec.kind.value, spec.labels) for spec in specs] == K[name]
    assert found == []
    if name == "choices_chinese":
        assert specs[0].shown == {"pos": "正面", "neg": "负面"}


@pytest.mark.shared
def test_all_configs_are_covered(shared):
    assert {path.stem for path in (shared / "fixtures" / "label_studio" / "configs").glob("*.xml")} == set(K)


def test_unknown_tags_are_named():
    _, found = read_config(
        '<View><BrushLabels name="b" toName="i"/><Marquee/><Rating toName="i"/></View>', file="c.xml"
    )
    assert [(each.code, str(each.message)) for each in found] == [
        ("LS006", 'unknown control tag <BrushLabels name="b">; its answers cannot be read'),
        ("LS006", "unknown control tag <Marquee>; its answers cannot be read"),
        ("LS009", "the control <Rating> has no name; its answers cannot be read"),
    ]


def test_labels_that_stand_in_the_tasks_are_unknown():
    specs, _ = read_config('<View><Choices name="c" toName="t"><Choice value="$options"/></Choices></View>')
    assert specs[0].labels == ()


@pytest.mark.parametrize(
    ("xml", "words"),
    [
        ('<!DOCTYPE a [<!ENTITY b "c">]><View>&b;</View>', "document type or entities"),
        ("<View><Text></View>", "is not XML"),
        ("", "is not XML"),
        ("<View>" + " " * 2_000_000 + "</View>", "longer than"),
    ],
)
def test_hostile_xml(xml, words):
    with pytest.raises(BadInput, match=words):
        read_config(xml)
