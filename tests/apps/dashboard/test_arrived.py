"""The first page shows what came in and needs somebody, harmlessly and in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from labelqa.i18n import LANGS
from labelqa.workflows.desk import Desk
from labelqa.workflows.watching import alert_lines, watch
from labelqa.workflows.watching.keeping import FILE
from tests.building import Answer, Clock, agreeing, frozen_batch, new_desk, staffed, take_in


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with new_desk(tmp_path / "ws", clock=Clock(datetime.now(UTC) - timedelta(days=1))) as desk:
        staffed(desk)
        frozen_batch(desk, "b1", answers=agreeing(6, at=desk.clock()))
        yield desk


@pytest.mark.parametrize("lang", LANGS)
def test_open_alerts_stand_on_the_first_page(desk, open_page, everything, lang):
    nasty = [Answer(f"n-{n}", f"<b>{n}</b>", "accept", release="<img src=x>@1") for n in range(6)]
    watch(desk, take_in(desk, nasty, name="nasty.csv").import_no)
    app = open_page(desk, "overview", lang=lang)
    assert not app.exception
    shown = everything(app)
    number = alert_lines(desk)[0].number
    assert f"labelqa alerts seen {number}" in shown
    assert shown.count("<img") == shown.count("\\<img") > 0


def test_nothing_is_shown_where_nothing_came_in(desk, open_page, everything):
    assert "labelqa alerts seen" not in everything(open_page(desk, "overview"))


def test_a_damaged_file_leaves_the_page_alone(desk, open_page, everything):
    (desk.settings.workspace / FILE).write_bytes(b"garbage" * 2000)
    app = open_page(desk, "overview")
    assert not app.exception
    assert "labelqa alerts rebuild" in everything(app).replace("\\", "")
