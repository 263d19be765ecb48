"""Lists of people, CSV or XLSX, with titles in Chinese or English: who, for whom, with which duties and accounts.

Names and accounts are personal data: this only reads them; where they are kept is the caller's matter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from unicodedata import category

from labelqa.adapters.files.grid import numbered_rows
from labelqa.adapters.files.source import look
from labelqa.errors import BadInput, Message
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.records.people import Duty
from labelqa.records.work import PersonRow

LIMIT: Final = 64 << 20  # bytes
LONGEST: Final = 200  # characters of a name
_UNSEEN: Final = {"Cc", "Cf", "Zl", "Zp"}  # control, format and line characters
_TITLES: Final[Mapping[str, str]] = {
    "name": "name", "person": "name", "姓名": "name", "人员": "name",
    "organizer": "organizer", "organiser": "organizer", "组织方": "organizer", "数据标注组织方": "organizer",
    "单位": "organizer", "duties": "duties", "duty": "duties", "role": "duties", "roles": "duties",
    "职责": "duties", "岗位": "duties", "角色": "duties", "model": "model", "模型": "model",
}  # fmt: skip
_DUTIES: Final[Mapping[str, Duty]] = {
    **{duty.value: duty for duty in Duty},
    "annotator": Duty.EXECUTOR, "执行": Duty.EXECUTOR, "标注": Duty.EXECUTOR, "标注员": Duty.EXECUTOR,
    "标注执行": Duty.EXECUTOR, "标注执行人员": Duty.EXECUTOR, "执行人员": Duty.EXECUTOR,
    "review": Duty.REVIEWER, "审核": Duty.REVIEWER, "审核员": Duty.REVIEWER, "标注审核": Duty.REVIEWER,
    "标注审核人员": Duty.REVIEWER, "审核人员": Duty.REVIEWER,
    "仲裁": Duty.ARBITRATOR, "仲裁员": Duty.ARBITRATOR, "标注仲裁": Duty.ARBITRATOR, "标注仲裁人员": Duty.ARBITRATOR,
    "仲裁人员": Duty.ARBITRATOR,
    "监督": Duty.SUPERVISOR, "监督员": Duty.SUPERVISOR, "标注监督": Duty.SUPERVISOR, "标注监督人员": Duty.SUPERVISOR,
    "监督人员": Duty.SUPERVISOR,
}  # fmt: skip
_ASKED: Final = {"name": "person"}  # what the help calls a column
_ACCOUNT: Final = re.compile(r"^\s*(?:accounts?|账号|帐号)\s*[:：]\s*(.+?)\s*$", re.IGNORECASE)
_BETWEEN: Final = re.compile(r"[,，;；、|/\n]+")


def read_people(path: str | Path, *, limit: int = LIMIT) -> tuple[list[PersonRow], list[Finding]]:
    """The people of a list, and a finding for every row that cannot be taken; rows count as a spreadsheet shows them.

    Columns: name, organizer, duties, and ``account:SERVER`` for each server (姓名, 组织方, 职责, 账号:服务器). Raises
    BadInput when there is no name or duties column, or the file cannot be read.
    """
    facts = look(path, limit=limit)
    rows = list(numbered_rows(facts))
    titles = [cell.strip() for cell in rows[0][1]] if rows else []
    known = {_TITLES[title.casefold()]: column for column, title in enumerate(titles) if title.casefold() in _TITLES}
    servers = {hit.group(1): column for column, title in enumerate(titles) if (hit := _ACCOUNT.match(title))}
    lacking = [key for key in ("name", "duties") if key not in known]
    if lacking:
        raise BadInput(
            "{path}: no column {missing}; the file has {header}; call them person, organizer, duties, account:SERVER",
            path=str(path),
            missing=", ".join(_ASKED.get(key, key) for key in lacking),
            header=", ".join(titles),
        )
    taken = set(known.values()) | set(servers.values())
    found = _extra([title for column, title in enumerate(titles) if column not in taken and title], str(path))
    return _people(rows[1:], known, servers, str(path), found), found


def _people(
    rows: Sequence[tuple[int, Sequence[str]]],
    known: Mapping[str, int],
    servers: Mapping[str, int],
    path: str,
    found: list[Finding],
) -> list[PersonRow]:
    people = []
    owners: dict[tuple[str, str], int] = {}
    for number, cells in rows:
        row = {key: _cell(cells, column) for key, column in known.items()}
        accounts = {server: account for server, column in servers.items() if (account := _cell(cells, column))}
        if not any(row.values()) and not accounts:
            continue
        place = Place(file=path, row=number)
        problems = _problems(row, accounts, owners, place)
        found += problems
        if not problems:
            owners.update(dict.fromkeys(accounts.items(), number))
            duties = {_DUTIES[word.casefold()] for word in _words(row["duties"])}
            people.append(
                PersonRow(
                    name=row["name"],
                    organizer=row.get("organizer", ""),
                    duties=tuple(duty.value for duty in Duty if duty in duties),
                    accounts=accounts,
                    place=place,
                    model=row.get("model", ""),
                )
            )
    return people


def _problems(
    row: Mapping[str, str], accounts: Mapping[str, str], owners: Mapping[tuple[str, str], int], place: Place
) -> list[Finding]:
    found = []
    if not row["name"]:
        found.append(finding("PT001", "the row has no name", mend=Message("Write the person's name"), place=place))
    if not readable_name(row["name"]) or not readable_name(row.get("organizer", "")):
        found.append(
            finding(
                "PT006",
                "a name is longer than {most} characters or holds line breaks, control or invisible characters",
                most=LONGEST,
                mend=Message("Write the name as it is read, on one line"),
                place=place,
            )
        )
    if not _words(row["duties"]):
        found.append(
            finding(
                "PT002", "{name} has no duty", name=row["name"], mend=Message("Write one or more duties"), place=place
            )
        )
    found += [_unknown_duty(word, place) for word in _words(row["duties"]) if word.casefold() not in _DUTIES]
    for server, account in accounts.items():
        if (server, account) in owners:
            found.append(_twice(server, account, owners[server, account], place))
    return found


def readable_name(name: str) -> bool:
    r"""Whether a name can be shown on a page and told from others: not endless, no characters that nobody sees.

    >>> readable_name("陈思远"), readable_name("a\u200bb"), readable_name("a\nb")
    (True, False, False)
    """
    return len(name) <= LONGEST and not any(category(each) in _UNSEEN for each in name)


def _words(cell: str) -> list[str]:
    return [word.strip() for word in _BETWEEN.split(cell) if word.strip()]


def _cell(cells: Sequence[str], column: int) -> str:
    return cells[column].strip() if column < len(cells) else ""


def _extra(names: Sequence[str], path: str) -> list[Finding]:
    if not names:
        return []
    return [
        finding(
            "PT005",
            "columns not known: {columns}",
            columns=", ".join(names),
            mend=Message("Accounts stand in columns called account:SERVER"),
            severity=Severity.NOTE,
            place=Place(file=path),
        )
    ]


def _unknown_duty(word: str, place: Place) -> Finding:
    return finding(
        "PT003",
        '"{word}" is not a duty',
        word=word,
        mend=Message("The duties are executor, reviewer, arbitrator, supervisor, or their Chinese names"),
        place=place,
    )


def _twice(server: str, account: str, row: int, place: Place) -> Finding:
    return finding(
        "PT004",
        "the account {account} on {server} already belongs to the person of row {row}",
        account=account,
        server=server,
        row=row,
        mend=Message("An account belongs to one person; ask who uses it"),
        place=place,
    )
