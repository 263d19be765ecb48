"""Who may do what: training, exams, the qualification that follows from them, and duties kept apart.

Pure rules over facts and values; a qualification is worked out, never set.
"""
