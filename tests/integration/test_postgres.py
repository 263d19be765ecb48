"""A workspace whose ledger is on PostgreSQL: made, used, verified; what goes wrong is one sentence without a password."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from labelqa.adapters.cli.main import main
from labelqa.errors import Busy, LabelqaError, NoWorkspace
from labelqa.ledger import open_ledger
from labelqa.ledger.postgres import postgres_engine
from labelqa.ledger.tables import SCHEMA, metadata
from labelqa.ledger.verify import verify
from labelqa.records.facts import ImportCounted
from labelqa.wiring import FILE, create_workspace, open_desk
from labelqa.workflows.integrity import verify_ledger
from tests.building import Clock, agreeing, drawn_batch, staffed
from tests.cluster import PASSWORD, Cluster, running
from tests.fake_label_studio import LEGACY, START, FakeServer, listening

NUMBERS = count(1)
ROOT = Path(__file__).resolve().parents[2]
FORM = """<View><Text name="text" value="$text"/><Choices name="c" toName="text"><Choice value="yes"/><Choice value="no"/></Choices></View>"""


@pytest.fixture
def env(postgres: Cluster) -> dict[str, str]:
    """An environment that names a fresh schema."""
    return {"LABELQA_LEDGER": postgres.url(f"p{next(NUMBERS)}"), "LABELQA_LANG": "en"}


def chosen(label: str) -> list[dict[str, object]]:
    """An answer as the server keeps it."""
    return [{"id": "a", "from_name": "c", "to_name": "text", "type": "choices", "value": {"choices": [label]}}]


def secrets(told: str) -> bool:
    """Whether a text shows the password, as it is or as an address writes it."""
    return PASSWORD in told or "".join(f"%{byte:02X}" for byte in PASSWORD.encode()) in told


def test_a_workspace_lives_on_postgresql(
    env: dict[str, str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with create_workspace(tmp_path / "ws", env=env, clock=Clock()) as desk:
        staffed(desk)
        drawn_batch(desk, answers=agreeing(20))
        assert verify_ledger(desk).findings == ()
        head = desk.ledger.head()
    assert not (tmp_path / "ws" / "ledger.sqlite3").exists()
    at = ["--workspace", str(tmp_path / "ws")]
    for words in (["ledger", "verify"], ["ledger", "manifest", "--out", str(tmp_path / "m.json")], ["batch", "list"],
                  ["ledger", "verify", "--since", str(tmp_path / "m.json")], ["ledger", "tail", "--json"], ["people", "list"]):  # fmt: skip
        assert main([*words, *at], env=env, clock=Clock()) == 0, words
    out, err = capfd.readouterr()
    assert not secrets(out + err)
    assert head[1] in out
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or not secrets(path.read_bytes().decode("latin-1")), path


def test_the_settings_name_the_ledger_without_its_password(env: dict[str, str], tmp_path: Path) -> None:
    with create_workspace(tmp_path / "ws", env=env) as desk:
        assert "password" not in repr(desk.settings)
        assert not secrets(repr(desk.settings))
        assert desk.settings.ledger.startswith("postgresql://labelqa@127.0.0.1:")
        assert f'ledger = "{desk.settings.ledger}"' in (tmp_path / "ws" / FILE).read_text()
    with open_desk(start=tmp_path / "ws", env={"PGPASSWORD": PASSWORD}) as desk:
        assert len(desk.ledger.facts()) == 1
    with pytest.raises(NoWorkspace, match="does not let labelqa in") as error:
        open_desk(start=tmp_path / "ws", env={"PGPASSWORD": "wrong one"})
    assert "wrong one" not in str(error.value)


def test_two_workspaces_do_not_share_a_schema(env: dict[str, str], tmp_path: Path) -> None:
    create_workspace(tmp_path / "a", env=env).close()
    with pytest.raises(NoWorkspace, match="another workspace"):
        create_workspace(tmp_path / "b", env=env)
    assert not (tmp_path / "b").exists()


def test_a_ledger_that_is_not_there_is_told_and_not_made(postgres: Cluster) -> None:
    where = postgres.at("never_made")
    with pytest.raises(NoWorkspace, match="there is no ledger at postgresql://labelqa@127"):
        open_ledger(where)
    engine = postgres_engine(where, busy_seconds=1)
    with engine.connect() as connection:
        assert not inspect(connection).has_schema("never_made")
    engine.dispose()


@pytest.mark.parametrize(
    ("change", "said"),
    [({"port": 1}, "cannot be reached"), ({"host": "/nowhere"}, "cannot be reached"), ({"database": "nope"}, "cannot be opened"),
     ({"user": "stranger"}, "does not let stranger in"), ({"password": ""}, "let labelqa in|cannot be reached"),
     ({"sslmode": "require"}, "cannot be reached")],
)  # fmt: skip
def test_what_does_not_open_is_one_sentence(postgres: Cluster, change: dict[str, object], said: str) -> None:
    from dataclasses import replace

    with pytest.raises(NoWorkspace, match=said) as error:
        open_ledger(replace(postgres.at("x"), **change), create=True)
    assert not secrets(str(error.value))
    assert "\n" not in str(error.value)


def test_a_lost_connection_is_a_sentence_and_the_next_one_works(postgres: Cluster) -> None:
    where = postgres.at("lost")
    ledger = open_ledger(where, create=True)
    other = postgres_engine(where, busy_seconds=1)

    def cut() -> None:
        with other.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND state LIKE 'idle%'"
                )
            )

    with ledger.reading() as connection:
        cut()
        with pytest.raises(NoWorkspace, match="cannot be reached"):
            connection.execute(text("SELECT 1"))
    assert ledger.head()[0] == 0
    cut()
    assert ledger.head()[0] == 0  # a connection that died in the pool is not noticed by anybody
    other.dispose()
    ledger.close()


def test_a_server_that_stops_is_a_sentence(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], postgres: Cluster
) -> None:
    with running() as cluster:
        env = {"LABELQA_LEDGER": cluster.url("s"), "LABELQA_LANG": "en"}
        create_workspace(tmp_path / "ws", env=env).close()
    capfd.readouterr()
    for words in (["ledger", "verify"], ["ledger", "manifest"], ["ledger", "tail", "--follow"], ["batch", "list"]):
        assert main([*words, "--workspace", str(tmp_path / "ws")], env=env) == 3, words
        out, err = capfd.readouterr()
        assert (out, len(err.splitlines()), secrets(err)) == ("", 1, False)


def test_a_writer_that_waits_is_told_after_its_time(postgres: Cluster) -> None:
    where = postgres.at("busy")
    ledger, other = open_ledger(where, create=True), open_ledger(where, busy_seconds=0)
    with ledger._writing(ledger._engine), pytest.raises(Busy, match="did not finish in time"):
        other.identities.name("p-1", "Bo")
    other.identities.name("p-1", "Bo")
    assert ledger.identities.names() == {"p-1": "Bo"}
    for each in (ledger, other):
        each.close()


def test_texts_are_ordered_by_code_point_as_on_sqlite(postgres: Cluster) -> None:
    ledger = open_ledger(postgres.at("ordered"), create=True)
    names = ["a", "B", "ä", "Z", "中", "😀", "\ufffd", "_", "a b", "ab"]
    ledger.identities.attach("s", dict.fromkeys(names, "p-1"))
    with ledger.reading() as connection:
        query = text("SELECT account FROM accounts ORDER BY account")
        assert [row[0] for row in connection.execute(query)] == sorted(names)
        usual = text('SELECT account COLLATE "default" FROM accounts ORDER BY 1')
        assert [row[0] for row in connection.execute(usual)] != sorted(names)  # else this would prove nothing
    ledger.close()


def test_what_postgresql_cannot_hold_is_a_sentence(postgres: Cluster) -> None:
    ledger = open_ledger(postgres.at("nul"), create=True)
    with pytest.raises(LabelqaError, match="cannot be written"):
        ledger.identities.name("p-1", "a\x00b")
    ledger.close()


def test_the_migrations_give_the_tables_in_force(postgres: Cluster) -> None:
    def shape(schema: str) -> dict[str, object]:
        engine = postgres_engine(postgres.at(schema), busy_seconds=1)
        with engine.connect() as connection:
            seen = inspect(connection)
            found = {
                table: (
                    [(each["name"], repr(each["type"]), each["nullable"]) for each in seen.get_columns(table)],
                    seen.get_pk_constraint(table)["constrained_columns"],
                    sorted((each["name"], each["column_names"]) for each in seen.get_indexes(table)),
                )
                for table in sorted(seen.get_table_names())
                if table != "alembic_version"
            }
            version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        engine.dispose()
        assert version == SCHEMA
        return found  # type: ignore[return-value]

    open_ledger(postgres.at("migrated"), create=True).close()
    open_ledger(postgres.at("made"), create=True).close()
    options = postgres.at("made").options() | {"ssl_context": False}
    engine = create_engine("postgresql+pg8000://", connect_args=options)
    with engine.begin() as connection:
        metadata.drop_all(connection)
        metadata.create_all(connection)
    engine.dispose()
    assert shape("migrated") == shape("made")


def test_a_role_that_may_only_append_is_enough(postgres: Cluster) -> None:
    from dataclasses import replace

    from labelqa.records.facts import Draft, GoldRegistered
    from tests.building import MONDAY

    where = postgres.at("roles")
    owner = open_ledger(where, create=True)
    with owner._writing(owner._engine) as connection:
        for each in (
            "CREATE ROLE worker LOGIN PASSWORD 'w'",
            "GRANT USAGE ON SCHEMA roles TO worker",
            "GRANT SELECT ON alembic_version TO worker",
            "GRANT SELECT, INSERT ON facts, fact_subjects, hands TO worker",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON names, accounts, texts TO worker",
        ):
            connection.exec_driver_sql(each)
    worker = open_ledger(replace(where, user="worker", password="w"))  # noqa: S106
    gold = Draft(body=GoldRegistered(added=1, digest="d"), subjects=("gold",), actor="a")
    assert worker.append([gold], now=MONDAY)[0].seq == 1
    assert verify(worker)[2] == []
    with pytest.raises(NoWorkspace, match="must be owner"), worker._writing(worker._engine) as connection:
        connection.exec_driver_sql("ALTER TABLE facts DISABLE TRIGGER ALL")
    for each in (owner, worker):
        each.close()


FOLLOW = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"  # a background job ignores it
    "from labelqa.adapters.cli.main import main; sys.exit(main())"
)


@pytest.mark.parametrize("backend", ["sqlite", "postgres"])
def test_do_something_and_see_the_line(request: pytest.FixtureRequest, backend: str, tmp_path: Path) -> None:
    env = {} if backend == "sqlite" else request.getfixturevalue("env")
    desk = create_workspace(tmp_path / "ws", env=env, clock=Clock())
    words = ["ledger", "tail", "--follow", "--json", "--kind", "person.added", "--workspace", str(tmp_path / "ws")]
    process = subprocess.Popen([sys.executable, "-c", FOLLOW, *words], cwd=ROOT, env=os.environ | env, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
    try:
        from labelqa.records.people import Duty
        from labelqa.workflows.people import add_person

        assert process.stdout is not None
        for name in ("Ann Lee", "Bob Wu"):
            person = add_person(desk, name, organizer="Org", duties=[Duty.EXECUTOR], accounts={}).person
            line = json.loads(process.stdout.readline())
            assert (line["kind"], line["body"]["person"]) == ("person.added", person)
        desk.close()  # whoever writes may go; the line goes on
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out, err) == (0, "", "")
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def test_a_project_is_followed_into_a_ledger_on_postgresql(
    env: dict[str, str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    server, workspace = FakeServer(legacy=True), tmp_path / "ws"
    project = server.project("first", FORM)
    given = [server.annotate(server.task(project, {"text": f"t{n}"}), chosen("yes")) for n in range(5)]
    token = tmp_path / "token"
    token.touch(mode=0o600)
    token.write_text(LEGACY)
    clock = Clock(START)

    def run(*words: str) -> str:
        capfd.readouterr()
        assert main([*words, "--workspace", str(workspace)], env=env, clock=clock) == 0, capfd.readouterr()
        return capfd.readouterr().out

    assert main(["init", str(workspace)], env=env, clock=clock) == 0
    with listening(server) as url:
        run("connect", url, "--as", "office", "--token-file", str(token))
        run("sync", "follow", str(project))
        assert "5 new revisions" in run("sync", "run")
        server.tick(600)
        server.edit(given[0], result=chosen("no"))
        server.remove_tasks(2)
        assert "2 new revisions (1 changed, 1 gone)" in run("sync", "run", "--sweep")
        assert json.loads(run("sync", "run", "--sweep", "--json"))["projects"][0]["added"] == 0
    (told,) = json.loads(run("sync", "status", "--json"))["servers"]
    assert (told["projects"][0]["tasks"], told["projects"][0]["annotations"], told["projects"][0]["error"]) == (
        4,
        4,
        None,
    )
    run("alerts", "list")
    run("ledger", "verify")
    with open_desk(start=workspace, env=env) as desk:
        assert sum(fact.body.added for fact in desk.ledger.view().of(ImportCounted)) == 7
        assert len(list(desk.intake.annotations())) == 4
    for path in workspace.rglob("*"):
        assert path.is_dir() or not secrets(path.read_bytes().decode("latin-1")), path
