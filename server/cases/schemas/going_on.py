"""What a form begins with for whoever goes on from another case."""

from marshmallow import fields, validate

from server.cases.files.schemas import AttachmentSchema, UploadedSchema
from server.cases.files.service import MAX_WITH_ANSWERS
from server.cases.schemas.parts import dictionary
from server.cases.vocabulary import IdentityMode
from server.core.schema import Answer, Body, one_of


class CarriedSchema(Answer):
    """Answers for the worker to look over. Nothing is sent by reading them."""

    service = fields.String(required=True)
    version = fields.Integer(required=True, metadata={"description": "表是哪一版"})
    no = fields.String(required=True, metadata={"description": "从哪件来的"})
    identity_mode = one_of(IdentityMode, required=True, metadata={"description": "那件是怎么交的"})
    answers = dictionary(required=True)
    files = fields.List(fields.Nested(AttachmentSchema), required=True, metadata={"description": "可以带上的文件"})


class FilesToCopySchema(Body):
    """Which files come along."""

    files = fields.List(
        fields.UUID(),
        required=True,
        validate=validate.Length(min=1, max=MAX_WITH_ANSWERS, error=f"一次 1 到 {MAX_WITH_ANSWERS} 个文件"),
    )


class CopiedSchema(Answer):
    """The new files, in the order of the old ones."""

    items = fields.List(fields.Nested(UploadedSchema), required=True)
