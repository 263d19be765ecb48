"""``labelqa ledger``: manifests, verification since one, and the last facts as lines; in both languages."""

from __future__ import annotations

import json
from contextlib import closing

import pytest

from tests.knife import unguarded


@pytest.fixture
def ws(run, tmp_path):
    """A workspace with a few people, and a manifest of it."""
    assert run("init", tmp_path / "ws").code == 0
    for name in ("甲", "乙"):
        added = run("people", "add", name, "--organizer", "Org", "--duties", "executor", "--workspace", tmp_path / "ws")
        assert added.code == 0, added.err
    made = run("ledger", "manifest", "--out", "m.json", "--workspace", tmp_path / "ws")
    assert (made.code, made.out.startswith("m.json: 3 facts, head ")) == (0, True)
    return tmp_path / "ws"


def test_nothing_was_altered_since(run, ws):
    answer = run("ledger", "verify", "--since", "m.json", "--workspace", ws)
    assert answer.code == 0
    assert "3 facts hashed again" in answer.out
    assert "Not looked at: columns and indexes" in answer.out
    zh = run("ledger", "verify", "--since", "m.json", "--workspace", ws, lang="zh")
    assert "已重新计算 3 条事实的哈希" in zh.out
    told = json.loads(run("ledger", "verify", "--since", "m.json", "--json", "--workspace", ws).out)
    assert (told["facts"], told["known"], told["later"], told["findings"]) == (3, 3, 0, [])


def test_an_altered_fact_is_named_and_the_exit_code_says_so(run, ws):
    with closing(unguarded(ws / "ledger.sqlite3")) as base:
        base.execute("UPDATE facts SET text = replace(text, 'Org', 'Grp') WHERE seq = 2")
        base.commit()
    answer = run("ledger", "verify", "--since", "m.json", "--workspace", ws)
    assert answer.code == 1
    assert "LG001" in answer.out
    assert "fact:2" in answer.out
    assert "LG009" in answer.out
    assert run("ledger", "manifest", "--out", "n.json", "--workspace", ws).code == 7
    assert not (ws.parent / "n.json").exists()


def test_a_manifest_is_printed_and_never_written_over(run, ws):
    told = json.loads(run("ledger", "manifest", "--workspace", ws).out)
    assert (told["facts"], told["workspace"], len(told["blocks"])) == (3, "ws", 1)
    assert run("ledger", "manifest", "--out", "m.json", "--workspace", ws).code == 5


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_cannot_be_compared_is_one_sentence(run, ws, lang):
    (ws.parent / "bad.json").write_text("{}")
    (ws.parent / "cut.json").write_text((ws.parent / "m.json").read_text().replace('"facts": 3', '"facts": 2'))
    for words, code in ((["--since", "bad.json"], 4), (["--since", "cut.json"], 4), (["--since", "none.json"], (2, 4)),
                        (["--since", "m.json", "--head", "3f"], 2)):  # fmt: skip
        answer = run("ledger", "verify", *words, "--workspace", ws, lang=lang)
        assert answer.code in (code if isinstance(code, tuple) else (code,)), words
        assert (answer.out, len(answer.err.strip().splitlines())) == ("", 1), words


def test_a_manifest_of_another_workspace_is_told(run, ws):
    assert run("init", ws.parent / "other").code == 0
    answer = run("ledger", "verify", "--since", "m.json", "--workspace", ws.parent / "other")
    assert answer.code == 4
    assert "the manifest of the workspace ws, and this is other" in answer.err


def test_the_last_facts_are_lines(run, ws):
    answer = run("ledger", "tail", "--last", "2", "--workspace", ws)
    assert answer.code == 0
    lines = answer.out.splitlines()
    assert [line.split()[0] for line in lines] == ["2", "3"]
    assert all("person.added" in line and "by lead" in line for line in lines)
    assert "操作人 lead" in run("ledger", "tail", "--workspace", ws, lang="zh").out
    only = run("ledger", "tail", "--kind", "workspace.created", "--json", "--workspace", ws).out.splitlines()
    assert [json.loads(line)["seq"] for line in only] == [1]
    person = json.loads(run("ledger", "tail", "--last", "1", "--json", "--workspace", ws).out)["subjects"][0]
    about = run("ledger", "tail", "--subject", person, "--workspace", ws).out.splitlines()
    assert [line.split()[0] for line in about] == ["3"]
    both = run("ledger", "tail", "--subject", person, "--kind", "workspace.created", "--workspace", ws)
    assert (both.code, both.out) == (0, "")


def test_an_unknown_kind_is_told_with_those_like_it(run, ws):
    answer = run("ledger", "tail", "--kind", "batch.froze", "--workspace", ws)
    assert answer.code == 2
    assert "batch.frozen" in answer.err
