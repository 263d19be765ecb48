"""Learning records in the forms of other programs: xAPI statements in and out, Open Badges out."""
