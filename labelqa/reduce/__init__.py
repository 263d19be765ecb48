"""From a frozen batch to small tables: the only part that sees every label.

Three engines, one meaning: :mod:`labelqa.reduce.python` is slow and obvious, :mod:`labelqa.reduce.duckdb` is fast; what
both promise stands in :mod:`labelqa.reduce.protocol`.
"""
