"""A folder of finished runs and of checkpoints of unfinished ones."""

import hashlib
import os
import tempfile
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from theorylab.kernels import cache, restore, size
from theorylab.kernels import store as flatten

from .checks import BadInput


@dataclass(frozen=True)
class Checkpoint:
    """Rows and hitting times so far, the status, and the carry as a row of numbers."""

    table: np.ndarray
    hits: np.ndarray
    status: int
    carry: np.ndarray

    @classmethod
    def of(cls, table, hits, status, carry) -> "Checkpoint":
        """A checkpoint that owns its numbers: array states change in place."""
        row = np.empty(size(carry))
        flatten(carry, row, 0)
        return cls(table.copy(), hits.copy(), int(status), row)

    def restore(self, like):
        """The carry, shaped like `like`."""
        return restore(like, self.carry)[0]


class Store:
    """Runs kept under a folder, one file a run, named by everything that determines its result.

    Parameters
    ----------
    folder : path
        Made if it does not exist.

    Raises
    ------
    BadInput
        If the folder cannot be written.
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder):
                pass
        except OSError as error:
            message = f"the store {self.folder} cannot be written ({error.strerror}); name another folder"
            raise BadInput(message) from None

    @classmethod
    def of(cls, value) -> "Store | None":
        """A store from a store, a path or None."""
        return value if value is None or isinstance(value, Store) else cls(value)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.npz"

    def load(self, key: str) -> Checkpoint | None:
        """What is kept under `key`; a file that cannot be read counts as absent."""
        try:
            with self._path(key).open("rb") as file, np.load(file, allow_pickle=False) as data:
                return Checkpoint(data["table"], data["hits"], int(data["status"]), data["carry"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, zipfile.BadZipFile):
            warnings.warn(f"{self._path(key)} cannot be read and is computed anew", stacklevel=3)
            return None

    def save(self, key: str, checkpoint: Checkpoint) -> None:
        """Keep a checkpoint: written beside its place and renamed, so that a kill leaves the old one whole."""
        with tempfile.NamedTemporaryFile(dir=self.folder, suffix=".part", delete=False) as file:
            np.savez_compressed(
                file, table=checkpoint.table, hits=checkpoint.hits, status=checkpoint.status, carry=checkpoint.carry
            )
        os.replace(file.name, self._path(key))


def run_key(problem, method, x, stream, stops, levels, ceiling) -> str:
    """Hash of everything that determines a run's numbers, the sources included."""
    files = cache.extra_files(problem, method)
    if files is None:
        raise BadInput(
            "a store needs problems and methods whose code is in a file, so that an edit cannot return old results; "
            "move the class from the notebook or the interactive session into a module"
        )
    digest = hashlib.sha256(cache.source_hash(*files).encode())
    for part in (*_parts(problem), *_parts(method), x, np.array(stream), stops, levels, np.array(ceiling)):
        digest.update(part.encode() if isinstance(part, str) else str(part.shape).encode() + part.tobytes())
    return digest.hexdigest()[:32]


def _parts(record):
    yield f"{type(record).__module__}.{type(record).__qualname__}"
    for value in record:
        if hasattr(value, "_fields"):
            yield from _parts(value)
        else:
            yield np.asarray(value)
