"""What 12345 reads."""

from marshmallow import fields

from server.core.schema import Answer


class TakenSchema(Answer):
    """Whether a message changed anything."""

    taken = fields.Boolean(required=True, metadata={"description": "false：这一条收到过，或者后面的先到了"})
