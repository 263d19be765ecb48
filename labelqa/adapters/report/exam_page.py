"""An exam on paper: the questions as one page to print, with a place for name, date and answers.

It says neither which rule a question is about nor what is right, and asks no server for anything.
"""

from __future__ import annotations

from labelqa.adapters.report.html import pages
from labelqa.i18n import Lang, Speaker
from labelqa.rulebook.exam import Handed
from labelqa.rulebook.exam.grading import mark
from labelqa.rulebook.model import Text


def exam_page(paper: Handed, lang: Lang) -> str:
    """The whole paper as one HTML document; the same paper gives the same text."""

    def told(text: Text) -> str:
        return (text.zh or text.en) if lang == "zh" else (text.en or text.zh)

    page = pages().get_template("exam.html.j2")
    questions = [
        (each.number, told(each.content), [(mark(at), told(choice.title) or choice.value, choice.value)
                                           for at, choice in enumerate(each.choices)])
        for each in paper.questions
    ]  # fmt: skip
    return (
        page.render(
            say=Speaker(lang), html_lang="zh-CN" if lang == "zh" else "en", title=told(paper.title) or paper.release,
            paper=paper, questions=questions,
        )
        + "\n"
    )  # fmt: skip
