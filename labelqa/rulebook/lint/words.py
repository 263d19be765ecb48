"""Words that leave a decision to the reader, and limits that want a figure: the lists behind the checks of wording.

A list finds what often makes two people read a rule differently; it cannot prove a sentence clear. Each entry says
around which neighbours it is another word altogether.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from typing import Final


def _either(words: Iterable[str]) -> str:
    """A pattern for any of the words, those with the same first letter together: so a text is passed over quickly."""
    ordered = sorted(words, key=lambda word: word[0])
    groups = {first: [word[1:] for word in held] for first, held in groupby(ordered, key=lambda word: word[0])}
    return "|".join(
        f"{first}(?:{'|'.join(rest)})" if first.isalpha() else "|".join(first + it for it in rest)
        for first, rest in groups.items()
    )


_NUMBERS: Final = "0-9０-９一二两三四五六七八九十百千万半几数"

_VAGUE_ZH: Final = (
    "适当", "适度", "适量", "适时", "适宜", "恰当", "妥善", "酌情", "酌量", "斟酌", "尽量", "尽可能", "尽快", "尽早", "及时",
    "视情", "视具体情况", "视实际情况", "视需要", "看情况", "根据情况", "根据实际情况", "根据具体情况", "结合实际", "必要时", "需要时",
    "如有必要", "如有需要", "如需要", "如果可能", "可能的话", "条件允许", "灵活", "自行判断", "自行决定", "自行把握", "原则上", "大致",
    "大概(?![率念])", "大体", "差不多", "或多或少", "往往", "通常", "常常", "经常", "有时(?![间限])", "基本(?:上|符合|正确|完整|一致|准确|合格|清楚)",
    "较为", "相对(?:较|合理|完整|准确|清楚|严重)", "一定程度", "合(?<!不合)(?:理(?!使用|性)|适)", "明显", "显著",
    "良好", "稍微", "略微", "稍有", "略有", "一些", "某些", "诸如此类", "之类",
    ("一(?<![像如同似这那]一)般(?!人|性|公众|民众|市民|居民|用户|个人信息|知识|常识|法|违法|缺陷|错误|问题|风险|过失|程序|术语|名词|纳税|地名"
     "|疑问句|现在时|过去时|将来时|现在完成时|等价物|均衡|贸易|公共预算|债券)"),
)  # fmt: skip
_GENERAL: Final = (
    "relativity|ana?esthesia|elections?|medicine|surgery|chemistry|linguistics|equilibrium|topology|knowledge"
)
_VAGUE_EN: Final = (
    "appropriate(?:ly)?", r"suitabl[ey]", "adequate(?:ly)?", r"sufficient(?:ly)?(?! condition)", "properly", r"reasonabl[ey]",
    "as needed", "if needed", "when needed", "where needed", "as required", "as necessary", "if necessary", "when necessary",
    "where necessary", "if possible", "where possible", "when possible", "as far as possible", "as much as possible",
    "as soon as possible", "as appropriate", r"etc\b\.?", "and so on", "and so forth", "and the like", "or the like",
    r"generally(?! accepted| known| recogni[sz]ed| applicable)", "normally", "usually", "typically", "commonly", "ordinarily",
    "often", "frequently", "sometimes", "occasionally", "mostly", "largely", rf"in general(?! (?:{_GENERAL})\b)", "in principle", "in most cases",
    "as a rule", "roughly", "approximately(?! [0-9])", "more or less", "somewhat", "fairly", "relatively", "rather(?! than)",
    "quite", "promptly", "timely", "in good time", "in due course", "try to", "at your discretion", "use (?:your )?(?:own )?judge?ment",
    "depending on the (?:situation|circumstances|context|case)", "case by case", "case-by-case", "obvious(?:ly)?", "flexibl[ey]",
)  # fmt: skip

VAGUE: Final = {
    "zh": re.compile(_either(_VAGUE_ZH)),
    "en": re.compile(rf"\b(?:{_either(_VAGUE_EN)})(?!\w)"),
}
# 等 is vague where it leaves a list open (…等。 …等内容), not within 平等 or 等级, nor before the count of a whole list.
OPEN_LIST: Final = re.compile(
    rf"(?<![平同高中初优劣上下不相均对])等等?(?=[。；，、,;.）)]|\s*$|内容|情形|情况|方面|行为|信息|问题|词)"
    rf"|(?<=[、，,])[^、，,。；：]{{1,10}}?(?<![平同高中初优劣上下不相均对])等(?![级于待候同分差价量式]|\s*[{_NUMBERS}])"
)

_LIMITS_ZH: Final = (
    "一定(?:的)?(?:数量|比例|次数|时间|长度|范围|篇幅)", "若干", "多次", "数次", "几次", "几[个处条项句遍种](?![，。；！？、,;]|$)", "数(?<![先再来去逐]数)[个处条项句遍种](?!数)",
    "大量", "少量", "许多", "很多", "很少", "大(?<!绝大)部分", "[太过较很](?:多|少|长|短|大|小|高|低)(?!度|的[是一那方])", "大幅", "小幅",
    "至少", "至多", "不(?:多|少|大|小|高|低|短|长)于", "不超过", "超过", "多于", "少于", "超出",
    "以(?:(?<=[个次条处项成倍遍字句种天月年时秒元人页段行间量]以)上|(?<=[个次条处项成倍遍字句种天月年时秒元人页段行]以)[下内])",
    "篇幅(?:长|短)", "长时间", "短时间", "足够(?:多|长|大|高)", "冗长",
)  # fmt: skip
_LONG_THINGS: Final = "text|response|answer|prompt|sentence|passage|paragraph|time|period|quotation|quote|list|message"
_LIMITS_EN: Final = (
    "a certain (?:number|share|amount|length|extent|degree|period|time)", "several", "(?<!how )(?<!as )(?<!so )many(?! a)", "a few", "few(?:er)? than", "a lot of",
    "lots of", "a number of", "numerous", "plenty of", "a large number", "a small number", "too (?:long|short|many|few|much|large|small|high|low)",
    "significant(?:ly)?", "substantial(?:ly)?", "considerabl[ey]", "at least", "at most", "more than", "less than", "no more than",
    "no fewer than", "exceed(?:s|ed|ing)?", "longer than", "shorter than", "repeatedly",
    "(?:very |so )(?:long|short|large|small|high|low)",
    rf"(?<!how )(?<!as )(?:long|short) (?:{_LONG_THINGS})s?", "(?:long|short|large|high|many) enough",
)  # fmt: skip
LIMIT: Final = {
    "zh": re.compile(_either(_LIMITS_ZH)),
    "en": re.compile(rf"\b(?:{_either(_LIMITS_EN)})\b"),
}
MEASURES: Final = "个次条处项成倍遍字句种类天年月日周时分秒元人份段行页级步件张点位组篇张部句轮幅名"
_COUNTED: Final = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand|once|twice"
    "|half|third|quarter|dozen|single|zero"
)
FIGURE: Final = {
    "zh": re.compile(rf"[0-9０-９%％]|[一二三四五六七八九十百千万两半]\s*(?:[{MEASURES}]|小时|分钟|分之)|一半|半数|过半|[一二三四五六七八九十]成"),
    "en": re.compile(rf"[0-9%]|\b(?:{_COUNTED})\b"),
}  # fmt: skip
