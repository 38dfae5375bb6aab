"""The picture of a room: planes of YUV 4:2:0 into which pictures and name cards are pasted."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import av
import numpy
from PIL import Image, ImageDraw, ImageFont

# The colours of a card and of its name, and black in YUV.
CARD, NAME = (38, 44, 54), (235, 238, 242)
BLACK = (16, 128, 128)
# The share of a card's width that a name may take, and of its height that a letter may have.
WIDEST, TALLEST = 0.86, 0.14
FONTS = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
)


@dataclass(frozen=True)
class Box:
    """A place in the picture, in even pixels."""

    x: int
    y: int
    width: int
    height: int


def even(pixels: float) -> int:
    """Return the nearest even number: colours have half as many lines and columns."""
    return round(pixels / 2) * 2


class Canvas:
    """A picture of `width` by `height` pixels, each a multiple of four."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._all: Any = numpy.empty((height * 3 // 2, width), dtype=numpy.uint8)
        quarter = height // 4
        self._planes = (
            self._all[:height],
            self._all[height : height + quarter].reshape(height // 2, width // 2),
            self._all[height + quarter :].reshape(height // 2, width // 2),
        )
        self.clear()

    def clear(self) -> None:
        for plane, value in zip(self._planes, BLACK, strict=True):
            plane[:] = value

    def paste(self, picture: av.VideoFrame, box: Box) -> None:
        """Show a picture as large as the box allows, with black beside it."""
        fitted = _fitted(picture, box)
        inside = _centered(fitted.width, fitted.height, box)
        if (fitted.width, fitted.height) != (box.width, box.height):
            self._fill(box)
        for number, source in enumerate(_planes_of(fitted)):
            self._part(number, inside)[:] = source

    def _fill(self, box: Box) -> None:
        for number, value in enumerate(BLACK):
            self._part(number, box)[:] = value

    def _part(self, number: int, box: Box) -> Any:
        half = 2 if number else 1
        rows = slice(box.y // half, (box.y + box.height) // half)
        return self._planes[number][rows, box.x // half : (box.x + box.width) // half]

    def frame(self) -> av.VideoFrame:
        """Return a copy of the picture."""
        return av.VideoFrame.from_ndarray(self._all, format="yuv420p")


def _fitted(picture: av.VideoFrame, box: Box) -> av.VideoFrame:
    scale = min(box.width / picture.width, box.height / picture.height)
    width, height = (max(2, even(side * scale)) for side in (picture.width, picture.height))
    return picture.reformat(
        width=min(width, box.width),
        height=min(height, box.height),
        format="yuv420p",
        # FAST_BILINEAR needs memory that is writable and executable, which units refuse.
        interpolation="BILINEAR",
    )


def _centered(width: int, height: int, box: Box) -> Box:
    left, top = even((box.width - width) / 2), even((box.height - height) / 2)
    left, top = min(left, box.width - width), min(top, box.height - height)
    return Box(box.x + left, box.y + top, width, height)


def _planes_of(picture: av.VideoFrame) -> list[Any]:
    """Return the planes of a YUV 4:2:0 picture, without the padding of their lines."""
    return [
        numpy.frombuffer(plane, numpy.uint8).reshape(-1, plane.line_size)[
            : plane.height, : plane.width
        ]
        for plane in picture.planes
    ]


@lru_cache(maxsize=64)
def name_card(name: str, width: int, height: int) -> av.VideoFrame:
    """Return the picture of a person without a camera."""
    image = Image.new("RGB", (width, height), CARD)
    draw = ImageDraw.Draw(image)
    font = _font(name, width, height)
    draw.text((width / 2, height / 2), name, fill=NAME, font=font, anchor="mm")
    return av.VideoFrame.from_image(image).reformat(format="yuv420p")


def _font(name: str, width: int, height: int) -> Any:
    """Return a font in which the name fits the card."""
    size = max(8.0, height * TALLEST)
    font = _sized(size)
    long = font.getlength(name) / (width * WIDEST)
    return _sized(max(6.0, size / long)) if long > 1 else font


@lru_cache(maxsize=64)
def _sized(size: float) -> Any:
    for path in FONTS:
        try:
            return ImageFont.truetype(path, size)
        except OSError:
            continue
    return ImageFont.load_default(size)
