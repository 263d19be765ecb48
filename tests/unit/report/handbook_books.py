"""Books that the tests of handbooks are made of: the shipped ones, and one with a word of every kind."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import UTC, datetime

from labelqa.records.governance import Meaning
from labelqa.records.names import Digest, PersonId
from labelqa.rulebook.document import parse
from labelqa.rulebook.model import ExampleUse, Rulebook, Term, Text
from labelqa.rulebook.release import digest, release_bytes
from labelqa.wiring import shipped
from labelqa.workflows.handbook import Issued, Past, Signed, Status

BOOKS = ("genai-safety", "genai-sft")
WHEN = datetime(2026, 11, 16, 2, tzinfo=UTC)


def book_of(name: str, version: str = "1.0.0") -> Rulebook:
    """A shipped rulebook."""
    book = parse((shipped("rulebooks") / name / f"{version}.yaml").read_bytes()).rulebook
    assert book is not None
    return book


def shipped_as(name: str, status: Status = Status.SHIPPED, version: str = "1.0.0") -> Issued:
    """A shipped rulebook with the digest of its file."""
    data = (shipped("rulebooks") / name / f"{version}.yaml").read_bytes()
    return Issued(book=book_of(name, version), digest=digest(release_bytes(data)), status=status)


def of(book: Rulebook, status: Status = Status.DRAFT) -> Issued:
    """Any book under a digest of its own."""
    return Issued(book=book, digest=Digest("5" * 64), status=status)


def released(name: str) -> Issued:
    """A book with two approvals and dates of force."""
    held = shipped_as(name, Status.RELEASED)
    signatures = tuple(
        Signed(name=name, person=PersonId(who), meaning=Meaning.APPROVAL, digest=held.digest, at=WHEN, fact=n)
        for n, (who, name) in enumerate((("p-1", "王芳"), ("p-2", "p-2")), 3)
    )
    past = Past(
        version="1.0.0", digest=held.digest, released_at=WHEN, effective_from=WHEN, summary=Text("初版", "First")
    )
    return replace(
        held, signatures=signatures, released_at=WHEN, effective_from=WHEN, history=(past,), zone="Asia/Shanghai"
    )


def with_terms(book: Rulebook) -> Rulebook:
    """The same book with a glossary, its first word in the first rule's statement."""
    first = replace(book.rules[0], statement=Text("「群体」与「旁人」。", "A 「group」 and 「others」."))
    term = Term(term=Text("群体", "group"), definition=Text("一类人。", "People of a kind."))
    return replace(book, terms=(term,), rules=(first, *book.rules[1:]))


def secret(book: Rulebook) -> list[str]:
    """What only exams and gold items may know: ids and sentences, in both languages."""
    hidden = [each for rule in book.rules for each in rule.examples if each.use is not ExampleUse.HANDBOOK]
    return [part for each in hidden for text in (each.content, each.reason) for part in (text.zh, text.en) if part] + [
        each.id for each in hidden
    ]


def text_of(page: str) -> str:
    """What a reader sees of a page, in one line."""
    body = re.sub(r"<(style|svg|title)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def squeezed(text: str) -> str:
    """Without any blank, as line breaks of a printed page fall anywhere."""
    return "".join(text.split())
