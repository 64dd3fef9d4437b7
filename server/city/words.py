"""What the union and 12345 tell each other of an order, in either direction."""

from datetime import datetime
from enum import StrEnum

from server.core.private import Private


class Word(StrEnum):
    """What happened to an order, as whoever has it tells the other."""

    ORDER = "order"
    """Here is one: please deal with it."""
    TAKEN = "taken"
    ANSWERED = "answered"
    CLOSED = "closed"
    RETURNED = "returned"
    """Not ours: here it is again."""
    RECALLED = "recalled"
    """Whoever sent it takes it back."""
    REOPENED = "reopened"
    """Not solved after all: whoever sent it asks for more, or whoever got it goes on by itself."""


OF_THE_SENDER = frozenset({Word.ORDER, Word.RECALLED, Word.REOPENED})
"""Words of whoever handed the order over; the others are of whoever got it."""
OF_EITHER_AT_12345 = frozenset({Word.CLOSED, Word.REOPENED})
"""12345 hears from the caller itself: it closes orders of its own, and takes those of ours up again."""


WORD_NAMES = {
    Word.ORDER: "等对方接收",
    Word.TAKEN: "已接收，在办",
    Word.ANSWERED: "已答复",
    Word.CLOSED: "已办结",
    Word.RETURNED: "已退回",
    Word.RECALLED: "已撤回",
    Word.REOPENED: "没解决，重新办",
}
"""As staff and workers read where an order stands."""


class Contact(Private, frozen=True):
    """Who can be asked. Only with their consent."""

    name: str | None = None
    phone: str | None = None


class Enclosed(Private, frozen=True):
    """A picture or a PDF that goes with an order."""

    file_id: str
    """The same at every try: it is taken once."""
    media_type: str
    sha256: str
    """Of the content, in hex."""


class Outgoing(Private, frozen=True):
    """One message to 12345."""

    message_id: str
    """The same at every try: it is taken once."""
    word: Word
    our_no: str
    their_no: str | None
    at: datetime
    text: str | None
    facts: tuple[tuple[str, str], ...] = ()
    """Of an order: label and answer."""
    contact: Contact | None = None
    files: tuple[Enclosed, ...] = ()
    """Of an order: what was handed over before it."""


class Incoming(Private, frozen=True):
    """One message of 12345, in the shape of `client.py`."""

    word: Word
    order_no: str
    seq: int
    """Counts what they say of this order, from 1; a lower one than the last is late."""
    our_no: str | None = None
    """Of an order that we handed over."""
    text: str | None = None
    category: str | None = None
    area: str | None = None
    """Code of the street."""
    place: str | None = None
    office: str | None = None
    """Which of their offices has it."""
    due_at: datetime | None = None
    """Their clock; with an offset."""
    caller: Contact | None = None
    """Left out by 12345 for whoever asked to be kept secret."""
    asks_rating: bool = False
    """12345 calls back itself: nobody is asked twice."""
