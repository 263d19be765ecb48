"""What a card's lines say in both languages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from labelqa.adapters.report.card_rows import card_rows, ip_check_said
from labelqa.i18n import Lang, Speaker
from labelqa.records.life import Card
from labelqa.records.names import BatchName

CARD = Card(
    batch=BatchName("b1"), source="generated", licence="", ip_check="cleared", personal=False, basis="",
    modalities=("text",), languages=("zh-CN",), scale=10, description="", generator="model-x 1.2", acquired="",
    attachments=(), at=datetime(2026, 11, 16, tzinfo=UTC), fact=3, late=False, amended=False,
)  # fmt: skip


@pytest.mark.parametrize(
    ("lang", "check", "generator"),
    [("en", "cleared", "generator"), ("zh", "已核查，无问题", "生成模型")],
)
def test_a_card_says_its_check_in_words_and_its_generator(lang: Lang, check: str, generator: str) -> None:
    say = Speaker(lang)
    told = {say(name): value for name, value in card_rows(CARD, say)}
    assert told[generator] == "model-x 1.2"
    assert check in told.values()
    if lang == "zh":
        assert not {"cleared", "generated"} & set(told.values())


def test_what_a_check_found_stays_as_it_was_written() -> None:
    say = Speaker("zh")
    told = [ip_check_said(each, say) for each in ("found: 两首歌", "not-applicable", "odd")]
    assert told == ["发现问题：两首歌", "不适用", "odd"]
