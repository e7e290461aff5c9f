"""Rows as a test needs them, past every trigger: what it does not say is filled with anything."""

_FILLED = {
    "bigint": "1", "integer": "1", "text": "'x'", "date": "'2022-01-01'", "boolean": "false",
    "timestamp with time zone": "now()", "bytea": "'\\x00'", "jsonb": "'{}'", "ARRAY": "'{}'",
    "uuid": "gen_random_uuid()", "smallint": "1",
}  # fmt: skip

_NEEDED = """
select column_name, data_type from information_schema.columns
 where table_schema = 'public' and table_name = %s and is_nullable = 'NO'
   and column_default is null and is_identity = 'NO'"""


def rows(superuser, table, *said):
    """One row of a table for each dictionary; their ids."""
    made = []
    superuser.execute("set session_replication_role = replica")
    needed = dict(superuser.execute(_NEEDED, [table]).fetchall())
    for one in said:
        filled = {name: _FILLED[kind] for name, kind in needed.items() if name not in one}
        columns = [*one, *filled]
        values = [*("%s" for _ in one), *filled.values()]
        made.append(
            superuser.execute(
                f"insert into {table} ({', '.join(columns)}) values ({', '.join(values)})"
                " returning id",
                list(one.values()),
            ).fetchone()[0]
        )
    superuser.execute("set session_replication_role = origin")
    return made
