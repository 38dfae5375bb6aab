"""The people in the picture, laid out again whenever someone joins or leaves."""

from collections.abc import Sequence
from typing import Any

from sessions.mixing.canvas import Box, Canvas, name_card


class Stage:
    """The people in the picture: a new layout whenever someone joins or leaves."""

    def __init__(self, canvas: Canvas, places: Sequence[Sequence[Box]]) -> None:
        """Take the canvas, and the places for no person, for one, for two and so on."""
        self.canvas, self.places = canvas, places
        self._people: list[Any] = []
        self._boxes: list[Box] = []
        self._drawn: list[Any] = []

    def show(self, people: Sequence[Any], names: Sequence[str], pictures: Sequence[Any]) -> None:
        """Paste the people; None as a picture means a person without a camera."""
        if list(people) != self._people:
            self._arrange(people)
        for place, (box, name, picture) in enumerate(
            zip(self._boxes, names, pictures, strict=False)
        ):
            wanted = picture or name_card(name, box.width, box.height)
            if wanted is not self._drawn[place]:
                self.canvas.paste(wanted, box)
                self._drawn[place] = wanted

    def _arrange(self, people: Sequence[Any]) -> None:
        self._people = list(people)
        self._boxes = list(self.places[len(people)])
        self._drawn = [None] * len(self._boxes)
        self.canvas.clear()
