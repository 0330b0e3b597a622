"""Run notebooks and keep their outputs: `python .ci/notebooks.py notebooks/*.ipynb`.

Figures are kept in few colours, which makes them a quarter as large, and neither times nor the
name of the machine are kept. Without arguments all notebooks are run.
"""

import base64
import io
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from PIL import Image

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
COLORS = 64
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def in_few_colors(png: str) -> str:
    """Return a picture, in base64 as notebooks have it, with a palette in place of all colours."""
    with Image.open(io.BytesIO(base64.b64decode(png))) as image:
        page = Image.new("RGBA", image.size, "white")
        page.alpha_composite(image.convert("RGBA"))
    few = page.convert("RGB").quantize(COLORS, Image.Quantize.MAXCOVERAGE, dither=0)
    written = io.BytesIO()
    few.save(written, "PNG", optimize=True)
    return base64.b64encode(written.getvalue()).decode() + "\n"


def execute(path: Path) -> None:
    """Run one notebook in its folder, and write it back."""
    notebook = nbformat.read(path, as_version=4)
    where = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=600, record_timing=False, resources=where).execute()
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                output.data["image/png"] = in_few_colors(output.data["image/png"])
    nbformat.write(notebook, path)


def main() -> None:
    """Run the notebooks that are named, or all."""
    for path in map(Path, sys.argv[1:] or sorted(NOTEBOOKS.glob("*.ipynb"))):
        execute(path.resolve())


if __name__ == "__main__":
    main()
