"""Wire shapes of the search: those of the three lists it looks in."""

from marshmallow import fields, validate

from server.activities.schemas import ActivitySchema
from server.cases.schemas.services import ServiceSummarySchema
from server.core.schema import Answer, between, text
from server.stations.schemas import PlaceQuery, StationSchema


class SearchQuery(PlaceQuery):
    """What somebody typed, and where they are."""

    q = text(1, 60, required=True, metadata={"description": "想找什么，用自己的话说", "example": "充电"})
    limit = fields.Integer(load_default=5, validate=between(1, 10), metadata={"description": "每一类最多几条"})


class FoundSchema(Answer):
    """What was found, in three lists. There are no articles yet, so there is no list of them either."""

    stations = fields.List(fields.Nested(StationSchema), required=True)
    activities = fields.List(fields.Nested(ActivitySchema), required=True)
    services = fields.List(fields.Nested(ServiceSummarySchema), required=True)
    datum = fields.String(required=True, validate=validate.Equal("gcj02"))
