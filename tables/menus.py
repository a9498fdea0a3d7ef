"""What is served at noon, day by day: for every school, or for one that has its own kitchen."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from extensions import Values, choice, db
from rules.allergens import Allergen
from rules.publication_vocabulary import Content, Course, DishLabel
from tables.columns import key, ref
from tables.school import School


class Menu(db.Model):
    """The meal of a day. Without a school it is everybody's; a school's own menu replaces it there."""

    __tablename__ = "menu"
    __table_args__ = (
        Index("uq_menu_day", "day", unique=True,
              sqlite_where=sa.text("school_id IS NULL"), postgresql_where=sa.text("school_id IS NULL")),
        Index("uq_menu_day_school_id", "day", "school_id", unique=True),
    )  # fmt: skip
    id: Mapped[int] = key()
    day: Mapped[date]
    school_id: Mapped[int | None] = ref("school.id")
    note: Mapped[str] = mapped_column(String(200), default="")
    # A dish without allergens, and a caterer who said nothing of them, are not the same thing.
    allergens_given: Mapped[bool] = mapped_column(default=False)
    is_published: Mapped[bool] = mapped_column(default=False)

    school: Mapped[School | None] = relationship()
    dishes: Mapped[list[Dish]] = relationship(
        back_populates="menu", order_by="Dish.position", cascade="all, delete-orphan"
    )

    def __str__(self) -> str:
        where = f", {self.school}" if self.school else ""
        return f"Menu du {self.day:%d/%m/%Y}{where}"


class Dish(db.Model):
    """A dish; a substitute replaces the dish of its course for those who do not eat it."""

    __tablename__ = "dish"
    __table_args__ = (sa.CheckConstraint("name <> ''", name="name"),)
    id: Mapped[int] = key()
    menu_id: Mapped[int] = mapped_column(sa.ForeignKey("menu.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    course: Mapped[Course] = mapped_column(choice(Course))
    name: Mapped[str] = mapped_column(String(160))
    allergens: Mapped[frozenset[Allergen] | None] = mapped_column(Values(Allergen))
    contents: Mapped[frozenset[Content] | None] = mapped_column(Values(Content))
    labels: Mapped[frozenset[DishLabel] | None] = mapped_column(Values(DishLabel))
    origin: Mapped[str] = mapped_column(String(80), default="")
    is_substitute: Mapped[bool] = mapped_column(default=False)

    menu: Mapped[Menu] = relationship(back_populates="dishes")

    def __str__(self) -> str:
        return self.name
