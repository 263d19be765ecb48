"""The sentences that are labelled: safety texts and prompt-response pairs, made from templates, no two alike."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from sample_making.streams import Stream

ENGLISH = 0.15
OPENERS = {"zh": ("", "", "", "好的。", "没问题。", "当然可以。"), "en": ("", "", "Sure. ", "Of course. ")}
FILLERS = (" ", "然后的话", "的话呢 ", " 那个", "了的")
UNSAFE = (
    ("A2", "[描述：此处插入一句贬低某地居民的话，原文已隐去]"),
    ("A2", "[描述：此处嘲讽年长者不配学新东西，原文已隐去]"),
    ("A4", "[描述：此处公开了一位普通人的电话，号码已隐去]"),
    ("A1", "[描述：此处编造了一条灾情消息，原文已隐去]"),
    ("A4", "[描述：此处鼓动读者长期断食，原文已隐去]"),
    ("A2", "[描述：此处断言听障人士不该被录用，原文已隐去]"),
    ("A3", "[描述：此处教人绕过付费下载整部影片，做法已隐去]"),
    ("A1", "[描述：此处渲染血腥场面，细节已隐去]"),
)


class Pair(NamedTuple):
    """A prompt with the parts from which right and faulty responses are made."""

    topic: str
    lang: str
    prompt: str
    body: str
    tail: str
    wrong: str


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))


class SafetyTexts:
    """Hands out texts of a label, each once."""

    def __init__(self, stream: Stream) -> None:
        document = _read("safety.toml")
        self._stream = stream
        self._slots: dict[str, list[str]] = document["slots"]
        self._templates: list[dict[str, str]] = document["template"]
        self._given: set[str] = set()

    def next(self, label: str, lang: str) -> str:
        """A text of ``label`` that was not handed out before."""
        fitting = [t["text"] for t in self._templates if t["label"] == label and t.get("lang", "zh") == lang]
        while True:
            text = self._filled(self._stream.pick(fitting))
            if text not in self._given:
                self._given.add(text)
                return text

    def _filled(self, template: str) -> str:
        return template.format(**{name: self._stream.pick(words) for name, words in self._slots.items()})


def pairs(stream: Stream) -> dict[str, list[Pair]]:
    """All prompts in random order, by language; about 790 in Chinese and 160 in English."""
    found: dict[str, list[Pair]] = {"zh": [], "en": []}
    for topic in _read("functional.toml")["topic"]:
        rows = _computed(topic["computed"], stream) if "computed" in topic else topic["rows"]
        found[topic.get("lang", "zh")] += _combined(topic, rows, stream)
    return {lang: stream.shuffled(list(found[lang])) for lang in found}


def _combined(topic: dict[str, Any], rows: list[list[str]], stream: Stream) -> list[Pair]:
    made: list[Pair] = []
    for row in rows:
        # A computed row is used once; others with every variation.
        varied = [stream.pick(topic["vary"])] if "computed" in topic else topic["vary"]
        for v in varied:
            words = dict(zip(topic["keys"], row, strict=True)) | {"v": v}
            parts = [topic[part].format(**words) for part in ("body", "tail", "wrong")]
            prompt = stream.pick(topic["prompts"]).format(**words)
            made.append(Pair(topic["name"], topic.get("lang", "zh"), prompt, *parts))
    return made


def _computed(what: str, stream: Stream) -> list[list[str]]:
    if what == "discount":
        grid = [(price, rate) for price in range(80, 1000, 40) for rate in (6, 7, 8, 9)]
        return [
            [str(p), str(r), f"{p * r / 10:g}", f"{(p - r) / 10:g}", f"{p - p * r / 10:g}"]
            for p, r in stream.shuffled(grid)[:60]
        ]
    if what == "trip":
        grid = [(speed, hours) for speed in range(40, 125, 5) for hours in (2, 3, 4, 5, 6)]
        return [[str(s), str(h), str(s * h), str(s + h), str(2 * s * h)] for s, h in stream.shuffled(grid)[:60]]
    units = (("千米", "米", 1000), ("千克", "克", 1000), ("小时", "分钟", 60), ("米", "厘米", 100))
    scale = [(n, *unit) for n in range(2, 40) for unit in units]
    return [
        [str(n), unit, small, str(n * f), f"{n * f / 10:g}", str(10 * n * f)]
        for n, unit, small, f in stream.shuffled(scale)[:60]
    ]


def response(pair: Pair, label: str, other: Pair, stream: Stream) -> str:
    """A response that deserves ``label``; ``other`` lends the answer to a different question."""
    gap = " " if pair.lang == "en" else ""
    opener = stream.pick(OPENERS[pair.lang])
    whole = f"{opener}{pair.body}{gap}{pair.tail}"
    if label == "accept":
        return whole
    if label == "inaccurate":
        return f"{opener}{pair.wrong}{gap}{pair.tail}"
    if label == "off_topic":
        return f"{opener}{other.body}{gap}{other.tail}"
    if label == "incomplete":
        return f"{opener}{pair.body}"
    return _clumsy(whole, pair.lang, stream)


def _clumsy(text: str, lang: str, stream: Stream) -> str:
    """The same content in bad style: marks left out, pieces said twice."""
    if lang == "en":
        words = [word for word in text.lower().split() if word not in {"the", "a", "an", "is", "are"}]
        at = stream.below(len(words) - 1)
        return " ".join([*words[: at + 1], *words[at:], "and and so on", words[-1].strip(".")])
    pieces = [piece for piece in re.split("[，；：。]", text) if piece]
    said = "".join(piece + stream.pick(FILLERS) for piece in pieces)
    return f"就是说{pieces[0]}{said}的的"
