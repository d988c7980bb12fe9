"""Every error that Zoho documents for the calls of the stand-in, ready for `ZohoStandIn.on`.

In the details, `resource_path_index` counts the path's segments after the version: 0 is the module, 1 the record. The
token endpoint says most of its errors with status 200.
"""

from __future__ import annotations

from sandbox.zoho.answers import Answer, error

INVALID_DATA = error(400, "INVALID_DATA", "the given id seems to be invalid", resource_path_index=1)
NOT_APPROVED = error(400, "NOT_APPROVED", "record not approved", resource_path_index=1)
RECORD_LOCKED = error(400, "RECORD_LOCKED", "record under merge is locked", resource_path_index=1)
ID_ALREADY_CONVERTED = error(400, "ID_ALREADY_CONVERTED", "id already converted", resource_path_index=1)
INVALID_MODULE = error(400, "INVALID_MODULE", "the module name given seems to be invalid", resource_path_index=0)
REQUIRED_PARAM_MISSING = error(
    400, "REQUIRED_PARAM_MISSING", "one of the expected parameter is missing", param_name="fields"
)

INVALID_TOKEN = error(401, "INVALID_TOKEN", "invalid oauth token")
AUTHENTICATION_FAILURE = error(401, "AUTHENTICATION_FAILURE", "Authentication failed")
OAUTH_SCOPE_MISMATCH = error(401, "OAUTH_SCOPE_MISMATCH", "invalid oauth scope to access this URL")
AUTHORIZATION_FAILED = error(400, "AUTHORIZATION_FAILED", "User does not have sufficient privilege")
NO_PERMISSION = error(403, "NO_PERMISSION", "permission denied", permissions=["Crm_Implied_View_Leads"])

INVALID_HOST = error(400, "INVALID_HOST", "The host is not valid")
INVALID_REQUEST_METHOD = error(400, "INVALID_REQUEST_METHOD", "The http request method type is not a valid one")
INVALID_URL_PATTERN = error(404, "INVALID_URL_PATTERN", "Please check if the URL trying to access is a correct one")
INTERNAL_ERROR = error(500, "INTERNAL_ERROR", "Internal Server Error")
INTERNAL_SERVER_ERROR = error(500, "INTERNAL_SERVER_ERROR", "Internal Server Error")
BAD_GATEWAY = Answer(502, "<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>")
SERVICE_UNAVAILABLE = error(503, "SERVICE_UNAVAILABLE", "Service unavailable")

INVALID_CLIENT = Answer(200, {"error": "invalid_client"})
INVALID_CLIENT_SECRET = Answer(200, {"error": "invalid_client_secret"})
INVALID_CODE = Answer(200, {"error": "invalid_code"})


def too_many_requests(*, retry_after_seconds: int | None = None) -> Answer:
    """Return the 429, which does not tell the day's limit from the concurrency limit; Zoho documents no Retry-After."""
    headers = {} if retry_after_seconds is None else {"Retry-After": str(retry_after_seconds)}
    plain = error(429, "TOO_MANY_REQUESTS", "Too many requests. Please try again later.")
    return Answer(plain.status, plain.body, headers)


def access_denied(status: int = 400, *, word: str = "Access Denied") -> Answer:
    """Return the token endpoint's throttle: reports disagree on its status, and the word follows the data centre's language."""
    said = "You have made too many requests continuously. Please try again after some time."
    return Answer(status, {"error_description": said, "error": word, "status": "failure"})


TOO_MANY_REQUESTS = too_many_requests()
ACCESS_DENIED = access_denied()
