"""Several people's transcripts of one item as one text: what most of them heard, word by word (ROVER).

Han characters are compared one by one, other writing word by word; signs and case are left out, as is usual in speech
recognition. Nothing is recorded and no answer changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from labelqa.errors import InsufficientData, Message
from labelqa.i18n import N_
from labelqa.records.annotation import ControlKind, Origin
from labelqa.records.batch import Batch
from labelqa.records.consensus import TranscriptItem, TranscriptReport
from labelqa.stats.annotators.transcripts import rover, spoken_characters, spoken_words
from labelqa.stats.distance.stored import one_text, parsed
from labelqa.workflows.desk import Desk
from labelqa.workflows.population import frozen_of
from labelqa.workflows.state import read_state
from labelqa.workflows.subject import kind_of_batch

MOST_ANSWERS: Final = 500_000  # combined in one go
MOST_WORDS: Final = 5_000  # of one transcript: the work grows with the square
DOUBTFUL: Final = 20
_HAN: Final = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def transcript_report(
    desk: Desk, batch: str, *, items: int = DOUBTFUL
) -> tuple[TranscriptReport, tuple[TranscriptItem, ...]]:
    """What the combined transcripts of a batch rest on, and each of them; ``items`` with the least support are named.

    Raises Refused for a batch that is not frozen and InsufficientData ``not-texts`` where its answers are no texts.
    """
    found = read_state(desk).batch(batch)
    freeze = frozen_of(found)
    kind = kind_of_batch(desk, found)
    if kind is not ControlKind.TEXT:
        raise InsufficientData(
            "not-texts",
            "--model rover combines transcripts; the answers of this batch are of another kind ({kind})",
            kind=kind.value,
        )
    if freeze.n_annotations > MOST_ANSWERS:
        raise InsufficientData(
            "too-many-transcripts",
            "transcripts are combined in batches of up to {most}; this one has {n}",
            most=MOST_ANSWERS, n=freeze.n_annotations,
        )  # fmt: skip
    said = tuple(_said(desk, found))
    by_character = any(_HAN.search(text) for _, _, text in said)
    combined = tuple(_combined(said, by_character))
    if not combined:
        raise InsufficientData("no-transcripts", "there is no transcript here to combine")
    machines = freeze.origins.get(Origin.MACHINE, 0)
    text = N_("{n} answers of models have no vote here; `labelqa annotators` validates models against people")
    doubtful = sorted(combined, key=lambda each: (each.support, each.item))
    report = TranscriptReport(
        batch=found.name, control=found.control, model="rover", items=len(combined), annotations=len(said),
        annotators=len({who for _, who, _ in said}), unit="character" if by_character else "word",
        ties=sum(each.ties for each in combined), support=sum(each.support for each in combined) / len(combined),
        doubtful=tuple(each for each in doubtful[:items] if each.support < 1),
        notes=(Message(text, {"n": machines}),) if machines else (),
    )  # fmt: skip
    return report, combined


def _said(desk: Desk, batch: Batch) -> Iterator[tuple[str, int, str]]:
    """Item, annotator and text of every person's first answer, in the order of the frozen batch."""
    names = ["item_id", "annotator_no", "label", "origin"]
    table = desk.frozen.read(frozen_of(batch).annotations, names)
    before = None
    for item, who, text, origin in zip(*(table.column(name).to_pylist() for name in names), strict=True):
        if text is not None and origin != Origin.MACHINE and (item, who) != before:
            before = (item, who)
            yield item, who, plain_text(text)


def plain_text(stored: str) -> str:
    """A stored answer as a person wrote it; a list of texts is joined line by line.

    >>> plain_text('["mist","on"]'), plain_text("mist on")
    ('mist\\non', 'mist on')
    """
    value = parsed(stored)
    return "\n".join(one_text(part) for part in value) if isinstance(value, list) else one_text(value)


def _combined(said: Sequence[tuple[str, int, str]], by_character: bool) -> Iterator[TranscriptItem]:
    cut = spoken_characters if by_character else spoken_words
    for item, rows in groupby(said, key=lambda row: row[0]):
        heard = [cut(text) for _, _, text in rows]
        longest = max(map(len, heard))
        if longest > MOST_WORDS:
            raise InsufficientData(
                "too-long",
                "item {item} has a transcript of {n} words; up to {most} are combined",
                item=item, n=longest, most=MOST_WORDS,
            )  # fmt: skip
        made = rover(heard)
        yield TranscriptItem(
            item=item, text=joined(made.words), transcripts=made.transcripts, support=made.support, ties=made.ties
        )


def joined(words: Sequence[str]) -> str:
    """Words as a text: with spaces, but none beside a Han character.

    >>> joined(["打", "开", "wi", "fi"]), joined(["the", "cat"])
    ('打开wi fi', 'the cat')
    """
    text = ""
    for word in words:
        apart = text and not _HAN.search(text[-1]) and not _HAN.search(word[0])
        text += f" {word}" if apart else word
    return text
