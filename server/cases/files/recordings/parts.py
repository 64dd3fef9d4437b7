"""What the readers of containers share."""

from msgspec import Struct

from server.cases.files.media import BROKEN_RECORDING, MediaType, Refused


class Cleaned(Struct, frozen=True):
    """A recording with nothing in it but what is heard and seen."""

    media_type: MediaType
    content: bytes
    seconds: float


def broken() -> Refused:
    """It ends too early, or contradicts itself."""
    return Refused(BROKEN_RECORDING)


def foreign() -> Refused:
    """Something else lies in the file, which a recorder would not write."""
    return Refused("这个文件里夹着别的内容，请重新录一段或换一个文件")


def other_codec() -> Refused:
    """The container is known, what it holds is not played everywhere."""
    return Refused("这种格式的录音或视频放不出来，请用手机自带的录音机或相机重新录一段")
