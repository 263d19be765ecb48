"""The weekly report: one summary, written as a page, a text, a workbook or data.

Renderers are pure: a :class:`labelqa.records.summary.Summary` and a language go in, text or bytes come out. They
measure nothing that the summary does not say; only :mod:`labelqa.adapters.report.files` writes.
"""
