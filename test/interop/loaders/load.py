"""Loads files in every way a person might, in processes of their own, and says which ways ran the payload.

usage: load.py FOLDER PART PARTS: prints a line of JSON for each file of this part of FOLDER/cases.json with the loaders that ran its payload, in their order.
"""

import bz2
import copyreg
import gzip
import io
import json
import lzma
import os
import pickle
import resource
import signal
import sys
import tarfile
import tempfile
import warnings
import zipfile
import zlib

import joblib
import lz4.frame
import numpy

import pickles

try:
    import torch
except ImportError:
    torch = None

# A loader may spin for ever on a broken file: seconds of processor time of one, and of all over one file by the clock.
LOADER_SECONDS = 1
SECONDS = 60
MEMORY_BYTES = 8 * 1024**3
MAX_DEPTH = 5
FILES_A_CHILD = 20


def load_all(data):
    file = io.BytesIO(data)
    while file.tell() < len(data):
        pickle.load(file)


class WithIds(pickle.Unpickler):
    def persistent_load(self, identity):
        return None


def load_numpy(path):
    loaded = numpy.load(path, allow_pickle=True)
    if isinstance(loaded, numpy.lib.npyio.NpzFile):
        for name in loaded.files:
            attempt(lambda name=name: loaded[name])


LEAVES = {
    "pickle.load": lambda path, data: pickle.loads(data),
    "pickle.load of Python": lambda path, data: pickle._loads(data),
    "pickle.load, latin1": lambda path, data: pickle.loads(data, encoding="latin1"),
    "pickle.load until the end": lambda path, data: load_all(data),
    "pickle.load with persistent ids": lambda path, data: WithIds(io.BytesIO(data)).load(),
    "numpy.load": lambda path, data: load_numpy(path),
    "joblib.load": lambda path, data: joblib.load(path),
}
if torch is not None:
    LEAVES["torch.load"] = lambda path, data: torch.load(path, map_location="cpu")


def attempt(action):
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, LOADER_SECONDS)
        return action()
    except Exception:
        return None
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def give_up(_signal, _frame):
    raise TimeoutError


def partly(stream):
    """What a stream gives before it breaks, as a loader that reads bit by bit sees it."""
    out = bytearray()
    try:
        while True:
            piece = stream.read(64 if len(out) < 65_536 else 1024**2)
            if not piece:
                break
            out += piece
    except Exception:
        pass
    return bytes(out)


def unzlib(data):
    inflater = zlib.decompressobj()
    out = bytearray()
    try:
        for at in range(0, len(data), 64):
            out += inflater.decompress(data[at : at + 64])
            if inflater.eof:
                break
    except zlib.error:
        pass
    return bytes(out)


def unpacked(data):
    """What lies in the data: name and bytes."""
    for name, opener in (("gzip", gzip.GzipFile), ("bz2", bz2.BZ2File), ("xz", lzma.LZMAFile)):
        yield name, lambda opener=opener: partly(opener(io.BytesIO(data)) if opener is not gzip.GzipFile else gzip.GzipFile(fileobj=io.BytesIO(data)))
    yield "lz4", lambda: partly(lz4.frame.LZ4FrameFile(io.BytesIO(data)))
    yield "zlib", lambda: unzlib(data)
    archive = attempt(lambda: zipfile.ZipFile(io.BytesIO(data)))
    for info in archive.infolist() if archive else []:
        yield f"zip {info.filename}", lambda info=info: partly(archive.open(info))
    tar = attempt(lambda: tarfile.open(fileobj=io.BytesIO(data), mode="r:"))
    for info in (attempt(tar.getmembers) or []) if tar else []:
        yield f"tar {info.name}", lambda info=info: partly(tar.extractfile(info))


def load(path, data, label, ran, marker, depth=0):
    for name, loader in LEAVES.items():
        attempt(lambda: loader(path, data))
        if os.path.exists(marker):
            ran.append(f"{label}{name}")
            os.remove(marker)
            return
    if depth == MAX_DEPTH:
        return
    for index, (name, open_inner) in enumerate(unpacked(data)):
        inner = attempt(open_inner)
        if not inner or inner == data:
            continue
        inner_path = f"{path}-{index}"
        with open(inner_path, "wb") as out:
            out.write(inner)
        load(inner_path, inner, f"{label}{name} > ", ran, marker, depth + 1)
        if ran:
            return


def sandboxed(paths, scratch):
    """In a child: bounds, a folder of its own, no output. Yields what ran for each path; a child that ends early is followed by another."""
    while paths:
        work = tempfile.mkdtemp(dir=scratch)
        read_end, write_end = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                load_each(paths, work, write_end)
            finally:
                os._exit(0)
        os.close(write_end)
        with os.fdopen(read_end) as answers:
            done = [json.loads(line) for line in answers]
        os.waitpid(child, 0)
        yield from done
        if len(done) < len(paths):
            yield ["a loader that then ended the process"] if os.path.exists(os.path.join(work, "marker")) else []
        paths = paths[len(done) + 1 :]


def load_each(paths, work, answers):
    signal.signal(signal.SIGVTALRM, give_up)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.chdir(work)
    silence = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(silence, descriptor)
    marker = os.path.join(work, "marker")
    os.environ["TSMA_MARKER"] = marker
    os.environ["TMPDIR"] = tempfile.tempdir = work
    for path in paths:
        signal.alarm(SECONDS)
        with open(path, "rb") as file:
            data = file.read()
        copy = os.path.join(work, "file")
        with open(copy, "wb") as out:
            out.write(data)
        ran = []
        load(copy, data, "", ran, marker)
        os.write(answers, json.dumps(ran).encode() + b"\n")


def main(folder, part, parts):
    warnings.simplefilter("ignore")
    for code, (module, name) in pickles.EXTENSIONS.items():
        copyreg.add_extension(module, name, code)
    if torch is not None:
        torch.set_num_threads(1)
    with open(os.path.join(folder, "cases.json")) as file:
        files = [case["file"] for case in json.load(file) if case["family"] != "neighbour"]
    files = files[part::parts]
    with tempfile.TemporaryDirectory() as scratch:
        for at in range(0, len(files), FILES_A_CHILD):
            some = files[at : at + FILES_A_CHILD]
            paths = [os.path.join(os.path.abspath(folder), file) for file in some]
            for file, ran in zip(some, sandboxed(paths, scratch)):
                print(json.dumps({"file": file, "ran": ran}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
