"""Cases of wording: vague words, limits, sentences, negations, the glossary, rules worded alike."""

from __future__ import annotations

from tests.unit.rulebook.lint.edits import USUALLY, W1_DEFINITION, W1_STATEMENT, Case, question, statement, terms, text

USE_RAIN = "{zh: 文本说有雨。, en: The text says it rains.}"
LONG_ZH = "文本写明正在发生的降水并且写明地点和时刻的标为对应的值"
LONG_EN = "A text that tells of falling water now and gives place and time has the value that belongs to it"
W2_STATEMENT = "{zh: 无雨标为 sunny。, en: No rain is labelled sunny.}"
RAIN = ("雨", "rain", "液态降水", "liquid water")

WORDING: tuple[Case, ...] = (
    ("RB401", (USUALLY,), (("en: Rain is labelled rainy.", "en: Rain as usual is inappropriate."),)),
    ("RB401", (statement(zh="雨、雪等标为 rainy。"),), (statement(zh="中雨等级、男女平等标为 rainy。"),)),
    ("RB401", (statement(zh="雨、雪等内容标为 rainy。"),), (statement(zh="雨、雪等两种标为 rainy。"),)),
    ("RB401", (statement(zh="雨、雪等标为 rainy。"),), (("{zh: 文本说有雨。", "{zh: 文本说有雨、雪等。"),)),
    ("RB401", (statement(zh="雨、雪等标为 rainy。"),), (statement(zh="“雨、雪等”标为 rainy。"),)),
    ("RB401", (statement(zh="按《办法》适当处理。"),), (statement(zh="按《适当处理办法》标注。"),)),
    ("RB401", (("{zh: 文本说有雨。", "{zh: 酌情处理。"),), ()),
    ("RB401", (("{zh: 比喻。", "{zh: 一般为比喻。"),), (("{zh: 比喻。", "{zh: 一般人所说的比喻。"),)),
    ("RB401", (question(zh="雨是否明显？"),), ()),
    ("RB401", (question(en="Is the answer appropriate?"),), (question(en="Is it “appropriate”?"),)),
    ("RB401", (statement(en="Rain, hail, etc. are rainy."),), (statement(en="Fetch rain rather than hail."),)),
    ("RB402", (statement(en="Too much rain is rainy."),), (statement(en="Too much rain, over 5 mm, is rainy."),)),
    ("RB402", (statement(zh="雨量过大标为 rainy。"),), (statement(zh="雨量过大（5 毫米以上）标为 rainy。"),)),
    ("RB402", (statement(zh="雨量超过要求的标为 rainy。"),), (statement(zh="雨量超过两成的标为 rainy。"),)),
    ("RB402", (statement(zh="至少提到雨的标为 rainy。"),), (statement(zh="至少 1 处提到雨的标为 rainy。"),)),
    ("RB402", (statement(zh="雨声有几处的标为 rainy。"),), (statement(zh="雨声有三处以上的标为 rainy。"),)),
    ("RB402", (statement(en="Rain of more than the threshold is rainy."),), (statement(en="Rain of more than one mm is rainy."),)),
    ("RB402", (question(en="Is it a long text?"),), (question(en="How long a text is it, and as long as what?"),)),
    ("RB403", (statement(zh="雨" * 91 + "。"),), (statement(zh="雨" * 90 + "。"),)),
    ("RB403", (statement(en="rain " * 41),), (statement(en="rain " * 39 + "rain. " + "rain " * 40),)),
    ("RB404", ((W1_DEFINITION, text("雨指「降水」。", "Rain is water that falls.")),), ((W1_DEFINITION, text("雨指「降水」。", "Rain is water that falls.")), terms(("降水", "water", "落水", "falling water")))),
    ("RB404", (question(en="Does 「hail」 fall?"),), (question(en="Does 「Rain」 fall?"), terms(RAIN))),
    ("RB404", (("zh: 另一人审核", "zh: 另一人按「审」审核"),), (("zh: 另一人审核", "zh: 另一人按「晴」审核"),)),
    ("RB405", (statement(en="Rain seen by WMO is rainy."),), (statement(en="Rain seen by WMO is rainy."), terms(("气象组织", "WMO", "机构", "An institution"), ))),
    ("RB405", (statement(zh="符合 ABX 的标为 rainy。"),), (statement(zh="符合甲乙（ABX）的标为 rainy。"),)),
    ("RB405", (statement(en="Rain by NOAA4 is rainy."),), (statement(en="Rain and NOT hail (see PDF) is rainy."),)),
    ("RB406", (terms(("冰雹", "hail", "固态降水", "frozen water")),), (terms(RAIN),)),
    ("RB407", (statement(zh="不得不标为 rainy。"),), (statement(zh="不仅不标为 sunny，也不空着。"),)),
    ("RB407", (statement(zh="没有一处不合格的标为 rainy。"),), (statement(zh="无雨指没有提到雨，不偏不倚。"),)),
    ("RB407", (statement(zh="并非没有雨的标为 rainy。"),), (statement(zh="不同的雨不标为 sunny。"),)),
    ("RB407", (question(zh="不能不标吗？"),), (question(zh="能不能不标？"),)),
    ("RB407", (question(en="Is it not unlikely?"),), (question(en="Is it not until noon that it falls, or not under a roof?"),)),
    ("RB407", (statement(en="Rain never comes without water."),), (statement(en="Rain does not come, and hail does not fall."),)),
    ("RB408", ((W1_STATEMENT, text(LONG_ZH + "。", LONG_EN + ".")), (W2_STATEMENT, text(LONG_ZH + "！", LONG_EN + " too.")),
               ("{zh: 无雨指没有提到雨。, en: No rain means that rain is not mentioned.}", "{zh: 雨指液态落水。, en: Rain is liquid water that drops.}"),
               ("{zh: 文本说晴。, en: The text says it is clear.}", "{zh: 文本说到雨。, en: The text says it rained.}")),
     ((W1_STATEMENT, text(LONG_ZH + "。", LONG_EN + ".")), (W2_STATEMENT, text(LONG_ZH + "！", LONG_EN + " too.")))),
)  # fmt: skip
