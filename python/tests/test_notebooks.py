"""The notebooks run from top to bottom, draw what they promise, and are stored clean.

Each is executed in a new kernel in a temporary folder that holds nothing but the shared
style. What a run prints is not compared: titles are computed from the numbers, and the
numbers have tests of their own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
for needed in ("ipykernel", "matplotlib", "pandas", "polars", "pyarrow"):
    pytest.importorskip(needed)

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"

# The figures that each shows.
FIGURES = {
    "the-truce-in-ten-minutes": 8,
    "replicating-three-papers": 5,
    "your-own-world-and-ledger": 4,
}


def stored(name: str) -> dict[str, object]:
    """A notebook as it lies in its file."""
    notebook: dict[str, object] = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))
    return notebook


def test_every_notebook_is_listed() -> None:
    assert {path.stem for path in NOTEBOOKS.glob("*.ipynb")} == set(FIGURES)


@pytest.mark.parametrize("name", FIGURES)
def test_stored_without_outputs(name: str) -> None:
    notebook = stored(name)
    assert notebook["metadata"] == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    cells = notebook["cells"]
    assert isinstance(cells, list)
    for cell in cells:
        assert cell["metadata"] == {}
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None


@pytest.mark.parametrize("name", FIGURES)
def test_runs_and_draws(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(NOTEBOOKS / "style.py", tmp_path)
    # Nothing is remembered from other runs, and nothing is left behind.
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert [output.text for output in outputs if output.output_type == "stream" and output.name == "stderr"] == []
    figures = sum("image/png" in output.get("data", {}) for output in outputs)
    assert figures == FIGURES[name]


@pytest.mark.parametrize("name", FIGURES)
def test_types(name: str, tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    cells = stored(name)["cells"]
    assert isinstance(cells, list)
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    script = tmp_path / f"{name.replace('-', '_')}.py"
    script.write_text("\n\n".join(code) + "\n", encoding="utf-8")
    shutil.copy(NOTEBOOKS / "style.py", tmp_path)
    # pandas comes without types.
    (tmp_path / "mypy.ini").write_text("[mypy]\nstrict = True\n[mypy-pandas.*]\nignore_missing_imports = True\n")
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", "mypy.ini", script.name, "style.py"],
        cwd=tmp_path,
        env={**os.environ, "MYPY_CACHE_DIR": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
