"""Each distance by hand, on stored answers as the reader writes them and as a plain table has them."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pytest

from labelqa.adapters.label_studio.codec import decode
from labelqa.adapters.label_studio.config import read_config
from labelqa.errors import InsufficientData
from labelqa.records.annotation import ControlKind
from labelqa.records.reductions import Distance
from labelqa.stats.distance.numbers import Absolute, Ordinal, Relative, Squared, Within
from labelqa.stats.distance.paths import MatchedPaths, SharedAncestors
from labelqa.stats.distance.profiles import (
    LineDistance,
    NumericDifference,
    best_match_average,
    consensus_score,
    lse_distance,
    overall_score,
    pairwise_score,
)
from labelqa.stats.distance.ranks import Kendall, Preference
from labelqa.stats.distance.sets import Exact, Jaccard, Masi
from labelqa.stats.distance.text import SPEECH, EditDistance, ErrorRate, TextRules, words
from labelqa.stats.kinds import TABLE, default_distance
from labelqa.workflows.labels import label_of

ANIMALS = {each: ["Animals", *each.split("/")] for each in ("Dogs/Labrador", "Dogs/Poodle", "Cats/Siamese")}
ANIMALS |= {each: ["Animals", *each.split("/")] for each in ("Birds/Eagle", "Birds/Sparrow")}


def apart(distance: Distance, one: str, other: str) -> float:
    """The distance of two stored answers, which must be the same both ways round."""
    first, second = distance.read(one), distance.read(other)
    there, back = distance.between([first, second], [second, first])
    assert there == pytest.approx(back, abs=1e-12)
    return float(there)


def told(*names: str) -> str:
    return json.dumps([ANIMALS[name] for name in names])


@pytest.mark.parametrize(
    ("distance", "one", "other", "expected"),
    [
        (Exact(), '["b","a"]', '["a","b"]', 0),
        (Exact(ordered=True), '["b","a"]', '["a","b"]', 1),
        (Exact(), "nan", "nan", 0),
        (Exact(), "[1", "[2", 1),
        (Exact(), '{"b":1,"a":2}', '{"a":2, "b":1}', 0),
        (Jaccard(), '["a","b"]', '["b","c"]', 2 / 3),
        (Jaccard(), "a", '["a"]', 0),
        (Jaccard(), "[]", "", 0),
        (Jaccard(), "[]", "a", 1),
        (Jaccard(), '[{"from":1,"to":2},{"from":2,"to":3}]', '[{"to":2,"from":1}]', 1 / 2),
        (Masi(), '["a","b"]', '["b","c"]', 1 - (1 / 3) * (1 / 3)),
        (Masi(), '["a","b"]', "b", 1 - (2 / 3) * (1 / 2)),
        (Masi(), "[]", "[]", 0),
        (Masi(), "[]", "a", 1),
        (SharedAncestors(), told("Dogs/Labrador"), told("Dogs/Poodle"), 1 / 2),
        (SharedAncestors(), told("Dogs/Labrador"), told("Cats/Siamese"), 4 / 5),
        (SharedAncestors(), told("Dogs/Labrador", "Birds/Eagle"), told("Dogs/Labrador", "Birds/Sparrow"), 1 / 3),
        (SharedAncestors(separator=">"), "动物 > 狗", "动物>猫", 2 / 3),
        (SharedAncestors(), "[]", "Animal", 1),
        (MatchedPaths(), told("Dogs/Labrador"), told("Dogs/Poodle"), 1 / 3),
        (MatchedPaths(), "a/b", '[["a","b"],["a","c"]]', 1 - (1 + 1 + 1 / 2) / 3),
        (MatchedPaths(), "[]", "[]", 0),
        (Absolute(width=4), "1", "5", 1),
        (Absolute(), "1.5", "-1", 2.5),
        (Squared(width=4), "4", "2", 1 / 4),
        (Relative(), "1", "3", 1 / 4),
        (Relative(), "0", "0", 0),
        (Within(tolerance=0.2), "0.1", "0.3", 0),
        (Within(), "4", "4.0", 0),
        (Within(tolerance=1), "4", "6", 1),
        (Ordinal(order=("差", "中", "好")), "差", "中", 1 / 2),
        (Preference(), "left", "right", 1),
        (Preference(), "tie", "right", 1 / 2),
        (Preference(left="1", right="2", tie="0"), "0", "0", 0),
        (Kendall(), '["x","y","z"]', '["x","z","y"]', 1 / 3),
        (Kendall(), '["x","y"]', "x > y", 0),
        (Kendall(), "a = b > c", "a > b > c", (1 / 2) / 3),
        (Kendall(), "[]", "[]", 0),
        (Kendall(), "[]", '["a"]', 1),
        (Kendall(), '["a"]', '["b"]', 1),
        (Kendall(), '["a","b"]', '["a"]', 0),
        (Kendall(), '["a","b","c"]', '["a"]', (1 / 2) / 3),
        (Kendall(), '{"rank":["a","b"]}', '["b","a"]', 1),
        (Kendall(buckets=("good", "bad")), '{"bad":["x"],"good":["y","z"]}', '{"good":["x"],"bad":["y","z"]}', 2 / 3),
        (EditDistance(), "abc", "abd", 1 / 3),
        (EditDistance(), '["abc"]', "ａｂｃ", 0),
        (EditDistance(), "", "", 0),
        (EditDistance(), "", "x", 1),
        (EditDistance(), "今天天气好", "今天天很好", 1 / 5),
        (EditDistance(unit="word"), "今天 very good", "今天 not  good", 1 / 4),
        (EditDistance(unit="whole"), "a  b", "a b", 0),
        (EditDistance(unit="whole", rules=TextRules(space=False)), "a  b", "a b", 1),
        (EditDistance(unit="word", rules=SPEECH), "Well, don't!", "well don't", 0),
        (NumericDifference(), "30", "35", 1 - 1 / 6),
        (LineDistance(), '["ab","c"]', '["ab"]', 1 / 2),
        (LineDistance(), "[]", "[]", 0),
    ],
)
def test_distances_by_hand(distance, one, other, expected):
    assert apart(distance, one, other) == pytest.approx(expected, abs=1e-12)
    assert apart(distance, one, one) == 0
    assert pickle.loads(pickle.dumps(distance)) == distance  # noqa: S301 - our own


def test_an_error_rate_is_measured_against_the_reference():
    wer = ErrorRate()
    short, long, nothing = (wer.read(text) for text in ("the mat", "The cat sat on the mat.", "..."))
    assert wer.between([short, long], [long, short]).tolist() == [4 / 6, 4 / 2]
    assert wer.between([nothing, nothing, long], [nothing, long, nothing]).tolist() == [0, 1, 1]
    cer = ErrorRate(unit="character")
    assert cer.between([cer.read("今天天很好")], [cer.read("今天天气好。")]).tolist() == [1 / 5]


def test_chinese_characters_and_kana_are_words_of_their_own():
    assert words("𠮷野家でLabel 3.5次") == ("𠮷", "野", "家", "で", "Label", "3.5", "次")


@pytest.mark.parametrize(
    ("distance", "text"),
    [
        (Jaccard(), '{"a":["b"]}'),
        (SharedAncestors(), '[["a",1]]'),
        (SharedAncestors(), "[[]]"),
        (Absolute(), "four"),
        (Squared(), "nan"),
        (Within(), "1_000"),
        (Relative(), "-1"),
        (Ordinal(order=("a", "b")), "c"),
        (Preference(), "both"),
        (Kendall(), '["a","a"]'),
        (Kendall(), '{"good":["a"],"bad":["b"]}'),
        (Kendall(buckets=("good",)), '{"bad":["b"]}'),
        (Kendall(), '{"good":"a"}'),
        (Kendall(), "a > > b"),
    ],
)
def test_what_cannot_be_read_says_what_was_expected(distance, text):
    with pytest.raises(ValueError, match=r"^expected "):
        distance.read(text)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Absolute(width=0),
        lambda: Within(tolerance=-1),
        lambda: Ordinal(order=("a",)),
        lambda: Ordinal(order=("a", "a")),
        lambda: EditDistance(unit="letter"),
        lambda: Jaccard().between([frozenset()], []),
        lambda: EditDistance().between(["a"], []),
        lambda: Absolute().between([1.0], []),
    ],
)
def test_mistakes_of_the_caller_are_refused(make):
    with pytest.raises(ValueError, match=r"expected|must|needs|one to one"):
        make()


@pytest.mark.parametrize("kind", list(TABLE))
def test_nothing_compared_is_nothing(kind):
    assert default_distance(kind, ("a", "b")).between([], []).shape == (0,)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("form", "control", "kind"),
    [
        ("choices_single", None, ControlKind.CHOICE),
        ("choices_chinese", None, ControlKind.CHOICE),
        ("choices_multiple", "topics", ControlKind.CHOICES),
        ("taxonomy", "tax", ControlKind.TAXONOMY),
        ("rating_number", "quality", ControlKind.RATING),
        ("rating_number", "score", ControlKind.NUMBER),
        ("pairwise", "pw", ControlKind.PAIRWISE),
        ("ranking", "rank", ControlKind.RANKING),
        ("ranking_buckets", "rank", ControlKind.RANKING),
        ("textarea", "summary", ControlKind.TEXT),
        ("ner", None, ControlKind.SPANS),
        ("image_bbox", None, ControlKind.BOXES),
        ("image_polygon", None, ControlKind.POLYGONS),
        ("audio", None, ControlKind.SEGMENTS),
    ],
)
def test_real_answers_are_read_by_the_default_of_their_kind(shared, form, control, kind):
    folder = shared / "fixtures" / "label_studio"
    specs, _ = read_config((folder / "configs" / f"{form}.xml").read_text("utf-8"))
    spec = next(each for each in specs if each.kind is kind and control in (None, each.name))
    tasks = json.loads((folder / "exports" / form / "JSON.json").read_text("utf-8"))
    results = [annotation["result"] for task in tasks for annotation in task["annotations"]]
    found = [decode(result, specs={each.name: each for each in specs}).answers for result in results]
    stored = [label_of(answers, spec.name) for answers in found if spec.name in answers]
    distance = default_distance(kind, spec.labels)
    read = [distance.read(text) for text in stored]
    assert read
    assert distance.between(read, read).tolist() == [0] * len(read)


def test_label_studio_enterprise_scores_what_its_pages_print():
    assert best_match_average(np.zeros((0, 0))) == 1
    assert best_match_average(np.zeros((0, 2))) == best_match_average(np.zeros((2, 0))) == 0
    assert round(best_match_average([[10 / 14, 0], [0, 6 / 17]]), 2) == 0.53
    assert round(best_match_average([[6400 / 9600]]), 2) == 0.67
    assert round(best_match_average([[0.67, 0], [0, 0.85]]), 2) == 0.76
    two_of_three, all_differ = np.eye(3), np.eye(3)
    two_of_three[0, 1] = two_of_three[1, 0] = 1
    assert round(pairwise_score(two_of_three), 4) == 0.3333
    assert round(consensus_score(two_of_three), 4) == 0.6667
    assert pairwise_score(all_differ) == 0
    assert round(consensus_score(all_differ), 4) == 0.3333
    assert pairwise_score(np.ones((3, 3))) == consensus_score(np.ones((3, 3))) == 1
    boxes = [[1, 0.53, 0.24], [0.53, 1, 0.45], [0.24, 0.45, 1]]
    assert round(pairwise_score(boxes), 4) == 0.4067
    assert round(consensus_score(boxes, threshold=0.5), 4) == 0.6667
    spans = [[1, 4 / 14, 0], [4 / 14, 1, 0], [0, 0, 1]]
    assert pairwise_score(spans) == pytest.approx(0.0966, abs=0.002)  # printed from .29
    assert round(consensus_score(spans, threshold=0.25), 4) == 0.6667


def test_the_overall_score_follows_the_printed_formula_not_its_printed_result():
    """(1.0 * 83 + 0.3 * 33 + 0.2 * 33) / 1.5 is 66.33; the page says 60.67."""
    scores = {"RectangleLabels": 0.83, "Choices": 0.33, "Rating": 0.33}
    weights = {"RectangleLabels": 1.0, "Choices": 0.3, "Rating": 0.2}
    assert overall_score(scores, weights) == pytest.approx(0.995 / 1.5)
    assert overall_score(scores, {}) == pytest.approx((0.83 + 0.33 + 0.33) / 3)
    with pytest.raises(ValueError, match="Chioces"):
        overall_score(scores, {"Chioces": 1.0})
    with pytest.raises(ValueError, match="not all 0"):
        overall_score({"a": 1.0}, {"a": 0.0})


def score(kind: ControlKind, one: str, other: str) -> float:
    return round(1 - apart(lse_distance(kind), one, other), 2)


def test_label_studio_enterprise_scores_plain_answers():
    topics = '["Sports","Politics"]'
    assert score(ControlKind.CHOICE, "Positive", "Negative") == 0
    assert score(ControlKind.CHOICES, topics, topics) == 1
    assert score(ControlKind.CHOICES, topics, '["Politics","Sports"]') == 0  # its exact match minds the order
    assert score(ControlKind.TAXONOMY, told("Dogs/Labrador"), told("Dogs/Poodle")) == 0
    for one, other, expected in (("4", "4", 1), ("4", "5", 0.5), ("5", "3", 0.33), ("5", "1", 0.2), ("30", "50", 0.05)):
        assert score(ControlKind.RATING, one, other) == expected
    cat = "The cat sat on the mat"
    assert score(ControlKind.TEXT, cat, cat) == 1
    assert score(ControlKind.TEXT, cat, cat + ".") == 0.96
    assert score(ControlKind.TEXT, "hello", "world") == 0.2


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ('["Sports","Politics","Technology"]', '["Politics","Technology","Health"]', 0.5),
        ('["Sports","Politics","Technology"]', '["Sports"]', 0.33),
        ('["Sports","Politics"]', '["Sports","Politics","Technology","Health"]', 0.5),
        ('["Sports"]', '["Politics"]', 0),
        ("[]", "[]", 1),
        ('["Sports"]', "[]", 0),
        (told("Dogs/Labrador", "Birds/Eagle"), told("Dogs/Labrador", "Birds/Sparrow"), 0.33),  # whole paths as labels
    ],
)
def test_jaccard_as_label_studio_enterprise_prints_it(one, other, expected):
    assert round(1 - apart(Jaccard(), one, other), 2) == expected


def test_regions_as_label_studio_enterprise_scores_them():
    def spans(*listed):
        return json.dumps([{"start": start, "end": end, "labels": [label]} for start, end, label in listed])

    mine, theirs = spans((0, 14, "Person"), (41, 47, "Location")), spans((4, 14, "Person"), (41, 58, "Location"))
    assert score(ControlKind.SPANS, mine, theirs) == 0.53
    assert score(ControlKind.SPANS, spans((0, 14, "Person")), spans((0, 14, "Organization"))) == 0
    assert score(ControlKind.SPANS, "[]", "[]") == 1

    def box(x):
        return json.dumps([{"x": x, "y": 20, "width": 100, "height": 80, "rotation": 0, "labels": ["Dog"]}])

    assert score(ControlKind.BOXES, box(10), box(30)) == 0.67


@pytest.mark.parametrize("kind", list(ControlKind))
def test_every_kind_with_a_published_rule_has_its_distance(kind):
    if kind is ControlKind.KEYPOINTS:
        with pytest.raises(ValueError, match="not published"):
            lse_distance(kind)
    else:
        assert lse_distance(kind).between([], []).shape == (0,)


def test_the_largest_group_is_found_where_matches_are_not_transitive():
    chain = np.eye(4)
    for one, other in ((0, 1), (1, 2), (2, 3)):
        chain[one, other] = chain[other, one] = 1
    assert consensus_score(chain) == 0.5
    rng = np.random.default_rng(4)
    for _ in range(30):
        half = np.triu(rng.random((6, 6)) < 0.6, 1)
        match = (half | half.T | np.eye(6, dtype=bool)).astype(float)
        groups = [[i for i in range(6) if mask >> i & 1] for mask in range(1, 64)]
        best = max(len(group) for group in groups if match[np.ix_(group, group)].all())
        assert consensus_score(match) == best / 6


def test_one_annotator_has_no_score():
    for function in (pairwise_score, consensus_score):
        with pytest.raises(InsufficientData) as caught:
            function([[1.0]])
        assert caught.value.reason == "one-annotator"
        with pytest.raises(ValueError, match="symmetric"):
            function([[1.0, 0.5], [0.4, 1.0]])
