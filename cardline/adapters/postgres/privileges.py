"""What the application may do in the database: everything but alter what is evidence (row F1).

Two roles: the *owner* makes the tables and is used for migrations alone; the *application* reads
and writes, but owns nothing. A trigger is no protection against whoever may disable it.
"""

from psycopg import AsyncConnection, sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import TupleRow

APPLICATION = "cardline_app"
"""The application's role in the embedded server."""

APPEND_ONLY = ("journal", "evidence_key", "evidence_root", "evidence_leaf")
"""Tables to which the application adds, and no more."""
KEPT = ("journal_head",)
"""Tables from which it removes nothing."""
READ_ONLY = ("migration",)


POWERS = """
    WITH kept AS (
        SELECT c.oid, c.relname, c.relowner, n.nspowner FROM pg_class AS c
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.relname = ANY(%(tables)s) AND n.nspname = current_schema()
    )
    SELECT 'superuser' FROM pg_roles WHERE rolname = current_user AND rolsuper
    UNION ALL
    SELECT 'owner of ' || relname FROM kept WHERE pg_has_role(current_user, relowner, 'MEMBER')
    UNION ALL
    SELECT DISTINCT 'owner of the schema' FROM kept
    WHERE pg_has_role(current_user, nspowner, 'MEMBER')
    UNION ALL
    SELECT lower(privilege) || ' on ' || relname
    FROM kept, unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) AS privilege
    WHERE has_table_privilege(current_user, oid, privilege)
"""
"""See :func:`powers_over_evidence`; before the first migration there is nothing to alter."""


async def role_of(url: str) -> str:
    """Return the role that a connection string leads to; asks the server where it names none."""
    named = conninfo_to_dict(url).get("user")
    if named:
        return str(named)
    async with await AsyncConnection.connect(url) as connection:
        return connection.info.user


async def give_privileges(connection: AsyncConnection[TupleRow], role: str) -> None:
    """Give ``role`` what the application needs, and take what it must not have.

    Runs as the owner of the tables, after migrations.
    """
    who = sql.Identifier(role)
    cursor = await connection.execute("SELECT current_schema()")
    row = await cursor.fetchone()
    schema = sql.Identifier(str(row[0]) if row else "public")
    for statement in (
        "GRANT USAGE ON SCHEMA {schema} TO {who}",
        "REVOKE CREATE ON SCHEMA {schema} FROM {who}, PUBLIC",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {who}",
        "GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA {schema} TO {who}",
    ):
        await connection.execute(sql.SQL(statement).format(schema=schema, who=who))
    for tables, taken in (
        (APPEND_ONLY, "UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER"),
        (KEPT, "DELETE, TRUNCATE, REFERENCES, TRIGGER"),
        (READ_ONLY, "INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER"),
    ):
        for table in tables:
            statement = f"REVOKE {taken} ON {{table}} FROM {{who}}"
            name = sql.Identifier(table)
            await connection.execute(sql.SQL(statement).format(table=name, who=who))


async def lacks_privileges(connection: AsyncConnection[TupleRow], role: str) -> bool:
    """Return whether ``role`` has less or more than the application is to have."""
    cursor = await connection.execute(
        """
        SELECT NOT has_table_privilege(%(role)s, 'journal', 'INSERT')
            OR NOT has_table_privilege(%(role)s, 'migration', 'SELECT')
            OR has_table_privilege(%(role)s, 'migration', 'INSERT')
            OR has_any_column_privilege(%(role)s, 'journal', 'UPDATE')
        """,
        {"role": role},
    )
    row = await cursor.fetchone()
    return bool(row and row[0])


async def powers_over_evidence(connection: AsyncConnection[TupleRow]) -> list[str]:
    """Return what the role of this connection could do to the journal and must not be able to.

    Empty where it can only add: it is no superuser, owns neither the tables nor the schema nor the
    database, is a member of nobody who does, and lacks ``UPDATE``, ``DELETE``, ``TRUNCATE`` and
    ``TRIGGER``.
    """
    cursor = await connection.execute(POWERS, {"tables": list(APPEND_ONLY)})
    return [str(row[0]) for row in await cursor.fetchall()]
