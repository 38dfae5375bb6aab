"""Compares two folders of pictures pixel by pixel; a browser decodes the pictures."""

from base64 import b64encode
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.support import browser

# Two runs of the same pages differ at some rounded corners, by less than this of 255.
NOISE = 24
COUNT_DIFFERENCES = """async ([before, after, NOISE]) => {
  const pixels = async (png) => {
    const blob = await (await fetch(`data:image/png;base64,${png}`)).blob();
    const image = await createImageBitmap(blob);
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
    canvas.drawImage(image, 0, 0);
    return canvas.getImageData(0, 0, image.width, image.height);
  };
  const [one, other] = [await pixels(before), await pixels(after)];
  if (one.width !== other.width || one.height !== other.height) {
    return `${one.width} x ${one.height} became ${other.width} x ${other.height}`;
  }
  let [found, top, bottom] = [0, Infinity, 0];
  for (let at = 0; at < one.data.length; at++) {
    if (Math.abs(one.data[at] - other.data[at]) <= NOISE) continue;
    found += 1;
    const line = Math.floor(at / 4 / one.width);
    [top, bottom] = [Math.min(top, line), Math.max(bottom, line)];
  }
  return found ? `${found} values differ in lines ${top} to ${bottom}` : "";
}"""


def compare(before, after):
    """Return one line for each picture that differs or is in one folder only."""
    before, after = Path(before), Path(after)
    names = sorted(_names(before) | _names(after))
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browser.executable(playwright), args=browser.SWITCHES
        )
        page = chromium.new_page()
        found = [f"{name}: {_difference(page, before / name, after / name)}" for name in names]
        chromium.close()
    return [line for line in found if not line.endswith(": ")]


def _names(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*.png")}


def _difference(page, before, after):
    for path in (before, after):
        if not path.exists():
            return f"missing in {path.parent.parent}"
    pictures = [before.read_bytes(), after.read_bytes()]
    if pictures[0] == pictures[1]:
        return ""
    return page.evaluate(COUNT_DIFFERENCES, [*map(_text, pictures), NOISE])


def _text(picture):
    return b64encode(picture).decode()
