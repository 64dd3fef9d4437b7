"""The OpenAPI document and the page that shows it. The page loads nothing from outside."""

from flask import Blueprint, Response, current_app, redirect, render_template
from flask.typing import ResponseReturnValue

from server.core import json
from server.core.web.blueprint import API_PREFIX
from server.core.web.guard import access

bp = Blueprint("openapi", __name__, template_folder="templates")

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'"
)


@bp.get(f"{API_PREFIX}/openapi.json")
@access.public
def document() -> Response:
    """The contract, OpenAPI 3.1."""
    cached: bytes | None = current_app.extensions.get("warmbee_openapi")
    if cached is None:
        cached = json.dumps(current_app.extensions["warmbee_api"].spec.to_dict())
        current_app.extensions["warmbee_openapi"] = cached
    return Response(cached, content_type="application/json")


@bp.get("/api/docs")
@access.public
def page() -> Response:
    """Swagger UI over the document."""
    response = Response(render_template("api_docs.html"))
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    return response


@bp.get("/")
@access.public
def front_page() -> ResponseReturnValue:
    """The API page, as long as there is no other."""
    return redirect("/api/docs")
