"""Qualifications as the ledger tells them: standings, proposals to suspend, decisions, and the answer to "why"."""
