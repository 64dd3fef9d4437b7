"""Deny by default: a view says who may call it, or nobody may."""

from collections.abc import Callable
from enum import Enum
from typing import TypeVar

import structlog
from flask import Flask, current_app, g, request
from flask.typing import ResponseReturnValue
from msgspec import Struct

from server.core.access import Level, Principal
from server.core.errors import Problem, level_required

View = TypeVar("View", bound=Callable[..., object])

log = structlog.get_logger(__name__)

PrincipalLoader = Callable[[str], Principal | None]
"""Bearer token → who it belongs to, None when it is unknown, expired or revoked."""
StaffCheck = Callable[["Access"], ResponseReturnValue | None]
"""Lets a member of the staff pass (None), or answers in the view's place."""


class Token(Enum):
    """What a view does with a bearer token."""

    IGNORED = "ignored"
    OPTIONAL = "optional"
    REQUIRED = "required"
    STAFF = "staff"
    """None is looked at: who asks is said by the session of the staff's console, which checks it."""


class Access(Struct, frozen=True):
    """What a view demands of its caller."""

    token: Token
    level: Level = Level.L0
    rights: frozenset[str] = frozenset()
    """Of the staff: any one of them lets somebody in; with none of them, whoever is signed in."""
    half_way: bool = False
    """Of the staff: also who has still to take a step of the sign-in."""


class _Declare:
    """`@access(Level.L1)`, `@access.signed_in`, `@access.public`, `@access.staff(Right.MEMBERS)`."""

    def __call__(self, level: Level) -> Callable[[View], View]:
        """L0: a token is optional. Above: a token of at least this level is required."""
        return self._mark(Access(Token.OPTIONAL if level is Level.L0 else Token.REQUIRED, level))

    def signed_in(self, view: View) -> View:
        """A token of any level is required."""
        return self._mark(Access(Token.REQUIRED))(view)

    def public(self, view: View) -> View:
        """Anybody; a token is not even looked at (health, pages for scanners, anonymous things)."""
        return self._mark(Access(Token.IGNORED))(view)

    def staff(self, *rights: str) -> Callable[[View], View]:
        """Members of the staff who hold one of these rights anywhere; without rights, all of them."""
        return self._mark(Access(Token.STAFF, rights=frozenset(rights)))

    def staff_half_way(self, view: View) -> View:
        """Members of the staff whose sign-in still lacks a step, and all others."""
        return self._mark(Access(Token.STAFF, half_way=True))(view)

    @staticmethod
    def _mark(declared: Access) -> Callable[[View], View]:
        def mark(view: View) -> View:
            view.__access__ = declared  # type: ignore[attr-defined]  # a function's own attribute
            return view

        return mark


access = _Declare()


def declared_access(view: Callable[..., object]) -> Access | None:
    """What the view declared, if it did."""
    return getattr(view, "__access__", None)


def principal() -> Principal | None:
    """Who asks; None for a guest without a token."""
    found: Principal | None = g.get("principal")
    return found


def worker() -> Principal:
    """Who asks; refuses guests without a token."""
    found = principal()
    if found is None:
        raise Problem(401)
    return found


def require_level(level: Level) -> Principal:
    """For views whose level depends on what is asked for."""
    found = worker()
    if found.level < level:
        raise level_required(level)
    return found


def bearer_token() -> str | None:
    """The token of the Authorization header, if there is one.

    Raises:
        Problem: 401 for another scheme.
    """
    header = request.headers.get("Authorization", "")
    if not header:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise _bad_token()
    return token.strip()


def _bad_token() -> Problem:
    return Problem(401, "token_invalid", "登录已过期，请重新登录", headers={"WWW-Authenticate": "Bearer"})


def init_guard(app: Flask) -> None:
    """Check every request before its view runs. Routing errors (404, 405) come first."""

    @app.before_request
    def check() -> ResponseReturnValue | None:
        # `g` outlives a request where an outer application context does, as in tests: nobody inherits a caller.
        g.principal = None
        if request.endpoint is None:
            return None
        declared = declared_access(current_app.view_functions[request.endpoint])
        if declared is None:
            log.error("view_without_access", endpoint=request.endpoint)
            raise Problem(403)
        if declared.token is Token.IGNORED:
            return None
        if declared.token is Token.STAFF:
            ask: StaffCheck = current_app.extensions["warmbee_staff_check"]
            return ask(declared)
        token = bearer_token()
        if token is not None:
            loader: PrincipalLoader = current_app.extensions["warmbee_principal_loader"]
            g.principal = loader(token)
            if g.principal is None:
                raise _bad_token()
        if declared.token is Token.REQUIRED:
            require_level(declared.level)
        return None


def register_principal_loader(app: Flask, loader: PrincipalLoader) -> None:
    """Tell the guard how tokens are resolved."""
    app.extensions["warmbee_principal_loader"] = loader


def register_staff_check(app: Flask, check: StaffCheck) -> None:
    """Tell the guard who knows the staff."""
    app.extensions["warmbee_staff_check"] = check
