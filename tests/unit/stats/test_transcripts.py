"""One transcript out of many: what most heard, nothing invented, ties told."""

from __future__ import annotations

from functools import cache
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelqa.errors import InsufficientData
from labelqa.stats.annotators.transcripts import rover, spoken_characters, spoken_words


def heard(*texts: str):
    return [spoken_words(text) for text in texts]


def test_most_heard_it_so():
    found = rover(
        heard("I was alarmed lest I", "i was alarmed blessed i", "I was the one blessed I", "i was alarmed lest")
    )
    assert found.words == ("i", "was", "alarmed", "lest", "i")
    assert found.transcripts == 4
    assert 0.6 < found.support < 1


def test_a_word_that_few_heard_is_left_out_and_one_that_few_missed_stays():
    assert rover(heard("a b c", "a x b c", "a b c")).words == ("a", "b", "c")
    assert rover(heard("a b c", "a c", "a b c")).words == ("a", "b", "c")
    slots = rover(heard("a b c", "a x b c", "a b c")).slots
    assert [(slot.word, slot.votes) for slot in slots] == [("a", 3), ("", 2), ("b", 3), ("c", 3)]


def test_ties_are_told_and_a_word_goes_before_nothing():
    found = rover(heard("a b", "a"))
    assert found.words == ("a", "b")
    assert found.ties == 1
    assert found.slots[1].tied == ("", "b")
    two = rover(heard("rain falls", "reign falls"))
    assert (two.ties, two.slots[0].tied, two.slots[1].tied) == (1, ("rain", "reign"), ())


def test_the_order_of_the_annotators_does_not_matter():
    texts = heard("the cat sat down", "a cat sat", "the cats sat down there", "the cat sat dawn")
    assert len({rover(list(order)).words for order in permutations(texts)}) == 1


def test_chinese_by_character():
    texts = ["请打开空调", "请打开空条", "打开空调", "请打开空调！"]
    found = rover([spoken_characters(text) for text in texts])
    assert "".join(found.words) == "请打开空调"
    assert spoken_characters("ＡＢ　第３页，it's１２") == ("ab", "第", "3", "页", "it's12")
    assert spoken_words("Don't  STOP -- now!") == ("don't", "stop", "now")


def test_nothing_heard_and_nothing_there():
    silent = rover([(), ()])
    assert (silent.words, silent.support, silent.ties) == ((), 1.0, 0)
    assert rover([(), ("a",), ()]).words == ()
    with pytest.raises(InsufficientData) as caught:
        rover([])
    assert caught.value.reason == "no-transcripts"
    with pytest.raises(ValueError, match="empty"):
        rover([["a", ""]])
    with pytest.raises(ValueError, match="central or given"):
        rover([["a"]], order="random")


def plain(transcripts: list[list[str]]) -> tuple[str, ...]:
    """The same by trying every way to lay words beside slots: slow and obvious."""
    line = [[word] for word in transcripts[0]]  # every voice of each slot
    for merged, new in enumerate(transcripts[1:], start=1):

        @cache
        def best(i: int, j: int, line=line, new=new, n=merged) -> tuple[int, tuple]:
            if not i and not j:
                return 0, ()
            ways = []
            if i and j:
                cost, moves = best(i - 1, j - 1)
                ways.append((cost + n - line[i - 1].count(new[j - 1]), (*moves, (*line[i - 1], new[j - 1]))))
            if i:
                cost, moves = best(i - 1, j)
                ways.append((cost + n - line[i - 1].count(""), (*moves, (*line[i - 1], ""))))
            if j:
                cost, moves = best(i, j - 1)
                ways.append((cost + n, (*moves, ("",) * n + (new[j - 1],))))
            return min(ways, key=lambda way: way[0])  # the first of equals: together, skipped, on its own

        line = [list(slot) for slot in best(len(line), len(new))[1]]
    won = []
    for voices in line:
        most = max(voices.count(word) for word in voices)
        equal = [word for word in dict.fromkeys(voices) if voices.count(word) == most]
        won.append(next((word for word in equal if word), ""))
    return tuple(word for word in won if word)


words = st.lists(st.sampled_from("abcde"), max_size=8)


@given(st.lists(words, min_size=1, max_size=5), st.sampled_from(["central", "given"]))
@settings(max_examples=200, deadline=None)
def test_every_transcript_can_be_read_in_the_slots(transcripts: list[list[str]], order):
    found = rover(transcripts, order=order)
    said = {word for words in transcripts for word in words}
    assert set(found.words) <= said
    assert all(1 <= slot.votes <= len(transcripts) for slot in found.slots)
    assert len(found.slots) >= max(map(len, transcripts))
    assert len(found.slots) <= sum(map(len, transcripts))
    for slot in found.slots:
        assert not slot.tied or (slot.word in slot.tied and len(slot.tied) > 1)


@given(st.lists(words, min_size=1, max_size=5))
@settings(max_examples=150, deadline=None)
def test_beside_a_plain_search(transcripts: list[list[str]]):
    assert rover(transcripts, order="given").words == plain(transcripts)


@given(words, st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_the_unanimous_are_repeated_word_for_word(one: list[str], times: int):
    found = rover([one] * times)
    assert found.words == tuple(one)
    assert (found.support, found.ties) == (1.0, 0)
    # a majority of equal transcripts wins whatever the minority heard
    assert rover([one] * 3 + [list(reversed(one))] * 2, order="given").words == tuple(one)
