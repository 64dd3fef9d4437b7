"""A finger on the screen, whose taps have times of their own."""

from playwright.sync_api import CDPSession, Locator

from server.core.clock import now

AGAIN_SECONDS = 0.2
"""Between two taps of one thumb. A slow phone hears of the second when the first has long done its work."""

LATER_SECONDS = 1.0
"""Between two taps that are meant as two."""


class Thumb:
    """Fingers with times of their own: how long the machine takes between two taps plays no part."""

    def __init__(self, devtools: CDPSession) -> None:
        self._devtools = devtools
        self._at = 0.0
        self._place: dict[str, float] = {}

    def tap(self, button: Locator) -> None:
        """Come down on the middle of a button, well after the last time."""
        box = button.bounding_box()
        assert box is not None
        self._place = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        self._at = max(now().timestamp(), self._at + LATER_SECONDS)
        self._down_and_up()

    def tap_again(self) -> None:
        """Come down once more at the same place, a moment after the last time."""
        self._at += AGAIN_SECONDS
        self._down_and_up()

    def _down_and_up(self) -> None:
        for kind, points in (("touchStart", [self._place]), ("touchEnd", [])):
            event = {"type": kind, "touchPoints": points, "timestamp": self._at}
            self._devtools.send("Input.dispatchTouchEvent", event)
