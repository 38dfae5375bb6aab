"""Moving pictures of rooms, as a viewer sees them."""

import io

from PIL import Image, ImageSequence

# Pixels in the cells of two people.
LEFT, RIGHT = (80, 60), (240, 60)
TICK = 200


def brightness(picture, pixel):
    """Return the brightness of a pixel, one value for each 200 ms."""
    found = []
    for image in ImageSequence.Iterator(Image.open(io.BytesIO(picture))):
        # Equal pictures are stored once, with their common time.
        found += [image.convert("L").getpixel(pixel)] * (image.info["duration"] // TICK)
    return found
