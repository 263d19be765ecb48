"""The parameters of the hashes that are made: argon2id, above what OWASP asks for (19 MiB, 2 passes)."""

from __future__ import annotations

from labelqa.workflows.identity.hashes import fits, hashed, outdated


def test_a_hash_says_how_it_was_made():
    known = hashed("four quiet herons at dusk")
    assert known.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert fits(known, "four quiet herons at dusk")
    assert not fits(known, "four quiet herons at dawn")
    assert not fits(None, "four quiet herons at dusk")
    assert not fits("no hash at all", "four quiet herons at dusk")
    assert not outdated(known)
    assert hashed("four quiet herons at dusk") != known
