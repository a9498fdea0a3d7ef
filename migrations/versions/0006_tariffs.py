"""every condition, method, cap and situation of a tariff; tariffs of a service; fees; quotient policy

Existing rows keep their meaning: what is new is either empty or at the value that changes nothing.

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

PERIODS = ("day", "week", "month", "term", "year")
WHOM = ("child", "family")
UNITS = ("meal", "session", "slice", "hour", "day", "week", "month", "term", "year")
NEW_METHODS = "('rate', 'linear', 'shared')"
CONDITIONS = {
    "band": "qf_from IS NULL OR qf_to IS NULL OR qf_to > qf_from",
    "no_quotient": "NOT no_quotient OR (qf_from IS NULL AND qf_to IS NULL)",
    "weekdays": "weekdays <> ''",
    "rank_from": "rank_from IS NULL OR rank_from >= 1",
    "rank_to": "rank_to IS NULL OR rank_to >= COALESCE(rank_from, 1)",
    "children_from": "children_from IS NULL OR children_from >= 1",
    "children_to": "children_to IS NULL OR children_to >= COALESCE(children_from, 1)",
    "slot_from": "slot_from IS NULL OR slot_from BETWEEN 0 AND 1439",
    "slot_to": "slot_to IS NULL OR (slot_to <= 1440 AND slot_to > COALESCE(slot_from, 0))",
}
OF_BAND = ("band", "no_quotient")  # already there on tariff_row
ROW = {
    "to_cents": "to_cents IS NULL OR to_cents >= 0",
    "rate": "rate IS NULL OR rate >= 0",
    "rate_complete": "method <> 'rate' OR rate IS NOT NULL",
    "linear_complete": (
        "method <> 'linear' OR (to_cents IS NOT NULL AND qf_from IS NOT NULL AND qf_to IS NOT NULL)"
    ),
    "floor": "floor_cents IS NULL OR floor_cents >= 0",
    "ceiling": "ceiling_cents IS NULL OR ceiling_cents >= COALESCE(floor_cents, 0)",
    "slice": "slice_minutes IS NULL OR slice_minutes >= 1",
    "slice_complete": "unit IS NULL OR unit <> 'slice' OR slice_minutes IS NOT NULL",
    "tolerance": "tolerance_minutes >= 0",
}
VERSION = {
    "subject": "(activity_id IS NULL) <> (service_id IS NULL)",
    "rounding_step": "rounding_step_cents >= 1",
    "regular_share": "regular_share IS NULL OR regular_share BETWEEN 0 AND 1000000",
    "regular_days": "regular_days IS NULL OR regular_days >= 0",
    "regular_without_weekdays": "regular_without_weekdays <> ''",
}
SITUATION = {
    "from_nth": "from_nth >= 1",
    "tolerance": "tolerance_minutes >= 0",
    "slice": "slice_minutes >= 0",
}
COMMUNE = {
    "quotient_reference": (
        "quotient_start <> 'reference' OR "
        "(quotient_reference_month IS NOT NULL AND quotient_reference_day IS NOT NULL)"
    ),
    "quotient_reference_date": (
        "(quotient_reference_month IS NULL OR quotient_reference_month BETWEEN 1 AND 12) AND "
        "(quotient_reference_day IS NULL OR quotient_reference_day BETWEEN 1 AND 31)"
    ),
    "quotient_expires": "(quotient_expires_month IS NULL) = (quotient_expires_day IS NULL)",
    "quotient_expires_date": (
        "(quotient_expires_month IS NULL OR quotient_expires_month BETWEEN 1 AND 12) AND "
        "(quotient_expires_day IS NULL OR quotient_expires_day BETWEEN 1 AND 31)"
    ),
    "quotient_backdated": "quotient_backdated_days IS NULL OR quotient_backdated_days >= 0",
}
QUOTIENT = {
    "income": "income IS NULL OR income >= 0",
    "dependants": "dependants IS NULL OR dependants >= 0",
}


def number(name, default=None):
    return sa.Column(name, sa.Integer(), nullable=default is None, server_default=default)


def closed_list(column, name, values, default=None):
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)
    return sa.Column(column, kind, nullable=default is None, server_default=default)


def conditions():
    """The new columns of what a row, a modifier or a cap may ask."""
    return (
        sa.Column("category", sa.String(length=80)),
        sa.Column("levels", sa.String(length=200)),
        sa.Column("school_ids", sa.String(length=200)),
        sa.Column("weekdays", sa.String(length=7)),
        sa.Column("holidays", sa.Boolean()),
        *(number(name) for name in ("rank_from", "rank_to", "children_from", "children_to")),
        closed_list("regime", "regime", ("regular", "occasional")),
        closed_list("formula", "formula", ("meal", "own_meal", "supervision")),
        closed_list("eater", "eater", ("child", "adult")),
        sa.Column("situations", sa.String(length=200)),
        number("slot_from"),
        number("slot_to"),
    )


def band():
    return (
        number("qf_from"),
        number("qf_to"),
        sa.Column("no_quotient", sa.Boolean(), nullable=False),
        sa.Column("resident", sa.Boolean()),
    )


ADDED = {
    "tariff_version": (
        number("service_id"),
        closed_list("rounding", "rounding", ("half_up", "down", "up"), "half_up"),
        number("rounding_step_cents", "1"),
        closed_list("quotient_rounding", "quotient_rounding", ("none", "down", "nearest", "up"), "none"),
        closed_list("count_in", "count_in", ("household", "activity", "present", "declared"), "household"),
        sa.Column("eldest_first", sa.Boolean(), nullable=False, server_default=sa.true()),
        number("regular_share"),
        number("regular_days"),
        sa.Column("regular_without_weekdays", sa.String(length=7)),
    ),
    "tariff_row": (
        number("to_cents"),
        number("rate"),
        closed_list("basis", "effort_basis", ("quotient", "income"), "quotient"),
        number("floor_cents"),
        number("ceiling_cents"),
        closed_list("unit", "price_unit", UNITS),
        number("slice_minutes"),
        number("tolerance_minutes", "0"),
        *conditions(),
    ),
    "situation_rule": (
        number("from_nth", "1"),
        closed_list("nth_period", "per", PERIODS),
        closed_list("counted_per", "counted_per", WHOM, "child"),
        closed_list("once", "once", WHOM),
        number("tolerance_minutes", "0"),
        number("slice_minutes", "0"),
    ),
    "commune": (
        closed_list("quotient_start", "quotient_start", ("same_day", "next_month", "reference"), "same_day"),
        *(
            number(f"quotient_{name}")
            for name in (
                "reference_month",
                "reference_day",
                "backdated_days",
                "expires_month",
                "expires_day",
            )
        ),
    ),
    "quotient": (number("income"), number("dependants")),
}
CHECKS = {
    "tariff_version": VERSION,
    "tariff_row": {name: text for name, text in CONDITIONS.items() if name not in OF_BAND} | ROW,
    "situation_rule": SITUATION,
    "commune": COMMUNE,
    "quotient": QUOTIENT,
}


def upgrade() -> None:
    for table, columns in ADDED.items():
        _add(table, columns)
    with op.batch_alter_table("tariff_version") as batch:
        batch.alter_column("activity_id", existing_type=sa.Integer(), nullable=True)
        batch.create_unique_constraint(
            op.f("uq_tariff_version_service_id_first_day"), ["service_id", "first_day"]
        )
        batch.create_foreign_key(
            op.f("fk_tariff_version_service_id"), "service", ["service_id"], ["id"], ondelete="RESTRICT"
        )
    with op.batch_alter_table("situation_rule") as batch:
        batch.drop_constraint(op.f("uq_situation_rule_version_id_situation"), type_="unique")
        batch.create_unique_constraint(
            op.f("uq_situation_rule_version_id_situation_from_nth"), ["version_id", "situation", "from_nth"]
        )
    for table, checks in CHECKS.items():
        with op.batch_alter_table(table) as batch:
            for name, text in checks.items():
                batch.create_check_constraint(op.f(f"ck_{table}_{name}"), text)
    _modifiers()
    _caps()
    _fees()


def _add(table, columns) -> None:
    with op.batch_alter_table(table) as batch:
        for column in columns:
            batch.add_column(column)
    with op.batch_alter_table(table) as batch:
        for column in columns:
            if column.server_default is not None:
                batch.alter_column(column.name, server_default=None)


def _checks(table, texts):
    return [sa.CheckConstraint(text, name=op.f(f"ck_{table}_{name}")) for name, text in texts.items()]


def _of_version(table):
    return (
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["tariff_version.id"], name=op.f(f"fk_{table}_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _modifiers() -> None:
    op.create_table(
        "tariff_modifier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        _chosen("effect", "modifier_effect", ("plus", "times")),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("factor", sa.Integer(), nullable=False),
        *band(),
        *conditions(),
        *_of_version("tariff_modifier"),
        *_checks("tariff_modifier", CONDITIONS | {"factor": "factor >= 0"}),
        sa.UniqueConstraint("version_id", "position", name=op.f("uq_tariff_modifier_version_id_position")),
    )


def _caps() -> None:
    most = {
        "most": "(max_cents IS NULL) <> (max_units IS NULL)",
        "max_cents": "max_cents IS NULL OR max_cents >= 0",
        "max_units": "max_units IS NULL OR max_units >= 1",
    }
    op.create_table(
        "tariff_cap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        _chosen("per_whom", "per_whom", WHOM),
        _chosen("period", "per", PERIODS),
        number("max_cents"),
        number("max_units"),
        sa.Column("whole_service", sa.Boolean(), nullable=False),
        *band(),
        *conditions(),
        *_of_version("tariff_cap"),
        *_checks("tariff_cap", CONDITIONS | most),
    )


def _fees() -> None:
    checks = {
        "subject": "activity_id IS NULL OR service_id IS NULL",
        "period": "last_day IS NULL OR last_day >= first_day",
        "amount": "amount_cents >= 0",
    }
    op.create_table(
        "fee",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        _chosen("per_whom", "per_whom", WHOM),
        _chosen("occasion", "fee_occasion", ("first_bill", "enrolment", "late_enrolment")),
        number("activity_id"),
        number("service_id"),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date()),
        *(
            sa.ForeignKeyConstraint(
                [f"{to}_id"], [f"{to}.id"], name=op.f(f"fk_fee_{to}_id"), ondelete="RESTRICT"
            )
            for to in ("activity", "service")
        ),
        *_checks("fee", checks),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee")),
    )


def _chosen(column, name, values):
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)
    return sa.Column(column, kind, nullable=False)


def downgrade() -> None:
    for table in ("fee", "tariff_cap", "tariff_modifier"):
        op.drop_table(table)
    op.execute("DELETE FROM tariff_version WHERE activity_id IS NULL")
    op.execute("DELETE FROM situation_rule WHERE from_nth > 1")
    op.execute(f"DELETE FROM tariff_row WHERE method IN {NEW_METHODS}")
    for table, checks in CHECKS.items():
        with op.batch_alter_table(table) as batch:
            for name in checks:
                batch.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
    with op.batch_alter_table("situation_rule") as batch:
        batch.drop_constraint(op.f("uq_situation_rule_version_id_situation_from_nth"), type_="unique")
        batch.create_unique_constraint(
            op.f("uq_situation_rule_version_id_situation"), ["version_id", "situation"]
        )
    with op.batch_alter_table("tariff_version") as batch:
        batch.drop_constraint(op.f("fk_tariff_version_service_id"), type_="foreignkey")
        batch.drop_constraint(op.f("uq_tariff_version_service_id_first_day"), type_="unique")
        batch.alter_column("activity_id", existing_type=sa.Integer(), nullable=False)
    for table, columns in ADDED.items():
        with op.batch_alter_table(table) as batch:
            for column in columns:
                if isinstance(column.type, sa.Enum):
                    batch.drop_constraint(op.f(f"ck_{table}_{column.type.name}"), type_="check")
                batch.drop_column(column.name)
