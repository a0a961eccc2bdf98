"""What is documented works: doctests, the README's example, types."""

import doctest
import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import detente
import detente.dask

PYTHON = Path(__file__).parent.parent


def documented() -> list[tuple[str, object]]:
    """Every public name of the package, and what belongs to it."""
    found: list[tuple[str, object]] = [("detente", detente), ("detente.dask.sweep", detente.dask.sweep)]
    for name in detente.__all__:
        thing = getattr(detente, name)
        found.append((name, thing))
        if inspect.isclass(thing):
            for member, value in vars(thing).items():
                if not member.startswith("_") and not isinstance(value, (int, str)):
                    found.append((f"{name}.{member}", value))
    return found


@pytest.mark.parametrize(("name", "thing"), documented(), ids=lambda one: one if isinstance(one, str) else "")
def test_docstrings(name: str, thing: object) -> None:
    text = inspect.getdoc(thing)
    assert text, f"{name} has no docstring"
    examples = doctest.DocTestParser().get_doctest(text, {}, name, None, None)
    result = doctest.DocTestRunner().run(examples)
    assert result.failed == 0


def test_functions_say_what_they_take_return_and_raise() -> None:
    functions: list[Any] = [
        detente.solve,
        detente.run,
        detente.network,
        detente.ario,
        detente.sweep,
        detente.dask.sweep,
    ]
    for function in functions:
        text = inspect.getdoc(function) or ""
        for section in ["Parameters\n---", "Returns\n---", "Raises\n---"]:
            assert section in text, f"{function.__name__} does not say {section.split()[0]}"
        for parameter in inspect.signature(function).parameters:
            assert re.search(rf"\b{parameter}\b", text), f"{function.__name__} does not explain {parameter}"


@pytest.mark.parametrize("readme", ["python/README.md", "README.md"])
def test_the_readmes_example_runs(readme: str, tmp_path: Path) -> None:
    text = (PYTHON.parent / readme).read_text()
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert blocks, f"{readme} has no example"
    told = subprocess.run([sys.executable, "-c", blocks[0]], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert told.returncode == 0, told.stderr
    assert "China -" in told.stdout


def check(folder: Path, *command: str | Path) -> None:
    told = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, cwd=folder, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


def test_the_stubs_are_those_of_the_module(tmp_path: Path) -> None:
    check(tmp_path, "mypy.stubtest", "detente")


@pytest.mark.parametrize("folder", ["detente", "examples", "tests"])
def test_mypy_finds_nothing(folder: str) -> None:
    check(PYTHON, "mypy", "--strict", folder)


@pytest.mark.parametrize("folder", ["detente", "examples"])
def test_pyright_finds_nothing(folder: str) -> None:
    check(PYTHON, "pyright", "--pythonpath", sys.executable, folder)


@pytest.mark.parametrize("example", sorted((PYTHON / "examples").glob("*.py")), ids=lambda file: file.stem)
def test_examples_run(example: Path, tmp_path: Path) -> None:
    told = subprocess.run([sys.executable, example], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert told.returncode == 0 and told.stdout, told.stderr
