"""More units, methods, situations and effects: the lists that the price engine reads.

Revision: 0003, after 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UNITS = ("meal", "session"), ("slice", "hour", "day", "week", "month", "term", "year")
METHODS = ("fixed", "free"), ("rate", "linear", "shared")
EFFECTS = ("same", "fixed", "plus", "times", "free"), ("refund", "highest")
SITUATIONS = (
    ("as_booked", "attended", "late", "unbooked", "no_show", "justified", "event"),
    ("picnic", "late_pickup"),
)
LISTS = (
    ("activity", "unit", "price_unit", UNITS),
    ("tariff_row", "method", "price_method", METHODS),
    ("situation_rule", "effect", "situation_effect", EFFECTS),
    ("situation_rule", "situation", "situation", SITUATIONS),
    ("invoice_line", "situation", "situation", SITUATIONS),
)


def upgrade() -> None:
    for table, column, name, (known, new) in LISTS:
        _say(table, column, name, known + new)


def downgrade() -> None:
    for table, column, name, (known, _) in LISTS:
        _say(table, column, name, known)


def _say(table: str, column: str, name: str, values: tuple[str, ...]) -> None:
    check, listed = op.f(f"ck_{table}_{name}"), ", ".join(f"'{value}'" for value in values)
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(check, type_="check")
        batch.create_check_constraint(check, f"{column} IN ({listed})")
