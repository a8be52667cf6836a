"""What a part of the campaign is: it makes inputs from random numbers, and tries them."""

from __future__ import annotations

import json
import random
import sys
import traceback
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

from mpgraph.errors import MpgraphError

CHECKOUT = Path(__file__).resolve().parents[2]
RUN, REFUSED = "run", "refused"
FINE = (RUN, REFUSED)
TRACEBACK, CRASH, HANG, DIFFERENCE, LEFTOVER = "traceback", "crash", "hang", "difference", "leftover"
FOUND = (HANG, CRASH, TRACEBACK, DIFFERENCE, LEFTOVER)

Input = TypeVar("Input")


class Outcome(NamedTuple):
    """What became of an input: one of FINE, or of FOUND with what is wrong."""

    kind: str
    detail: str = ""


@dataclass(frozen=True)
class Settings:
    """folder: private to the process. peer_python: an interpreter with mediapipe, "" for none.

    patience: how many times as long as on an idle machine an input may take.
    """

    folder: Path
    peer_python: str = ""
    patience: float = 1.0


class Part(ABC, Generic[Input]):
    """One idea of the campaign. It is created in a process of its own, which may crash or hang.

    limit_s: how long one input may take on an idle machine.
    """

    limit_s = 30.0

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def patient(self, seconds: float) -> float:
        """Return a time limit for this machine."""
        return seconds * self.settings.patience

    @abstractmethod
    def make(self, choose: random.Random) -> Input:
        """Make an input; equal random numbers make equal inputs."""

    @abstractmethod
    def run(self, given: Input) -> Outcome:
        """Try an input; exceptions that are not mpgraph's become tracebacks."""

    def smaller(self, given: Input) -> Iterable[Input]:
        """Yield inputs that are simpler by one step, for the reproducer."""
        return ()

    def close(self) -> None:  # few parts hold anything
        """Release what the part holds outside its process."""

    def content(self, given: Input) -> tuple[str, bytes]:
        """Return the suffix and the bytes of the file that reproduces."""
        return ".txt", str(given).encode("utf-8", "surrogatepass")


def number_source(seed: int, part: str, number: int) -> random.Random:
    """Return the random numbers of one input of a part."""
    return random.Random(f"{seed}/{part}/{number}")


def attempt(call: Callable[[], object]) -> Outcome:
    """Call a function; mpgraph's own errors refuse the input, other exceptions are found."""
    try:
        call()
    except MpgraphError:
        return Outcome(REFUSED)
    except Exception as error:
        return Outcome(TRACEBACK, described(error))
    return Outcome(RUN)


def described(error: BaseException) -> str:
    """Return the class and message of an error, and the line that raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:200]}{where}"


def send(**values: Any) -> None:
    """Write a line for the supervising process, which knows the process's own stdout."""
    print(json.dumps(values), file=sys.__stdout__, flush=True)
