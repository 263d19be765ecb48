"""Files that come in and go out: tables of labels, lists of people, work sheets, findings."""
