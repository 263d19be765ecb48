"""The life of a batch: what belongs to it, what may be done to it next, and what becomes of it.

Pure rules over facts and values. Nothing here reads a file, asks a clock or knows the ledger.
"""
