"""Blueprint and API object: flask-smorest, with every error documented and rendered as problem+json."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

import flask_smorest
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask
from marshmallow import fields

from server.core.access import Level
from server.core.errors import TITLES
from server.core.schema import Answer
from server.core.web.bodies import StrictParser
from server.core.web.guard import Token, declared_access
from server.core.web.problems import CONTENT_TYPE

API_PREFIX = "/api/v1"

View = TypeVar("View", bound=Callable[..., object])


class ReasonSchema(Answer):
    """What a sentence about a field says, in a word that programs know."""

    code = fields.String(required=True)
    limit = fields.Float(metadata={"description": "说明里的那个数"})


class ProblemSchema(Answer):
    """RFC 9457 problem document."""

    type = fields.String(required=True)
    title = fields.String(required=True, metadata={"description": "中文，说清楚该怎么办"})
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    detail = fields.String()
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "字段的路径（用点分开）→ 说明"},
    )
    reasons = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(ReasonSchema),
        metadata={"description": "字段的路径 → 第一条说明的代号，给别的语言的页面用；有的说明没有"},
    )
    required_level = fields.String(metadata={"description": "缺的认证等级（code 为 level_required 时）"})
    tries_left = fields.Integer(metadata={"description": "还可以试几次（code 为 pin_wrong 时）"})
    request_id = fields.String(required=True)


class ApiBlueprint(flask_smorest.Blueprint):
    """A domain's routes under /api/v1."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, name: str, import_name: str, **kwargs: Any) -> None:
        super().__init__(name, import_name, url_prefix=API_PREFIX, **kwargs)
        self._prepare_doc_cbks.append(self._document_problems)

    def add_url_rule(self, rule: str, endpoint: str | None = None, view_func: Any = None, **options: Any) -> None:
        declared = declared_access(view_func)
        if declared is not None:
            # A new one: decorators below may share the dictionary with another view.
            view_func._apidoc = {**getattr(view_func, "_apidoc", {}), "access": declared}
        super().add_url_rule(rule, endpoint, view_func, **options)

    def problems(self, *statuses: int) -> Callable[[View], View]:
        """Document further statuses that a view answers as problem+json."""

        def mark(view: View) -> View:
            doc = getattr(view, "_apidoc", {})
            view._apidoc = {**doc, "problems": doc.get("problems", set()) | set(statuses)}  # type: ignore[attr-defined]  # flask-smorest's own attribute
            return view

        return mark

    @staticmethod
    def _document_problems(doc: dict[str, Any], doc_info: dict[str, Any], *, method: str, **_: Any) -> dict[str, Any]:
        statuses = {500, 503} | doc_info.get("problems", set())
        declared = doc_info.get("access")
        if declared is not None and declared.token is not Token.IGNORED:
            statuses.add(401)
            optional: list[dict[str, list[str]]] = [{}] if declared.token is Token.OPTIONAL else []
            doc["security"] = [*optional, {"bearer": []}]
            if declared.level > Level.L0:
                statuses.add(403)
        if "arguments" in doc_info:
            statuses.add(422)
        if "requestBody" in doc:
            statuses |= {400, 413, 415}
        responses = doc.setdefault("responses", {})
        for status in statuses:
            responses[str(status)] = {
                "description": TITLES.get(status, HTTPStatus(status).phrase),
                "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            }
            responses.pop(status, None)
        return doc


class Api(flask_smorest.Api):
    """Collects the blueprints into one OpenAPI 3.1 document."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def __init__(self, app: Flask) -> None:
        app.config.update(API_TITLE="暖蜂 Warm Bee", API_VERSION="v1", OPENAPI_VERSION="3.1.0")
        super().__init__(app, spec_kwargs={"marshmallow_plugin": MarshmallowPlugin(schema_name_resolver=_schema_name)})
        self.spec.components.schema("Problem", schema=ProblemSchema)
        self.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})

    def _register_error_handlers(self) -> None:
        """Ours are registered by `init_problems`."""

    def _register_responses(self) -> None:
        """Errors are documented by `ApiBlueprint._document_problems`, each as problem+json."""


def _schema_name(schema: Any) -> str:
    name: str = schema.__name__ if isinstance(schema, type) else type(schema).__name__
    return name.removesuffix("Schema")
