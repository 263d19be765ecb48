"""The form that is filed as one HTML page, of which the PDF is made."""

from __future__ import annotations

from typing import Any

from labelqa.adapters.report.handbook.filing import Form, form_of
from labelqa.adapters.report.handbook.page import pages
from labelqa.i18n import Lang, Speaker
from labelqa.workflows.handbook import Issued


def filing_html(issued: Issued, lang: Lang) -> str:
    """The whole form as one HTML document; the same text gives the same bytes."""
    form: Form = form_of(issued, lang)
    told: dict[str, Any] = {
        "form": form,
        "say": Speaker(lang),
        "html_lang": "zh-CN" if lang == "zh" else "en",
        "draft": form.draft,
    }
    return pages().get_template("filing.html.j2").render(told) + "\n"
