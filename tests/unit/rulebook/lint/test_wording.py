"""Word lists at work: what they find, and the words within words and the quotations that they leave alone."""

from __future__ import annotations

import pytest

from labelqa.rulebook.lint.negation import twice_negated
from labelqa.rulebook.lint.references import has_part
from labelqa.rulebook.lint.similar import MOST, alike, spelled
from labelqa.rulebook.lint.words import FIGURE, LIMIT, OPEN_LIST, VAGUE
from labelqa.rulebook.model import Text

VAGUE_WORDS = {
    "zh": ("适当回答", "一般不标", "一般情况下标注", "尽量查证", "酌情处理", "必要时上报", "视情况而定", "较为严重", "原则上不标",
           "及时上报", "根据实际情况判断", "通常为雨", "基本符合", "回答合理", "诸如此类", "一般地", "有时不标", "大概为雨"),
    "en": ("an appropriate answer", "fruit, etc.", "if reasonable", "as needed", "it usually rains", "in principle", "where necessary",
           "Generally so", "and so on", "try to check", "use your judgement", "case by case", "obviously wrong", "in general, rain", "In general terms"),
}  # fmt: skip
PLAIN_WORDS = {
    "zh": ("不合理", "合理使用", "一般人", "一般个人信息", "相对人", "适用", "通告", "基本信息", "一般疑问句", "一般现在时",
           "一般等价物", "有时间", "大概率"),
    "en": ("inappropriate", "unusually", "as usual", "proper noun", "rather than", "generally accepted", "abnormally", "fetch it",
           "sufficient condition", "approximately 5 km", "In general relativity", "in general anaesthesia", "in general elections"),
}  # fmt: skip
OPEN = ("雨、雪等。", "含雨、雪等内容的，标注", "包括雨、雪等，标注", "雨、雪等等")
CLOSED = (
    "雨、雪等两种",
    "雨、雪等 3 类",
    "男女平等",
    "中雨等级",
    "与其相等。",
    "优等。",
    "等待雨停",
    "不对等。",
    "甲、同等条件",
)
LIMITS = {
    "zh": (
        "字数较多",
        "至少写明",
        "超过要求",
        "不少于要求",
        "多次出现",
        "有几处错误",
        "长时间",
        "若干处",
        "篇幅长",
        "一定比例",
    ),
    "en": (
        "at least that",
        "more than that",
        "a long text",
        "short answers",
        "many errors",
        "several",
        "exceeds it",
        "so long",
    ),
}
NO_LIMITS = {
    "zh": ("以上情形", "更正较少的是甲", "各满足几项。", "再数处数", "绝大部分", "高度相关", "长度", "最短"),
    "en": ("as long as it rains", "no longer", "in short", "how many", "as many", "how long", "so many", "shortly"),
}
FIGURES = {"zh": ("三处", "两 个", "5％", "半数", "十分钟"), "en": ("one of", "twice", "5", "half of", "a dozen")}
NO_FIGURES = {"zh": ("一般", "统一", "一旦", "万一"), "en": ("someone", "only", "tend", "alone")}
TWICE = {
    "zh": ("不得不标", "不能不标", "并非不是雨", "没有雨不标", "无一不是", "未尝不标", "非雨不可", "不是没有雨", "未必不标", "不会不下",
           "不含雨的内容不标", "没有任何一处不合格"),
    "en": ("not unlawful", "never without rain", "is not incomplete", "cannot be labelled without checking", "not a non-member",
           "doesn't do nothing", "no rain without clouds", "not irrelevant"),
}  # fmt: skip
ONCE = {
    "zh": ("不仅不标", "不但没有雨", "是不是不标", "能不能不标", "既不标也不改", "不同的雨不标", "不偏不倚", "没有不良信息", "无不当内容", "不论是否有雨都不标",
           "不符合的，不标", "这不是拿不准", "雨不大且不久", "除非有雨，不标", "无雨指没有提到雨", "不法行为不标", "不足 3 字的不标"),
    "en": ("not only not rain", "do not stop until noon", "not under a roof", "it does not rain, and it does not snow", "if it does not rain, do not label",
           "neither rain nor snow", "no help means no answer", "not unique", "not united", "whether or not it never rains", "no matter what, never label"),
}  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_words_are_found_and_words_within_words_are_not(lang: str) -> None:
    assert [each for each in VAGUE_WORDS[lang] if not VAGUE[lang].search(each.lower())] == []
    assert [each for each in PLAIN_WORDS[lang] if VAGUE[lang].search(each.lower())] == []
    assert [each for each in LIMITS[lang] if not LIMIT[lang].search(each.lower())] == []
    assert [each for each in NO_LIMITS[lang] if LIMIT[lang].search(each.lower())] == []
    assert [each for each in FIGURES[lang] if not FIGURE[lang].search(each.lower())] == []
    assert [each for each in NO_FIGURES[lang] if FIGURE[lang].search(each.lower())] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_two_negations_and_their_false_friends(lang: str) -> None:
    assert [each for each in TWICE[lang] if not twice_negated(each, lang)] == []
    assert [(each, told) for each in ONCE[lang] if (told := twice_negated(each, lang))] == []


def test_a_list_is_open_only_where_nothing_closes_it() -> None:
    assert [each for each in OPEN if not OPEN_LIST.search(each)] == []
    assert [each for each in CLOSED if OPEN_LIST.search(each)] == []


def test_figures_set_texts_apart_and_marks_do_not() -> None:
    one, two = (
        Text("共提到雨 3 次，记为有雨", "It tells of rain 3 times: wet"),
        Text("共提到雨 4 次，记为有雨", "It tells of rain 4 times: wet"),
    )
    same = Text("共提到雨 3 次。记为有雨！", "it tells of rain (3 times) wet")
    assert list(alike([spelled(one), spelled(two)], at_least=0.9)) == []
    assert list(alike([spelled(one), spelled(same)], at_least=0.9)) == [(0, 1, 1.0)]


def test_alike_is_what_a_comparison_of_all_pairs_finds() -> None:
    from rapidfuzz.distance import Indel

    base = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地玄黄宇宙洪荒日月盈昃"
    texts = [
        base,
        base[:-2],
        base[3:],
        base[::-1],
        base[:20],
        base[:17] + "风雨" + base[19:],
        base[5:25],
        base + "寒来",
    ]
    held = [spelled(Text(text, "")) for text in texts]
    pairs = {(one, two) for two in range(len(texts)) for one in range(two)}
    expected = {pair for pair in pairs if Indel.normalized_similarity(texts[pair[0]], texts[pair[1]]) >= 0.9}
    assert {(one, two) for one, two, _ in alike(held, at_least=0.9)} == expected
    assert 2 < len(expected) < len(pairs)


def test_many_texts_alike_end() -> None:
    held = [spelled(Text(f"甲乙丙丁戊己庚辛壬癸子丑寅卯{chr(0x4E00 + at)}", "")) for at in range(3000)]
    assert len(list(alike(held, at_least=0.9))) <= MOST + len(held)


def test_parts_with_slashes_and_dots_are_found(make) -> None:
    book = make(("value: rainy", "value: a/b"), ("labels: [rainy]", "labels: [a/b]"), ("id: falls", "id: fa.lls"))
    assert has_part(book, "labels/a/b/title")
    assert has_part(book, "rules/W1/steps/fa.lls/yes")
    assert has_part(book, "verification/plan/design")
    assert not has_part(book, "labels/a/title")
    assert not has_part(book, "")
