"""Mutate texts of graphs, and compare who accepts them: mpgraph, and MediaPipe or protobuf's Python parser.

    python tools/campaign/texts.py [--count N] [--seed N] [--peer-python PYTHON] [GRAPH.pbtxt...]

PYTHON is an interpreter with mediapipe 0.10.21, whose C++ parser is the reference. Without it, protobuf's
parser in Python is asked; it takes more than the one in C++ (any Unicode blank is white space), so such
texts are then left out. Prints the texts on which the two differ,
as small as deleting tokens makes them; the exit status is 1 if there are any.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from google.protobuf import text_format

from mpgraph.config.text.binding import bind
from mpgraph.config.text.pbtxt import parse_text
from mpgraph.errors import ConfigError
from mpgraph.protos import POOL, calculator_pb2

GRAPHS = Path(__file__).resolve().parents[2] / "graphs"
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

NOT_AS_IN_CPP = re.compile(r"""\\q|\[(?!type\.google(?:apis|prod)\.com/[\w.]+\])[^]]*/|-\s|\+|\d_\d|\0""")
"""Where protobuf's Python parser differs from the one in C++: it takes unknown escapes, other type URLs, NUL,
"+" and 1_0, and no blank between a minus sign and its number."""

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


def smallest(text: str, differs: Callable[[str], bool]) -> str:
    """Delete tokens from a text for as long as the two still differ on it."""
    tokens = TOKENS.findall(text)
    size = len(tokens) // 2
    while size:
        at = 0
        while at < len(tokens):
            shorter = tokens[:at] + tokens[at + size :]
            if differs("".join(shorter)):
                tokens = shorter
            else:
                at += size
        size //= 2
    return "".join(tokens)


def main() -> int:
    """Run the comparison."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("graphs", nargs="*", type=Path)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peer-python")
    options = parser.parse_args()
    reference = Peer(options.peer_python).accepts if options.peer_python else protobuf_accepts

    def is_known(text: str) -> bool:
        if ON_PURPOSE.search(text):
            return True
        return not options.peer_python and bool(NOT_AS_IN_CPP.search(text) or not text.isascii())

    def differs(text: str) -> bool:
        if is_known(text):
            return False
        return mpgraph_accepts(text) != reference(text)

    choose = random.Random(options.seed)
    files = options.graphs or sorted(GRAPHS.rglob("*.pbtxt"))
    texts = [path.read_text(encoding="utf-8") for path in files]
    # MediaPipe does not know all options that mpgraph knows.
    sources = [TOKENS.findall(text) for text in texts if reference(text)]
    found: set[str] = set()
    for _ in range(options.count):
        text = mutated(choose.choice(sources), choose)
        if differs(text):
            found.add(smallest(text, differs))
    for text in sorted(found):
        accepting = "mpgraph" if mpgraph_accepts(text) else "the reference"
        print(f"only {accepting} accepts {text!r}")
    print(f"{options.count} texts, {len(found)} kinds of differences")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
