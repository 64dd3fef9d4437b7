"""What can be said by SMS: each text is registered with the provider, who only takes what goes into its gaps."""

from collections.abc import Mapping
from enum import StrEnum


class Text(StrEnum):
    """Our names of the registered texts; `SMS_TEMPLATES` tells the provider's."""

    LOGIN_CODE = "login_code"
    """验证码 {code}，{minutes} 分钟内有效。请勿告诉他人。"""
    NOTICE = "notice"
    """{line}。请打开“暖蜂”小程序，在“消息”里看。"""

    RECEIPT = "receipt"
    """你在工会办的事已登记，编号 {no}。用这个手机号登录“暖蜂”，凭编号认领，就能看进展。"""

    DATE = "date"
    """你在工会办的事 {no} 有个日子快到了。用这个手机号登录“暖蜂”，凭编号认领，看是哪天；也可以到工会问。"""

    SAID = "said"
    """你在工会办的事 {no}，工会刚按你说的记下了。不是你说的，请马上告诉工会。"""

    INVITED = "invited"
    """有单位把你报进了工会会员名单。是不是你、愿不愿意，请打开“暖蜂”小程序，实名认证后说一声。不是你，或者不愿意，不用理会。"""


GAPS: Mapping[Text, tuple[str, ...]] = {
    Text.LOGIN_CODE: ("code", "minutes"),
    Text.NOTICE: ("line",),
    Text.RECEIPT: ("no",),
    Text.DATE: ("no",),
    Text.SAID: ("no",),
    Text.INVITED: (),
}
"""In the order in which they stand in the text, for providers that number them."""
