"""pictures, documents of the town hall, menus, planned interruptions; the days of a page

Revision: 0019, after 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

PERIOD = "last_day IS NULL OR last_day >= first_day"
COURSES = ("starter", "main", "side", "dairy", "dessert", "snack")
CATEGORIES = ("enrolment", "form", "rules", "calendar", "guide", "other")
INSTANT = sa.DateTime(timezone=True)


def closed_list(name, *values):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=20)


def column(name, kind, *, null=False):
    return sa.Column(name, kind, nullable=null)


def text(name, length):
    return column(name, sa.String(length=length))


def reference(table, name, target, ondelete="RESTRICT"):
    return sa.ForeignKeyConstraint([name], [target], name=op.f(f"fk_{table}_{name}"), ondelete=ondelete)


def create(table, *parts):
    key = sa.Column("id", sa.Integer(), nullable=False)
    op.create_table(table, key, *parts, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")))


def searched(table):
    with op.batch_alter_table(table) as batch:
        batch.create_index(batch.f(f"ix_{table}_search_text"), ["search_text"])


def upgrade() -> None:
    _pictures()
    _town_documents()
    _menus()
    create(
        "interruption",
        text("what", 120),
        text("details", 300),
        column("announced_at", INSTANT),
        column("starts_at", INSTANT),
        column("ends_at", INSTANT),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_interruption_period")),
        sa.CheckConstraint("announced_at <= starts_at", name=op.f("ck_interruption_announced")),
    )
    with op.batch_alter_table("news") as batch:
        batch.add_column(column("picture_id", sa.Integer(), null=True))
        batch.create_foreign_key(
            batch.f("fk_news_picture_id"), "picture", ["picture_id"], ["id"], ondelete="RESTRICT"
        )
    with op.batch_alter_table("page") as batch:
        batch.add_column(column("first_day", sa.Date(), null=True))
        batch.add_column(column("last_day", sa.Date(), null=True))
        batch.create_check_constraint(batch.f("ck_page_period"), PERIOD)


def _pictures():
    create(
        "picture",
        text("name", 120),
        text("alternative", 300),
        column("is_decorative", sa.Boolean()),
        text("token", 32),
        column("width", sa.Integer()),
        column("height", sa.Integer()),
        column("size", sa.Integer()),
        text("large_key", 50),
        text("small_key", 50),
        column("added_on", sa.Date()),
        text("search_text", 500),
        sa.CheckConstraint("is_decorative OR alternative <> ''", name=op.f("ck_picture_alternative")),
        sa.UniqueConstraint("token", name=op.f("uq_picture_token")),
    )
    searched("picture")


def _town_documents():
    create(
        "town_document",
        text("slug", 120),
        text("title", 120),
        text("description", 300),
        column("category", closed_list("document_category", *CATEGORIES)),
        column("school_year_id", sa.Integer(), null=True),
        column("is_returned", sa.Boolean()),
        column("position", sa.Integer()),
        column("first_day", sa.Date(), null=True),
        column("last_day", sa.Date(), null=True),
        text("search_text", 500),
        reference("town_document", "school_year_id", "school_year.id"),
        sa.CheckConstraint(PERIOD, name=op.f("ck_town_document_period")),
        sa.UniqueConstraint("slug", name=op.f("uq_town_document_slug")),
    )
    searched("town_document")
    create(
        "town_document_version",
        column("document_id", sa.Integer()),
        column("number", sa.Integer()),
        text("storage_key", 50),
        column("size", sa.Integer()),
        text("sha256", 64),
        column("added_at", INSTANT),
        text("added_by", 120),
        reference("town_document_version", "document_id", "town_document.id"),
        sa.UniqueConstraint(
            "document_id", "number", name=op.f("uq_town_document_version_document_id_number")
        ),
    )


def _menus():
    create(
        "menu",
        column("day", sa.Date()),
        column("school_id", sa.Integer(), null=True),
        text("note", 200),
        column("allergens_given", sa.Boolean()),
        column("is_published", sa.Boolean()),
        reference("menu", "school_id", "school.id"),
    )
    alone = sa.text("school_id IS NULL")
    with op.batch_alter_table("menu") as batch:
        batch.create_index("uq_menu_day", ["day"], unique=True, sqlite_where=alone, postgresql_where=alone)
        batch.create_index("uq_menu_day_school_id", ["day", "school_id"], unique=True)
    create(
        "dish",
        column("menu_id", sa.Integer()),
        column("position", sa.Integer()),
        column("course", closed_list("course", *COURSES)),
        text("name", 160),
        column("allergens", sa.String(length=200), null=True),
        column("contents", sa.String(length=200), null=True),
        column("labels", sa.String(length=200), null=True),
        text("origin", 80),
        column("is_substitute", sa.Boolean()),
        reference("dish", "menu_id", "menu.id", ondelete="CASCADE"),
        sa.CheckConstraint("name <> ''", name=op.f("ck_dish_name")),
    )
    with op.batch_alter_table("dish") as batch:
        batch.create_index(batch.f("ix_dish_menu_id"), ["menu_id"])


def downgrade() -> None:
    with op.batch_alter_table("page") as batch:
        batch.drop_constraint(batch.f("ck_page_period"), type_="check")
        batch.drop_column("last_day")
        batch.drop_column("first_day")
    with op.batch_alter_table("news") as batch:
        batch.drop_constraint(batch.f("fk_news_picture_id"), type_="foreignkey")
        batch.drop_column("picture_id")
    for table in ("interruption", "dish", "menu", "town_document_version", "town_document", "picture"):
        op.drop_table(table)
