"""Why somebody is not let in, or not allowed to do something."""

from tuneyard.kit.errors import TuneyardError, WrongState

SIGN_IN_OR_KEY = "Sign in, or send an API key as `Authorization: Bearer ty_…`."


class Unauthenticated(TuneyardError):
    """Base of every 401: names the scheme that is wanted, as HTTP asks for."""

    status_code, code = 401, "unauthenticated"

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message, hint=hint, headers={"www-authenticate": "Bearer"})


class MissingCredentials(Unauthenticated):
    code = "missing_credentials"
    hint = SIGN_IN_OR_KEY


class UnknownKey(Unauthenticated):
    code = "invalid_api_key"
    hint = "Check that it was copied whole, or make a new one."


class ExpiredKey(Unauthenticated):
    code = "expired_api_key"
    hint = "Make a new one."


class RevokedKey(Unauthenticated):
    code = "revoked_api_key"
    hint = "Make a new one."


class EndedSession(Unauthenticated):
    code = "session_ended"
    hint = "Sign in again."


class WrongCredentials(Unauthenticated):
    code = "wrong_credentials"


class WrongServiceToken(Unauthenticated):
    code = "wrong_service_token"
    hint = "The processes of one installation share TUNEYARD_SERVICE_TOKEN."


class Forbidden(TuneyardError):
    status_code, code = 403, "forbidden"


class CrossSiteRequest(TuneyardError):
    status_code, code = 403, "cross_site_request"
    hint = "Changes with a session cookie need the header `x-tuneyard-csrf: 1` and the Origin of this server."


class TooManyAttempts(TuneyardError):
    status_code, code = 429, "too_many_attempts"

    def __init__(self, seconds: int) -> None:
        minutes = -(-seconds // 60)
        super().__init__(
            f"Too many failed tries. Wait {minutes} minute{'s' if minutes != 1 else ''} and try again.",
            headers={"retry-after": str(seconds)},
        )


class WrongPassword(TuneyardError):
    status_code, code = 422, "wrong_password"
    hint = "Type the password you sign in with now."


class EmailTaken(TuneyardError):
    status_code, code = 409, "email_taken"
    hint = "Choose another address."


class AlreadySetUp(WrongState):
    code = "already_set_up"
    hint = "Sign in instead."


class RepeatedOtherwise(TuneyardError):
    status_code, code = 422, "idempotency_key_reused"
    hint = "Send exactly the same request again, or another key for another request."


class RequestAtWork(TuneyardError):
    status_code, code = 409, "request_in_flight"
    hint = "Send it again in a few seconds for its answer."
