"""Take the README's picture of a report: `python .ci/picture.py`.

Needs a Chromium, Pillow (which matplotlib brings) and jinja2. The page is photographed in its light
theme at twice the size, and its colours are counted down to a palette, which halves the file.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path

from PIL import Image
from sklearn.datasets import load_breast_cancer

from mifs import MutualInfoSelector

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
PICTURE = Path(__file__).parents[1] / "notebooks" / "images" / "report.png"
WIDTH, HEIGHT = 1180, 920  # CSS pixels: the headline, and the first rows of the ranking
SCALE, COLORS = 2, 32


def write_report(path: Path) -> None:
    """Report on the breast cancer table of scikit-learn, with its classes by name."""
    data = load_breast_cancer(as_frame=True)
    diagnosis = data.target.map(dict(enumerate(data.target_names))).rename("diagnosis")
    MutualInfoSelector().fit(data.data, diagnosis).report(data.data, diagnosis).write_html(path)


def photograph(page: Path, picture: Path) -> None:
    """Let a browser without a window draw the top of a page."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise SystemExit(f"No browser found; install one of {', '.join(BROWSERS)}.")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    options += [f"--force-device-scale-factor={SCALE}", f"--window-size={WIDTH},{HEIGHT}"]
    command = [browser, *options, f"--screenshot={picture}", page.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=120)


def main() -> None:
    """Write the picture where the README shows it."""
    with tempfile.TemporaryDirectory() as folder:
        page, shot = Path(folder) / "report.html", Path(folder) / "report.png"
        write_report(page)
        photograph(page, shot)
        with Image.open(shot) as image:
            small = image.convert("RGB").quantize(
                COLORS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
            )
    PICTURE.parent.mkdir(exist_ok=True)
    small.save(PICTURE, optimize=True)


if __name__ == "__main__":
    main()
