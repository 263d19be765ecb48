"""Registers, incidents, risks and guidance at the command line, in both languages."""

from __future__ import annotations

import json
import re

import pytest

BY = ("--by", "审甲")


@pytest.fixture
def at(stage):
    return ("--workspace", stage("drawn"))


def enter(run, at, *words, lang="en"):
    return run("register", "enter", *words, *BY, *at, lang=lang)


PLATFORM = ("platform", "platform:ls", "--title", "Label Studio", "--field", "name=Label Studio", "--field",
            "version=1.22.0", "--field", "owner=data platform")  # fmt: skip


def weekly(run, at):
    assert run("report", "weekly", "--week", "2026-W47", "--format", "md", "--lang", "en", *at).code == 0
    return "".join(path.read_text("utf-8") for path in at[1].glob("reports/**/*.md"))


def codes(run, at, *words):
    return [each["code"] for each in json.loads(run("register", "check", "--json", *words, *at).out)["findings"]]


def test_an_entry_is_listed_shown_and_superseded(run, at, tmp_path):
    report = tmp_path / "report.pdf"
    report.write_bytes(b"fine")
    answer = enter(run, at, *PLATFORM, "--attach", f"report={report}")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("labeling platform platform:ls is entered: fact ")
    assert answer.out.endswith(", 1 attachments.\n")
    assert enter(run, at, *PLATFORM[:-1], "owner=operations").code == 0
    (entry,) = json.loads(run("register", "list", "platform", "--json", *at).out)
    assert (entry["data"]["owner"], entry["attachments"]) == ("operations", [])
    shown = run("register", "show", "platform:ls", *at).out
    assert "owner=data platform" in shown
    assert "owner=operations" in shown
    assert run("ledger", "verify", *at).code == 0
    (kept,) = (at[1] / "attachments").iterdir()
    kept.write_bytes(b"bad!")
    answer = run("ledger", "verify", *at)
    assert answer.code == 1
    assert "LG111 the attachment report" in answer.out


@pytest.mark.parametrize(("lang", "said"), [("en", "asks for the fields version, owner"), ("zh", "version, owner")])
def test_what_a_register_asks_for_is_named_all_at_once(run, at, tools, lang, said):
    before = tools.contents(at[1])
    answer = enter(run, at, "platform", "two words", "--title", "x", "--field", "name=ls", lang=lang)
    assert answer.code == 4
    assert said in answer.err
    assert "two words" in answer.err
    assert tools.contents(at[1]) == before
    assert not (at[1] / "attachments").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("assessment", "a1", "--title", "x", "--field", "assessor=s", "--field", "result=ok"), "with --about"),
        (("contract", "c1", "--title", "x", "--field", "party=s", "--field", "term=1"), "with --until"),
        (("site", "s1", "--title", "x", "--field", "kind=home", "--field", "people=甲"), "one of on-site, remote"),
        (("site", "s1", "--title", "x", "--field", "kind=on-site", "--field", "people=甲"), "zoning, access"),
        (("site", "s1", "--title", "x", "--field", "kind=remote", "--field", "people=nobody"), "nobody is known as"),
        (("channel", "c1", "--title", "x", "--field", "device=d", "--field", "channel=vpn"), "belongs to people"),
        (("model", "m1", "--title", "x", "--field", "name=a", "--field", "version=1", "--field", "provider=p"),
         "one of the fields filing, reason"),
        (("platform", "p", "--title", "x", "--about", "nothing"), "no entry is called nothing"),
        (("platform", "p", "--title", "x", "--field", "name=a", "--field", "name=b"), "given twice"),
        (("platform", "p", "--title", "x", "--attach", "report"), "TITLE=FILE"),
    ],
)  # fmt: skip
def test_a_wrong_entry_is_refused_in_one_sentence(run, at, tools, words, said):
    before = tools.contents(at[1])
    answer = enter(run, at, *words)
    assert answer.code in (2, 4)
    assert said in answer.err
    assert answer.err.count("\n") == 1
    assert tools.contents(at[1]) == before


def test_an_id_belongs_to_one_register(run, at):
    assert enter(run, at, *PLATFORM).code == 0
    words = ("isolation", "platform:ls", "--title", "x", "--field", "where=a", "--field", "how=b")
    answer = enter(run, at, *words)
    assert answer.code == 5
    assert "is an entry of platform already" in answer.err


def test_the_check_names_what_no_entry_shows_and_is_content_in_the_end(run, at):
    assert set(codes(run, at)) == {"RG001", "RG005"}
    assert enter(run, at, *PLATFORM).code == 0
    assert "RG002" in codes(run, at)
    assess = ("assessment", "assess:1", "--about", "platform:ls", "--title", "2026", "--field", "assessor=s", "--field",
              "result=pass", "--since", "2026-01-01", "--until")  # fmt: skip
    enter(run, at, *assess, "2026-11-19")
    assert "RG003" in codes(run, at)
    assert "RG003" not in codes(run, at, "--at", "2026-11-19")
    enter(run, at, *assess, "2027-11-19")
    hole = ("fix", "fix:1", "--about", "platform:ls", "--title", "XSS", "--field", "vulnerability=CVE", "--field",
            "found=2026-11-01", "--field")  # fmt: skip
    enter(run, at, *hole, "fixed=open")
    assert "RG004" in codes(run, at)
    enter(run, at, *hole, "fixed=2026-11-03")
    assert set(codes(run, at)) == {"RG005"}
    site = ("site", "site:1", "--title", "floor 3", "--field", "kind=on-site", "--field", "zoning=yes", "--field",
            "access=badge", "--field", "people=甲,乙,丙,丁,审甲,审乙")  # fmt: skip
    assert enter(run, at, *site).code == 0
    home = ("site", "site:2", "--title", "home", "--field", "kind=remote", "--field", "people=裁")
    assert enter(run, at, *home).code == 0
    assert codes(run, at) == ["RG006"]
    assert "裁 works remotely" in run("register", "check", *at).out
    link = ("channel", "link:1", "--title", "laptop", "--field", "device=company", "--field", "channel=VPN")
    assert enter(run, at, *link, "--about", "site:2").code == 0
    answer = run("register", "check", *at)
    assert (answer.code, answer.out) == (0, "0 findings in the registers.\n")
    assert "裁" not in run("ledger", "show", "--kind", "register.entered", *at).out
    assert "people=裁" in run("register", "list", "site", *at).out


def test_a_model_that_labels_needs_its_entry(run, at):
    run("people", "add", "bot", "--organizer", "组织", "--duties", "executor", "--model", "qwen-judge@2.5", *at)
    assert "RG008" in codes(run, at)
    words = ("model", "model:judge", "--title", "judge", "--field", "name=Qwen-Judge", "--field", "version=2.5", "--field",
             "provider=x", "--field", "filing=Beijing-1")  # fmt: skip
    assert enter(run, at, *words).code == 0
    assert "RG008" not in codes(run, at)


def test_an_incident_keeps_its_order_and_is_an_alert_while_it_is_open(run, at):
    note = ("incident", "note", "leak-1")
    answer = run(*note, "--step", "contained", "--title", "x", *BY, *at)
    assert (answer.code, "its first step is opened" in answer.err) == (5, True)
    assert (
        run(*note, "--step", "opened", "--title", "a leak", "--text", "甲 did it", "--batch", "b1", *BY, *at).code == 0
    )
    assert run(*note, "--step", "notified", *BY, *at).code == 4
    assert run(*note, "--step", "notified", "--notified", "requester", *BY, *at).code == 0
    answer = run(*note, "--step", "closed", *BY, *at)
    assert (answer.code, "now may come contained, notified, resolved, note" in answer.err) == (5, True)
    assert run(*note, "--step", "note", "--at", "2026-11-21", *BY, *at).code == 4  # in the future
    assert run(*note, "--step", "note", "--at", "2026-11-19", *BY, *at).code == 4  # before it was opened
    assert "incident leak-1 (a leak) is open" in weekly(run, at)
    for step in ("contained", "resolved", "closed"):
        assert run(*note, "--step", step, *BY, *at).code == 0
    assert "leak-1" not in weekly(run, at)
    shown = run("incident", "show", "leak-1", *at)
    assert "甲 did it" in shown.out
    assert "a leak (incident closed)" in shown.out
    facts = run("ledger", "show", "--kind", "incident.noted", *at).out
    assert "甲 did it" not in facts
    assert "1 incident, 0 not closed." in run("incident", "list", *at).out
    assert "1 incident, 1 not closed." in run("incident", "list", "--at", "2026-11-20T16:00:05+08:00", *at).out
    assert run("incident", "show", "nothing", *at).code == 4


def test_risks_and_guidance_rest_on_facts(run, at):
    answer = run("risk", "note", "usb", "--step", "handled", "--text", "x", *BY, *at)
    assert (answer.code, "its first step is found" in answer.err) == (5, True)
    answer = run("risk", "note", "usb", "--step", "found", "--title", "copies", "--about", 9999, *BY, *at)
    assert (answer.code, "there is no fact 9999" in answer.err) == (4, True)
    assert run("risk", "note", "usb", "--step", "found", "--title", "copies", "--about", 3, *BY, *at).code == 0
    assert run("risk", "note", "old", "--step", "found", "--title", "old one", *BY, *at).code == 0
    assert "2 risks, 2 open." in run("risk", "list", *at).out
    assert run("risk", "note", "usb", "--step", "handled", *BY, *at).code == 4
    assert run("risk", "note", "usb", "--step", "handled", "--text", "ports off", *BY, *at).code == 0
    told = json.loads(run("risk", "list", "--json", *at).out)
    assert [(each["risk"], each["state"]) for each in told] == [("old", "found"), ("usb", "handled")]
    answer = run("guidance", "give", "甲", "--text", "read it all", "--about", 3, *BY, *at)
    found = re.search(r"Guidance (g-\w+) for 甲", answer.out)
    assert found, answer
    assert run("guidance", "acknowledge", found[1], "--by", "乙", *at).code == 5
    assert "1 not acknowledged" in run("guidance", "list", "--person", "甲", *at).out
    assert run("guidance", "acknowledge", found[1], "--by", "甲", *at).code == 0
    assert run("guidance", "acknowledge", found[1], "--by", "甲", *at).code == 0
    (told,) = json.loads(run("guidance", "list", "--json", *at).out)
    assert (told["text"], told["about"][0][0], len(told["facts"])) == ("read it all", 3, 2)
    assert "0 pieces of guidance" in run("guidance", "list", "--person", "乙", *at).out
    assert run("guidance", "give", "审甲", "--text", "x", *BY, *at).code == 5


def test_everything_is_said_in_chinese(run, at):
    enter(run, at, *PLATFORM)
    run("incident", "note", "leak-1", "--step", "opened", "--title", "泄露", *BY, *at)
    run("risk", "note", "usb", "--step", "found", "--title", "拷贝", *BY, *at)
    run("guidance", "give", "甲", "--text", "看完全文", *BY, *at)
    listed = ("register list", "register show platform:ls", "register check", "incident list", "incident show leak-1",
              "risk list", "guidance list")  # fmt: skip
    for words in listed:
        answer = run(*words.split(), *at, lang="zh")
        text = answer.out.replace("Label Studio", "").replace("data platform", "")
        assert answer.err == ""
        assert re.search("[一-鿿]{2}", text), (words, answer.out)
        assert not re.search(r"\b(the|is|are|was|no|of)\b", text), (words, answer.out)


def test_a_file_is_erased_only_when_its_time_is_over(run, at, tmp_path):
    report = tmp_path / "report.pdf"
    report.write_bytes(b"fine")
    enter(run, at, *PLATFORM, "--attach", f"report={report}")
    (kept,) = (at[1] / "attachments").iterdir()
    answer = run("register", "erase", kept.name, "--reason", "over", *BY, *at)
    assert (answer.code, "is kept until 2029-11-20" in answer.err) == (5, True)
    assert kept.is_file()


@pytest.mark.parametrize(
    ("words", "en", "zh"),
    [
        (("risk", "list"), "No risk is on record.", "没有风险记录。"),
        (("incident", "list"), "No incident is on record.", "没有事件记录。"),
        (("gold", "exposure"), "The gold register is empty", "labelqa gold import"),
    ],
)
def test_an_empty_list_says_a_sentence(run, at, words, en, zh):
    for lang, said in (("en", en), ("zh", zh)):
        answer = run(*words, *at, lang=lang)
        assert (answer.code, answer.out.count("\n"), said in answer.out) == (0, 1, True), answer.out


def test_where_no_batch_is_to_be_counted_a_sentence_says_so(run, tmp_path):
    assert run("init", tmp_path / "new").code == 0
    for lang, said in (("en", "No batch is to be counted"), ("zh", "没有需要计数的批次")):
        answer = run("acceptance", "counts", "--workspace", tmp_path / "new", lang=lang)
        assert (answer.code, answer.out.count("\n"), said in answer.out) == (0, 1, True), answer
