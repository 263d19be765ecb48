"""One item as the annotator saw it, as safe HTML: form and data in, a picture of the work out."""

from labelqa.adapters.report.item_view.fields import Sheet
from labelqa.adapters.report.item_view.form import FormView, config_of, form_of, plain_form
from labelqa.adapters.report.item_view.view import STYLE, item_html

__all__ = ["STYLE", "FormView", "Sheet", "config_of", "form_of", "item_html", "plain_form"]
