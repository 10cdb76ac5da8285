"""Writes files that run a harmless payload when they are loaded, each another mixture of what torch, numpy, joblib, pickle and tar take.

usage: generate.py FOLDER SEED COUNT: writes FOLDER/cases.json and a file for each case.
"""

import bz2
import gzip
import io
import json
import lzma
import os
import pickle
import random
import struct
import sys
import zlib

import joblib
import lz4.frame
import numpy

import pickles
import tars
import zips

try:
    import torch
except ImportError:
    torch = None

NAMES = [
    "model.pt", "model.pth", "model.bin", "model.pkl", "model.joblib", "array.npy", "arrays.npz", "model.onnx", "model.safetensors", "model.h5", "README.md",
    "notes.txt", "vocab.json", "settings.yaml", "helper.py", "script.js", "picture.png", "weights.gguf", "more.tar", "more.zip", "more.gz", "data.dat", "LICENSE",
    "model.safetensors.index.json", "deep/er/file.ckpt", "model.tflite", "a.pickle", "model.keras", "x.csv", "model.pth.tar", "._model.pt", "labels.xml",
]


class Runs:
    """What pickle.dump makes of an object that runs something."""

    def __reduce__(self):
        return exec, (pickles.CODE,)


def save(writer, *args, **options):
    out = io.BytesIO()
    writer(*args, out, **options)
    return out.getvalue()


# numpy


def npy_header(rng, body):
    shape, order = rng.choice(["()", "(1,)", "(1L,)", "1,", "(0x1,)", "[1]"]), rng.choice(["False", "True"])
    descr = rng.choice(
        ["'|O'", "'O'", "'O8'", "'object'", "'|O8'", "u'O'", "'|' 'O'", "('O')", "'=O'", "'O,O'", "',O'", "'(1,)O'", "[('a', 'O')]", "[('a', '<f8'), ('b', '|O')]",
         "('|O', (1,))", "[('a', [('b', 'O')])]", "[('a', 'O', (2,))]", "[(('title', 'a'), 'O')]", "'\\x4f'", "'''O'''", "'object_'", "'f8,O'", "'<O'", "'O4'"]
    )
    text = rng.choice(
        ["{'descr': %s, 'fortran_order': %s, 'shape': %s, }", "{'shape': %3$s, 'fortran_order': %2$s, 'descr': %1$s}", "{'descr':%s,\n'fortran_order':%s,'shape':%s}",
         "{'descr': %s, 'fortran_order': %s, 'shape': %s} # comment", "{'descr': 1, 'descr': %s, 'fortran_order': %s, 'shape': %s}", "({'descr': %s, 'fortran_order': %s, 'shape': %s})"]
    )
    for position, value in enumerate((descr, order, shape), 1):
        text = text.replace(f"%{position}$s", value)
    if "%s" in text:
        text = text % (descr, order, shape)
    version = rng.choice([1, 1, 1, 2, 3])
    padding = rng.choice([0, 0, 0, 64, 500, 12_000, 60_000])
    data = (text + " " * padding + "\n").encode("latin1")
    minor = rng.choice([0] * 9 + [1])
    length = struct.pack("<H", len(data)) if version == 1 else struct.pack("<I", len(data))
    return b"\x93NUMPY" + bytes([version, minor]) + length + data + body


def npy(rng, bad):
    if rng.random() < 0.3:
        array = numpy.array([Runs(), 1], dtype=object)
        return "numpy.save", save(lambda value, out: numpy.save(out, value, allow_pickle=True), array)
    return "npy", npy_header(rng, bad)


def npz(rng, bad):
    kind, array = npy(rng, bad)
    names = ["a.npy", rng.choice(["b.npy", "b", "c.txt", "x.NPY"])]
    if rng.random() < 0.5:
        _, good = "good", save(lambda value, out: numpy.save(out, value), numpy.zeros(3))
        view, entries, options = zips.views(rng, rng.choice(names), array, good)
        return f"npz-{kind}-{view}", zips.make_zip(entries + [zips.Entry("z.npy", good, 8)], **options)
    return f"npz-{kind}", zips.make_zip([zips.Entry(rng.choice(names), array, rng.choice([0, 8, 12, 14]))])


# torch


def torch_entries(data_pickle, top="archive", method=0):
    return [
        zips.Entry(f"{top}/data.pkl", data_pickle, method),
        zips.Entry(f"{top}/version", b"3\n"),
        zips.Entry(f"{top}/byteorder", b"little"),
    ]


def torch_zip(rng, bad):
    top = rng.choice(["archive", "archive", "m", "a/b"])
    good = pickles.benign(rng)
    rest = torch_entries(good, top)[1:]
    if rng.random() < 0.2:
        rest += [zips.Entry(f"{top}/constants.pkl", b"\x80\x02)."), zips.Entry(f"{top}/code/__torch__.py", b"")]
    if rng.random() < 0.6:
        view, entries, options = zips.views(rng, f"{top}/data.pkl", bad, good)
        return f"torch-{view}", zips.make_zip(entries + rest, **options)
    place = rng.choice(["data.pkl", "data.pkl", "extra/x.bin", ".data/version", "data/0", "x.pkl", "attributes.pkl", "DATA.PKL"])
    if place == "data.pkl":
        return "torch", zips.make_zip([zips.Entry(f"{top}/data.pkl", bad, rng.choice([0, 0, 8]))] + rest)
    return f"torch-{place}", zips.make_zip(torch_entries(good, top) + [zips.Entry(f"{top}/{place}", bad, rng.choice([0, 8]))])


MAGIC = 0x1950A86A20F9469CFC6C


def torch_legacy(rng, bad):
    if torch is not None and rng.random() < 0.2:
        return "torch.save-legacy", save(lambda value, out: torch.save(value, out, _use_new_zipfile_serialization=False), {"a": torch.ones(2), "b": Runs()})
    info = {"protocol_version": 1001, "little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}}
    parts = [pickle.dumps(value, 2) for value in (MAGIC, 1001, info, {}, [])]
    place = rng.choice([0, 1, 2, 3, 3, 4, 5, 5])
    kind = f"legacy-{place}"
    if place < 5 and rng.random() < 0.3:
        # The payload, and behind it the value that the loader wants.
        value = parts[place][2:]
        parts[place] = b"\x80\x02" + pickles.call(rng) + b"0" + value
        kind += "-and-value"
    elif place == 5:
        parts.append(bad)
    else:
        parts[place] = bad
    return kind, b"".join(parts)


def torch_tar(rng, bad):
    good = pickles.benign(rng)
    members = {"storages": pickle.dumps(0, 2) + pickle.dumps([], 2), "tensors": pickle.dumps(0, 2), "pickle": good}
    members[rng.choice(list(members))] = bad
    order = list(members.items())
    rng.shuffle(order)
    kinds, data = tars.make_tar(rng, order)
    return f"torch-tar-{kinds}", data


def torch_saved(rng, bad):
    if torch is None:
        return torch_zip(rng, bad)
    return "torch.save", save(lambda value, out: torch.save(value, out), {"a": torch.ones(2), "b": Runs()})


# joblib


def dtype_ops(rng, descr, state=None):
    made = b"cnumpy\ndtype\n" + pickles.text4(descr) + rng.choice([b"\x85R", b"\x89\x88\x87R", b"I0\nI1\n\x87R"])
    return made + (state + b"b" if state else b"")


OBJECT_STATES = {
    "fields": b"(K\x03" + pickles.text4("|") + b"N" + pickles.text4("a") + b"\x85}" + pickles.text4("a") + b"cnumpy\ndtype\n" + pickles.text4("O8") + b"\x85RK\0\x86sK\x08K\x08K\x1bt",
    "flags": b"(K\x03" + pickles.text4("<") + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x3ft",
    "old-fields": b"(" + pickles.text4("|") + b"N" + pickles.text4("a") + b"\x85}" + pickles.text4("a") + b"cnumpy\ndtype\n" + pickles.text4("O8") + b"\x85RK\0\x86sK\x08K\x08t",
}


def wrapper(rng, dtype, count, aligned):
    items = [("subclass", b"cnumpy\nndarray\n"), ("shape", b"K" + bytes([count]) + b"\x85"), ("order", pickles.text4("C")), ("dtype", dtype), ("allow_mmap", b"\x88")]
    if aligned:
        items.append(("numpy_array_alignment_bytes", b"K\x10"))
    made = b"cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81"
    return made + b"}(" + b"".join(pickles.text4(key) + value for key, value in items) + b"ub"


def plain_array(rng, content):
    """An array of bytes whose content is ours to choose: whoever reads it as opcodes reads what we like."""
    aligned = rng.random() < 0.5
    return wrapper(rng, dtype_ops(rng, "u1"), len(content), aligned) + (b"\0" if aligned else b"") + content


def joblib_crafted(rng, bad):
    body = pickles.filler(rng) + pickles.call(rng)
    kind = rng.choice(["behind", "decoy-behind", "object", "decoy-object", "fields", "flags", "old-fields", "framed", "decoy-framed", "two"])
    decoy = plain_array(rng, rng.choice([b"N.", b"\xff\xff", b"0N.", bytes(8)])) + b"0" if kind.startswith(("decoy", "fields", "flags", "old", "two")) else b""
    head = rng.choice([b"\x80\x03", b"\x80\x04", b"\x80\x05"])
    if kind in ("behind", "decoy-behind"):
        return kind, head + decoy + plain_array(rng, bytes(5)) + b"0" + body + b"."
    if kind in ("object", "decoy-object"):
        return kind, head + decoy + wrapper(rng, dtype_ops(rng, "O8"), 1, rng.random() < 0.5) + bad + b"."
    if kind in OBJECT_STATES:
        descr = "u1" if kind == "flags" else "V8"
        return kind, head + decoy + wrapper(rng, dtype_ops(rng, descr, OBJECT_STATES[kind]), 1, False) + bad + b"."
    if kind in ("framed", "decoy-framed"):
        # The opcodes come out of the frame, the bytes of the array from behind it.
        content = rng.randbytes(200)
        inside = wrapper(rng, dtype_ops(rng, "u1"), len(content), False) + b"0" + body + b"."
        decoy = plain_array(rng, b"N.") + b"0" if kind == "decoy-framed" else b""
        return kind, b"\x80\x04" + decoy + b"\x95" + struct.pack("<Q", len(inside)) + inside + content
    return kind, head + decoy + plain_array(rng, b"N.") + b"0" + body + b"."


def joblib_saved(rng, bad):
    value = rng.choice([Runs(), {"a": numpy.ones(5), "b": Runs(), "c": numpy.array([1, "x", Runs()], dtype=object)}])
    method = rng.choice([0, ("zlib", 3), ("gzip", 3), ("bz2", 3), ("xz", 3), ("lzma", 3), ("lz4", 3)])
    options = {"compress": method, "protocol": rng.choice([2, 3, 4, 5])}
    path = "joblib.tmp"
    joblib.dump(value, path, **options)
    with open(path, "rb") as file:
        data = file.read()
    os.remove(path)
    return f"joblib.dump-{method and method[0]}", data


# What goes around a file


def gzipped(rng, data):
    flags = rng.choice([0, 0, 2, 4, 8, 16, 28])
    head = b"\x1f\x8b\x08" + bytes([flags]) + bytes(5) + b"\xff"
    head += (b"\x03\0abc" if flags & 4 else b"") + (b"name\0" if flags & 8 else b"") + (b"why\0" if flags & 16 else b"")
    if flags & 2:
        head += struct.pack("<H", zlib.crc32(head) & 0xFFFF)
    deflater = zlib.compressobj(rng.choice([0, 1, 9]), zlib.DEFLATED, -15)
    tail = struct.pack("<II", zlib.crc32(data), len(data))
    form = rng.choice(["whole", "whole", "two", "garbage", "sum", "cut", "zeros", "broken-behind"])
    if form == "two":
        half = len(data) // 2
        return f"gzip-{form}", gzip.compress(data[:half]) + gzip.compress(data[half:])
    body = deflater.compress(data) + (deflater.flush(zlib.Z_SYNC_FLUSH) + b"\xff\xff\xff" if form == "broken-behind" else deflater.flush())
    tail = {"garbage": tail + b"garbage", "sum": bytes(8), "cut": b"", "zeros": tail + bytes(100), "broken-behind": tail}.get(form, tail)
    return f"gzip-{form}", head + body + tail


def zlibbed(rng, data):
    bits = rng.choice([15, 15, 15, 9, 12])
    deflater = zlib.compressobj(rng.choice([0, 1, 6, 9]), zlib.DEFLATED, bits)
    made = deflater.compress(data) + deflater.flush()
    form = rng.choice(["whole", "whole", "sum", "cut", "garbage"])
    made = {"sum": made[:-4] + bytes(4), "cut": made[:-4], "garbage": made + b"garbage"}.get(form, made)
    return f"zlib-{bits}-{form}", made


def bzipped(rng, data):
    form = rng.choice(["whole", "whole", "two", "garbage", "sum", "cut"])
    made = bz2.compress(data, rng.choice([1, 9]))
    if form == "two":
        made = bz2.compress(data[: len(data) // 2]) + bz2.compress(data[len(data) // 2 :])
    made = {"garbage": made + b"garbage", "sum": made[:-3] + b"\0\0\0", "cut": made[:-4]}.get(form, made)
    return f"bz2-{form}", made


def xzed(rng, data):
    check = rng.choice([lzma.CHECK_NONE, lzma.CHECK_CRC32, lzma.CHECK_CRC64, lzma.CHECK_SHA256])
    before = rng.choice([[], [], [{"id": lzma.FILTER_DELTA, "dist": 3}], [{"id": lzma.FILTER_X86}]])
    settings = {"id": lzma.FILTER_LZMA2, "preset": rng.choice([0, 6]), "lc": rng.choice([3, 0, 4]), "lp": 0, "pb": rng.choice([0, 2])}
    made = lzma.compress(data, lzma.FORMAT_XZ, check, filters=before + [settings])
    form = rng.choice(["whole", "whole", "two", "padding", "garbage", "cut"])
    if form == "two":
        made = lzma.compress(data[: len(data) // 2]) + lzma.compress(data[len(data) // 2 :])
    made = {"padding": made + bytes(8), "garbage": made + b"garb", "cut": made[:-12]}.get(form, made)
    return f"xz-{form}", made


def lzmaed(rng, data):
    settings = {"id": lzma.FILTER_LZMA1, "dict_size": rng.choice([4096, 1 << 20, 1 << 23, 1 << 26]), "lc": rng.choice([3, 0]), "lp": rng.choice([0, 1]), "pb": 2}
    return "lzma", lzma.compress(data, lzma.FORMAT_ALONE, filters=[settings])


def lz4ed(rng, data):
    options = {"block_linked": rng.random() < 0.5, "content_checksum": rng.random() < 0.5, "block_checksum": rng.random() < 0.5, "store_size": rng.random() < 0.5}
    made = lz4.frame.compress(data, **options)
    skippable = b"\x50\x2a\x4d\x18" + struct.pack("<I", 5) + b"12345"
    form = rng.choice(["whole", "whole", "skippable", "two", "garbage", "cut"])
    made = {"skippable": made + skippable, "two": made + lz4.frame.compress(b"more"), "garbage": made + b"garbage", "cut": made[:-4]}.get(form, made)
    return f"lz4-{form}", made


def old_joblib(rng, data):
    return "zfile", b"ZF" + hex(len(data)).encode().ljust(19 if rng.random() < 0.8 else 20) + zlib.compress(data)


def zipped(rng, data):
    name = rng.choice(["inner.pt", "a.txt", "data.pkl", "archive/data.pkl", "x", "deep/er.bin"])
    if rng.random() < 0.4:
        view, entries, options = zips.views(rng, name, data, b"nothing here")
        return f"zip-{view}", zips.make_zip(entries, **options)
    return "zip", zips.make_zip([zips.Entry("first.txt", b"text"), zips.Entry(name, data, rng.choice([0, 8, 8, 12, 14]))])


def tarred(rng, data):
    kinds, made = tars.make_tar(rng, [("first.txt", b"text"), (rng.choice(["inner.pt", "x", "a/b.bin"]), data)])
    return f"tar-{kinds}", made


def in_storage(rng, data):
    return "in-pt", zips.make_zip(torch_entries(pickles.benign(rng)) + [zips.Entry("archive/data/0", data)])


def in_npz(rng, data):
    good = save(lambda value, out: numpy.save(out, value), numpy.zeros(3))
    return "in-npz", zips.make_zip([zips.Entry("a.npy", good), zips.Entry(rng.choice(["b", "b.npy"]), data, 8)])


def zip_behind(rng, data):
    """A harmless file with a ZIP behind it."""
    front = rng.choice([pickles.benign(rng), b"\x89PNG\r\n\x1a\n" + bytes(40), b"GGUF" + bytes(60), b"plain text\n" * 9, struct.pack("<Q", 2) + b"{}", b"MZ" + bytes(90)])
    made = zips.make_zip([zips.Entry("x.pkl", data, rng.choice([0, 8]))], comment=rng.choice([b"", b"c" * 30]))
    return "zip-behind", front + made


def far_down(rng, data):
    """Much that compresses to nothing before what matters, in a pickle that is still whole."""
    size = 66 * 1024**2
    return "far-down", gzip.compress(b"B" + struct.pack("<I", size) + bytes(size) + b"0" + data, 1)


WRAPS = [gzipped, zlibbed, bzipped, xzed, lzmaed, lz4ed, old_joblib, zipped, zipped, tarred, tarred, in_storage, in_npz, zip_behind]


# Polyglots: a pickle that begins as another format does


def begins_as_other(rng, bad):
    body = bad
    fronts = {
        "gguf": b"GGUF" + bytes(5) + b"0", "mz": b"MZ\x90" + b"0", "tflite": b"C\x06abTFL30", "ort": b"C\x06abORTM0", "gif": b"GIF89a\0\0\0" + b"0",
        "safetensors": b"C\x0fx\0\0\0\0\0{" + b'"a":{}}  ' + b"0",
        "legacy-magic": b"C\x0c\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x190",
        "tar-mark": b"B" + struct.pack("<I", 507) + bytes(252) + b"ustar\00000" + bytes(247) + b"0",
    }
    kind = rng.choice(list(fronts) + ["tar"])
    if kind != "tar":
        return f"as-{kind}", fronts[kind] + body
    # The first 512 bytes are the header of a tar and an argument of the pickle at once.
    head = bytearray(tars.header(b"B" + struct.pack("<I", 507), 0, sum_form="wrong"))
    total = sum(head[:148]) + 256 + sum(head[156:])
    head[148:156] = b"%06o\0 " % total
    return "as-tar", bytes(head) + b"0" + body


def raw(rng, bad):
    return "pickle", bad


FAMILIES = {
    "pickle": [raw, raw, raw, begins_as_other],
    "numpy": [npy, npy, npz],
    "torch": [torch_zip, torch_zip, torch_legacy, torch_tar, torch_saved],
    "joblib": [joblib_crafted, joblib_crafted, joblib_saved],
    "tar": [tarred],
}


def mutate(rng, data):
    """A few bytes changed, doubled, dropped or put in, mostly near the ends, where headers are."""
    data = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 4])):
        at = rng.randrange(min(len(data), 600)) if rng.random() < 0.7 else rng.randrange(len(data))
        at = len(data) - 1 - at if rng.random() < 0.4 else at
        edit = rng.choice(["flip", "set", "drop", "insert", "double"])
        if edit == "flip":
            data[at] ^= 1 << rng.randrange(8)
        elif edit == "set":
            data[at] = rng.choice([0, 0xFF, 0x80, 0x2E, 0x30])
        elif edit == "drop":
            del data[at : at + rng.choice([1, 4])]
        elif edit == "insert":
            data[at:at] = rng.randbytes(rng.choice([1, 4]))
        else:
            data[at:at] = data[at : at + 8]
        if not data:
            return b"."
    return bytes(data)


def make_case(rng, index):
    family = list(FAMILIES)[index % len(FAMILIES)]
    bad = pickles.chain(rng) if rng.random() < 0.6 else pickles.evil(rng)
    kind, data = rng.choice(FAMILIES[family])(rng, bad)
    kinds = [kind]
    for _ in range(rng.choice([0, 0, 0, 1, 1, 2, 3])):
        wrap = rng.choice(WRAPS)
        kind, data = wrap(rng, data)
        kinds.append(kind)
    if rng.random() < 0.004:
        kind, data = far_down(rng, pickles.evil(rng))
        kinds.append(kind)
    if rng.random() < 0.25:
        data = mutate(rng, data)
        kinds.append("mutated")
    return {"family": family, "kinds": kinds, "name": rng.choice(NAMES)}, data


def make_neighbour(rng, index):
    """The same wraps around what the libraries themselves write, with nothing in it that runs."""
    value = {"a": numpy.arange(5), "b": [1, 2.5, "x"], "c": {"d": None}}
    makers = [
        lambda: ("pickle", pickle.dumps({"a": 1, "b": [1.5, None, "x"]}, rng.randrange(6))),
        lambda: ("npy", save(lambda array, out: numpy.save(out, array), numpy.arange(rng.randrange(1, 99)))),
        lambda: ("npz", save(lambda array, out: numpy.savez_compressed(out, a=array, b=array), numpy.ones(9))),
        lambda: ("joblib", save(lambda made, out: joblib.dump(made, out), value)),
        lambda: ("text", b"a word and another\n" * 20),
        lambda: ("noise", rng.randbytes(3000)),
    ]
    if torch is not None:
        makers.append(lambda: ("torch", save(lambda made, out: torch.save(made, out), {"w": torch.ones(3, 4)})))
        makers.append(lambda: ("legacy", save(lambda made, out: torch.save(made, out, _use_new_zipfile_serialization=False), {"w": torch.ones(3, 4)})))
    wraps = {
        "gzip": gzip.compress, "zlib": zlib.compress, "bz2": bz2.compress, "xz": lzma.compress, "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE),
        "lz4": lz4.frame.compress, "zip": lambda data: zips.make_zip([zips.Entry("a/b.bin", data, 8), zips.Entry("c.txt", b"text", 0)]),
        "tar": lambda data: tars.header("a/b.bin", len(data)) + tars.block(data) + tars.END,
    }
    kind, data = makers[index % len(makers)]()
    kinds = [kind]
    for _ in range(rng.choice([0, 1, 1, 2])):
        wrap = rng.choice(list(wraps))
        data = wraps[wrap](data)
        kinds.append(wrap)
    return {"family": "neighbour", "kinds": kinds, "name": rng.choice(["notes.dat", "extra.bin", "blob", "cache.tmp"])}, data


def main(folder, seed, count, neighbours):
    os.makedirs(folder, exist_ok=True)
    os.chdir(folder)
    cases = []
    for make, many, base in ((make_case, count, 0), (make_neighbour, neighbours, count)):
        for index in range(many):
            # One generator a case: a case stays what it is whatever the others become.
            rng = random.Random(f"{seed}-{make.__name__}-{index}")
            case, data = make(rng, index)
            file = f"{base + index:05d}"
            with open(file, "wb") as out:
                out.write(data)
            cases.append({"file": file, **case})
    with open("cases.json", "w") as out:
        json.dump(cases, out)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
