"""absences: windows from the end of the week or of the month, days taken off in a year

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BEFORE = ("each_day", "first_day", "last_day", "return")
AFTER = (*BEFORE, "week_end", "month_end")


def _anchors(values):
    name, listed = op.f("ck_absence_policy_counted_from"), ", ".join(f"'{value}'" for value in values)
    with op.batch_alter_table("absence_policy") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, f"counted_from IN ({listed})")


def upgrade() -> None:
    _anchors(AFTER)
    with op.batch_alter_table("absence_policy") as batch:
        batch.add_column(sa.Column("yearly_days", sa.Integer()))
        batch.create_check_constraint(op.f("ck_absence_policy_yearly_days"), "yearly_days >= 0")


def downgrade() -> None:
    with op.batch_alter_table("absence_policy") as batch:
        batch.drop_constraint(op.f("ck_absence_policy_yearly_days"), type_="check")
        batch.drop_column("yearly_days")
    op.execute("DELETE FROM absence_policy WHERE counted_from IN ('week_end', 'month_end')")
    _anchors(BEFORE)
