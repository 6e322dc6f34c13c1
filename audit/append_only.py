"""A migration operation that makes a table append-only by database triggers, on both databases (R1)."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_SQLITE = [
    "CREATE TRIGGER {t}_no_update BEFORE UPDATE ON {t} BEGIN SELECT RAISE(ABORT, '{t} is append-only'); END",
    "CREATE TRIGGER {t}_no_delete BEFORE DELETE ON {t} BEGIN SELECT RAISE(ABORT, '{t} is append-only'); END",
    # INSERT OR REPLACE deletes without firing the trigger above unless recursive triggers are on.
    (
        "CREATE TRIGGER {t}_no_replace BEFORE INSERT ON {t} WHEN EXISTS (SELECT 1 FROM {t} WHERE {taken}) "
        "BEGIN SELECT RAISE(ABORT, '{t} is append-only'); END"
    ),
]
_POSTGRESQL = [
    (
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    ),
    "CREATE TRIGGER {t}_no_change BEFORE UPDATE OR DELETE ON {t} FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER {t}_no_truncate BEFORE TRUNCATE ON {t} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
]


def append_only(table: str, *unique: str) -> migrations.RunPython:
    """An operation for a migration's list: the database table's name, and its unique columns beside `id`."""
    taken = " OR ".join(f"{column} = NEW.{column}" for column in ("id", *unique))

    def install(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
        statements = _SQLITE if schema_editor.connection.vendor == "sqlite" else _POSTGRESQL
        for statement in statements:
            schema_editor.execute(statement.format(t=table, taken=taken), params=None)

    return migrations.RunPython(install, migrations.RunPython.noop)
