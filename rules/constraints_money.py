"""What a person reads when a row of the money is refused."""

from __future__ import annotations

from collections.abc import Mapping

from rules.constraint_phrases import NOT_ZERO, REASON, Broken

SENTENCES: Mapping[str, Broken] = {
    "uq_draft_month_family_id": Broken("Cette famille a déjà un brouillon pour ce mois."),
    "ck_adjustment_amount": Broken(NOT_ZERO, "amount_cents"),
    "ck_adjustment_reason": Broken(REASON, "reason"),
    "ck_exclusion_reason": Broken(REASON, "reason"),
    "uq_exclusion_month_family_id": Broken("Cette famille est déjà mise de côté pour ce mois.", "family"),
    "ck_invoice_due": Broken("L’échéance ne peut pas précéder l’annonce de la facture."),
    "ck_invoice_origin": Broken("Un avoir désigne la facture qu’il corrige."),
    "ck_invoice_sequence": Broken("Les factures se numérotent à partir de 1."),
    "uq_invoice_exercice_sequence": Broken("Ce numéro de facture est déjà pris."),
    "uq_invoice_number": Broken("Ce numéro de facture est déjà pris."),
    "ck_invoice_line_amount": Broken("Le montant d’une ligne est son prix par sa quantité."),
    "ck_invoice_line_quantity": Broken("Une ligne de facture compte au moins une unité."),
    "uq_invoice_line_adjustment_id": Broken("Cette ligne manuelle est déjà facturée."),
    "uq_invoice_line_invoice_id_position": Broken("Deux lignes de la facture ont le même rang."),
    "uq_billed_day": Broken("Ce jour est déjà facturé."),
    "uq_billed_charge_child": Broken("Cette période est déjà facturée pour cet enfant."),
    "uq_billed_charge_family": Broken("Ces frais sont déjà facturés à cette famille pour cette période."),
    "uq_invoice_pdf_invoice_id": Broken("Le PDF de cette facture existe déjà."),
    "ck_sending_outbox": Broken("Un envoi par courriel désigne son courriel, et lui seul."),
    "ck_invoice_debit": Broken("Une facture prélevée dit le jour, le mandat et le créancier."),
    "uq_line_credit_adjustment_id": Broken("Cet avoir rend déjà une autre ligne."),
    "ck_mandate_rum": Broken("Un mandat édité porte une référence unique."),
    "ck_mandate_received": Broken("Un mandat en vigueur a été reçu signé."),
    "ck_mandate_active": Broken("Un mandat en vigueur a une date de signature.", "signed_on"),
    "ck_mandate_refused": Broken(REASON, "reason"),
    "ck_mandate_ended": Broken("Un mandat terminé dit quand il l’a été."),
    "uq_mandate_rum": Broken("Cette référence de mandat est déjà prise."),
    "uq_mandate_active": Broken("Ce payeur a déjà un mandat en vigueur."),
    "uq_mandate_under_way": Broken("Une autre demande de prélèvement est en cours."),
    "uq_mandate_document_mandate_id_document_id": Broken("Cette pièce est déjà jointe au mandat."),
    "ck_tax_certificate_version": Broken("Les versions d’une attestation se comptent à partir de 1."),
    "ck_tax_certificate_total": Broken("Une attestation dit une somme payée."),
    "uq_tax_certificate_guardian_id_year_version": Broken("Cette attestation vient d’être établie."),
    "uq_tax_certificate_number": Broken("Ce numéro d’attestation est déjà pris."),
    "ck_payment_amount": Broken(NOT_ZERO, "amount_cents"),
    "ck_payment_reversal": Broken("Une annulation désigne le paiement qu’elle annule.", "method"),
    "ck_payment_sign": Broken("Seule une annulation porte un montant négatif.", "amount_cents"),
    "uq_payment_reverses_id": Broken("Ce paiement est déjà annulé."),
}
