"""deadlines of every kind, their conditions, the holidays' weekly patterns, half days

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OLD_UNITS = ("calendar", "weekdays", "working", "service", "clear")
UNITS = ("calendar", "weekdays", "working", "workable", "school", "service", "clear")
OLD_UNIQUE = "uq_deadline_rule_activity_id_change_first_day_position"
UNIQUE = "uq_deadline_rule_activity_id_bound_change_first_day_position"
NULLABLE = (
    "day_of_month", "months", "chosen_until", "late_amount", "late_minute_of_day", "levels", "school_ids",
    "resident",
)  # fmt: skip
CHECKS = {
    "day_of_month": "day_of_month BETWEEN 1 AND 31",
    "months": "months >= 0",
    "late_amount": "late_amount >= 0",
    "late_minute": "late_minute_of_day BETWEEN 0 AND 1440",
    "hours_before_complete": "kind <> 'hours_before' OR (amount IS NOT NULL AND unit IS NOT NULL)",
    "same_day_complete": "kind <> 'same_day' OR minute_of_day IS NOT NULL",
}


def closed_list(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def upgrade() -> None:
    _calendar()
    _rule_columns()
    _carry_conditions_over()
    _rule_constraints()
    _lines()


def _calendar() -> None:
    periods = closed_list("pattern_period", "term", "holidays", "always")
    with op.batch_alter_table("week_pattern") as batch:
        batch.add_column(sa.Column("period", periods, nullable=False, server_default="term"))
    with op.batch_alter_table("week_pattern") as batch:
        batch.alter_column("period", server_default=None)
    with op.batch_alter_table("closure") as batch:
        batch.add_column(sa.Column("half_day", closed_list("half_day", "morning", "afternoon")))
    with op.batch_alter_table("activity") as batch:
        batch.add_column(sa.Column("ends_at_minute", sa.Integer()))
        batch.add_column(sa.Column("grace_days", sa.Integer(), nullable=False, server_default="0"))
        batch.create_check_constraint(
            op.f("ck_activity_ends_at"), "ends_at_minute > starts_at_minute AND ends_at_minute <= 1440"
        )
        batch.create_check_constraint(op.f("ck_activity_grace_days"), "grace_days >= 0")
    with op.batch_alter_table("activity") as batch:
        batch.alter_column("grace_days", server_default=None)


def _rule_columns() -> None:
    references = closed_list("reference", "day", "week", "month", "period", "year")
    after = closed_list("after_holidays", "first_day", "first_week")
    back = closed_list("bring_back", "holidays", "same_weekday", "closed", "working")
    with op.batch_alter_table("deadline_rule") as batch:
        batch.alter_column("bring_back", new_column_name="was_brought_back")
    with op.batch_alter_table("deadline_rule") as batch:
        batch.add_column(
            sa.Column("bound", closed_list("bound", "closes", "opens"), nullable=False, server_default="closes")
        )
        batch.add_column(sa.Column("reference", references, nullable=False, server_default="day"))
        batch.add_column(sa.Column("day_of_month", sa.Integer()))
        batch.add_column(sa.Column("months", sa.Integer()))
        batch.add_column(sa.Column("chosen_until", sa.Date()))
        batch.add_column(sa.Column("late_amount", sa.Integer()))
        batch.add_column(sa.Column("late_unit", closed_list("late_unit", *UNITS)))
        batch.add_column(sa.Column("late_minute_of_day", sa.Integer()))
        batch.add_column(sa.Column("after_holidays", after))
        batch.add_column(sa.Column("levels", sa.String(length=200)))
        batch.add_column(sa.Column("school_ids", sa.String(length=200)))
        batch.add_column(sa.Column("regime", closed_list("regime", "regular", "occasional")))
        batch.add_column(sa.Column("resident", sa.Boolean()))
        batch.add_column(sa.Column("bring_back", back))
        batch.add_column(
            sa.Column("after_start", sa.Boolean(), nullable=False, server_default=sa.false())
        )


def _carry_conditions_over() -> None:
    """What was yes or no has now a choice."""
    op.execute("UPDATE deadline_rule SET after_holidays = 'first_day' WHERE first_after_holidays")
    op.execute("UPDATE deadline_rule SET bring_back = 'holidays' WHERE was_brought_back")


def _rule_constraints() -> None:
    with op.batch_alter_table("deadline_rule") as batch:
        batch.drop_column("first_after_holidays")
        batch.drop_column("was_brought_back")
        for name in ("bound", "reference", "after_start"):
            batch.alter_column(name, server_default=None)
        batch.drop_constraint(op.f("ck_deadline_rule_day_unit"), type_="check")
        batch.create_check_constraint(op.f("ck_deadline_rule_day_unit"), f"unit IN {UNITS}")
        batch.drop_constraint(op.f(OLD_UNIQUE), type_="unique")
        batch.create_unique_constraint(
            op.f(UNIQUE), ["activity_id", "bound", "change", "first_day", "position"]
        )
        for name, condition in CHECKS.items():
            batch.create_check_constraint(op.f(f"ck_deadline_rule_{name}"), condition)


def _lines() -> None:
    op.create_table(
        "deadline_weekday",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("service_weekday", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("minute_of_day", sa.Integer(), nullable=False),
        sa.Column("weeks", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "service_weekday BETWEEN 1 AND 7", name=op.f("ck_deadline_weekday_service_weekday")
        ),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name=op.f("ck_deadline_weekday_weekday")),
        sa.CheckConstraint("minute_of_day BETWEEN 0 AND 1440", name=op.f("ck_deadline_weekday_minute")),
        sa.CheckConstraint("weeks >= 0", name=op.f("ck_deadline_weekday_weeks")),
        *_of_rule("deadline_weekday", "service_weekday"),
    )
    op.create_table(
        "deadline_date",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("minute_of_day", sa.Integer(), nullable=False),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_deadline_date_period")),
        sa.CheckConstraint("minute_of_day BETWEEN 0 AND 1440", name=op.f("ck_deadline_date_minute")),
        *_of_rule("deadline_date", "first_day"),
    )


def _of_rule(table, once):
    return (
        sa.ForeignKeyConstraint(
            ["rule_id"], ["deadline_rule.id"], name=op.f(f"fk_{table}_rule_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("rule_id", once, name=op.f(f"uq_{table}_rule_id_{once}")),
    )


def downgrade() -> None:
    op.drop_table("deadline_date")
    op.drop_table("deadline_weekday")
    _drop_what_had_no_name()
    with op.batch_alter_table("activity") as batch:
        for name, column in (("ends_at", "ends_at_minute"), ("grace_days", "grace_days")):
            batch.drop_constraint(op.f(f"ck_activity_{name}"), type_="check")
            batch.drop_column(column)
    for table, column in (("closure", "half_day"), ("week_pattern", "period")):
        name = "half_day" if table == "closure" else "pattern_period"
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
            batch.drop_column(column)


def _drop_what_had_no_name() -> None:
    """Only the rules that the former engine knew stay."""
    op.execute("DELETE FROM deadline_rule WHERE bound = 'opens' OR unit IN ('workable', 'school')")
    with op.batch_alter_table("deadline_rule") as batch:
        batch.drop_constraint(op.f("ck_deadline_rule_bring_back"), type_="check")
        batch.alter_column("bring_back", new_column_name="brought_back_to")
    with op.batch_alter_table("deadline_rule") as batch:
        batch.add_column(
            sa.Column("first_after_holidays", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch.add_column(sa.Column("bring_back", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.drop_constraint(op.f(UNIQUE), type_="unique")
        batch.create_unique_constraint(op.f(OLD_UNIQUE), ["activity_id", "change", "first_day", "position"])
        batch.drop_constraint(op.f("ck_deadline_rule_day_unit"), type_="check")
        batch.create_check_constraint(op.f("ck_deadline_rule_day_unit"), f"unit IN {OLD_UNITS}")
        for name in (*CHECKS, "bound", "reference", "late_unit", "after_holidays", "regime"):
            batch.drop_constraint(op.f(f"ck_deadline_rule_{name}"), type_="check")
    op.execute("UPDATE deadline_rule SET first_after_holidays = true WHERE after_holidays = 'first_day'")
    op.execute("UPDATE deadline_rule SET bring_back = true WHERE brought_back_to = 'holidays'")
    with op.batch_alter_table("deadline_rule") as batch:
        for name in ("first_after_holidays", "bring_back"):
            batch.alter_column(name, server_default=None)
        for name in ("bound", "reference", "late_unit", "after_holidays", "brought_back_to", "regime"):
            batch.drop_column(name)
        for name in (*NULLABLE, "after_start"):
            batch.drop_column(name)
