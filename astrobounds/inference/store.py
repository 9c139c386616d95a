"""The run file: one HDF5 file that survives being killed at any moment.

HDF5 itself does not: a process killed while it writes leaves a file no reader opens, and a full disk
ends in a crash of the library. So HDF5 only ever writes to memory; the image replaces the file whole
(written beside, then renamed), and what happens between two such checkpoints goes to an append-only
journal of checksummed records. The file carries a digest of its content, so that damage is noticed,
never repaired.
"""

import hashlib
import io
import json
import os

import numpy as np

from .. import checks
from ..errors import ConfigError, DataError
from .atomic import write_whole
from .journal import Journal, pack, read_journal

FORMAT = "astrobounds-run-1"
_BLOCK = 512  # bytes before the HDF5 data, where the digest stands
_MARK = b"astrobounds sha256 "


def _digest(image):
    return _MARK + hashlib.sha256(image).hexdigest().encode()


class RunFile:
    """Arrays and attributes in one HDF5 file plus a journal.

    Parameters
    ----------
    path : path
        ``run.h5``; the journal is ``run.h5.journal``, the lock ``.run.h5.lock``.
    fingerprint : dict
        JSON-able description of the configuration. A file of another configuration is refused.

    Attributes
    ----------
    arrays : dict of str -> ndarray
        Content, keys like ``"scan/loglike/lab"``.
    attrs : dict
        JSON-able attributes per group, ``{"scan": {...}}``.

    Raises
    ------
    DataError
        If the file is damaged, foreign or of another configuration.
    ConfigError
        If another process writes the file, or nothing can be written beside it.
    """

    def __init__(self, path, fingerprint):
        self.path = checks.path(path)
        self.fingerprint = json.loads(json.dumps(fingerprint))
        self.arrays, self.attrs = {}, {}
        self.epoch = 0
        self._records, self._journal = [], None
        self.journal_path = self.path.with_name(self.path.name + ".journal")
        if not self.path.parent.is_dir():
            raise ConfigError(f"the folder of {self.path} does not exist: create it first")
        self._lock = self._acquire()
        try:
            if os.path.lexists(self.path):
                self._load()
            self._open_journal()
        except BaseException:
            self.close()
            raise

    def _acquire(self):
        from filelock import FileLock, Timeout

        name = self.path.with_name(f".{self.path.name}.lock")
        if name.is_symlink() or (name.exists() and not name.is_file()):
            raise ConfigError(f"{name} is a link or no regular file: remove it")
        if name.exists() and name.stat().st_size:
            raise ConfigError(f"{name} is no lock of a run, it has content: move it away")
        lock = FileLock(name, timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise ConfigError(f"{self.path} is being written by another process") from None
        except OSError as error:
            raise ConfigError(f"cannot write beside {self.path}: {error.strerror}") from None
        return lock

    # -- reading ---------------------------------------------------------------------------------
    def _load(self):
        content = read_run(self.path)
        check_fingerprint(self.path, content["fingerprint"], self.fingerprint)
        self.arrays, self.attrs = content["arrays"], content["attrs"]
        self.epoch = content["epoch"]

    def _open_journal(self):
        """Replay the journal of this epoch and keep it open for appending."""
        header, records, used = read_journal(self.journal_path)
        if header is not None:
            if header["fingerprint"] != self.fingerprint:
                raise DataError(
                    f"{self.journal_path} belongs to another configuration; move it away"
                )
            if records and header["epoch"] > self.epoch:
                raise DataError(
                    f"{self.journal_path} holds {len(records)} records that continue another "
                    f"{self.path.name}, which is missing or older; restore that file, or move the "
                    "journal away to start without them"
                )
            if header["epoch"] == self.epoch:
                self._records = records
                self._journal = Journal(self.journal_path, header, used)
                return
        self._new_journal()

    def _new_journal(self):
        self._records = []
        header = {"epoch": self.epoch, "fingerprint": self.fingerprint}
        self._journal = Journal(self.journal_path, header)

    # -- writing ---------------------------------------------------------------------------------
    def append(self, kind, meta, **arrays):
        """Append one record (atomic) to the journal."""
        self._journal.write(pack(kind, meta, arrays))

    def pending(self, kind):
        """Return (meta, arrays) of the records of one kind since the last checkpoint."""
        return [(m, a) for k, m, a in self._records if k == kind]

    def checkpoint(self):
        """Write ``arrays`` and ``attrs`` as the new HDF5 file and start an empty journal."""
        image = self._image()
        write_whole(
            self.path, _digest(image).ljust(_BLOCK, b"\0") + image,
            f"what was computed is in {self.journal_path.name} and the last {self.path.name}, free some "
            "space and run again",
        )  # fmt: skip
        self.epoch += 1
        self._journal.close()
        self._new_journal()

    def _image(self):
        """Return the HDF5 file as bytes, made in memory."""
        import h5py

        with h5py.File("image", "w", driver="core", backing_store=False, userblock_size=_BLOCK) as file:
            file.attrs["format"] = FORMAT
            file.attrs["fingerprint"] = json.dumps(self.fingerprint)
            file.attrs["epoch"] = self.epoch + 1
            for group, attributes in self.attrs.items():
                file.require_group(group).attrs.update(_plain(attributes))
            for key, array in self.arrays.items():
                file.create_dataset(key, data=array)
            file.flush()
            return file.id.get_file_image()

    def close(self):
        """Release the file; an empty journal is removed."""
        if self._journal is not None:
            self._journal.close()
            self._journal = None
            try:
                header, records, _ = read_journal(self.journal_path)
                if header and not records and (self.epoch == 0 or header["epoch"] == self.epoch):
                    self.journal_path.unlink()
            except (DataError, OSError):
                pass  # it is refused when it is opened the next time
        self._lock.release()

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()


def check_fingerprint(path, there, here):
    """Raise DataError if a file belongs to another configuration."""
    here = json.loads(json.dumps(here))
    if there != here:
        raise DataError(
            f"{path} belongs to another configuration ({_difference(there, here)}); move it away or "
            "choose another output name"
        )


def _plain(attributes):
    return {k: json.dumps(v) if isinstance(v, (dict, list, tuple)) else v
            for k, v in attributes.items()}  # fmt: skip


def _difference(old, new):
    if not isinstance(old, dict):
        return "it says nothing readable"
    keys = sorted(k for k in {**old, **new} if old.get(k) != new.get(k))
    return "; ".join(f"{k}: {old.get(k)!r} there, {new.get(k)!r} here" for k in keys[:2])[:300]


def read_run(path):
    """Return fingerprint, epoch, attrs and arrays of a run file; nothing is locked or written.

    Raises
    ------
    DataError
        If the file is missing, is not a run file, its content does not match its digest, or it holds
        what no run writes (links to other files, objects, more than its own size).
    """
    path = checks.path(path)
    if not path.exists():
        raise DataError(f"no run file {path}")
    data = checks.regular_file(path, "run file", 20 * checks.FILE_LIMIT).read_bytes()
    block, image = data[:_BLOCK].rstrip(b"\0"), data[_BLOCK:]
    if not block.startswith(_MARK):
        raise DataError(
            f"{path} is not a run file of astrobounds, or its beginning is damaged; "
            "it was not touched, move it away or choose another output name"
        )
    if block != _digest(image):
        raise DataError(
            f"{path} is damaged: its content does not match its digest; it was not touched, "
            "restore it from a copy or move it away"
        )
    try:
        return _read_image(data)
    except DataError as error:
        raise DataError(f"{path}: {error}; it was not touched") from None
    except (MemoryError, Exception) as error:
        reason = " ".join(str(error).split())[:200]
        raise DataError(f"{path} is damaged: {reason}; it was not touched") from None


def _read_image(data):
    import h5py

    arrays, attrs, room = {}, {}, [len(data)]

    def walk(group, prefix):
        for name in group:
            key = prefix + name
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise DataError(f"'{key}' is a link, no run writes one")
            item = group[name]
            if isinstance(item, h5py.Group):
                attrs[key] = dict(item.attrs)
                walk(item, key + "/")
            elif isinstance(item, h5py.Dataset):
                outside = item.external is not None or item.is_virtual or item.chunks is not None
                room[0] -= item.size * item.dtype.itemsize
                if outside or item.dtype.kind not in "biuf" or room[0] < 0:
                    raise DataError(f"'{key}' is no plain array inside this file")
                arrays[key] = item[...]

    with h5py.File(io.BytesIO(data), "r") as file:
        if file.attrs.get("format") != FORMAT:
            raise DataError(f"it has format {file.attrs.get('format')!r}, not {FORMAT!r}")
        walk(file, "")
        return {
            "fingerprint": json.loads(file.attrs["fingerprint"]),
            "epoch": int(file.attrs["epoch"]),
            "attrs": attrs,
            "arrays": arrays,
        }


def parsed(attributes):
    """Return attributes of a group with the JSON in them read."""
    return {k: json.loads(v) if isinstance(v, str) and v[:1] in ("[", "{") else v
            for k, v in attributes.items()}  # fmt: skip


def shaped(arrays, key, shape, path):
    """Return an array of a run file after checking its shape; None in ``shape`` is any length."""
    array = arrays.get(key)
    good = array is not None and array.ndim == len(shape)
    if not good or any(n is not None and n != m for n, m in zip(shape, array.shape)):
        raise DataError(f"{path} is damaged: '{key}' is missing or has another shape; it was not touched")
    return np.asarray(array)


class NoFile:
    """A run without a file."""

    path = "memory"

    def __init__(self):
        self.arrays, self.attrs = {}, {}

    def append(self, kind, meta, **arrays):
        """Keep nothing."""

    def pending(self, kind):
        """Return nothing."""
        return []

    def checkpoint(self):
        """Write nothing."""

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        pass
