"""Wire shapes of attachments."""

from marshmallow import fields, validate

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


_SHARE = validate.Range(min=0, max=1, error="要在 0 和 1 之间")


class SpotSchema(Body):
    """A square of a picture, in shares of it."""

    x = fields.Float(required=True, validate=_SHARE, metadata={"description": "中心离左边多远，整宽是 1"})
    y = fields.Float(required=True, validate=_SHARE, metadata={"description": "中心离上边多远，整高是 1"})
    size = fields.Float(
        required=True,
        validate=validate.Range(min=0.02, max=1, error="要在 0.02 和 1 之间"),
        metadata={"description": "边长，整宽是 1"},
    )


class CoversSchema(Body):
    """What nobody is to see of a picture."""

    claim = text(1, 100, metadata={"description": "不登录上传时给的凭证"})
    spots = fields.List(
        fields.Nested(SpotSchema), required=True, validate=validate.Length(min=1, max=40, error="一次遮 1 到 40 处")
    )


class CoveredSchema(Answer):
    """The picture as it is stored now."""

    id = fields.UUID(required=True)
    sha256 = fields.String(required=True)
    size = fields.Integer(required=True, metadata={"description": "字节"})


class NewUploadSchema(Body):
    """A file that will come in parts."""

    size = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(min=1, error="这个文件是空的，请重新选一个"),
        metadata={"description": "整个文件多少字节，视频最大 20 MB，别的最大 10 MB"},
    )


class UploadProgressSchema(Answer):
    """How far an upload is."""

    id = fields.UUID(required=True)
    size = fields.Integer(required=True, metadata={"description": "字节"})
    part_size = fields.Integer(required=True, metadata={"description": "每段多少字节，最后一段是剩下的"})
    missing = fields.List(fields.Integer(), required=True, metadata={"description": "还缺哪几段，从 0 数起"})
    expires_at = fields.AwareDateTime(required=True, metadata={"description": "到这时还没传完就删掉"})
    attachment_id = fields.UUID(metadata={"description": "传完以后是哪个附件"})
    left = fields.Nested(LeftSchema, metadata={"description": "今天还能传多少；开始时说一次"})
    claim = fields.String(metadata={"description": "不登录时给一次的凭证：接着传要带上，附件也用它"})


class UploadClaimHeader(Query):
    """What lets a guest go on."""

    claim = text(1, 100, load_default=None, data_key="Upload-Claim", metadata={"description": "不登录上传时给的凭证"})


class PartHeaders(UploadClaimHeader):
    """What comes with a part."""

    sha256 = fields.String(
        required=True,
        data_key="Part-Sha256",
        validate=validate.Regexp("^[0-9a-f]{64}$", error="要是 64 位十六进制"),
        metadata={"description": "这一段的 SHA-256，小写十六进制"},
    )


class ClaimSchema(Body):
    """An attachment in a body of `cases`."""

    id = fields.UUID(required=True)
    claim = text(1, 100)


class AnswerFileSchema(ClaimSchema):
    """An attachment that comes with answers."""

    field = text(1, 40, metadata={"description": "给表里哪一栏（type 是 file 的）；不写就是和整件事一起的"})


class AttachmentSchema(Answer):
    """An attachment as it is shown, made by `links.link_for`."""

    id = fields.UUID(required=True)
    url = fields.String(required=True, metadata={"description": "几分钟内有效，不要保存"})
    media_type = one_of(MediaType, required=True)
    size = fields.Integer(required=True, metadata={"description": "字节"})
    seconds = fields.Integer(metadata={"description": "录音或视频有多少秒"})


class CaseFileSchema(AttachmentSchema):
    """An attachment that came with the answers of a case."""

    field = fields.String(metadata={"description": "给表里哪一栏的；没有的，是和整件事一起的"})
    label = fields.String(metadata={"description": "那一栏叫什么"})


class LinkQuery(Query):
    """What a link carries."""

    expires = fields.Integer(required=True)
    sig = text(1, 100, required=True)
    name = text(1, 100)
