"""Addresses that nobody types by accident: an answer in French, never a 500."""

from __future__ import annotations

import pytest

from tests import factories

ABSURD = (
    "/admin/facturation/?mois=0001-01",
    "/admin/facturation/?mois=9999-12",
    "/admin/presences-du-jour/?jour=9999-12-31",
    "/admin/presences-du-jour/?jour=0001-01-01",
    "/admin/presences-du-jour/100000000000000000000000/",
    "/admin/activation/?page=100000000000000000000",
    "/admin/activation/?famille=100000000000000000000",
    "/admin/activation/?ecole=100000000000000000000&classe=-1",
    "/admin/activation/?classe=4294967296",
    "/admin/familles/detail/?id=100000000000000000000",
    "/admin/familles/?page=100000000000000000000",
)


@pytest.mark.parametrize("address", ABSURD)
def test_an_absurd_address_is_answered(client, address):
    factories.sign_in(client, factories.staff())
    assert client.get(address).status_code in (200, 400, 404)
