"""Wire shapes of areas and unions, for whoever fills in a form."""

from marshmallow import fields

from server.core.schema import Answer, Query, one_of, text
from server.unions.vocabulary import UnionKind


class CommunitySchema(Answer):
    """A community."""

    code = fields.String(required=True)
    name = fields.String(required=True)


class StreetWithCommunitiesSchema(CommunitySchema):
    """A street with its communities."""

    communities = fields.List(fields.Nested(CommunitySchema), required=True)


class DistrictSchema(CommunitySchema):
    """A district with its streets."""

    streets = fields.List(fields.Nested(StreetWithCommunitiesSchema), required=True)


class AreaTreeSchema(Answer):
    """Districts, streets and communities."""

    items = fields.List(fields.Nested(DistrictSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class OrganisationQuery(Query):
    """Part of a name."""

    q = text(1, 50, required=True, metadata={"description": "名字里的几个字"})


class OrganisationSchema(Answer):
    """A union that one can belong to."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    kind = one_of(UnionKind, required=True)


class OrganisationListSchema(Answer):
    """Unions that one can belong to, whose name has these words."""

    items = fields.List(fields.Nested(OrganisationSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
