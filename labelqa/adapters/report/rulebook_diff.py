"""What changed between two versions of a rulebook as one page: the notice for everybody on top, every change below.

Everybody reads it, so examples for exams and gold are not shown in it, only that they changed.

Style and words stand in the file; it asks no server for anything and says so to the browser.
"""

from __future__ import annotations

from labelqa.adapters.report.html import pages
from labelqa.adapters.report.rulebook_diff_names import ASKS, BUMPS, WHATS
from labelqa.adapters.report.rulebook_diff_notice import notice
from labelqa.adapters.report.rulebook_diff_veil import kept_back, veiled
from labelqa.adapters.report.rulebook_diff_view import groups
from labelqa.i18n import Lang, Speaker
from labelqa.records.governance import Bump
from labelqa.workflows.compared import Compared

TONES = {Bump.MAJOR: "bad", Bump.MINOR: "good", Bump.PATCH: "quiet", Bump.NONE: "quiet"}


def render_diff(found: Compared, lang: Lang) -> str:
    """The whole page; the same comparison gives the same text."""
    say = Speaker(lang)
    grouped = groups(found.found, found.old.book, found.new.book, say)
    page = pages().get_template("rulebook_diff.html.j2")
    told = veiled(grouped, kept_back(found.old.book, found.new.book), say)
    shown = [line for group in told for line in group.lines]
    return (
        page.render(
            say=say,
            html_lang="zh-CN" if lang == "zh" else "en",
            found=found,
            notice=notice(found, grouped, say),
            groups=told,
            counts=[(bump, sum(line.bump is bump for line in shown)) for bump in (Bump.MAJOR, Bump.MINOR, Bump.PATCH)],
            bump_name=lambda bump: say(BUMPS[bump]),
            what_name=lambda what: say(WHATS[what]),
            asks=lambda bump: say(ASKS[bump]),
            tone=TONES.__getitem__,
            major=Bump.MAJOR,
            short=lambda digest: digest[:12],
        )
        + "\n"
    )
