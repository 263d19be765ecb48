"""Reads xAPI statements (1.0.x and 2.0): a JSON array, one statement, a statement result, or one statement a line.

Each statement is checked for its shape and turned into a row; one that is malformed, of an unknown verb or voided is a
finding. Whose account it is and whether it is new is not asked here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from math import isfinite
from typing import Any, Final
from urllib.parse import unquote

from labelqa.adapters.xapi import words
from labelqa.errors import BadInput, Message
from labelqa.i18n import N_
from labelqa.records.finding import Finding, Place, Severity, finding
from labelqa.workflows.training.statements import StatementRow

_UUID: Final = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_VERSION: Final = re.compile(r"(1\.0(\.\d+)?|2\.0(\.\d+)?)")
_RELEASE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}@[0-9]+\.[0-9]+\.[0-9]+")


class _Wrong(Exception):
    """A statement that is not as xAPI wants it."""

    def __init__(self, text: str, **values: Any) -> None:
        self.message = Message(text, values)
        super().__init__(text)


def read_statements(data: bytes, *, file: str) -> tuple[list[StatementRow], list[Finding]]:
    """The statements of a file that can be understood, and a finding for each that cannot; rows count from 1.

    BadInput for what is no JSON at all.
    """
    rows: list[StatementRow] = []
    found: list[Finding] = []
    held = list(enumerate(_statements(data, file), start=1))
    voided = {target for _, each in held if (target := _voids(each))}
    for number, each in held:
        place = Place(file=file, row=number)
        if _voids(each) or _id(each) in voided:
            if _id(each) in voided:
                found.append(_voided(_id(each), place))
            continue
        try:
            rows.append(_row(each, place))
        except _Wrong as wrong:
            found.append(_malformed(wrong.message, place))
        except _Unknown as unknown:
            found.append(_strange(str(unknown), place))
    return rows, found


class _Unknown(Exception):
    """A verb that says nothing about trainings and exams here."""


def _statements(data: bytes, file: str) -> Iterator[Any]:
    try:
        text = data.decode("utf-8-sig")
        held = json.loads(text)
    except (UnicodeDecodeError, RecursionError) as error:
        raise _no_json(file, str(error)) from error
    except ValueError as error:
        yield from _lines(file, text, error)
        return
    if isinstance(held, dict) and isinstance(held.get("statements"), list):
        held = held["statements"]
    yield from held if isinstance(held, list) else [held]


def _lines(file: str, text: str, first: ValueError) -> Iterator[Any]:
    """One statement a line; the first complaint counts where already the first line is none."""
    lines = [line for line in text.splitlines() if line.strip()]
    for number, line in enumerate(lines, start=1):
        try:
            yield json.loads(line)
        except (ValueError, RecursionError) as error:
            raise _no_json(file, str(first if number == 1 else error)) from error


def _no_json(file: str, why: str) -> BadInput:
    return BadInput("{path}: no xAPI statements can be read ({why}); give a JSON array or one statement a line",
                    path=file, why=why[:200])  # fmt: skip


def _id(held: Any) -> str:
    told = held.get("id") if isinstance(held, dict) else None
    return told.lower() if isinstance(told, str) else ""


def _voids(held: Any) -> str:
    """The statement that another one voids; "" for any other statement."""
    if not isinstance(held, dict) or _part(held, "verb").get("id") != words.VOIDED:
        return ""
    target = _part(held, "object").get("id")
    return target.lower() if isinstance(target, str) else ""


def _row(held: Any, place: Place) -> StatementRow:
    if not isinstance(held, dict):
        raise _Wrong(N_("it is no JSON object"))
    version = held.get("version", "1.0.0")
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        raise _Wrong(N_("its version {version} is neither 1.0 nor 2.0"), version=str(version)[:40])
    if not _UUID.fullmatch(_id(held)):
        raise _Wrong(N_("it has no UUID as its id, so nobody could tell whether it was read before"))
    verb = _part(held, "verb").get("id")
    if not isinstance(verb, str):
        raise _Wrong(N_("it has no verb"))
    if verb not in words.VERBS:
        raise _Unknown(verb)
    thing = _part(held, "object")
    if thing.get("objectType", "Activity") != "Activity" or not isinstance(thing.get("id"), str):
        raise _Wrong(N_("its object is no activity"))
    told = _extensions(held, thing)
    score, success = _result(held)
    home, account, mail = _actor(_part(held, "actor"))
    return StatementRow(
        id=_id(held), said=words.VERBS[verb], at=_moment(held), home=home, account=account, mail=mail,
        release=_release(told, thing["id"]), topics=_topics(told), session=_word(told, words.SESSION),
        organizer=_word(told, words.ORGANIZER), provider=told.get(words.PROVIDER) is True,
        paper=_word(told, words.PAPER), score=score, success=success, pass_mark=_number(told.get(words.PASS_MARK)),
        place=place,
    )  # fmt: skip


def _part(held: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = held.get(name)
    return part if isinstance(part, dict) else {}


def _actor(actor: Mapping[str, Any]) -> tuple[str, str, str]:
    """Home page and name of the account, or the address of the mailbox."""
    if actor.get("objectType", "Agent") != "Agent":
        raise _Wrong(N_("its actor is a group, not a person"))
    account = actor.get("account")
    if isinstance(account, dict):
        home, name = account.get("homePage"), account.get("name")
        if isinstance(home, str) and isinstance(name, str) and home and name:
            return home, name, ""
        raise _Wrong(N_("its actor's account has no home page or no name"))
    mail = actor.get("mbox")
    if isinstance(mail, str) and mail.lower().startswith("mailto:") and len(mail) > len("mailto:"):
        return "", "", mail[len("mailto:") :]
    raise _Wrong(N_("its actor has neither an account nor a mailbox; other identifiers cannot be matched to people"))


def _moment(held: Mapping[str, Any]) -> datetime:
    told = held.get("timestamp") or held.get("stored")
    try:
        moment = datetime.fromisoformat(told)  # type: ignore[arg-type]
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise _Wrong(N_("it has no timestamp in ISO 8601")) from None


def _result(held: Mapping[str, Any]) -> tuple[float | None, bool | None]:
    """The share of points reached, and whether it was enough; None where the statement does not say."""
    result = _part(held, "result")
    score, success = _part(result, "score"), result.get("success")
    if success is not None and not isinstance(success, bool):
        raise _Wrong(N_("its success is neither true nor false"))
    scaled, raw = _number(score.get("scaled")), _number(score.get("raw"))
    least, most = _number(score.get("min")) or 0.0, _number(score.get("max"))
    if scaled is None and raw is not None and most is not None and most > least:
        scaled = (raw - least) / (most - least)
    if scaled is not None and not 0 <= scaled <= 1:
        raise _Wrong(N_("its score {score} is no share between 0 and 1"), score=scaled)
    return scaled, success


def _number(told: Any) -> float | None:
    if isinstance(told, bool) or not isinstance(told, int | float) or not isfinite(told):
        return None
    return float(told)


def _extensions(held: Mapping[str, Any], thing: Mapping[str, Any]) -> dict[str, Any]:
    """What labelqa's own terms say, wherever they stand."""
    parts = (_part(_part(thing, "definition"), "extensions"), _part(_part(held, "result"), "extensions"),
             _part(_part(held, "context"), "extensions"))  # fmt: skip
    return {name: value for part in parts for name, value in part.items() if name.startswith(words.TERMS)}


def _word(told: Mapping[str, Any], name: str) -> str:
    found = told.get(name)
    return found[:200] if isinstance(found, str) else ""


def _topics(told: Mapping[str, Any]) -> tuple[str, ...]:
    found = told.get(words.TOPICS)
    return tuple(each for each in found if isinstance(each, str)) if isinstance(found, list) else ()


def _release(told: Mapping[str, Any], activity: str) -> str:
    """The release that the statement names, else one at the end of the activity's id."""
    last = unquote(activity).rstrip("/").rpartition("/")[2]
    return _word(told, words.RELEASE) or (last if _RELEASE.fullmatch(last) else "")


def _malformed(why: Message, place: Place) -> Finding:
    return finding(
        "XA001", "the statement is not taken: {why}", why=why, place=place,
        mend=Message("export it again from the program that made it"),
    )  # fmt: skip


def _strange(verb: str, place: Place) -> Finding:
    return finding(
        "XA002", "the verb {verb} says nothing of a training, an exam or an acknowledgement", verb=verb[:200], place=place,
        severity=Severity.WARNING,
        mend=Message("nothing, where it is about something else; the verbs that are read stand in docs/people.md"),
    )  # fmt: skip


def _voided(statement: str, place: Place) -> Finding:
    return finding(
        "XA003", "the statement {id} is voided by another one of the file, so it is left out", id=statement, place=place,
        severity=Severity.NOTE, mend=Message("nothing; if it was imported earlier, record the correction by hand"),
    )  # fmt: skip
