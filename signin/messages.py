"""What Flask-Security says, in our words: its French is replaced wherever a person may read it."""

from __future__ import annotations

_ERROR, _INFO, _SUCCESS = "error", "info", "success"
_START_AGAIN = "Reprenez la connexion depuis le début."

MESSAGES = {
    # -- sign-in
    "GENERIC_AUTHN_FAILED": ("L’identifiant ou le mot de passe est inexact.", _ERROR),
    "USER_DOES_NOT_EXIST": ("L’identifiant ou le mot de passe est inexact.", _ERROR),
    "INVALID_PASSWORD": ("Le mot de passe est inexact.", _ERROR),
    "EMAIL_NOT_PROVIDED": ("Indiquez votre adresse de courriel.", _ERROR),
    "PASSWORD_NOT_PROVIDED": ("Indiquez le mot de passe.", _ERROR),
    "INVALID_EMAIL_ADDRESS": ("Cette adresse de courriel n’est pas valable.", _ERROR),
    "INVALID_INPUT": ("Cette valeur n’est pas valable.", _ERROR),
    "DISABLED_ACCOUNT": ("Ce compte est fermé.", _ERROR),
    "INVALID_REDIRECT": ("Cette adresse mène hors du portail.", _ERROR),
    "UNAUTHENTICATED": ("Connectez-vous pour voir cette page.", _INFO),
    "UNAUTHORIZED": ("Votre compte ne donne pas accès à cette page.", _ERROR),
    "LOGIN": ("Connectez-vous pour voir cette page.", _INFO),
    "ANONYMOUS_USER_REQUIRED": ("Vous êtes déjà connecté.", _INFO),
    "REFRESH": ("Confirmez votre mot de passe pour continuer.", _INFO),
    "REAUTHENTICATION_REQUIRED": ("Confirmez votre mot de passe pour continuer.", _INFO),
    "REAUTHENTICATION_SUCCESSFUL": ("Mot de passe confirmé.", _SUCCESS),
    # -- passwords
    "FORGOT_PASSWORD": ("Mot de passe oublié", _INFO),
    "PASSWORD_RESET_REQUEST": (
        "Si un compte existe à l’adresse %(email)s, un courriel vient d’y être envoyé : il contient un "
        "lien pour choisir un nouveau mot de passe. Pensez à regarder dans les courriers indésirables.",
        _INFO,
    ),
    "PASSWORD_RESET_EXPIRED": ("Ce lien a expiré : il fonctionne 2 heures. Demandez-en un autre.", _ERROR),
    "INVALID_RESET_PASSWORD_TOKEN": (
        "Ce lien n’est plus valable : il a déjà servi, ou il est incomplet. Demandez-en un autre.",
        _ERROR,
    ),
    "PASSWORD_RESET_NO_LOGIN": ("Votre mot de passe est changé : connectez-vous avec le nouveau.", _SUCCESS),
    "PASSWORD_CHANGE": ("Votre mot de passe est changé.", _SUCCESS),
    "PASSWORD_IS_THE_SAME": ("Choisissez un mot de passe différent de l’actuel.", _ERROR),
    "RETYPE_PASSWORD_MISMATCH": ("Les deux saisies du nouveau mot de passe diffèrent.", _ERROR),
    # -- second factor
    "TWO_FACTOR_INVALID_TOKEN": ("Ce code est inexact ou n’est plus valable.", _ERROR),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": ("Code confirmé.", _SUCCESS),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": ("Votre application d’authentification est changée.", _SUCCESS),
    "TWO_FACTOR_PERMISSION_DENIED": (_START_AGAIN, _ERROR),
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": ("Seule une application d’authentification convient.", _ERROR),
    "TWO_FACTOR_SETUP_EXPIRED": (_START_AGAIN, _ERROR),
    "API_ERROR": (_START_AGAIN, _ERROR),
    "INVALID_RECOVERY_CODE": ("Ce code de secours est inexact ou a déjà servi.", _ERROR),
    "NO_RECOVERY_CODES_SETUP": ("Vous n’avez pas encore de codes de secours.", _INFO),
}
