"""Families and their adults: addresses, quotients, residence, accounts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import flash, redirect, request, url_for
from flask_admin import expose
from sqlalchemy.orm import joinedload, selectinload

import models
from admin import filters, request_queues, vault
from admin.base import OperationView, Related, RowButton, StaffView, actor, add_url, holds
from admin.display import lines, link, shown, text
from admin.saving import committed
from extensions import db
from operations import accounts, guardians, invoices, quotients
from operations.guardians import Adult
from operations.quotients import QuotientFacts
from rules.instants import paris
from rules.passwords import Activation
from rules.phones import format_phone
from rules.refusals import Refused
from rules.vocabulary import BookingState, QuotientSource, Role

FAMILY_READERS = {Role.EDUCATION, Role.FINANCE, Role.CANTEEN, Role.READER}
MONEY_READERS = {Role.EDUCATION, Role.FINANCE, Role.READER}
SECTION = "Familles"
ADDRESS = ("street", "street_extra", "postcode", "city", "country")


class FamilyView(StaffView):
    table, title, slug, section = models.Family, "Familles", "familles", SECTION
    new_title = "Nouvelle famille"
    audience, editors = FAMILY_READERS, {Role.EDUCATION}
    creates = edits = exports = True
    search_in = (
        "search_text",
        "guardians.search_text",
        "guardians.guardianships.child.search_text",
        lambda word: models.Family.id.in_(_with_invoice(word)),
    )
    search_label = "Nom, enfant, téléphone, courriel, numéro de facture"
    eager = ("guardians.guardianships.child", "quotients")
    column_list = ("name", "guardians", "children", "city", "quotient")
    column_sortable_list = (("name", "search_text"), "city")
    column_default_sort = "search_text"
    column_details_list = ("address", "phones", "former_number", "notes", "archived_on", "created_at")
    computed = {
        "children": lambda row: children_of(row),
        "quotient": lambda row: last_quotient(row),
        "address": lambda row: lines(row.address_lines),
        "phones": lambda row: [f"{a.full_name} : {_phones(a)}" for a in row.guardians if _phones(a)],
    }
    filters = (
        filters.yes_no("archivee", "Archivée", models.Family.archived_on.is_not(None)),
        filters.yes_no("quotient", "Quotient connu", models.Family.quotients.any()),
    )
    form_groups = {
        "Identité": ("name", "former_number", "archived_on", "notes"),
        "Adresse": ADDRESS,
    }

    def default_filters(self) -> dict[str, str]:
        return {"archivee": "non"}

    def name_of(self, row: models.Family) -> str:
        return f"Famille {row.name}"

    asks = {"activate": "Envoyer un mot de passe provisoire aux adultes de cette famille ?"}

    @expose("/nouveau/", methods=("GET", "POST"))
    def create_view(self) -> Any:
        """A family is created whole, with its adults and children, on its own page."""
        return redirect(url_for("staff_nouvelle_famille.index"))

    def row_buttons(self, row: models.Family) -> list[RowButton]:
        """On the family's page: its adults with an e-mail who have not opened their account yet."""
        if request.endpoint != f"{self.endpoint}.details_view" or not self._waiting(row):
            return []
        return [RowButton("Activer les comptes", ".activate", self.asks["activate"])]

    def _waiting(self, row: models.Family) -> list[models.Guardian]:
        return [a for a in row.guardians if a.email and state_of(a, self.now()) is not Activation.ACTIVE]

    @expose("/activer/", methods=("POST",))
    def activate(self) -> Any:
        waiting = self._waiting(self.wanted())
        opened, left_out = committed(lambda: accounts.activate_many(waiting, by=actor(), now=self.now()))
        for each in opened:
            flash(f"Un mot de passe provisoire part par courriel à {each.email}.", "success")
        for each in left_out:
            flash(each.reason, "error")
        return self._back()

    def related(self, row: models.Family) -> list[Related]:
        panels = [self._adults(row), self._children(row), self._next_bookings(row)]
        if self.may_read(models.Quotient):
            panels += [self._quotients(row), self._categories(row)]
        if self.may_read(models.Invoice):
            panels.append(self._invoices(row))
        panels += request_queues.of_family(row)
        if self.may_read(models.Document):
            panels.append(vault.panel(row))
        return [*panels, *([self._history(row)] if self.may_read(models.History) else [])]

    def _adults(self, row: models.Family) -> Related:
        return Related(
            "Adultes",
            ("Nom", "Téléphones", "Courriel", "Payeur", "Compte", "Tout est exact"),
            [
                (
                    link(a),
                    _phones(a),
                    a.email or "–",
                    shown(a.is_payer),
                    state_of(a, self.now()).label,
                    text(a.confirmed_at) or "à confirmer",
                )
                for a in row.guardians
            ],
            add_url(models.Guardian, family=row.id),
        )

    def _children(self, row: models.Family) -> Related:
        children = {g.child for adult in row.guardians for g in adult.guardianships}
        mine = sa.or_(models.Custody.family_id == row.id, models.Custody.other_family_id == row.id)
        children |= set(db.session.scalars(sa.select(models.Child).where(models.Child.custodies.any(mine))))
        placed = _schoolings({child.id for child in children}, paris(self.now()).date())
        return Related(
            "Enfants",
            ("Nom", "Né(e) le", "Classe"),
            [
                (link(c), text(c.birth_date), placed.get(c.id, "–"))
                for c in sorted(children, key=lambda c: c.birth_date)
            ],
            add_url(models.Child, family=row.id),
        )

    def _categories(self, row: models.Family) -> Related:
        known = sorted(row.categories, key=lambda c: c.first_day, reverse=True)
        return Related(
            "Catégories",
            ("Catégorie", "Du", "Au"),
            [(link(c, c.name), text(c.first_day), text(c.last_day) or "sans fin") for c in known],
            add_url(models.FamilyCategory, family=row.id),
        )

    def _quotients(self, row: models.Family) -> Related:
        known = sorted(row.quotients, key=lambda q: q.effective_on, reverse=True)
        return Related(
            "Quotients",
            ("Quotient", "Date d’effet", "Source"),
            [(link(q, text(q.value)), text(q.effective_on), q.source.label) for q in known],
            add_url(models.Quotient, family=row.id),
        )

    def _next_bookings(self, row: models.Family) -> Related:
        today = paris(self.now()).date()
        query = (
            sa.select(models.Booking)
            .where(
                models.Booking.family_id == row.id,
                models.Booking.state == BookingState.BOOKED,
                models.Booking.day.between(today, today + timedelta(days=14)),
            )
            .options(joinedload(models.Booking.child), joinedload(models.Booking.activity))
            .order_by(models.Booking.day, models.Booking.child_id)
        )
        return Related(
            "Réservations des deux prochaines semaines",
            ("Jour", "Enfant", "Activité", "Délai"),
            [
                (link(b, text(b.day)), b.child.first_name, b.activity.name, shown(b.timing))
                for b in db.session.scalars(query)
            ],
            add_url(models.Booking),
        )

    def _invoices(self, row: models.Family) -> Related:
        query = sa.select(models.Invoice).filter_by(family_id=row.id).order_by(models.Invoice.month.desc())
        known = invoices.accounts(list(db.session.scalars(query.limit(12))), paris(self.now()).date())
        return Related(
            "Factures",
            ("Numéro", "Mois", "Total", "Reste dû", "État"),
            [
                (
                    link(a.invoice),
                    text(a.invoice.month, "month"),
                    text(a.invoice.total_cents, "total_cents"),
                    text(a.due_cents, "due_cents"),
                    a.state.label,
                )
                for a in known
            ],
        )

    def _history(self, row: models.Family) -> Related:
        query = sa.select(models.History).filter_by(family_id=row.id).order_by(models.History.id.desc())
        return Related(
            "Historique",
            ("Date", "Par", "Action", "Sur"),
            [
                (text(h.at), h.by_name, link(h, h.verb), h.subject_name)
                for h in db.session.scalars(query.limit(15))
            ],
        )


class GuardianView(OperationView):
    table, title, slug, section = models.Guardian, "Adultes", "adultes", SECTION
    new_title = "Nouvel adulte"
    audience, editors = FAMILY_READERS, {Role.EDUCATION}
    creates = edits = exports = True
    search_in = ("search_text", "family.search_text")
    search_label = "Nom, nom de naissance, téléphone, courriel"
    eager = ("family", "account", "guardianships.child")
    column_list = ("last_name", "first_name", "family", "phones", "email", "is_payer", "state_of_account")
    column_export_list = (
        "civility", "last_name", "first_name", "family", "mobile_phone", "email", "is_payer",
    )  # fmt: skip
    column_sortable_list = (("last_name", "search_text"), ("family", "family.search_text"))
    column_default_sort = "search_text"
    column_details_list = (
        "civility", "last_name", "birth_name", "first_name", "family", "email", "mobile_phone",
        "home_phone", "work_phone", "is_payer", "state_of_account", "confirmed_at", "created_at",
    )  # fmt: skip
    computed = {
        "phones": lambda row: _phones(row),
        "state_of_account": lambda row: state_of(row, GuardianView.now()).label,
    }
    filters = (
        filters.yes_no("compte", "A un compte", models.Guardian.account_id.is_not(None)),
        filters.yes_no("payeur", "Payeur", models.Guardian.is_payer.is_(True)),
        filters.yes_no("courriel", "A un courriel", models.Guardian.email.is_not(None)),
        filters.yes_no("exact", "A confirmé que tout est exact", models.Guardian.confirmed_at.is_not(None)),
    )
    _who = ("civility", "last_name", "birth_name", "first_name")
    _reach = ("email", "mobile_phone", "home_phone", "work_phone")
    form_groups = {"Identité": ("family", *_who, "is_payer"), "Coordonnées": _reach}
    _life = ("marital_status", "occupation", "employer")
    edit_groups = {"Identité": (*_who, "is_payer"), "Coordonnées": _reach, "Situation": _life}
    form_optional = ("occupation", "employer")
    column_descriptions = {
        "is_payer": "Une seule personne par famille reçoit les factures.",
        "email": "Chaque adulte a la sienne : elle sert d’identifiant.",
    }
    asks = {"activate": "Envoyer un mot de passe provisoire à cette personne ?"}

    def create(self, form: Any) -> models.Guardian:
        return guardians.add_guardian(
            form.family.data, _adult(form), is_payer=form.is_payer.data, by=actor(), now=self.now()
        )

    def update(self, row: models.Guardian, form: Any) -> models.Guardian:
        facts = guardians.checked(_adult(form))
        guardians.refuse_taken_email(facts.email, of=row)
        if row.is_payer and not form.is_payer.data:
            raise Refused("Désignez plutôt le nouveau payeur : une famille en a toujours un.", "is_payer")
        if facts.email and facts.email != row.email:
            accounts.change_email(row, facts.email, by=actor(), now=self.now())
        elif row.account is not None and not facts.email:
            raise Refused("Son compte a besoin d’une adresse de courriel.", "email")
        if form.is_payer.data:
            guardians.set_payer(row.family, row, by=actor(), now=self.now())
        for name in (*self._who, *self._reach):
            form[name].data = getattr(facts, name)
        form.is_payer.data = row.is_payer
        return StaffView.update(self, row, form)

    def related(self, row: models.Guardian) -> list[Related]:
        rows = [
            (link(g.child), link(g, g.relation.label), shown(g.can_book), text(g.first_day), text(g.last_day))
            for g in row.guardianships
        ]
        headings = ("Enfant", "Lien", "Voit et réserve", "Depuis", "Jusqu’au")
        children = Related("Enfants", headings, rows, add_url(models.Guardianship, guardian=row.id))
        return [children, *([_situation(row)] if holds({Role.EDUCATION}) else [])]

    def row_buttons(self, row: models.Guardian) -> list[RowButton]:
        if not row.email or (row.account and not row.account.must_change_password):
            return []
        label = "Renvoyer l’accès" if row.account else "Activer le compte"
        return [RowButton(label, ".activate", self.asks["activate"])]

    @expose("/activer/", methods=("POST",))
    def activate(self) -> Any:
        row = self.wanted()
        try:
            committed(lambda: accounts.activate(row, by=actor(), now=self.now()))
            flash(f"Un mot de passe provisoire part par courriel à {row.email}.", "success")
        except Refused as refusal:
            flash(refusal.sentence, "error")
        return self._back()


class QuotientView(OperationView):
    table, title, slug, section = models.Quotient, "Quotients", "quotients", SECTION
    new_title = "Nouveau quotient"
    audience, editors = MONEY_READERS, {Role.EDUCATION, Role.FINANCE}
    creates = edits = exports = True
    search_in = ("family.search_text", "family.guardians.search_text")
    search_label = "Famille"
    eager = ("family", "validated_by")
    column_list = ("family", "value", "effective_on", "ends_on", "source", "received_on")
    column_sortable_list = (("family", "family.search_text"), "value", "effective_on", "received_on")
    column_default_sort = ("effective_on", True)
    column_details_list = (
        "family", "value", "source", "document", "period", "effective_on", "ends_on", "received_on",
        "income", "dependants", "validated_by", "validated_at",
    )  # fmt: skip
    filters = (
        filters.among("source", "Source", models.Quotient.source, QuotientSource),
        filters.since("depuis", "En vigueur depuis le", models.Quotient.effective_on),
    )
    _facts = ("value", "source", "document", "period", "ends_on", "received_on", "income", "dependants")
    form_groups = {"": ("family", "effective_on", *_facts)}
    edit_groups = {"": _facts}
    column_descriptions = {
        "effective_on": "C’est cette date qui compte pour le prix, pas celle de réception.",
        "document": "L’attestation ou l’avis d’où vient le quotient.",
        "income": "Pour les tarifs au taux d’effort sur les ressources.",
        "dependants": "Pour les tarifs selon le nombre d’enfants déclaré.",
    }

    def create(self, form: Any) -> models.Quotient:
        return self._set(form.family.data, form, form.effective_on.data)

    def update(self, row: models.Quotient, form: Any) -> models.Quotient:
        return self._set(row.family, form, row.effective_on)

    def _set(self, family: models.Family, form: Any, effective_on: Any) -> models.Quotient:
        facts = QuotientFacts(effective_on=effective_on, **{name: form[name].data for name in self._facts})
        return quotients.set_quotient(family, facts, by=actor(), now=self.now())


class ResidenceView(OperationView):
    table, title, slug, section = models.Residence, "Résidence", "residences", SECTION
    new_title = "Nouvelle situation"
    intro = "Si une famille compte comme habitant la commune, depuis quand et pourquoi."
    audience, editors = MONEY_READERS, {Role.EDUCATION}
    creates = edits = True
    search_in = ("family.search_text", "family.guardians.search_text")
    search_label = "Famille"
    eager = ("family",)
    column_list = ("family", "resident", "reason", "first_day", "last_day")
    column_sortable_list = (("family", "family.search_text"), "first_day")
    column_default_sort = ("first_day", True)
    filters = (filters.yes_no("commune", "Dans la commune", models.Residence.resident.is_(True)),)
    form_groups = {"": ("family", "first_day", "resident", "reason")}
    edit_groups = {"": ("resident", "reason")}

    def create(self, form: Any) -> models.Residence:
        return self._set(form.family.data, form, form.first_day.data)

    def update(self, row: models.Residence, form: Any) -> models.Residence:
        return self._set(row.family, form, row.first_day)

    def _set(self, family: models.Family, form: Any, first_day: Any) -> models.Residence:
        return quotients.set_residence(
            family, form.resident.data, form.reason.data, first_day=first_day, by=actor(), now=self.now()
        )


# -- what several of these say ----------------------------------------------------------


def state_of(guardian: models.Guardian, now: Any) -> Any:
    return accounts.activation_state(guardian.account, now)


def children_of(family: models.Family) -> list[str]:
    return sorted({g.child.first_name for adult in family.guardians for g in adult.guardianships})


def last_quotient(family: models.Family) -> Any:
    return max(family.quotients, key=lambda q: q.effective_on).value if family.quotients else None


def _with_invoice(word: str) -> Any:
    number = sa.func.lower(models.Invoice.number)
    return sa.select(models.Invoice.family_id).where(number.contains(word, autoescape=True))


def _phones(adult: models.Guardian) -> str:
    numbers = (adult.mobile_phone, adult.home_phone, adult.work_phone)
    return ", ".join(format_phone(number) for number in numbers if number)


def _situation(adult: models.Guardian) -> Related:
    """What the adult declared of their own life: for those who decide on it alone."""
    said = (shown(adult.marital_status) or "–", adult.occupation or "–", adult.employer or "–")
    return Related("Situation", ("Situation de famille", "Profession", "Employeur"), [said])


def _adult(form: Any) -> Adult:
    names = (*GuardianView._who, *GuardianView._reach)
    return Adult(**{name: form[name].data for name in names})


def _schoolings(child_ids: set[int], today: Any) -> dict[int, str]:
    query = (
        sa.select(models.Schooling)
        .where(models.Schooling.child_id.in_(child_ids), models.Schooling.first_day <= today)
        .options(selectinload(models.Schooling.school_class).selectinload(models.SchoolClass.school))
        .order_by(models.Schooling.first_day)
    )
    return {row.child_id: f"{row.school_class} ({row.level.label})" for row in db.session.scalars(query)}


VIEWS = (FamilyView, GuardianView, QuotientView, ResidenceView)
