"""The table of kinds is whole, its names exist, and kinds are told from real answers or asked for."""

from __future__ import annotations

import json

import pytest

from labelqa.adapters.label_studio.codec import decode
from labelqa.adapters.label_studio.config import read_config
from labelqa.errors import InsufficientData
from labelqa.records.annotation import ControlKind
from labelqa.stats.agreement.capabilities import capability
from labelqa.stats.kinds import DISTANCES, TABLE, Reduction, default_distance, distance_named, kind_of
from labelqa.workflows.labels import label_of

FROM_DISTANCES = {"distance-alpha", "mean-agreement", "sigma", "ks", "unitizing-alpha", "gamma", "bradley-terry"}


def test_every_kind_has_its_row():
    assert set(TABLE) == set(ControlKind)
    assert [row.kind for row in TABLE.values()] == list(ControlKind)


@pytest.mark.parametrize("row", TABLE.values(), ids=lambda row: row.kind.value)
def test_rows_name_what_there_is(row):
    names = [name.partition(":")[0] for name in (*row.coefficients, *row.also)]
    for name in set(names) - FROM_DISTANCES:
        assert capability(name).name == name
    assert len(set(row.coefficients + row.also)) == len(row.coefficients + row.also)
    assert {row.distance, *row.distances} <= set(DISTANCES)
    assert row.distance not in row.distances
    assert str(row.reason)[0].islower()


@pytest.mark.parametrize("name", DISTANCES)
def test_every_distance_can_be_made(name):
    distance = distance_named(name, ("1", "2", "5"))
    assert distance.between([], []).shape == (0,)


def test_labels_give_a_distance_its_scale():
    stars = ("1", "2", "3", "4", "5")
    assert default_distance(ControlKind.RATING, stars).between([1.0], [5.0]).tolist() == [1]
    assert default_distance(ControlKind.RATING).between([1.0], [5.0]).tolist() == [4]
    assert default_distance(ControlKind.RATING, ("bad", "good")).between([1.0], [5.0]).tolist() == [4]
    assert default_distance(ControlKind.NUMBER, ("0", "100")).between([0.0], [50.0]).tolist() == [0.25]
    ranks = default_distance(ControlKind.RANKING, ("good", "bad"))
    assert ranks.between([ranks.read('{"good":["a"],"bad":["b"]}')], [ranks.read('{"bad":["a"],"good":["b"]}')]) == [1]
    with pytest.raises(ValueError, match="no distance called 'euclid'"):
        distance_named("euclid")


def test_few_answers_are_counted_and_many_are_measured():
    counted = {kind for kind, row in TABLE.items() if row.reduction is Reduction.PATTERNS}
    assert counted == {
        ControlKind.CHOICE, ControlKind.CHOICES, ControlKind.TAXONOMY, ControlKind.RATING, ControlKind.PAIRWISE,
        ControlKind.RANKING,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("texts", "labels", "expected"),
    [
        (["正面", "负面"], ("正面", "负面", "中性"), ControlKind.CHOICE),
        (["nan"], ("nan", "ok"), ControlKind.CHOICE),
        (["left", "right"], ("left", "right"), ControlKind.PAIRWISE),
        (["left", "right"], ("left", "right", "straight on"), ControlKind.CHOICE),
        (["a", "c"], ("a", "b"), ControlKind.CHOICE),
        (['["a"]', "b", '["a","b"]'], ("a", "b"), ControlKind.CHOICES),
        (['["a"]', "[]"], ("a", "b"), ControlKind.CHOICES),
        (['[["Animal","Dog"],["Plant"]]'], (), ControlKind.TAXONOMY),
        (["4", "5"], (), ControlKind.RATING),
        (["4", "5.5"], (), ControlKind.NUMBER),
        (["left", "tie"], (), ControlKind.PAIRWISE),
        (['{"bad":["x"],"good":["y"]}'], ("good", "bad"), ControlKind.RANKING),
        (['["z","x"]', '{"a":["x"]}'], (), ControlKind.RANKING),
        (["打开灯", '["[笑] 好"]'], ("a",), ControlKind.TEXT),
        (['["a summary"]', "4"], ("a",), ControlKind.TEXT),
        (['[{"end":4,"labels":["x"],"start":0,"text":"abcd"}]', "[]"], (), ControlKind.SPANS),
        (['[{"end":4,"labels":["x"],"start":0}]'], (), ControlKind.SPANS),
        (['[{"end":4.5,"labels":["x"],"start":0}]', '[{"end":4,"labels":["x"],"start":0}]'], (), ControlKind.SEGMENTS),
        (['[{"channel":1,"end":4,"labels":[],"start":0}]'], (), ControlKind.SEGMENTS),
        (['[{"height":1,"labels":["x"],"rotation":0,"width":2,"x":3,"y":4}]'], (), ControlKind.BOXES),
        (['[{"labels":["x"],"points":[[0,0],[1,0],[1,1]]}]'], (), ControlKind.POLYGONS),
        (['[{"labels":["nose"],"x":1,"y":2}]'], (), ControlKind.KEYPOINTS),
        (['[{"direction":"right","from":{},"labels":[],"to":{}}]'], (), ControlKind.RELATIONS),
    ],
)
def test_kinds_are_told_from_answers(texts, labels, expected):
    assert kind_of(texts, labels) is expected


@pytest.mark.parametrize(
    ("texts", "labels", "kinds"),
    [
        (["正面"], (), "choice, text"),
        (["word", "4"], (), "choice, text"),
        (["c"], ("a", "b"), "choice, text"),
        (['["a"]', "c"], ("a", "b"), "not all of one kind"),
        (['["a"]'], (), "choices, text"),
        (['["z","x"]'], (), "choices, ranking, text"),
        (['["z","x"]'], ("a",), "ranking, text"),
        ([], (), "no answers"),
        (["[]"], ("a",), "no answers"),
        (['["a"]', '[["a"]]'], ("a",), "not all of one kind"),
        (['[{"x":1,"z":2}]'], (), "not all of one kind"),
        (["[1,2]"], (), "not all of one kind"),
        (['{"a":1}'], (), "not all of one kind"),
    ],
)
def test_what_nobody_can_tell_is_asked(texts, labels, kinds):
    with pytest.raises(InsufficientData, match=kinds) as caught:
        kind_of(texts, labels)
    assert caught.value.reason == "unclear-kind"
    assert "say which kind they are" in str(caught.value)


@pytest.mark.shared
def test_real_answers_are_of_the_kind_that_the_form_says(shared):
    folder, seen, left_open = shared / "fixtures" / "label_studio", set(), set()
    for path in sorted((folder / "exports").glob("*/JSON.json")):
        config = folder / "configs" / f"{path.parent.name}.xml"
        if not config.is_file():
            continue
        specs = {each.name: each for each in read_config(config.read_text("utf-8"))[0]}
        results = [each["result"] for task in json.loads(path.read_text("utf-8")) for each in task["annotations"]]
        found = [decode(result, specs=specs).answers for result in results]
        for name, spec in specs.items():
            stored = [label_of(answers, name) for answers in found if name in answers]
            if not stored:
                continue
            try:
                assert kind_of(stored, spec.labels) is spec.kind
                seen.add(spec.kind)
            except InsufficientData:
                left_open.add(spec.kind)
    assert len(seen) >= 9
    assert left_open <= {ControlKind.CHOICE, ControlKind.TEXT, ControlKind.RANKING, ControlKind.RELATIONS}
