"""How clear a rulebook's rules prove to be in use: measured from frozen batches, or from the table of a trial.

Nothing here changes a rule; what a rule's author should look at is written into a draft as comments.
"""
