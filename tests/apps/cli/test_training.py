"""``labelqa train``, ``exam`` and ``qualify badge``: whole walks on the command line, in both languages."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

QUESTIONS = """questions:
  - question: {zh: 标注规则由谁制定？, en: Who writes the labeling rules?}
    choices: [{zh: 提供者, en: The provider}, {zh: 路人, en: A passer-by}]
    answer: A
    ability: law
  - question: {zh: 账号可以外借吗？, en: May an account be lent?}
    choices: [{zh: 可以, en: "Yes"}, {zh: 不可以, en: "No"}]
    answer: B
    ability: platform
"""


@pytest.fixture
def here(run, stage):
    """Runs a command in a workspace with people, and gives its answer; the code is checked."""
    folder = stage("imported")

    def running(*words, code=0, lang="en"):
        answer = run(*words, "--workspace", folder, lang=lang, start=folder.parent)
        assert answer.code == code, answer.out + answer.err
        return answer

    running.folder = folder.parent
    return running


HOLD = (
    "train", "hold", "Opening", "--topics", "rule-safety,platform", "--release", "genai-sft@1.0.0", "--organizer", "组织",
    "--provider", "--starts", "2026-11-09T09:00", "--ends", "2026-11-09T11:00", "--attended", "甲", "--attended", "乙",
    "--absent", "丙", "--id", "t-1",
)  # fmt: skip


def test_a_session_is_held_shown_and_counted(here):
    (here.folder / "slides.txt").write_text("slides")
    (here.folder / "minutes.txt").write_text("甲问了讽刺怎么标。", encoding="utf-8")
    more = ("--material", "slides.txt", "--minutes-file", "minutes.txt", "--trainer", "外部讲师", "--place", "三楼")
    assert "Recorded session t-1: 2 people" in here(*HOLD, *more).out
    shown = here("train", "show", "t-1", lang="zh").out
    for part in (
        "外部讲师",
        "三楼",
        "甲、乙",
        "甲问了讽刺怎么标。",
        "标注规则的安全要求、平台使用与安全",
        "slides.txt",
    ):
        assert part in shown
    (line,) = json.loads(here("train", "sessions", "--json").out)
    assert (line["attended"], line["absent"], line["provider"]) == (["甲", "乙"], ["丙"], True)
    assert "由提供者自行组织" in here("train", "sessions", lang="zh").out
    assert "on record already" in here(*HOLD, code=5).err
    wrong = [word.replace("platform", "yoga") for word in HOLD]
    assert "不是培训主题" in here(*wrong, code=4, lang="zh").err


def test_the_matrix_on_screen_as_json_and_as_a_workbook(here):
    from openpyxl import load_workbook

    here(*HOLD)
    text = here("train", "matrix", "--release", "genai-sft@1.0.0").out
    assert "0 of 7 people miss nothing." in text
    assert "2027-11-09*" in text
    told = json.loads(here("train", "matrix", "--json").out)
    first = next(each for each in told["people"] if each["name"] == "甲")
    assert first["coverage"]["covered"]["platform"]["session"] == "t-1"
    assert first["coverage"]["gaps"]["tc260-003"] == ["task-rules", "tool-use", "verification", "data-security"]
    here("train", "matrix", "--out", "m.xlsx", lang="zh")
    page = load_workbook(here.folder / "m.xlsx").worksheets[0]
    rows = list(page.iter_rows(values_only=True))
    assert rows[2][1] == "姓名"
    assert any("至 2027-11-09 · t-1 · 由提供者组织" in str(cell) for row in rows for cell in row)
    assert "must end in .xlsx" in here("train", "matrix", "--out", "m.csv", code=2).err


def test_lists_of_sessions_in_chinese_and_rows_that_fail(here):
    path = here.folder / "sessions.csv"
    heads = (
        "姓名",
        "发布版本",
        "场次",
        "培训名称",
        "开始时间",
        "结束时间",
        "地点",
        "组织方",
        "主题",
        "提供者自行组织",
        "出席",
    )
    rows = [
        (name, "genai-sft@1.0.0", "t-9", "二期", "2026-11-10T09:00", "2026-11-10T10:00", "三楼", "组织", "平台使用与安全;tool-use", "是", came)
        for name, came in (("甲", "是"), ("乙", "否"), ("无名", "是"), ("丙", "也许"))
    ]  # fmt: skip
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows([heads, *rows])
    answer = here("train", "import", "sessions.csv", code=1)
    assert "2 added, 0 unchanged, 2 findings." in answer.out
    assert "expected yes or no" in answer.out
    assert answer.out.index("row 4:") < answer.out.index("row 5:")  # told by two readers, in the order of the list
    assert "the titles are row 1" in answer.out
    (line,) = json.loads(here("train", "sessions", "--json").out)
    assert (line["attended"], line["absent"], line["topics"]) == (["甲"], ["乙"], ["platform", "tool-use"])


def test_statements_go_out_and_come_in_once(here):
    here(*HOLD)
    here("train", "acknowledge", "甲", "genai-sft@1.0.0")
    here("train", "export", "--format", "xapi", "--person", "甲", "--out", "one.json")
    here("train", "export", "--format", "xapi", "--person", "甲", "--out", "two.json")
    first = (here.folder / "one.json").read_bytes()
    assert first == (here.folder / "two.json").read_bytes()
    assert "甲" not in first.decode()
    assert len(json.loads(first)) == 4
    here("train", "export", "--names", "--out", "names.json")
    assert "甲" in (here.folder / "names.json").read_text("utf-8")
    told = json.loads(first)
    verbs = "http://adlnet.gov/expapi/verbs/"
    account = {"account": {"homePage": "https://lms.example.com", "name": "12"}}
    told = [
        told[0] | {"id": "00000000-0000-4000-8000-000000000001", "actor": account},
        told[0] | {"id": "00000000-0000-4000-8000-000000000002", "verb": {"id": f"{verbs}scored"}, "actor": account,
                   "result": {"score": {"scaled": 0.75}}},
        told[0] | {"id": "00000000-0000-4000-8000-000000000003", "actor": {"mbox": "mailto:nobody@example.com"}},
        told[0] | {"id": "00000000-0000-4000-8000-000000000004", "verb": {"id": f"{verbs}experienced"}},
    ]  # fmt: skip
    (here.folder / "lms.json").write_text(json.dumps(told))
    words = ("train", "import", "lms.json", "--server", "https://lms.example.com=label-studio", "--pass-mark", "0.7")
    answer = here(*words, code=1)
    assert "2 added, 0 unchanged, 2 findings." in answer.out
    assert "nobody here has the account nobody@example.com" in answer.out
    assert "0 added, 2 unchanged" in here(*words, code=1).out
    assert "未采用语句" in here(*words, code=1, lang="zh").out
    assert "give an address" in here("train", "export", "--home", "nowhere", "--out", "x.json", code=2).err


def test_a_paper_is_registered_handed_out_marked_and_verified(here):
    from openpyxl import load_workbook

    (here.folder / "q.yaml").write_text(QUESTIONS, encoding="utf-8")
    here("rulebook", "exam", "genai-sft@1.0.0", "--seed", "dice", "--questions", 5, "--out", "paper.json")
    register = ("exam", "register", "paper.json", "--questions", "q.yaml", "--pass-mark", 0.7, "--title", "上岗考核")
    answer = here(*register, "--reason", "pilot", "--least", "law=0.5")
    assert "does not examine: judgement of risks, security of labelled data" in answer.out
    assert "7 questions on genai-sft@1.0.0, pass mark 0.7" in answer.out
    assert "上岗考核" in here("exam", "papers", lang="zh").out
    here("exam", "sheet", "上岗考核", "--out", "sheet.xlsx", lang="zh")
    book = load_workbook(here.folder / "sheet.xlsx")
    page = book.worksheets[0]
    cells = [page.cell(row, 2).value for row in range(5, 12)]
    assert {"标注规则由谁制定？", "账号可以外借吗？"} <= set(cells)
    for row in range(5, 12):
        page.cell(row, 3).value = {"标注规则由谁制定？": "提供者", "账号可以外借吗？": "不可以"}.get(
            page.cell(row, 2).value, ""
        )
    book.save(here.folder / "filled.xlsx")
    marked = here("exam", "mark", "甲", "上岗考核", "filled.xlsx", "--proctor", "裁")
    assert "Score: 0.286 [" in marked.out
    assert "did not pass" in marked.out
    told = json.loads(here("exam", "verify", "甲", "--json").out)
    assert [each["identical"] for each in told] == [None, True]
    assert "1 份一致，0 份不一致，1 份无法重新批改" in here("exam", "verify", "甲", lang="zh").out
    assert "1 identical, 0 different, 0 cannot" in here("exam", "verify", "甲", "--paper", "上岗考核").out
    here("exam", "sheet", "上岗考核", "--out", "sheet.html")
    page = (here.folder / "sheet.html").read_text("utf-8")
    assert "May an account be lent?" in page
    assert "Who writes" in page
    other = load_workbook(here.folder / "filled.xlsx")
    other["labelqa-exam"].cell(1, 2).value = "f" * 64
    other.save(here.folder / "other.xlsx")
    wrong = load_workbook(here.folder / "filled.xlsx")
    wrong.worksheets[0].cell(5, 3).value = "none of these"
    wrong.save(here.folder / "wrong.xlsx")
    answer = here("exam", "mark", "丙", "上岗考核", "wrong.xlsx")
    assert "wrong.xlsx: warning EX001" in answer.out
    assert "workbook of another paper" in here("exam", "mark", "乙", "上岗考核", "other.xlsx", code=4).err


def test_a_file_of_questions_is_checked_strictly(here):
    (here.folder / "q.yaml").write_text(QUESTIONS.replace("ability: law", "ability: cooking"), encoding="utf-8")
    words = ("exam", "register", "q.yaml", "--release", "genai-sft@1.0.0", "--pass-mark", 0.7, "--reason", "pilot")
    answer = here(*words, code=1)
    assert "q.yaml:2:5: error QB005" in answer.out
    assert "Nothing was registered" in answer.out
    assert json.loads(here("exam", "papers", "--json").out) == []
    assert "--release says which rulebook" in here("exam", "register", "q.yaml", *words[5:], code=2).err
    (here.folder / "q.csv").write_text(
        "题目,选项,答案,能力,规则条款\n谁制定规则？,提供者|路人,A,法律法规,第八条\n谁能用账号？,本人|同事,C,平台使用,\n",
        encoding="utf-8",
    )
    answer = here("exam", "register", "q.csv", *words[3:], code=1, lang="zh")
    assert "第 3 行" in answer.out
    assert "'C' 不是任何选项" in answer.out


def test_the_bank_of_labelqa_fills_a_paper(here):
    here("rulebook", "exam", "genai-sft@1.0.0", "--seed", "dice", "--questions", 5, "--out", "paper.xlsx")
    words = ("exam", "register", "paper.xlsx", "--common", 8, "--pass-mark", 0.8, "--reason", "pilot")
    told = json.loads(here(*words, "--json").out)
    assert told["paper"]["abilities"] == {"law": 8, "rules": 5, "platform": 8, "data-security": 8}
    assert told["paper"]["origin"] == "mixed"


def test_an_exam_typed_in_keeps_its_abilities(here):
    words = ("exam", "record", "甲", "--release", "genai-sft@1.0.0", "--score", 0.9)
    told = json.loads(here(*words, "--ability", "law=0.4", "--least", "law=0.5", "--proctor", "裁", "--json").out)
    assert (told["abilities"], told["least"], told["attempt"]) == ({"law": 0.4}, {"law": 0.5}, 2)
    assert "did not pass" in here(*words, "--ability", "law=0.4", "--least", "law=0.5").out
    assert "none of the five" in here(*words, "--ability", "cooking=1", code=4).err
    assert "ABILITY=SHARE" in here(*words, "--ability", "law=much", code=2).err


def test_gold_items_examine_and_too_few_are_refused(here, tools):
    tools.table(here.folder / "gold.csv", ("item_id", "label"), [(item, "accept") for item in tools.ITEMS])
    here("gold", "import", "gold.csv")
    words = ("exam", "gold", "甲", "--release", "genai-sft@1.0.0", "--pass-mark", 0.8, "--reason", "pilot")
    assert "answered 20 gold items under genai-sft@1.0.0, 21 are needed" in here(*words, "--fewest", 21, code=1).err
    answer = here(*words)
    assert "Score: 0.950 [" in answer.out
    assert "q-20" in answer.out
    assert "identical" in here("exam", "verify", "甲").out
    assert "已作为考核记录" in here(*words, code=5, lang="zh").err
    assert "至少需要 21 条" in here(*words, "--fewest", 21, code=1, lang="zh").err


def test_a_badge_says_whether_it_is_signed(here):
    words = ("qualify", "badge", "甲", "genai-sft@1.0.0", "--out", "badge.json")
    assert "not signed" in here(*words).out
    told = json.loads((here.folder / "badge.json").read_text("utf-8"))
    assert "OpenBadgeCredential" in told["type"]
    assert "甲" not in json.dumps(told, ensure_ascii=False)
    assert "未签名" in here(*words, lang="zh").out
    assert "not qualified" in here("qualify", "badge", "丁", *words[3:], code=5).err
    pem = Path(here.folder / "key.pem")
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = Ed25519PrivateKey.generate()
    pem.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    assert "signed with the key" in here(*words, "--key", "key.pem").out
    assert (here.folder / "badge.json").read_text().count(".") == 2
