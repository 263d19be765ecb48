"""Tickets, the frame's digest and the seed's: the written formulas, byte by byte."""

from __future__ import annotations

from hashlib import sha256

import pytest

from labelqa.errors import Refused, WrongUsage
from labelqa.records.review import SeedStanding
from labelqa.sampling import check_seed, draw, frame_digest, seed_digest, seed_standing, share, ticket


def test_ticket_is_the_sha256_of_seed_separator_and_id() -> None:
    assert ticket("种子 42", "条目-１") == sha256("种子 42".encode() + b"\x1f" + "条目-１".encode()).hexdigest()


def test_ids_are_not_normalised() -> None:
    composed, decomposed = "caf\u00e9", "cafe\u0301"
    assert ticket("s", composed) != ticket("s", decomposed)
    assert ticket("s", "a") != ticket("s", "a ") != ticket("s", " a")


@pytest.mark.parametrize(("digits", "cell"), [("0" * 64, 0), ("f" * 64, 2**52 - 1), ("8" + "0" * 63, 2**51)])
def test_share_is_the_middle_of_its_cell(digits: str, cell: int) -> None:
    assert share(digits) == (2 * cell + 1) / 2**53
    assert 0.0 < share(digits) < 1.0


def test_drawn_items_come_in_ticket_order() -> None:
    ids = [str(number) for number in range(50)]
    assert draw("s", iter(ids), 50) == sorted((ticket("s", each), each) for each in ids)


def test_drawing_nothing_gives_nothing() -> None:
    assert draw("s", ["a"], 0) == []


def test_more_items_than_the_frame_has_are_refused() -> None:
    with pytest.raises(Refused, match="3 items were to be drawn, but the frame has only 2"):
        draw("s", ["a", "b"], 3)


@pytest.mark.parametrize("n", [1, 2])
def test_a_repeated_id_among_the_drawn_is_refused(n: int) -> None:
    with pytest.raises(Refused, match="item a stands twice"):
        draw("s", ["a", "a"], n)


def test_a_negative_size_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="-1"):
        draw("s", ["a"], -1)


@pytest.mark.parametrize("seed", ["", "  ", "a\x1fb", "line\nbreak"])
def test_seeds_that_cannot_be_copied_or_are_empty_are_refused(seed: str) -> None:
    with pytest.raises(WrongUsage):
        check_seed(seed)
    with pytest.raises(WrongUsage):
        draw(seed, ["a"], 1)


def test_frame_digest_hashes_sorted_json_lines() -> None:
    written = b'"10"\n"9"\n"\xe4\xb8\xad\\"\\n"\n"\xf0\x9f\x98\x80"\n'
    assert frame_digest(["😀", "9", '中"\n', "10"]) == sha256(written).hexdigest()


def test_frame_order_is_by_code_point() -> None:
    # U+FF21 sorts before U+1F600, although its UTF-16 form does not
    assert frame_digest(["😀", "Ａ"]) == sha256('"Ａ"\n"😀"\n'.encode()).hexdigest()


def test_an_id_that_stands_twice_in_the_frame_is_refused() -> None:
    with pytest.raises(Refused, match="item b stands twice"):
        frame_digest(["b", "a", "b"])


def test_an_empty_frame_has_the_digest_of_nothing() -> None:
    assert frame_digest([]) == sha256(b"").hexdigest()


def test_seed_digest_has_a_prefix_of_its_own() -> None:
    assert seed_digest("骰子 4 2") == sha256("labelqa seed\x1f骰子 4 2".encode()).hexdigest()
    assert seed_digest("x") != sha256(b"x").hexdigest()


@pytest.mark.parametrize(
    ("commit", "frame", "standing"),
    [(1, 2, SeedStanding.COMMITTED), (2, 1, SeedStanding.UNPROVEN), (None, 1, SeedStanding.UNPROVEN)],
)
def test_only_a_commitment_before_the_frame_proves_a_seed(
    commit: int | None, frame: int, standing: SeedStanding
) -> None:
    assert seed_standing(commit, frame) is standing
    assert seed_standing(5, 5) is SeedStanding.UNPROVEN
