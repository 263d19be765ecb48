"""Numbers in, frozen results out: how good, how sure, and how many to check.

Nothing here knows a file, a person's name or the clock; randomness comes in as an argument.
"""
