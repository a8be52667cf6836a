"""The methods that are compared: each turns the frames of a clip into mattes."""

from __future__ import annotations

import importlib.util
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Any

import numpy as np

from mpgraph.effects.matte import soft_matte
from mpgraph.inference.runner import InferenceRunner
from mpgraph.solutions.selfie_segmentation import SelfieSegmentation


class Method(ABC):
    """A method, for one clip. runs: how often networks have run."""

    runs = 0

    def __init__(self) -> None:
        self._stack = ExitStack()

    @abstractmethod
    def matte(self, image: Any) -> Any:
        """Return the matte of the next frame, HxW float32 in 0..1, for HxWx3 uint8 RGB."""

    def __enter__(self) -> Method:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()


class Raw(Method):
    """The mask of SelfieSegmentation as it is, which is MediaPipe's to the last bit: blended linearly."""

    def __init__(self) -> None:
        super().__init__()
        self._segmenter = self._stack.enter_context(SelfieSegmentation())

    def matte(self, image: Any) -> Any:
        """The mask itself."""
        return self._segmenter.process(image).segmentation_mask


class Guided(Raw):
    """The same mask, each frame refined for itself by a filter guided by the image's luma."""

    def matte(self, image: Any) -> Any:
        """The refined mask."""
        return soft_matte(image, super().matte(image)) * np.float32(1 / 255)


class Landscape(Raw):
    """The mask of the landscape network as it is."""

    def __init__(self) -> None:
        Method.__init__(self)
        self._segmenter = self._stack.enter_context(SelfieSegmentation(1))


class Matte(Method):
    """SelfieMatte, with its crops, steady masks and edges. refine: as of SelfieMatte."""

    def __init__(self, refine: str = "fast") -> None:
        super().__init__()
        solution = importlib.import_module("mpgraph.solutions.selfie_matte").SelfieMatte(refine=refine)
        self._matter = self._stack.enter_context(solution)

    def matte(self, image: Any) -> Any:
        """The solution's matte."""
        return self._matter.process(image).matte * np.float32(1 / 255)


class Peer(Method):
    """MediaPipe's own SelfieSegmentation, in an interpreter that has mediapipe."""

    def __init__(self) -> None:
        super().__init__()
        solutions = importlib.import_module("mediapipe").solutions
        self._segmenter = self._stack.enter_context(solutions.selfie_segmentation.SelfieSegmentation(0))

    def matte(self, image: Any) -> Any:
        """The mask itself."""
        return self._segmenter.process(image).segmentation_mask


METHODS: dict[str, Callable[[], Method]] = {
    "raw": Raw,
    "landscape": Landscape,
    "guided": Guided,
    "matte": Matte,
    "balanced": lambda: Matte("balanced"),
    "best": lambda: Matte("best"),
    "mediapipe": Peer,
}


def available() -> list[str]:
    """The methods that are compared by default: SelfieMatte only where there is one."""
    has_matte = importlib.util.find_spec("mpgraph.solutions.selfie_matte") is not None
    return ["raw", "guided", *(["matte", "balanced", "best"] if has_matte else [])]


@contextmanager
def counted_runs(method: Method) -> Iterator[None]:
    """Count the runs of networks in the body for a method."""
    run = InferenceRunner.run

    def counting(runner: InferenceRunner, inputs: Any) -> Any:
        method.runs += 1
        return run(runner, inputs)

    InferenceRunner.run = counting  # type: ignore[assignment, method-assign]
    try:
        yield
    finally:
        InferenceRunner.run = run  # type: ignore[method-assign]
