"""How a clock is shown to the worker."""

from marshmallow import fields

from server.clocks.rules import Basis
from server.core.schema import Answer, Instant, one_of


class ClockSchema(Answer):
    """One promise. `due_at` of calendar days is 24:00, that is 00:00 of the day after `last_day`."""

    key = fields.String(required=True)
    name = fields.String(required=True)
    due_at = Instant(required=True)
    original_due_at = Instant(required=True)
    last_day = fields.Date(required=True, metadata={"description": "到期的那一天（北京时间），显示用这一项"})
    basis = one_of(Basis, required=True)
    provisional = fields.Boolean(required=True, metadata={"description": "还没有那一年的节假日表，日期可能会调整"})
    paused = fields.Boolean(required=True)
    stopped_at = Instant(required=True, allow_none=True, metadata={"description": "办完或不用再办的时间"})
