"""What a rulebook is handed out as: handbooks for annotators and reviewers, and the form that is filed.

A released text comes in with what the ledger says of it; pages, PDF and Word files come out. Only examples meant for
the handbook are ever shown: those of exams and gold items stay out of everything made here.
"""
