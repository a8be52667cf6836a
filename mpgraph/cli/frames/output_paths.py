"""Files and folders of results: created if needed, and never overwritten by accident."""

from __future__ import annotations

from pathlib import Path

from mpgraph.errors import MediaError


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
