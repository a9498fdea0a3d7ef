from flask import Flask


def init_app(app: Flask) -> None:
    """Registered by app.create_app."""
