"""The items of a batch with the label that each truly deserves, before anybody has labelled."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from sample_making.story import LABELS, SCRIPTS, SHARES, Script
from sample_making.streams import Stream
from sample_making.texts import ENGLISH, UNSAFE, Pair, SafetyTexts, pairs, response

PREFIXES: Final = {"safety": "s", "sft": "f"}
SOURCES: Final = {
    "safety": ("公开论坛（已脱敏）", "内部红队题库", "线上抽样（已脱敏）"),
    "sft": ("内部编写", "线上抽样（已脱敏）", "外包撰写"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing to be labelled; ``unsafe`` names the risk group of harmful content in a functional item."""

    id: str
    project: str
    week: str
    label: str
    lang: str
    source: str
    content: dict[str, str]
    gold: bool = False
    unsafe: str = ""


def items_of(seed: int) -> dict[str, list[Item]]:
    """The items of every batch, by the batch's name, in the order of their ids."""
    stream = Stream(seed, "texts")
    safety, stock = SafetyTexts(stream), pairs(stream)
    batches: dict[str, list[Item]] = {}
    last = {"safety": 0, "sft": 0}
    for script in SCRIPTS:
        made: list[Item] = []
        for label in _labels(script, Stream(seed, f"labels/{script.name}")):
            last[script.project] += 1
            content, lang = _content(script.project, label, safety, stock, stream)
            made.append(
                Item(
                    id=f"{PREFIXES[script.project]}-{last[script.project]:04d}",
                    project=script.project,
                    week=script.week,
                    label=label,
                    lang=lang,
                    source=stream.pick(SOURCES[script.project]),
                    content=content,
                )
            )
        batches[script.name] = _marked(script, made, Stream(seed, f"marks/{script.name}"))
    return batches


def _labels(script: Script, stream: Stream) -> list[str]:
    """Exactly the declared shares, in random order; what rounding leaves over goes to the first label."""
    labels = LABELS[script.project]
    shares = script.shares or SHARES[script.project]
    rest = [label for label, share in zip(labels, shares, strict=True) for _ in range(int(script.size * share))]
    return stream.shuffled([labels[0]] * (script.size - len(rest)) + rest)


def _content(
    project: str, label: str, safety: SafetyTexts, stock: dict[str, list[Pair]], stream: Stream
) -> tuple[dict[str, str], str]:
    lang = "en" if stream.chance(ENGLISH) else "zh"
    if project == "safety":
        return {"text": safety.next(label, lang)}, lang
    lang = lang if stock[lang] else "zh"
    pair = stock[lang].pop()
    others = [other for other in stock[lang] if other.topic != pair.topic] or [pair]
    return {"prompt": pair.prompt, "response": response(pair, label, stream.pick(others), stream)}, lang


def _marked(script: Script, made: list[Item], stream: Stream) -> list[Item]:
    """Some items become gold; in one batch, some acceptable responses get a sentence that must not be there."""
    order = stream.shuffled(range(len(made)))
    gold = set(order[: script.gold])
    spoiled = [at for at in order[script.gold :] if made[at].label == "accept"][: script.unsafe]
    marks = dict(zip(spoiled, UNSAFE, strict=False))
    return [_mark(item, gold=at in gold, unsafe=marks.get(at)) for at, item in enumerate(made)]


def _mark(item: Item, *, gold: bool, unsafe: tuple[str, str] | None) -> Item:
    if unsafe is None:
        return replace(item, gold=gold)
    content = item.content | {"response": item.content["response"] + unsafe[1]}
    return replace(item, gold=gold, unsafe=unsafe[0], content=content)
