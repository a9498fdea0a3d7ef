"""An agent at work: opens screens, fills their forms as a browser would, reads what is answered."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from rules.vocabulary import Role
from tests import factories

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Agent:
    """A signed-in agent with that role."""

    def __init__(self, app: Flask, role: Role = Role.ADMINISTRATOR) -> None:
        self.account = factories.staff(role)
        self.account_id = self.account.id
        self.client: FlaskClient = factories.sign_in(app.test_client(), self.account)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(f"/admin/{path}", **options)

    def text(self, path: str) -> str:
        """What the page says, entities read."""
        answer = self.get(path)
        assert answer.status_code == 200, f"{path} answered {answer.status_code}"
        return unescape(answer.text)

    def post(self, path: str, **data: Any) -> TestResponse:
        """Send a form with the token that the menu's own form carries."""
        token = TOKEN.search(self.get("").text)
        assert token is not None
        return self.client.post(f"/admin/{path}", data={"csrf_token": token[1], **data})

    def delete(self, slug: str, row_id: int) -> TestResponse:
        """Delete having said yes."""
        return self.post(f"{slug}/supprimer/", id=row_id, confirme="oui")


def said(response: TestResponse) -> str:
    return unescape(response.text)
