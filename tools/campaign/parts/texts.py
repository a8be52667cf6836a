"""Mutated texts of graphs: mpgraph accepts those that MediaPipe, or protobuf's Python parser, accepts.

With `--peer-python`, MediaPipe's C++ parser is the reference. Without it, protobuf's parser in Python is
asked; it takes more than the one in C++ (any Unicode blank is white space), so such texts are then left out.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
from collections.abc import Iterator, Sequence

from google.protobuf import text_format
from part import CHECKOUT, DIFFERENCE, REFUSED, RUN, Outcome, Part, Settings

from mpgraph.config.text.binding import bind
from mpgraph.config.text.pbtxt import parse_text
from mpgraph.errors import ConfigError
from mpgraph.protos import POOL, calculator_pb2

GRAPHS = CHECKOUT / "graphs"
PIECES = (
    *("{", "}", "<", ">", "[", "]", ":", ";", ",", ".", "/", "-", "- ", "%", "#", "\\", '"', "'", "=", "+"),
    *("0", "00", "08", "0x", "0x1F", "0X1f", "0x1.8", "1e3", "1E+3", "1e", "1f", "1.5F", ".5", "5.", "1.e1"),
    *("-1", "--1", "017", "1_0", "4294967296", "18446744073709551616", "9" * 40, "1e400", "-1e-400"),
    *("true", "false", "True", "False", "t", "f", "inf", "Infinity", "nan", "-nan", "INF", "null"),
    *(r'"\101"', r'"\0"', r'"\777"', r'"\x"', r'"\x41"', r'"\u00e9"', r'"\ud800"', r'"\U0001F600"', r'"\q"'),
    *(r'"\?"', "'a' \"b\"", '"a\nb"', '""', "''", '"\x01"', '"é"', '"\x7f"', '"a" "b"', 'b"a"'),
    *("\t", "\n", "\r", "\v", "\f", "\xa0", "\u2003", "\ufeff", "\x00", "\x01", "\x1b", "\x7f", "\x85", "é"),
    *('input_stream: "a"', 'input_stream: ["a", "b"]', "input_stream: []", "num_threads: 2", "node {}"),
    *("node: {}", "node <>", "node [{}]", "node: [{}, {}]", "num_threads: [1]", "reserved_field: 1", "1: 2"),
    *("executor { options { [mediapipe.ThreadPoolExecutorOptions.ext] { num_threads: 1 } } }", "# comment\n"),
    "[type.googleapis.com/mediapipe.PassThroughCalculator] {}",
    "[mediapipe.FlowLimiterCalculatorOptions.ext] { max_in_flight: 1 }",
)
TOKENS = re.compile(r"""\w+|"(?:\\.|[^"\\\n])*"|\#[^\n]*|\s+|.""", re.DOTALL)
ON_PURPOSE = re.compile(r"""\[(?:[^]\s]*/)?(?!mediapipe\.)[A-Za-z_][\w.]*\]|\\[4-7]\d\d|\\[ux]\w""")
"""Where mpgraph differs: it finds types of package mediapipe without the package's name, and holds strings as
text, so that escapes must not make bytes which are not UTF-8."""

NOT_AS_IN_CPP = re.compile(
    r"""(?<![\w.])0(?:0+|0*1|[xX]0*[01])(?![\w.])|\\q|\[(?!type\.google(?:apis|prod)\.com/[\w.]+\])[^]]*/|-\s|\+|\d_\d|\0|gpu_origin\s*:\s*\d"""
)
"""Where protobuf's Python parser differs from the one in C++: it takes unknown escapes, other type URLs, NUL,
"+", 1_0, and numbers without a name for enums of proto3 in messages of proto2, but not 00 and 0x1 as truth
values, and no blank between a minus sign and its number."""

PEER = """
import json, os, sys
from mediapipe.python._framework_bindings import calculator_graph
os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
for line in sys.stdin:
    try:
        calculator_graph.CalculatorGraph(graph_config=json.loads(line))
        accepted = True
    except (RuntimeError, ValueError) as error:
        accepted = "Failed to parse" not in str(error)
    print(json.dumps(accepted), flush=True)
"""


class Peer:
    """MediaPipe in a process of its own."""

    def __init__(self, python: str) -> None:
        self._command = [python, "-c", PEER]
        self._process = self._start()

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def accepts(self, text: str) -> bool:
        """Return whether MediaPipe parses a text."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(text) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if answer:
            return bool(json.loads(answer))
        # The text was parsed, and the graph ends MediaPipe, as some of SwitchContainer do.
        self._process.wait()
        self._process = self._start()
        return True


def protobuf_accepts(text: str) -> bool:
    """Return whether protobuf's Python parser accepts a text."""
    try:
        text_format.Parse(text, calculator_pb2.CalculatorGraphConfig(), descriptor_pool=POOL)
    except (text_format.ParseError, UnicodeError, ValueError):
        return False
    return True


def mpgraph_accepts(text: str) -> bool:
    """Return whether mpgraph parses a text and knows all names in it."""
    try:
        unknown = bind(parse_text(text), calculator_pb2.CalculatorGraphConfig())
    except ConfigError:
        return False
    return not unknown


def mutated(tokens: Sequence[str], choose: random.Random) -> str:
    """Return a text with one to three tokens inserted, deleted, replaced, doubled or swapped."""
    result = list(tokens)
    for _ in range(choose.choice((1, 1, 2, 3))):
        at = choose.randrange(len(result))
        kind = choose.randrange(5)
        if kind == 0:
            result.insert(at, choose.choice(PIECES))
        elif kind == 1:
            del result[at]
        elif kind == 2:
            result[at] = choose.choice(PIECES)
        elif kind == 3:
            result.insert(at, result[choose.randrange(len(result))])
        else:
            result[at] = result[at][: choose.randrange(len(result[at]) + 1)] + choose.choice(PIECES)
        if not result:
            break
    return "".join(result)


def shorter(text: str) -> Iterator[str]:
    """Yield the text without some of its tokens: half of them, a quarter, and so on."""
    tokens = TOKENS.findall(text)
    size = len(tokens) // 2
    while size:
        for at in range(0, len(tokens), size):
            yield "".join(tokens[:at] + tokens[at + size :])
        size //= 2


class Texts(Part[str]):
    """Compares who accepts a text."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._peer = settings.peer_python
        self._reference = Peer(self._peer).accepts if self._peer else protobuf_accepts
        texts = [path.read_text(encoding="utf-8") for path in sorted(GRAPHS.rglob("*.pbtxt"))]
        # MediaPipe does not know all options that mpgraph knows.
        self._sources = [TOKENS.findall(text) for text in texts if self._reference(text)]

    def make(self, choose: random.Random) -> str:
        """Mutate one of the shipped graphs."""
        return mutated(choose.choice(self._sources), choose)

    def run(self, given: str) -> Outcome:
        """Compare mpgraph with the reference."""
        accepts = mpgraph_accepts(given)
        if not self._is_known(given) and accepts != self._reference(given):
            accepting = "mpgraph" if accepts else "the reference"
            return Outcome(DIFFERENCE, f"only {accepting} accepts a text")
        return Outcome(RUN if accepts else REFUSED)

    def smaller(self, given: str) -> Iterator[str]:
        """Yield shorter texts."""
        return shorter(given)

    def _is_known(self, text: str) -> bool:
        if ON_PURPOSE.search(text):
            return True
        return not self._peer and bool(NOT_AS_IN_CPP.search(text) or not text.isascii())


create = Texts
