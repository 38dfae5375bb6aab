"""Composed films, as a viewer sees and hears them."""

import av
import numpy


def brightness(path, x, y):
    """Return the brightness of a pixel, one value for each picture."""
    with av.open(str(path)) as film:
        return [frame.to_ndarray(format="gray")[y, x] for frame in film.decode(video=0)]


def beeps(path, apart=20_000):
    """Return the seconds at which beeps begin, after `apart` samples of silence."""
    with av.open(str(path)) as film:
        sound = numpy.concatenate([frame.to_ndarray()[0] for frame in film.decode(audio=0)])
    loud = numpy.flatnonzero(abs(sound) > 0.1)
    return loud[numpy.flatnonzero(numpy.diff(loud, prepend=-48_000) > apart)] / 48_000


def flashes(path, x, y, fps=30):
    """Return the seconds at which flashes begin."""
    light = numpy.array(brightness(path, x, y)) > 200
    return (numpy.flatnonzero(light[1:] & ~light[:-1]) + 1) / fps
