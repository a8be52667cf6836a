"""Paths of output files: derived from the input's name, and never overwriting a file by accident."""

from __future__ import annotations

from pathlib import Path

from mpgraph.errors import MediaError


def output_file(source: Path, output: Path | None, label: str, suffix: str, force: bool) -> Path:
    """Return the file to write for `source`.

    output: the user's argument: a file, a folder to put the file in, or None for the folder of `source`.
    label, suffix: for a derived name: "me.jpg" becomes "me-LABEL" + suffix.

    Raises:
        MediaError: the file already exists and `force` is off, or it is the input itself.
    """
    name = f"{source.stem}-{label}{suffix}"
    folder = source.parent if output is None else output
    target = folder / name if output is None or output.is_dir() else output
    if target.exists() and source.exists() and target.samefile(source):
        raise MediaError(f'"{target}" is the input; choose another name for the output')
    refuse_to_replace(target, force)
    return target


def output_folder(folder: Path) -> Path:
    """Return `folder`, after creating it if it does not exist; its parent must exist.

    Raises:
        MediaError: it is not a folder, or cannot be created.
    """
    if folder.is_dir():
        return folder
    if folder.exists():
        raise MediaError(f'"{folder}" is a file, but several results need a folder')
    try:
        folder.mkdir()
    except FileNotFoundError:
        raise MediaError(
            f'cannot create the folder "{folder}": there is no folder "{folder.parent}"'
        ) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise MediaError(f'cannot create the folder "{folder}": {reason}') from None
    return folder


def refuse_to_replace(path: Path, force: bool) -> None:
    """Raise MediaError if `path` is an existing file, unless `force` is on."""
    if path.is_file() and not force:
        raise MediaError(f'"{path}" already exists; use --force to replace it, or choose another name')
