"""The words in which unions and memberships are spoken of."""

from enum import StrEnum


class UnionKind(StrEnum):
    """Where in the tree a union stands."""

    CITY = "city"
    """市总工会"""
    DISTRICT = "district"
    """区总工会"""
    STREET = "street"
    """街道总工会"""
    FEDERATION = "federation"
    """工联会: of a community, a park, a building or an industry"""
    UNIT = "unit"
    """单位工会"""


class MembershipState(StrEnum):
    """会籍管理办法: joined once, carried along ever after."""

    ACTIVE = "active"
    TRANSFERRING = "transferring"
    """On the way to another union; the old one still answers for the member."""
    RETAINED = "retained"
    """Out of work, retired or away for long: a member without dues."""
    LEFT = "left"
    LAPSED = "lapsed"
    """Treated as left, after being reminded in vain."""
    DECEASED = "deceased"


class Employment(StrEnum):
    """How a member works."""

    EMPLOYED = "employed"
    """单位职工"""
    PLATFORM_STATION = "platform_station"
    """平台专送"""
    PLATFORM_CROWD = "platform_crowd"
    """众包"""
    OWN_TRUCK = "own_truck"
    """个体货车司机"""
    RIDE_HAILING = "ride_hailing"
    """网约车"""
    DOMESTIC = "domestic"
    """家政"""
    OTHER = "other"
    """其他灵活就业"""
