"""The databases that tests are given: new for each test, durable through a crash, on both engines."""

import psycopg
import pytest
from sqlalchemy import create_engine, inspect, text

from tests.support.postgres import PostgresCluster


@pytest.mark.parametrize("attempt", [1, 2])
def test_each_test_gets_an_empty_database(database_url: str, attempt: int) -> None:
    engine = create_engine(database_url)
    assert inspect(engine).get_table_names() == []
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE seen (attempt INTEGER)"))
    engine.dispose()


def test_what_was_committed_survives_a_crash_of_the_server(
    postgres: PostgresCluster, postgresql_url: str
) -> None:
    conninfo = postgresql_url.replace("+psycopg", "")
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (n INTEGER)")
        connection.execute("INSERT INTO kept VALUES (7)")
    postgres.stop("immediate")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(conninfo)
    postgres.start()
    with psycopg.connect(conninfo) as connection:
        assert connection.execute("SELECT n FROM kept").fetchall() == [(7,)]


def test_the_server_promises_what_a_real_one_does(postgres: PostgresCluster, postgresql_url: str) -> None:
    with psycopg.connect(postgresql_url.replace("+psycopg", "")) as connection:
        for promise in ("synchronous_commit", "full_page_writes"):
            row = connection.execute("SELECT current_setting(%s)", [promise]).fetchone()
            assert row == ("on",), promise


def test_backends_can_be_killed(postgres: PostgresCluster, postgresql_url: str) -> None:
    connection = psycopg.connect(postgresql_url.replace("+psycopg", ""))
    database = connection.info.dbname
    assert postgres.kill_backends(database) == 1
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
    connection.close()
