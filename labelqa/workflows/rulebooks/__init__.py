"""Rulebooks as a team works with them: check, sign, release or adopt, list, verify, and tell what happened to them."""

from labelqa.workflows.rulebooks.files import FOLDER, latest_book, released_book
from labelqa.workflows.rulebooks.lines import lines_of, rulebook_lines
from labelqa.workflows.rulebooks.log import rulebook_log
from labelqa.workflows.rulebooks.releasing import adopt_rulebook, questions, release_rulebook, sign_rulebook
from labelqa.workflows.rulebooks.sources import Forbidden, Source, find_source, from_file, lint_rulebook
from labelqa.workflows.rulebooks.verifying import verify_rulebooks

__all__ = [
    "FOLDER", "Forbidden", "Source", "adopt_rulebook", "find_source", "from_file", "latest_book", "lines_of", "lint_rulebook", "questions",
    "release_rulebook", "released_book", "rulebook_lines", "rulebook_log", "sign_rulebook", "verify_rulebooks",
]  # fmt: skip
