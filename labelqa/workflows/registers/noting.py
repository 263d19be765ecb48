"""What notes of incidents, risks and guidance have in common: who wrote them, which facts they rest on, their texts."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence

from labelqa.errors import BadInput
from labelqa.ledger.ledger import salted
from labelqa.ledger.view import Facts
from labelqa.records.names import Digest
from labelqa.workflows.registers.fields import is_id


def checked_id(text: str) -> str:
    """The id of an incident or a risk; BadInput where it cannot be one."""
    if not is_id(text):
        raise BadInput("{id} is no id: letters, digits and . : @ / + - _, such as leak-2026-11", id=text)
    return text


def aside(text: str) -> tuple[Digest, str, str] | None:
    """An erasable text with its digest; None for no text."""
    return salted(text.strip(), secrets.token_hex(16)) if text.strip() else None


def told_facts(facts: Facts, numbers: Iterable[int]) -> list[int]:
    """The numbers of facts that something rests on, once each; BadInput for one that is not in the ledger."""
    made = list(dict.fromkeys(numbers))
    for number in made:
        try:
            facts.fact(number)
        except KeyError:
            raise BadInput("there is no fact {number}: labelqa ledger show tells the numbers", number=number) from None
    return made


def subjects(kind: str, name: str, *, batch: str = "", people: Sequence[str] = ()) -> tuple[str, ...]:
    """What a note may be asked for by."""
    found = [f"{kind}:{name}", *([f"batch:{batch}"] if batch else []), *(f"person:{each}" for each in people)]
    return tuple(dict.fromkeys(found))
