"""« Mes données »: the adult, the household, the children."""

from __future__ import annotations

import sqlalchemy as sa

import models
from extensions import db
from operations.my_data_reading import Row, Whose, rows, told
from rules.wording import weekday_name


def identity(whose: Whose) -> Row:
    me = whose.guardian
    return told(
        civilité=me.civility,
        nom=me.last_name,
        prénom=me.first_name,
        nom_de_naissance=me.birth_name,
        courriel=me.email,
        portable=me.mobile_phone,
        téléphone=me.home_phone,
        téléphone_au_travail=me.work_phone,
        situation_de_famille=me.marital_status,
        profession=me.occupation,
        employeur=me.employer,
        informations_confirmées_le=me.confirmed_at,
        reçoit_les_factures=me.is_payer,
    )


def account(whose: Whose) -> Row:
    account, accepted = whose.guardian.account, models.CguAcceptance
    if account is None:
        return {}
    query = sa.select(accepted).filter_by(account_id=account.id).options(sa.orm.joinedload(accepted.version))
    known = told(
        identifiant=account.email,
        créé_le=account.created_at,
        première_connexion=account.first_signed_in_at,
        dernière_connexion=account.last_signed_in_at,
    )
    cgu = rows(query, lambda row: told(version=row.version.name, acceptée_le=row.accepted_at))
    return known | {"conditions acceptées": cgu}


def choices(whose: Whose) -> Row:
    mine = {"guardian_id": whose.guardian.id}
    muted = sa.select(models.MutedNotice).filter_by(**mine)
    change = sa.select(models.EmailChange).filter_by(**mine)
    feed = sa.select(models.CalendarFeed).filter_by(**mine)
    return {
        "messages désactivés": rows(muted, lambda row: told(message=row.notice, depuis=row.muted_at)),
        "courriel à confirmer": rows(change, lambda row: told(courriel=row.email, demandé_le=row.asked_at)),
        "adresse de calendrier": rows(feed, lambda row: told(créée_le=row.created_at)),
    }


def household(whose: Whose) -> Row:
    family = whose.guardian.family
    mine = {"family_id": family.id}
    return {
        "nom": family.name,
        "adresse": list(family.address_lines),
        "quotients": rows(
            sa.select(models.Quotient).filter_by(**mine).order_by(models.Quotient.effective_on),
            lambda row: told(
                valeur=row.value,
                source=row.source,
                document=row.document,
                à_partir_du=row.effective_on,
                jusqu_au=row.ends_on,
                reçu_le=row.received_on,
            ),
        ),
        "résidence": rows(
            sa.select(models.Residence).filter_by(**mine),
            lambda row: told(
                habite_la_commune=row.resident, raison=row.reason, du=row.first_day, au=row.last_day
            ),
        ),
        "catégories": rows(
            sa.select(models.FamilyCategory).filter_by(**mine),
            lambda row: told(nom=row.name, du=row.first_day, au=row.last_day),
        ),
    }


def children(whose: Whose) -> list[Row]:
    query = sa.select(models.Child).where(whose.children).order_by(models.Child.birth_date)
    return rows(query, lambda row: told(prénom=row.first_name, nom=row.last_name, né_le=row.birth_date))


def schooling(whose: Whose) -> list[Row]:
    row = models.Schooling
    query = sa.select(row).where(row.child_id.in_(whose.viewers)).order_by(row.child_id, row.first_day)
    whole = sa.orm.joinedload(row.school_class).joinedload(models.SchoolClass.school)
    return rows(
        query.options(whole, sa.orm.joinedload(row.child)),
        lambda row: told(
            enfant=row.child.first_name,
            école=row.school_class.school.name,
            classe=row.school_class.name,
            niveau=row.level,
            du=row.first_day,
            au=row.last_day,
        ),
    )


def enrolments(whose: Whose) -> list[Row]:
    row = models.Enrolment
    query = sa.select(row).where(row.child_id.in_(whose.viewers)).order_by(row.child_id, row.first_day)
    return rows(
        query.options(sa.orm.joinedload(row.child), sa.orm.joinedload(row.activity)),
        lambda row: told(
            enfant=row.child.first_name,
            activité=row.activity.name,
            du=row.first_day,
            au=row.last_day,
            jours_habituels=[weekday_name(day) for day in sorted(row.usual_weekdays or ())],
        ),
    )


def rights(whose: Whose) -> list[Row]:
    row = models.Guardianship
    query = sa.select(row).filter_by(guardian_id=whose.guardian.id).options(sa.orm.joinedload(row.child))
    return rows(
        query,
        lambda row: told(
            enfant=row.child.first_name,
            lien=row.relation,
            autorité_parentale=row.has_authority,
            réserve=row.can_book,
            voit_les_factures=row.sees_invoices,
            vient_chercher=row.may_collect,
            ordre_d_appel=row.call_order,
            du=row.first_day,
            au=row.last_day,
        ),
    )


def custody(whose: Whose) -> list[Row]:
    """When the days alternate; whose the other days are is not told."""
    names = {
        row.id: row.first_name for row in db.session.scalars(sa.select(models.Child).where(whose.children))
    }
    return [
        told(enfant=names[child_id], garde="alternée", du=first, au=last)
        for child_id, viewer in whose.viewers.items()
        for first, last in viewer.alternations
    ]


def swaps(whose: Whose) -> list[Row]:
    row = models.CustodySwap
    query = sa.select(row).where(
        row.child_id.in_(whose.viewers),
        sa.or_(row.family_id == whose.guardian.family_id, row.from_family_id == whose.guardian.family_id),
    )
    return rows(
        query.options(sa.orm.joinedload(row.child)),
        lambda row: told(
            enfant=row.child.first_name,
            du=row.first_day,
            au=row.last_day,
            en_échange_du=row.back_first_day,
            en_échange_au=row.back_last_day,
            état=row.state,
            proposé_le=row.proposed_at,
        ),
    )


def contacts(whose: Whose) -> list[Row]:
    row = models.Contact
    query = sa.select(row).where(row.child_id.in_(whose.viewers), row.family_id == whose.guardian.family_id)
    return rows(
        query.options(sa.orm.joinedload(row.child)),
        lambda row: told(
            enfant=row.child.first_name,
            nom=f"{row.first_name} {row.last_name}",
            lien=row.relation,
            téléphone=row.phone,
            vient_chercher=row.may_collect,
            ordre_d_appel=row.call_order,
        ),
    )


def health(whose: Whose) -> list[Row]:
    row = models.ChildHealth
    query = sa.select(row).where(row.child_id.in_(whose.viewers)).options(sa.orm.joinedload(row.child))
    return rows(
        query,
        lambda row: told(
            enfant=row.child.first_name,
            allergies=[each.label for each in sorted(row.allergens)],
            précisions=row.allergy_details,
            régimes=[each.label for each in sorted(row.diet_list)],
            conduite_à_tenir=row.care,
            médecin=row.doctor_name,
            téléphone_du_médecin=row.doctor_phone,
            pai=row.has_pai,
            pai_jusqu_au=row.pai_until,
            vaccins_du=row.vaccines_on,
            confirmé_le=row.confirmed_at,
        ),
    )


def insurances(whose: Whose) -> list[Row]:
    row = models.ChildInsurance
    query = sa.select(row).where(row.child_id.in_(whose.viewers), row.family_id == whose.guardian.family_id)
    return rows(
        query.options(sa.orm.joinedload(row.child)),
        lambda row: told(
            enfant=row.child.first_name,
            assureur=row.insurer,
            contrat=row.policy_number,
            jusqu_au=row.insured_until,
        ),
    )


def accepted_rules(whose: Whose) -> list[Row]:
    row = models.RulesAcceptance
    query = sa.select(row).filter_by(guardian_id=whose.guardian.id)
    return rows(
        query.options(sa.orm.joinedload(row.child), sa.orm.joinedload(row.rules)),
        lambda row: told(enfant=row.child.first_name, règlement=str(row.rules), accepté_le=row.accepted_at),
    )
