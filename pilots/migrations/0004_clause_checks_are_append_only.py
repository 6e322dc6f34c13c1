from django.db import migrations

from audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("pilots", "0003_clause_checks_by_machine")]
    operations = [append_only("pilots_clausecheck")]
