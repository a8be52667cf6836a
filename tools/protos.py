"""Compile mpgraph/protos/*.proto into the one descriptor set that mpgraph loads.

    python tools/protos.py            write mpgraph/protos/descriptors.binpb
    python tools/protos.py --check    exit with 1 if it is not what the .proto files say

Needs grpcio-tools (in the `test` extra). The set holds no comments and no source positions, files
come after those they import, and equal input gives equal bytes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import grpc_tools
from google.protobuf.descriptor_pb2 import DescriptorProto, FileDescriptorSet
from grpc_tools import protoc

FOLDER = Path(__file__).resolve().parents[1] / "mpgraph" / "protos"
COMPILED = FOLDER / "descriptors.binpb"
# Where grpcio-tools keeps google/protobuf/any.proto.
STANDARD_PROTOS = Path(grpc_tools.__file__).parent / "_proto"


def compiled() -> FileDescriptorSet:
    """Return the compiled .proto files and the google/protobuf/any.proto they import."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.binpb"
        command = ["protoc", f"-I{FOLDER}", f"-I{STANDARD_PROTOS}", "--include_imports", f"-o{out}"]
        status = protoc.main(command + sorted(path.name for path in FOLDER.glob("*.proto")))
        if status != 0:
            raise SystemExit(f"protoc failed with status {status}")
        files = FileDescriptorSet.FromString(out.read_bytes())
    for file in files.file:
        # Package names for other languages, which differ between releases of any.proto.
        file.ClearField("options")
        for message in file.message_type:
            _drop_json_names(message)
    return files


def _drop_json_names(message: DescriptorProto) -> None:
    """Clear what every descriptor pool works out again by itself."""
    for field in [*message.field, *message.extension]:
        field.ClearField("json_name")
    for nested in message.nested_type:
        _drop_json_names(nested)


def up_to_date() -> bool:
    """Return whether the committed set equals what the .proto files compile to."""
    return COMPILED.exists() and FileDescriptorSet.FromString(COMPILED.read_bytes()) == compiled()


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    parser = argparse.ArgumentParser(description="Compile mpgraph/protos/*.proto.")
    parser.add_argument("--check", action="store_true", help="only say whether descriptors.binpb is current")
    options = parser.parse_args(arguments)
    if options.check:
        if up_to_date():
            return 0
        print(f"{COMPILED} is out of date; run python tools/protos.py", file=sys.stderr)
        return 1
    COMPILED.write_bytes(compiled().SerializeToString(deterministic=True))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
