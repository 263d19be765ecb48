"""Cases of sections, labels, rules, references, decision steps, examples and risks."""

from __future__ import annotations

from tests.unit.rulebook.lint.edits import (
    CLEAR,
    CLOUDS,
    DRIZZLE,
    FALLS,
    FOGGY,
    FORM,
    PLAN,
    RISKS,
    SPARE,
    SPARED,
    SPARED_TOO,
    USUALLY,
    W1_DEFINITION,
    W2_DEFINITION,
    Case,
    another,
    by_spare,
    changes,
    exception,
    explained,
    form,
    parents,
    question,
    terms,
    text,
)

WRONG_CASE = "    - {content: {zh: 下雨标为晴, en: Rain labelled sunny}, answer: {zh: 应为雨, en: It is rainy}}"
RISK_CASE = "    - {content: {zh: 辱骂气象员, en: Abuse of a weatherman}, answer: {zh: 上报, en: Report it}}"
CANDIDATES = "{answers: pairwise, shows: [{name: left}, {name: right}]}"
STARS = ("value: sunny", "value: '1'"), ("value: rainy", "value: '2'")
USE_RAIN = "{zh: 文本说有雨。, en: The text says it rains.}"
USE_CLEAR = "{zh: 文本说晴。, en: The text says it is clear.}"
FIRST, SECOND = "{zh: 大雨, en: Heavy rain}", "{zh: 小雨, en: Light rain}"
STORM = text(
    "台风过境之后，沿海三个城市连续两天出现强降水，部分街道积水",
    "After the typhoon three coastal cities had heavy rain for two days and streets were flooded",
)
STORM_TOO = text(
    "台风过境之后，沿海三个城市连续两天出现强降水，部分街道进水",
    "After the typhoon three coastal cities had heavy rain for two days and streets are flooded",
)
STORM_THREE = text(
    "台风过境之后，沿海三个城市连续 9 天出现强降水，部分街道进水",
    "After the typhoon three coastal cities had heavy rain for 9 days and streets are flooded",
)
SAME_ENTRY = (
    ("labels: [sunny]", "labels: [rainy, sunny]"), ("labels: [rainy]", "labels: [sunny, rainy]"),
    ("{zh: 天晴吗？, en: Is it clear?}", "{zh: 文本提到雨吗？, en: Does it speak of rain?}"),
)  # fmt: skip
BORDER = "answers: {clear: no, rains: no}, reason: {zh: 算晴"

FUNCTIONAL: tuple[Case, ...] = (
    ("RB101", (("objective: {zh: 判断天气, en: Tell the weather}\n", ""),), ()),
    ("RB102", (("data_format: {zh: 一行文本, en: One line of text}", "data_format:"),), ()),
    ("RB103", (('\n  - {name: {zh: 准确率, en: Accuracy}, target: ">= 95%"}', " []"),), ()),
    ("RB104", (("  review: {zh: 另一人审核, en: By somebody else}\n", ""),), ()),
    ("RB104", (("  execution: {zh: 逐条标注, en: One by one}\n", ""),), ()),
    ("RB105", (('">= 95%"', "high"),), (('">= 95%"', '"> 0.95"'),)),
    ("RB106", ((RISK_CASE, "    []"),), ()),
    ("RB108", ((WRONG_CASE, "    []"),), ()),
    ("RB109", (("  text: {zh: 抽检, en: Spot check}\n", ""),), ()),
    ("RB110", (("{zh: 通知监督人员, en: Tell the supervisor}", '{zh: "", en: " "}'),), ()),
    ("RB111", (("en: By somebody else", 'en: ""'),), (("en: By somebody else", "en: no"),)),
    ("RB111", (("{zh: 比喻。, en: A figure of speech.}", "{}"),), ()),
    ("RB111", (("title: {zh: 雨, en: Rainy}", "title: {en: Rainy}"),), ()),
    ("RB111", (("{name: text}", "{name: text, title: {zh: 文本}}"),), (("{name: text}", "{name: text, title: {}}"),)),
    ("RB112", ((PLAN, ""),), ()),
    ("RB113", form("{answers: pairwise, shows: [{name: left}]}"), form(CANDIDATES)),
    ("RB113", form("{answers: rating, shows: [{name: text}]}"), ()),
    ("RB113", form("{answers: ranking, shows: [{name: text}]}"), form("{answers: ranking, shows: [{name: a, shown_as: list}]}")),
    ("RB113", form("{answers: taxonomy, shows: [{name: text}]}"), (*form("{answers: taxonomy, shows: [{name: text}]}"), *parents(rainy="sunny"))),
    ("RB113", form("{answers: boxes, shows: [{name: text}]}"), form("{answers: boxes, shows: [{name: a, shown_as: image}]}")),
    ("RB113", form("{answers: spans, shows: [{name: a, shown_as: image}, {name: text}]}"), form("{answers: spans, shows: [{name: text}, {name: a, shown_as: image}]}")),
    ("RB113", form("{answers: segments, shows: [{name: text}]}"), form("{answers: segments, shows: [{name: a, shown_as: audio}]}")),
    ("RB114", ((FORM + "\n", ""),), ()),
    ("RB201", (("id: W2-p", "id: W1-p"),), (("id: W2-p", "id: W1-q"),)),
    ("RB201", (("- id: W2", "- id: W1"),), (("- id: W2", "- id: W3"),)),
    ("RB201", form("{shows: [{name: text}, {name: text}]}"), form("{shows: [{name: text}, {name: more}]}")),
    ("RB201", (terms(("雨", "rain", "水", "water"), ("降水", "Rain", "水", "water")),), (terms(("雨", "rain", "水", "water")),)),
    ("RB202", (FOGGY,), ()),
    ("RB203", (("labels: [rainy]", "labels: [rainy, snowy]"),), ()),
    ("RB204", (("id: W2-p, kind: positive", "id: W2-p, kind: borderline"),), ()),
    ("RB205", (("id: W2-n, kind: negative", "id: W2-n, kind: borderline"),), ()),
    ("RB206", (("id: W2-b, kind: borderline", "id: W2-b, kind: positive"),), ()),
    ("RB207", ((f"    {CLOUDS}\n", ""),), ()),
    ("RB208", (('    basis: {articles: ["8"]}\n', ""),), (('{articles: ["8"]}', '{clauses: ["6 d)"]}'),)),
    ("RB211", ((DRIZZLE, DRIZZLE.replace("{text", "{rule: W9, text")),), ((DRIZZLE, DRIZZLE.replace("{text", "{rule: W2, text")),)),
    ("RB211", ((DRIZZLE, DRIZZLE.replace("{text", "{rule: W1, text")),), ()),
    ("RB212", parents(rainy="stormy"), parents(rainy="sunny")),
    ("RB212", parents(rainy="sunny", sunny="rainy"), parents(rainy="sunny")),
    ("RB212", parents(rainy="rainy"), ()),
    ("RB213", (changes("  labels: [{before: [wet], after: [stormy]}]\n"),), (changes("  labels: [{before: [wet], after: [rainy]}]\n"),)),
    ("RB213", (changes("  same_meaning: [{part: rules/W9/statement, by: p-1, reason: {zh: 同, en: Same}}]\n"),),
     (changes("  same_meaning: [{part: rules/W1/statement, by: p-1, reason: {zh: 同, en: Same}}]\n"),)),
    ("RB213", (changes("  same_meaning: [{part: rules/W1/heading, by: p-1, reason: {zh: 同, en: Same}}]\n"),),
     (changes("  same_meaning: [{part: rules/W1/examples/gone, by: p-1, reason: {zh: 同, en: Same}}]\n"),)),
    ("RB213", (changes("  same_meaning: [{part: labels/wet/title, by: p-1, reason: {zh: 同, en: Same}}]\n"),),
     (changes("  same_meaning: [{part: quality_metrics/Accuracy/target, by: p-1, reason: {zh: 同, en: Same}}]\n"),)),
    ("RB214", (("{zh: 比喻。", "{zh: 比喻见 W9。"),), (("{zh: 比喻。", "{zh: 比喻见 W2 和 W2-b。"),)),
    ("RB214", (("en: By somebody else", "en: As W1-b7 shows"),), (("en: By somebody else", "en: As W1-b shows on W3C"),)),
    ("RB215", ((W2_DEFINITION, W1_DEFINITION),), ()),
    ("RB215", ((USE_CLEAR, USE_RAIN),), ((USE_CLEAR, USE_RAIN.replace("有雨", "无雨").replace("rains", "is dry")),)),
    ("RB216", (("{zh: 比喻。, en: A figure of speech.}", USE_RAIN),), (("{zh: 文本说雪。, en: The text says it snows.}", USE_RAIN),)),
    ("RB301", (("    steps:\n" + CLEAR, ""),), ()),
    ("RB302", ((FALLS + "sunny", FALLS + "nowhere"),), ()),
    ("RB303", ((FALLS + "sunny", FALLS + "rains"),), ()),
    ("RB304", ((CLEAR, CLEAR + SPARE),), (by_spare("yes: rainy, no: rains"), SPARED, SPARED_TOO)),
    ("RB306", (("answers: {rains: yes, falls: yes}", "answers: {rains: yes, falls: no}"),), ()),
    ("RB306", (("answers: {rains: yes, falls: yes}", "answers: {rains: yes}"),), ()),
    ("RB306", (("answers: {clear: yes}", "answers: {clear: yes, falls: yes}"),), ()),
    ("RB307", (("expected: sunny, answers: {rains: no}", "expected: snowy, answers: {rains: no}"),), ()),
    ("RB308", (("en: Light rain", "en: Blue  ＳＫＹ"),), (("en: Light rain", "en: Blue skies"),)),
    ("RB308", (("en: Heavy rain", "en: blue sky"),), ()),
    ("RB309", (another("negative", "sunny", "{clear: yes}"),), (another("borderline", "sunny", "{clear: yes}"),)),
    ("RB309", (another("positive", "rainy", "{clear: no, rains: yes, falls: yes}"),), ()),
    ("RB310", (FOGGY, ("labels: [sunny]", "labels: [sunny, foggy]")), ()),
    ("RB311", ((", reason: {zh: 停了, en: It stopped}", ""),), ()),
    ("RB312", (by_spare("yes: rains, no: rains"), SPARED, SPARED_TOO), ()),
    ("RB313", ((FIRST, STORM), another("positive", "sunny", "{clear: yes}", STORM_TOO)), ((FIRST, STORM), another("negative", "rainy", "{clear: no, rains: yes, falls: yes}", STORM_TOO))),
    ("RB313", ((SECOND, STORM), another("positive", "sunny", "{clear: yes}", STORM_TOO)), ((SECOND, STORM), another("positive", "sunny", "{clear: yes}", STORM_THREE))),
    ("RB314", ((BORDER, BORDER.replace("{clear: no, rains: no}", "{clear: yes}")),), (another("borderline", "sunny", "{clear: yes}"),)),
    ("RB314", ((BORDER, BORDER.replace("{clear: no, rains: no}", "{clear: yes}")),),
     ((BORDER, BORDER.replace("{clear: no, rains: no}", "{clear: yes}")), ("{zh: 天晴吗？, en: Is it clear?}", "{zh: 云量少于 3 成吗？, en: Is it under 3 tenths?}"))),
    ("RB316", (("form:", "time_budget: 1\nform:"), question("雨" * 40, "rain " * 30)), (("form:", "time_budget: 9\nform:"), question("雨" * 40, "rain " * 30))),
    ("RB316", ((f"    {DRIZZLE}", f"    time_budget: 1\n    {DRIZZLE}"), question("雨" * 40, "rain " * 30)), ((f"    {DRIZZLE}", f"    time_budget: 9\n    {DRIZZLE}"), question("雨" * 40, "rain " * 30))),
    ("RB505", (("rules:\n", "taxonomy: '1999'\nrules:\n"),), (("rules:\n", "taxonomy: '2025'\nrules:\n"),)),
    ("RB601", (exception("RB101", "because"),), ()),
    ("RB601", (exception("RB401", " "),), (USUALLY, exception("RB401", "because"))),
    ("RB602", (exception("RB401", "because"),), ()),
)  # fmt: skip
SAFETY: tuple[Case, ...] = (
    ("RB107", (("guided_responses:", "x_other:"),), ()),
    ("RB501", ((RISKS, "risks: [A1, A2, A3, A4, A5a]"),), ((RISKS, "risks: [A1, A2, A3, A4, A5a]"), explained("A5b"))),
    ("RB502", ((RISKS, "risks: [A1, A2, A3, A5]"), explained("A4")), ()),
    ("RB503", ((RISKS, "risks: [A1, A2, A3, A4, A5, A6]"),), ()),
    ("RB503", (explained("B1"),), ()),
    ("RB504", (explained("A5a"),), ()),
    ("RB506", ((", A2d", ""),), ((", A2d", ""), ('basis: {articles: ["8"]}', "basis: {risks: [A2d]}"))),
)  # fmt: skip
# Checks that a small document cannot trip alone: what else is found beside them.
TOGETHER: tuple[tuple[str, tuple[tuple[str, str], ...], set[str]], ...] = (
    ("RB113", (*form("{answers: rating, highest: 2, shows: [{name: text}]}"), STARS[0]), {"RB202", "RB203", "RB302", "RB307"}),
    ("RB215", SAME_ENTRY, {"RB309"}),
    ("RB209", (("  - value: sunny\n    title: {zh: 晴, en: Sunny}\n", ""),), {"RB203", "RB302", "RB307"}),
    ("RB210", (("labels: [sunny]", "labels: []"),), {"RB202"}),
    ("RB305", (FOGGY, ("id: clear,", "id: foggy,"), ("{clear: yes}", "{foggy: yes}"), ("{clear: no, rains: yes,", "{foggy: no, rains: yes,"),
               ("{clear: no, rains: no", "{foggy: no, rains: no")), {"RB202"}),
)  # fmt: skip
