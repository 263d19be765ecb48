"""Signing in: who comes through the door, how long a session lasts, what is said to who does not come through."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from labelqa.errors import BadInput, Refused
from labelqa.records.facts import Draft, LoginChanged, PersonLeft
from labelqa.records.logins import Ending, NotSignedIn, Role, SignedIn
from labelqa.records.people import Duty
from labelqa.records.review import Identity
from labelqa.workflows.desk import Desk
from labelqa.workflows.identity import hashes
from labelqa.workflows.identity.logins import (
    add_login,
    change_password,
    change_roles,
    has_logins,
    login_lines,
    remove_login,
    signed_desk,
)
from labelqa.workflows.identity.sign_in import change_own_password, resume, sign_in, sign_out
from labelqa.workflows.people import add_person
from labelqa.workflows.signatures import sign
from tests.building import account

SECRET, OTHER = "four quiet herons at dusk", "seven loud geese at dawn"
REX, ANN, LEAD = "Rex One", "Ann Lee", "Art Biter"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch):
    """Hashes of few passes: what is tested is not how long they take."""
    monkeypatch.setattr(hashes, "PASSES", 1)
    monkeypatch.setattr(hashes, "KIBIBYTES", 64)
    monkeypatch.setattr(hashes, "LANES", 1)
    kept = hashes._hasher, hashes._nobody
    for each in kept:
        each.cache_clear()
    yield
    for each in kept:
        each.cache_clear()


def given(here, name: str = REX, *roles: Role) -> None:
    add_login(here.desk, name, roles or (Role.REVIEWER,), SECRET, by=LEAD)


def came(here, name: str = REX, password: str = SECRET, **told) -> SignedIn:
    found = sign_in(here.desk, name, password, **told)
    assert isinstance(found, SignedIn), found
    return found


def standing(here) -> Desk:
    """The same desk at a moment that does not pass."""
    moment = here.clock()
    return replace(here.desk, clock=lambda: moment)


def leave(here, name: str) -> None:
    body = PersonLeft(person=here.people[name], reason="left", revoked=[], by=here.people[LEAD])
    draft = Draft(body=body, subjects=(f"person:{here.people[name]}",), actor="lead")
    here.desk.ledger.append([draft], now=here.clock())


def why(found) -> str:
    assert isinstance(found, NotSignedIn)
    return str(found.message)


def test_the_password_opens_under_name_account_and_pseudonym(here):
    assert not has_logins(here.desk)
    given(here, REX, Role.REVIEWER, Role.LEAD)
    assert has_logins(here.desk)
    for name in (REX, account(REX), f"file={account(REX)}", here.people[REX], f" {REX} "):
        found = came(here, name)
        assert (found.person, found.roles) == (here.people[REX], {Role.REVIEWER, Role.LEAD})
        assert resume(here.desk, found.token) == found
    assert isinstance(sign_in(here.desk, REX, SECRET.upper()), NotSignedIn)
    (line,) = login_lines(here.desk)
    assert (line.sessions, line.failures, line.roles) == (5, 1, (Role.LEAD, Role.REVIEWER))


def test_a_wrong_password_and_an_unknown_name_are_told_apart_by_nothing(here):
    given(here)
    told, desk = {}, standing(here)
    for name in (REX, "Nobody Here", ANN):  # one with a login, one unknown, one without a login
        told[name] = [why(sign_in(desk, name, "not the password", address=name)) for _ in range(9)]
    assert told[REX] == told["Nobody Here"] == told[ANN]
    assert any("Wait" in each for each in told[REX])
    assert {each for each in told[REX] if "Wait" not in each} == {"Name and password do not belong together."}


def test_an_unknown_name_costs_a_hash_as_well(here, monkeypatch):
    given(here)
    seen = []
    real = hashes._hasher().verify

    class Counting:
        def verify(self, known, password):
            seen.append(known)
            return real(known, password)

    monkeypatch.setattr(hashes, "_hasher", Counting)
    known = here.desk.ledger.logins.of(here.people[REX]).hash
    monkeypatch.setattr(hashes, "_nobody", lambda: known)
    for name in (REX, "Nobody Here"):
        assert isinstance(sign_in(here.desk, name, "wrong wrong wrong"), NotSignedIn)
    assert len(seen) == 2
    assert isinstance(sign_in(here.desk, "Nobody Here", SECRET), NotSignedIn)  # even where it fits nobody's hash


def test_after_wrong_tries_even_the_right_password_has_to_wait(here):
    given(here)
    desk = standing(here)
    for _ in range(3):
        sign_in(desk, REX, "wrong wrong wrong")
    assert "Wait" in why(sign_in(desk, REX, SECRET))
    here.clock.now += timedelta(minutes=1)
    came(here)
    assert login_lines(here.desk)[0].failures == 0


def test_an_address_waits_whatever_names_it_tries(here):
    given(here)
    desk = standing(here)
    said = [why(sign_in(desk, f"name {n}", "wrong wrong wrong", address="10.0.0.7")) for n in range(14)]
    assert "Wait" in said[-1]
    assert "Wait" not in said[5]
    assert "Wait" in why(sign_in(desk, REX, SECRET, address="10.0.0.7"))
    came(here, address="10.0.0.8")


def test_a_session_ends_by_itself_unused_and_after_its_time(here):
    given(here)
    idle, hours = timedelta(minutes=here.desk.settings.session_idle_minutes), here.desk.settings.session_hours
    first = came(here)
    for _ in range(2 * hours - 1):
        here.clock.now += idle - timedelta(seconds=30)
        assert isinstance(resume(here.desk, first.token), SignedIn)  # in use, it does not grow old
    here.clock.now = first.ends
    assert f"{hours} hours" in why(resume(here.desk, first.token))
    second = came(here)
    here.clock.now += idle
    assert "30 minutes" in why(resume(here.desk, second.token))
    endings = [each.ending for each in here.desk.ledger.logins.sessions()]
    assert endings == [Ending.ENDED, Ending.IDLE]
    assert "30 minutes" in why(resume(here.desk, second.token))  # it stays over


def test_signing_out_ends_one_session_and_a_made_up_token_opens_nothing(here):
    given(here)
    one, two = came(here), came(here)
    sign_out(here.desk, one.token)
    assert isinstance(resume(here.desk, one.token), NotSignedIn)
    assert isinstance(resume(here.desk, two.token), SignedIn)
    kept = here.desk.ledger.logins.sessions()[1].token
    assert isinstance(resume(here.desk, kept), NotSignedIn)  # what is stored is no token
    assert isinstance(resume(here.desk, ""), NotSignedIn)


def test_a_new_password_ends_the_other_sessions(here):
    given(here)
    mine, other = came(here), came(here)
    assert "not the password" in why(change_own_password(here.desk, mine, "wrong wrong wrong", OTHER))
    with pytest.raises(Refused, match="12 characters"):
        change_own_password(here.desk, mine, SECRET, "short")
    done = change_own_password(here.desk, mine, SECRET, OTHER)
    assert not isinstance(done, NotSignedIn)
    assert isinstance(resume(here.desk, mine.token), SignedIn)
    assert "password was changed" in why(resume(here.desk, other.token))
    assert isinstance(sign_in(here.desk, REX, SECRET), NotSignedIn)
    came(here, password=OTHER)
    change_password(here.desk, REX, SECRET, by=LEAD)
    assert isinstance(resume(here.desk, mine.token), NotSignedIn)


def test_who_leaves_or_loses_the_login_is_out_at_the_next_click(here):
    given(here)
    first = came(here)
    leave(here, REX)
    assert isinstance(resume(here.desk, first.token), NotSignedIn)
    assert "belong together" in why(sign_in(here.desk, REX, SECRET))
    given(here, "Rex Two")
    second = came(here, "Rex Two")
    remove_login(here.desk, "Rex Two", by=LEAD)
    assert "no longer there" in why(resume(here.desk, second.token))


def test_other_roles_count_at_once(here):
    given(here)
    session = came(here)
    change_roles(here.desk, REX, [Role.AUTHOR, Role.REVIEWER], by=LEAD)
    found = resume(here.desk, session.token)
    assert isinstance(found, SignedIn)
    assert found.roles == {Role.AUTHOR, Role.REVIEWER}


def test_a_role_in_the_file_beside_the_chain_gives_nothing(here):
    """Roles are what facts say: a row written into the table by hand opens nothing."""
    kept = here.desk.ledger.logins.kept(here.people[ANN], hashes.hashed(SECRET), now=here.clock())
    body = LoginChanged(person=here.people[REX], roles=[], by=here.people[LEAD])
    here.desk.ledger.append([Draft(body=body, subjects=("x:1",), actor="lead")], now=here.clock(), beside=kept)
    assert "belong together" in why(sign_in(here.desk, ANN, SECRET))


def test_nobody_gives_oneself_a_role_but_the_first(here):
    add_login(here.desk, LEAD, [Role.LEAD, Role.AUTHOR], SECRET, by=LEAD)  # nobody else could
    given(here)
    before = here.desk.ledger.head()
    with pytest.raises(Refused, match="nobody gives oneself a role"):
        change_roles(here.desk, REX, [Role.REVIEWER, Role.LEAD], by=REX)
    with pytest.raises(Refused, match="nobody gives oneself a role"):
        add_login(here.desk, ANN, [Role.EXECUTOR], SECRET, by=ANN)
    assert here.desk.ledger.head() == before
    assert change_roles(here.desk, LEAD, [Role.LEAD], by=LEAD).roles == (Role.LEAD,)  # fewer is nobody's concern


def test_what_stands_against_a_login(here):
    model = add_person(here.desk, "Judge", organizer="Org", duties=[Duty.EXECUTOR], accounts={}, model="j@1").person
    for name, roles, said in [
        (REX, [Role.ARBITRATOR], "duty arbitrator"),
        (REX, [], "needs a role"),
        (model, [Role.EXECUTOR], "is a model"),
    ]:
        with pytest.raises(Refused, match=said):
            add_login(here.desk, name, roles, SECRET, by=LEAD)
    with pytest.raises(BadInput, match="nobody is known"):
        add_login(here.desk, REX, [Role.LEAD], SECRET, by="Somebody Else")
    with pytest.raises(Refused, match="name or account"):
        add_login(here.desk, REX, [Role.LEAD], "the great rex of the hill", by=LEAD)
    given(here)
    with pytest.raises(Refused, match="login already"):
        given(here)
    with pytest.raises(BadInput, match="has no login"):
        change_password(here.desk, ANN, SECRET, by=LEAD)


def test_old_hashes_are_made_anew_when_the_parameters_grow(here, monkeypatch):
    given(here)
    before = here.desk.ledger.logins.of(here.people[REX]).hash
    assert before.startswith("$argon2id$")
    monkeypatch.setattr(hashes, "PASSES", 2)
    hashes._hasher.cache_clear()
    came(here)
    after = here.desk.ledger.logins.of(here.people[REX]).hash
    assert after != before
    assert "t=2" in after
    came(here)
    assert here.desk.ledger.logins.of(here.people[REX]).hash == after


def test_what_is_recorded_at_a_signed_desk_says_so(here):
    from labelqa.records.governance import Meaning

    given(here)
    desk = signed_desk(here.desk, came(here).person)
    sign(desk, "rulebook:x@1.0.0", "0" * 64, here.people[REX], Meaning.REVIEW)
    fact = here.desk.ledger.view().fact(here.desk.ledger.head()[0])
    assert (fact.actor, fact.identity) == (here.people[REX], Identity.AUTHENTICATED)


def test_no_password_stands_in_any_file_of_the_workspace(here):
    given(here)
    came(here)
    sign_in(here.desk, SECRET, SECRET)  # typed into the wrong field
    change_password(here.desk, REX, OTHER, by=LEAD)
    sign_in(here.desk, REX, OTHER + "x")
    for path in here.desk.settings.workspace.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert SECRET.encode() not in content, path
            assert OTHER.encode() not in content, path


def test_a_session_of_another_workspace_opens_nothing(here, place):
    given(here)
    there = place()
    add_login(there.desk, REX, [Role.REVIEWER], SECRET, by=LEAD)
    assert isinstance(resume(there.desk, came(here).token), NotSignedIn)


def test_a_day_later_a_wait_does_not_tell_who_is_known_either(here):
    given(here)
    told = {}
    for name in (REX, "Nobody Here"):
        start = here.clock()
        desk = replace(here.desk, clock=lambda at=start: at)
        for _ in range(5):
            sign_in(desk, name, "not the password", address=name)
        desk = replace(here.desk, clock=lambda at=start + timedelta(days=2): at)
        sign_in(desk, "Somebody Else", "not the password", address="elsewhere")  # what is old is swept with any try
        told[name] = [why(sign_in(desk, name, "not the password", address=name)) for _ in range(4)]
    assert told[REX] == told["Nobody Here"]


def test_the_first_try_makes_nobodys_hash_whoever_it_is_for(here, monkeypatch):
    given(here)
    made = []
    monkeypatch.setattr(hashes, "_nobody", lambda: made.append(1) or here.desk.ledger.logins.of(here.people[REX]).hash)
    came(here)
    assert made == [1]
