"""Nothing there yet: every page says so, and what to do next."""

from __future__ import annotations

import pytest

from labelqa.i18n import LANGS

PAGES = ("overview", "batch", "planner", "annotators", "rulebooks", "people")


@pytest.mark.parametrize("lang", LANGS)
def test_without_a_workspace_the_first_commands_are_shown(tmp_path, monkeypatch, open_page, lang):
    monkeypatch.setenv("LABELQA_WORKSPACE", str(tmp_path / "nowhere"))
    app = open_page(None, "batch", lang=lang)
    assert [each.value for each in app.code][:2] == ["labelqa demo", "labelqa init my-workspace"]
    assert len(app.warning) == 1


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("page", PAGES)
def test_an_empty_workspace_is_friendly(empty, open_page, everything, page, lang):
    app = open_page(empty, page, lang=lang)
    assert len(app.main.info) == 1 or page == "batch"
    assert not app.warning
    assert "空 <b>" not in everything(app)  # the workspace's name is shown, but never as HTML
    if page in {"overview", "batch", "planner", "rulebooks", "people"}:
        assert any(each.value.startswith("labelqa ") for each in app.code)


def test_a_workspace_made_anew_in_the_same_place_is_opened_anew(empty, open_page, tmp_path):
    import shutil

    from labelqa.wiring import create_workspace

    open_page(empty, "overview")
    folder = empty.settings.workspace
    empty.close()
    shutil.rmtree(folder)
    with create_workspace(folder, name="second", env={}) as again:
        app = open_page(again, "overview")
    assert "second" in [each.value for each in app.sidebar.caption]
