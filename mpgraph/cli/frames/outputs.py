"""Where results go: names made from the input's, and nothing replaced by accident."""

from __future__ import annotations

from pathlib import Path

from mpgraph.errors import MediaError


def output_file(source: Path, output: Path | None, label: str, suffix: str, force: bool) -> Path:
    """Return the file to write for `source`.

    output: what the user gave: a file, a folder to put it in, or None for the folder of `source`.
    label, suffix: for a name that is not given: "me.jpg" becomes "me-LABEL" + suffix.

    Raises:
        MediaError: the file exists already and `force` is off, or it is the input itself.
    """
    name = f"{source.stem}-{label}{suffix}"
    folder = source.parent if output is None else output
    chosen = folder / name if output is None or output.is_dir() else output
    if chosen.exists() and source.exists() and chosen.samefile(source):
        raise MediaError(f'"{chosen}" is the input; give the output another name')
    refuse_to_replace(chosen, force)
    return chosen


def output_folder(folder: Path) -> Path:
    """Return `folder`, made if it does not exist (its parent has to).

    Raises:
        MediaError: it is not a folder, or cannot be made.
    """
    if folder.is_dir():
        return folder
    if folder.exists():
        raise MediaError(f'"{folder}" is a file, and a folder of pictures needs a folder for the results')
    try:
        folder.mkdir()
    except FileNotFoundError:
        raise MediaError(f'cannot make the folder "{folder}": there is no folder "{folder.parent}"') from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise MediaError(f'cannot make the folder "{folder}": {reason}') from None
    return folder


def refuse_to_replace(path: Path, force: bool) -> None:
    """Raise MediaError if `path` is a file that exists, unless `force` is on."""
    if path.is_file() and not force:
        raise MediaError(f'"{path}" exists already; --force replaces it, or give another name')
