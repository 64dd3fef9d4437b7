"""A new case, and what was reported already."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from server.cases.schemas.parts import YesNo, answer_files_field, answers_field
from server.cases.vocabulary import IdentityMode
from server.core.datum import Datum, Point, convert
from server.core.schema import Answer, Body, between, one_of, text
from server.identity.models import ConsentKey
from server.identity.schemas import GivenConsentSchema


class PlaceSchema(Body):
    """Degrees; kept to about 100 m only, in GCJ-02."""

    lat = fields.Float(required=True, validate=between(-90, 90))
    lng = fields.Float(required=True, validate=between(-180, 180))
    datum = one_of(Datum, load_default=Datum.GCJ02)


def drawn(place: Mapping[str, Any] | None) -> tuple[float, float] | None:
    """What `PlaceSchema` loads, in GCJ-02."""
    return None if place is None else convert(Point(place["lat"], place["lng"]), place["datum"], Datum.GCJ02)


class SubmissionSchema(Body):
    """A new case."""

    service = text(1, 40, required=True, metadata={"description": "`GET /services` 里的 key"})
    answers = answers_field(required=True, metadata={"description": "按 `GET /services/{key}` 的表填"})
    consents = fields.List(
        fields.Nested(GivenConsentSchema),
        required=True,
        validate=validate.Length(max=len(ConsentKey), error="太多了"),
    )
    identity_mode = text(
        1,
        20,
        load_default=IdentityMode.NAMED.value,
        metadata={"description": "服务提供的一种：named 实名、confidential 隐名、anonymous 匿名"},
    )
    attachments = answer_files_field()
    place = fields.Nested(PlaceSchema, load_default=None, allow_none=True)
    joins = text(
        1,
        400,
        load_default=None,
        allow_none=True,
        metadata={"description": "`POST /services/{key}/alike` 给的；“我也遇到”，并到那一件，一样得到答复"},
    )
    goes_on_from = text(
        1,
        40,
        load_default=None,
        allow_none=True,
        metadata={"description": "接着哪件事办：`GET /cases/{no}/carried/{service}` 填好的表改好了，带上那件的编号"},
    )
    apart = YesNo(load_default=False, metadata={"description": "单独提交，不和别的合并"})


class AlikeQuestionSchema(Body):
    """What somebody is about to send."""

    answers = answers_field(required=True, metadata={"description": "填到哪里算哪里"})
    place = fields.Nested(PlaceSchema, load_default=None, allow_none=True)


class AlikeSchema(Answer):
    """What was reported already: nothing of people in it."""

    title = fields.String(required=True)
    days = fields.Integer(required=True, metadata={"description": "几天前"})
    state_name = fields.String(required=True)
    joins = fields.String(required=True, metadata={"description": "交给 `POST /cases`，一天内有效"})


class AlikeListSchema(Answer):
    """The latest first."""

    items = fields.List(fields.Nested(AlikeSchema), required=True)
