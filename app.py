"""create_app: wires the extensions, the rooms, the commands and the error pages."""

from __future__ import annotations

import gc
import hashlib
import logging
import secrets
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from importlib.metadata import version
from typing import Any

from flask import Flask, Response, current_app, g, redirect, render_template, request
from flask_bootstrap import Bootstrap5
from flask_wtf.csrf import CSRFError
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from markdown_it import MarkdownIt
from markupsafe import Markup, escape
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

import admin
import commands
import jobs
import portal
import signin
from config import ROOT, MailEnd, PaymentEnd, Settings, read_settings
from extensions import babel, compress, csrf, db, limiter, mark_reading, migrate, prepare_sqlite
from gateways.clock import Clock, RunningClock, SystemClock
from gateways.mail import FolderMail, MailGateway, MemoryMail, SmtpMail
from gateways.payments import ReferenceProvider
from gateways.storage import DocumentMissing, LocalStorage, SealedStorage
from operations.configuration import commune_settings
from rules import wording
from rules.capacity import rank_in_words
from rules.documents import MEGABYTE, MOST_TOGETHER
from rules.instants import paris
from rules.money import format_cents
from rules.phones import format_phone
from rules.pictures import addressed
from rules.refusals import Refused
from rules.tariff_words import bound
from rules.typography import held
from signin.places import restored_path

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
BOOTSTRAP = version("bootstrap-flask")
log = logging.getLogger("portail")


def create_app(
    settings: Settings | None = None, *, clock: Clock | None = None, mail: MailGateway | None = None
) -> Flask:
    """The portal, ready to serve. Tests hand in their own clock and mail; others get the settings' ends."""
    settings = settings or read_settings()
    app = Flask("portail", root_path=str(ROOT))
    app.config.update(_flask_config(settings))
    app.extensions["portail"] = settings
    app.extensions["clock"] = clock = clock or _clock(settings)
    app.extensions["mail"] = mail or _mail(settings, clock)
    app.extensions["payment"] = {PaymentEnd.REFERENCE: ReferenceProvider}[settings.payment]()
    app.extensions["storage"] = SealedStorage(LocalStorage(settings.documents_folder), settings.data_key)
    app.before_request(_let_files_in)  # before the protection against forged requests reads the form
    _init_extensions(app, settings)
    _init_templates(app, settings)
    app.before_request(_open_request)
    app.teardown_request(_close_request)
    app.after_request(_headers)
    app.after_request(_compress_refusal)
    signin.init_app(app)
    portal.init_app(app)
    admin.init_app(app)
    commands.init_app(app)
    jobs.init_app(app)
    _init_errors(app)
    gc.freeze()  # what start-up loaded lives as long as the process: no use sorting through it again
    return app


# -- wiring ---------------------------------------------------------------------------


def _flask_config(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SECURITY_PASSWORD_SALT": settings.secret_key[::-1],
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "TESTING": settings.mode == "test",
        "BABEL_DEFAULT_LOCALE": "fr",
        "BABEL_DEFAULT_TIMEZONE": "Europe/Paris",
        "SESSION_COOKIE_NAME": "portail",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=8),
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: a page left open overnight still posts
        "MAX_CONTENT_LENGTH": 12 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "BOOTSTRAP_SERVE_LOCAL": True,
        "SEND_FILE_MAX_AGE_DEFAULT": timedelta(days=365) if settings.secure_cookies else None,
        "RATELIMIT_STORAGE_URI": settings.limiter_storage,
        "RATELIMIT_ENABLED": settings.mode != "test",
        "COMPRESS_MIMETYPES": [
            "text/html",
            "text/css",
            "text/javascript",
            "application/javascript",
            "image/svg+xml",
            "font/ttf",
        ],
    }


def _clock(settings: Settings) -> Clock:
    return RunningClock(settings.starts_at, settings.started) if settings.starts_at else SystemClock()


def _mail(settings: Settings, clock: Clock) -> MailGateway:
    if settings.mail is MailEnd.FOLDER:
        return FolderMail(settings.mail_folder, clock)
    if settings.mail is MailEnd.MEMORY:
        return MemoryMail()
    return SmtpMail(
        host=settings.smtp_host,
        clock=clock,
        port=settings.smtp_port,
        user=settings.smtp_user,
        password=settings.smtp_password,
        starttls=settings.smtp_starttls,
    )


def _init_extensions(app: Flask, settings: Settings) -> None:
    if settings.proxies:
        app.wsgi_app = ProxyFix(
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    babel.init_app(app)
    csrf.init_app(app)
    limiter.init_app(app)
    compress.init_app(app)
    Bootstrap5(app)
    if settings.is_sqlite:
        with app.app_context():
            prepare_sqlite(db.engine)


class FrenchSpaces(Extension):
    """The text of templates, held together once, when they are compiled.

    Authors type an ordinary space before a colon; on a phone, readers would find it at the start of a line.
    What Jinja prints is left alone: a sentence from Python says its own spaces.
    """

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        for token in stream:
            yield Token(token.lineno, "data", held(token.value)) if token.type == "data" else token


def _init_templates(app: Flask, settings: Settings) -> None:
    if not app.testing:  # tests read the words as templates type them
        app.jinja_env.add_extension(FrenchSpaces)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    filters: dict[str, Callable[..., Any]] = {
        "cents": format_cents,
        "quotient": bound,
        "long_date": wording.long_date,
        "day_and_month": wording.day_and_month,
        "month_name": wording.month_name,
        "short_date": wording.short_date,
        "moment": wording.moment,
        "deadline": wording.long_instant,
        "rank": rank_in_words,
        "paris": paris,
        "richtext": richtext,
        "phone": format_phone,
    }
    app.jinja_env.filters.update(filters)
    app.jinja_env.globals.update(csp_nonce=csp_nonce)

    @app.context_processor
    def _shared() -> dict[str, Any]:
        return {"commune": commune_settings(), "settings": settings, "now": g.get("now")}

    @app.url_defaults
    def _versioned(endpoint: str, values: dict[str, Any]) -> None:
        """A static file's address changes with its content: browsers keep it for a year, and no longer."""
        if endpoint == "static" and "filename" in values:
            values["v"] = _version(values["filename"])
        if endpoint == "bootstrap.static":
            values["v"] = BOOTSTRAP


@cache
def _version(filename: str) -> str:
    file = ROOT / "static" / filename
    return hashlib.sha256(file.read_bytes()).hexdigest()[:8] if file.is_file() else "0"


# -- each request ---------------------------------------------------------------------


def _let_files_in() -> None:
    """Several documents at once weigh more than any other request: only views that take files let them in."""
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "takes_files", False):
        request.max_content_length = MOST_TOGETHER + MEGABYTE


def _open_request() -> None:
    """The time is read once, before any lock is waited for: waiting never makes a parent late."""
    g.now = current_app.extensions["clock"].now()
    mark_reading(request.method in SAFE_METHODS)


def _close_request(_error: BaseException | None) -> None:
    mark_reading(False)


def csp_nonce() -> str:
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def _headers(response: Response) -> Response:
    _read_whole(response)
    script = f"'self' 'nonce-{g.csp_nonce}'" if "csp_nonce" in g else "'self'"
    response.headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'self'; script-src {script}; style-src 'self'; img-src 'self' data:; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    if request.endpoint != "static" and not response.headers.get("Cache-Control"):
        response.headers["Cache-Control"] = "private, no-store"
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def _read_whole(response: Response) -> None:
    """A style sheet or a script goes from memory: Flask-Compress would leave its file open."""
    compressed = response.mimetype in current_app.config["COMPRESS_MIMETYPES"]
    if response.direct_passthrough and response.status_code == 200 and compressed:
        body: Any = response.response
        response.direct_passthrough = False
        response.set_data(b"".join(body))
        body.close()


def _compress_refusal(response: Response) -> Response:
    """A form that comes back is as long as its page: Flask-Compress leaves aside what is not a success."""
    status = response.status_code
    if status >= 400:
        response.status_code = 200
        response = compress.after_request(response)
        response.status_code = status
    return response


def richtext(text: str) -> Markup:
    """What staff typed (CommonMark) as HTML; any HTML they typed is shown, not obeyed."""
    return Markup(_markdown().render(str(text)))  # noqa: S704


@cache
def _markdown() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False})
    parser.add_render_rule("image", _image)
    parser.core.ruler.push("headings", _lower_headings)
    return parser


def _image(renderer: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
    """An image of ours, its place kept before it comes; one from elsewhere is only its alternative."""
    alternative = renderer.renderInlineAsText(tokens[index].children, options, env)
    image = addressed(str(tokens[index].attrs["src"]))
    if image is None:
        return str(escape(alternative))
    small = image.small
    return Markup(
        '<img class="wide" src="{}" srcset="{} {}w, {} {}w" sizes="(max-width: 54rem) 92vw, 50rem"'
        ' width="{}" height="{}" alt="{}" loading="lazy" decoding="async">'
    ).format(
        image.address,
        small.address,
        small.width,
        image.address,
        image.width,
        image.width,
        image.height,
        alternative,
    )


def _lower_headings(state: Any) -> None:
    """A page has one h1, its title: the first level of a text is the second of the page."""
    for token in state.tokens:
        if token.tag == "h1":
            token.tag = "h2"


# -- errors ---------------------------------------------------------------------------

SENTENCES = {
    400: (
        "Demande incomplète",
        "Votre demande est arrivée incomplète. Revenez à la page précédente et recommencez.",
    ),
    403: ("Accès réservé", "Votre compte ne donne pas accès à cette page."),
    404: ("Page introuvable", "Cette page n’existe pas, ou n’est pas à vous."),
    405: ("Demande impossible", "Cette adresse ne s’ouvre pas de cette façon. Passez par le menu."),
    413: (
        "Envoi trop lourd",
        "Vos fichiers sont trop lourds : 10 Mo au plus pour chacun, et 40 Mo ensemble. "
        "Envoyez-les en plusieurs fois, ou photographiez les documents.",
    ),
    429: ("Trop d’essais", "Trop de demandes en peu de temps. Attendez une minute et recommencez."),
}
EXPIRED = "Cette page était ouverte depuis trop longtemps. Rechargez-la : vous pourrez recommencer aussitôt."


BARE_ERROR = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><title>Service interrompu</title></head>
<body><main><h1>Service interrompu</h1>
<p>L’espace citoyen ne répond pas pour le moment. Réessayez dans quelques minutes.</p>
<p>Si cela dure, donnez ce code au service Éducation : {code}</p></main></body></html>"""


def _init_errors(app: Flask) -> None:
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(DocumentMissing, _document_missing)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _bug)


def _expired(_error: CSRFError) -> Any:
    """A form sent by a page too old: the same page again with what it held when it knows how, or why not."""
    again = restored_path()
    return redirect(again, 303) if again else _error_page(400, "Page expirée", EXPIRED)


def _error_page(status: int, title: str, sentence: str, code: str = "") -> tuple[str, int]:
    db.session.rollback()
    return render_template("errors/error.html", title=title, sentence=sentence, code=code), status


def _refused(refusal: Refused) -> tuple[str, int]:
    """A refusal no form could show beside its field."""
    return _error_page(422, "Demande refusée", refusal.sentence)


def _document_missing(error: DocumentMissing) -> tuple[str, int]:
    """The database knows a file that the storage has lost: a page for the reader, a line for who runs it."""
    log.error("document missing from the storage: %s, asked by %s", error, request.path)
    return _error_page(404, *SENTENCES[404])


def _http_error(error: HTTPException) -> Any:
    if error.response is not None:
        return error.response
    status = error.code or 500
    if status < 400:
        return error
    if status >= 500:
        return _bug(error)
    title, sentence = SENTENCES.get(status, SENTENCES[400])
    return _error_page(status, title, sentence)


def _bug(error: Exception) -> tuple[str, int]:
    """A bug gets a support code, the same on the page and in the log; nobody sees its stack."""
    code = secrets.token_hex(4).upper()
    log.error("support code %s: %s %s", code, request.method, request.path, exc_info=error)
    db.session.rollback()
    sentence = "Une erreur de notre part empêche d’afficher cette page. Elle est enregistrée."
    try:
        return render_template("errors/error.html", title="Erreur", sentence=sentence, code=code), 500
    except Exception:  # the base itself is out of reach: a page that needs nothing
        log.exception("support code %s: the error page failed too", code)
        return BARE_ERROR.format(code=code), 500
