"""What this workspace hands out about its own people: by pseudonym with accounts, trainings, exams; no names.

Nothing is recorded here, and nothing of people who were taken in from vendors goes out.
"""

from __future__ import annotations

from typing import Any

from labelqa.people.fold import in_force
from labelqa.records.facts import ExamRecorded, TrainingRecorded
from labelqa.records.names import Digest
from labelqa.records.people import Duty
from labelqa.workflows.desk import Desk
from labelqa.workflows.state import read_state
from labelqa.workflows.vendors import SERVER


def vendor_records(desk: Desk) -> dict[str, Any]:
    """What this workspace hands out about its people: by pseudonym with accounts, no names; trainings, exams, the head.

    People who were taken in from vendors, and their records, are left out: they are not its own.
    """
    state = read_state(desk)
    accounts: dict[str, dict[str, str]] = {}
    for (server, account), who in sorted(desk.ledger.identities.accounts().items()):
        accounts.setdefault(who, {})[server] = account
    mine = {
        who: person for who, person in sorted(state.people.items())
        if not person.model and not any(server.startswith(SERVER) for server in accounts.get(who, {}))
    }  # fmt: skip
    count, head = desk.ledger.head()
    return {
        "people": [
            {
                "person": who, "organizer": person.organizer, "duties": [each for each in Duty if each in person.duties],
                "accounts": accounts.get(who, {}),
            }
            for who, person in mine.items()
        ],
        "trainings": [
            {
                "person": body.person, "release": body.release, "at": fact.effective_at.isoformat(),
                "organizer": body.organizer, "topics": body.topics, "material": body.material,
            }
            for fact, body in in_force(state.facts.of(TrainingRecorded), TrainingRecorded) if body.person in mine
        ],
        "exams": [
            {
                "person": body.person, "release": body.release, "at": fact.effective_at.isoformat(),
                "score": body.score, "pass_mark": body.pass_mark, "paper": body.paper, "reason": body.reason,
                "abilities": body.abilities, "least": body.least,
            }
            for fact, body in in_force(state.facts.of(ExamRecorded), ExamRecorded) if body.person in mine
        ],
        "ledger": {"workspace": desk.settings.name, "head": Digest(head), "facts": count},
    }  # fmt: skip
