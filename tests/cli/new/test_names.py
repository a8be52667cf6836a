from __future__ import annotations

from pathlib import Path

import pytest

from mpgraph.cli.new.names import calculator_name, project_name
from mpgraph.errors import AlreadyExistsError, InvalidArgumentError


@pytest.mark.parametrize(
    "typed", ["Blur", "blur", "BlurCalculator", "blur_calculator", "blur_calculator.py", "blurcalculator"]
)
def test_all_spellings_of_a_calculator_name(typed: str) -> None:
    name = calculator_name(typed)
    assert (name.registered, name.module, name.graph) == ("BlurCalculator", "blur_calculator", "blur.pbtxt")


@pytest.mark.parametrize(
    ("typed", "registered", "module"),
    [
        ("HandRoi", "HandRoiCalculator", "hand_roi_calculator"),
        ("hand-roi", "HandRoiCalculator", "hand_roi_calculator"),
        ("ONNXRunner", "ONNXRunnerCalculator", "onnx_runner_calculator"),
        ("Blur3d", "Blur3dCalculator", "blur3d_calculator"),
        ("RGB", "RGBCalculator", "rgb_calculator"),
        ("class", "ClassCalculator", "class_calculator"),
        ("blur_2", "Blur2Calculator", "blur_2_calculator"),
    ],
)
def test_words_of_calculator_names(typed: str, registered: str, module: str) -> None:
    name = calculator_name(typed)
    assert (name.registered, name.module) == (registered, module)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("3d", "begin with a letter"),
        ("blur faces", "letters, digits"),
        ("flöte", "letters, digits"),
        ("", "letters, digits"),
        ("Calculator", "does not say what"),
        ("calculator", "does not say what"),
        ("../blur", "letters, digits"),
    ],
)
def test_invalid_calculator_names(typed: str, message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        calculator_name(typed)


def test_name_of_a_shipped_calculator_is_refused() -> None:
    with pytest.raises(AlreadyExistsError, match="PassThroughCalculator"):
        calculator_name("pass_through")


@pytest.mark.parametrize(
    ("typed", "distribution", "package"),
    [
        ("shapes", "shapes", "shapes"),
        ("image-effects", "image-effects", "image_effects"),
        ("some/where/Image_Effects", "image-effects", "image_effects"),
    ],
)
def test_names_of_projects(typed: str, distribution: str, package: str) -> None:
    name = project_name(Path(typed))
    assert (name.distribution, name.package) == (distribution, package)


@pytest.mark.parametrize("typed", ["2shapes", "json", "mpgraph", "numpy", "class", "sh+apes"])
def test_invalid_project_names(typed: str) -> None:
    with pytest.raises(InvalidArgumentError, match=f'"{typed}"'.replace("+", r"\+")):
        project_name(Path(typed))
