"""Pack the VS Code extension as a .vsix file, without network: `python tools/vscode/pack.py [FILE]`.

A .vsix is a zip file with the extension's files in `extension/`, a manifest and the content types.
"""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

HERE = Path(__file__).parent
FILES = (
    "package.json",
    "extension.js",
    "language-configuration.json",
    "syntaxes/pbtxt.tmLanguage.json",
    "README.md",
)
_TYPES = {".json": "application/json", ".js": "application/javascript", ".md": "text/markdown"}
_TIME = (2020, 1, 1, 0, 0, 0)  # The same file each time.


def manifest(package: dict[str, object]) -> str:
    """Return `extension.vsixmanifest`, as VS Code reads it."""
    categories = package["categories"]
    assert isinstance(categories, list)
    engine = package["engines"]
    assert isinstance(engine, dict)
    details = "Microsoft.VisualStudio.Services.Content.Details"
    identity = " ".join(
        f"{key}={quoteattr(str(value))}"
        for key, value in (
            ("Language", "en-US"),
            ("Id", package["name"]),
            ("Version", package["version"]),
            ("Publisher", package["publisher"]),
        )
    )
    return f"""<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
  <Metadata>
    <Identity {identity}/>
    <DisplayName>{escape(str(package["displayName"]))}</DisplayName>
    <Description xml:space="preserve">{escape(str(package["description"]))}</Description>
    <Categories>{escape(",".join(categories))}</Categories>
    <Properties>
      <Property Id="Microsoft.VisualStudio.Code.Engine" Value={quoteattr(str(engine["vscode"]))}/>
    </Properties>
  </Metadata>
  <Installation><InstallationTarget Id="Microsoft.VisualStudio.Code"/></Installation>
  <Dependencies/>
  <Assets>
    <Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json" Addressable="true"/>
    <Asset Type="{details}" Path="extension/README.md" Addressable="true"/>
  </Assets>
</PackageManifest>
"""


def content_types() -> str:
    """Return `[Content_Types].xml`."""
    types = {**_TYPES, ".vsixmanifest": "text/xml"}
    lines = [f'  <Default Extension="{suffix}" ContentType="{kind}"/>' for suffix, kind in types.items()]
    head = '<?xml version="1.0" encoding="utf-8"?>'
    namespace = "http://schemas.openxmlformats.org/package/2006/content-types"
    return "\n".join([head, f'<Types xmlns="{namespace}">', *lines, "</Types>", ""])


def pack(target: Path) -> None:
    """Write the extension to a file."""
    package = json.loads((HERE / "package.json").read_text("utf-8"))
    texts = {
        "extension.vsixmanifest": manifest(package),
        "[Content_Types].xml": content_types(),
        **{f"extension/{name}": (HERE / name).read_text("utf-8") for name in FILES},
    }
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in texts.items():
            archive.writestr(zipfile.ZipInfo(name, _TIME), text, zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    pack(Path(sys.argv[1] if len(sys.argv) > 1 else "mpgraph.vsix"))
