"""capacity, waiting list, family categories, what an enrolment says

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

LEVELS = ("tps", "ps", "ms", "gs", "cp", "ce1", "ce2", "cm1", "cm2", "ulis")


def closed_list(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def upgrade() -> None:
    _family_category()
    _capacity()
    with op.batch_alter_table("activity") as batch:
        batch.add_column(sa.Column("days_without_choice", sa.Integer()))
        batch.create_check_constraint(
            op.f("ck_activity_days_without_choice"), "days_without_choice BETWEEN 1 AND 7"
        )
    _enrolment()
    with op.batch_alter_table("booking") as batch:
        batch.add_column(sa.Column("waiting_since", sa.DateTime(timezone=True)))
        batch.drop_constraint(op.f("ck_booking_booking_state"), type_="check")
        batch.create_check_constraint(
            op.f("ck_booking_booking_state"), "state IN ('booked', 'waiting', 'cancelled')"
        )
        batch.create_check_constraint(
            op.f("ck_booking_waiting"), "(state = 'waiting') = (waiting_since IS NOT NULL)"
        )
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "ix_booking_waiting", "booking", ["activity_id", "day"], sqlite_where=waiting, postgresql_where=waiting
    )
    with op.batch_alter_table("receipt_line") as batch:
        batch.add_column(sa.Column("waiting_rank", sa.Integer()))
        batch.create_check_constraint(op.f("ck_receipt_line_waiting_rank"), "waiting_rank >= 1")


def _family_category() -> None:
    op.create_table(
        "family_category",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("family_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.CheckConstraint("name <> ''", name=op.f("ck_family_category_name")),
        sa.CheckConstraint(
            "last_day IS NULL OR last_day >= first_day", name=op.f("ck_family_category_period")
        ),
        sa.ForeignKeyConstraint(
            ["family_id"], ["family.id"], name=op.f("fk_family_category_family_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_family_category")),
        sa.UniqueConstraint(
            "family_id", "name", "first_day", name=op.f("uq_family_category_family_id_name_first_day")
        ),
    )


def _capacity() -> None:
    op.create_table(
        "capacity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("level", closed_list("level", *LEVELS), nullable=True),
        sa.Column("weekdays", sa.String(length=7), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.CheckConstraint("last_day IS NULL OR last_day >= first_day", name=op.f("ck_capacity_period")),
        sa.CheckConstraint("places >= 0", name=op.f("ck_capacity_places")),
        sa.CheckConstraint("weekdays <> ''", name=op.f("ck_capacity_weekdays")),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_capacity_activity_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_capacity_school_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capacity")),
    )


def _enrolment() -> None:
    with op.batch_alter_table("enrolment") as batch:
        batch.add_column(sa.Column("regime", closed_list("regime", "regular", "occasional")))
        batch.add_column(
            sa.Column(
                "formula",
                closed_list("formula", "meal", "own_meal", "supervision"),
                nullable=False,
                server_default="meal",
            )
        )
        batch.add_column(sa.Column("usual_weekdays", sa.String(length=7)))
        batch.create_check_constraint(op.f("ck_enrolment_usual_weekdays"), "usual_weekdays <> ''")
    with op.batch_alter_table("enrolment") as batch:
        batch.alter_column("formula", server_default=None)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":  # it names every column; made again after each upgrade
        op.execute("DROP TRIGGER IF EXISTS trg_receipt_line_no_update ON receipt_line")
    with op.batch_alter_table("receipt_line") as batch:
        batch.drop_constraint(op.f("ck_receipt_line_waiting_rank"), type_="check")
        batch.drop_column("waiting_rank")
    op.drop_index("ix_booking_waiting", table_name="booking")
    op.execute("DELETE FROM booking WHERE state = 'waiting'")
    with op.batch_alter_table("booking") as batch:
        batch.drop_constraint(op.f("ck_booking_waiting"), type_="check")
        batch.drop_constraint(op.f("ck_booking_booking_state"), type_="check")
        batch.create_check_constraint(op.f("ck_booking_booking_state"), "state IN ('booked', 'cancelled')")
        batch.drop_column("waiting_since")
    with op.batch_alter_table("enrolment") as batch:
        for name in ("usual_weekdays", "formula", "regime"):
            batch.drop_constraint(op.f(f"ck_enrolment_{name}"), type_="check")
            batch.drop_column(name)
    with op.batch_alter_table("activity") as batch:
        batch.drop_constraint(op.f("ck_activity_days_without_choice"), type_="check")
        batch.drop_column("days_without_choice")
    op.drop_table("capacity")
    op.drop_table("family_category")
