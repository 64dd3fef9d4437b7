"""Wire shapes of attachments."""

from marshmallow import fields

from server.cases.files.media import MediaType
from server.core.schema import Answer, Body, Query, one_of, text


class UploadSchema(Body):
    """Multipart: one file."""

    file = fields.Raw(
        required=True,
        metadata={
            "type": "string",
            "format": "binary",
            "description": "照片、截图（JPG、PNG、WebP）、PDF、录音（60 秒以内）或视频（30 秒以内），最大 10 MB",
        },
    )


class LeftSchema(Answer):
    """What can still be sent today."""

    files = fields.Integer(required=True)
    bytes = fields.Integer(required=True)


class UploadedSchema(Answer):
    """What was stored."""

    id = fields.UUID(required=True)
    sha256 = fields.String(required=True, metadata={"description": "存下来的文件的摘要；照片去掉了位置等信息"})
    size = fields.Integer(required=True, metadata={"description": "字节"})
    media_type = one_of(MediaType, required=True)
    seconds = fields.Integer(metadata={"description": "录音或视频有多少秒"})
    left = fields.Nested(LeftSchema, required=True, metadata={"description": "今天还能传多少"})
    claim = fields.String(metadata={"description": "不登录上传时给一次的凭证，提交时要带上；24 小时内有效"})


class ClaimSchema(Body):
    """An attachment in a body of `cases`."""

    id = fields.UUID(required=True)
    claim = text(1, 100)


class AttachmentSchema(Answer):
    """An attachment as it is shown, made by `links.link_for`."""

    id = fields.UUID(required=True)
    url = fields.String(required=True, metadata={"description": "几分钟内有效，不要保存"})
    media_type = one_of(MediaType, required=True)
    size = fields.Integer(required=True, metadata={"description": "字节"})
    seconds = fields.Integer(metadata={"description": "录音或视频有多少秒"})


class LinkQuery(Query):
    """What a link carries."""

    expires = fields.Integer(required=True)
    sig = text(1, 100, required=True)
