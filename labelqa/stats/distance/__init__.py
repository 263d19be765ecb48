"""How far two answers to the same item lie apart, from 0 (they agree) to 1, one module a kind of answer.

Each distance reads an answer as it is stored and compares many pairs at once (:class:`labelqa.records.reductions.
Distance`). Which one fits which kind of answer stands in :mod:`labelqa.stats.kinds`. Distances of plain numbers may
pass 1 where the length of the scale is not given.
"""
