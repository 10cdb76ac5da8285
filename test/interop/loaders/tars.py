"""Tars written header by header, as Python's tarfile reads them and stricter readers do not."""

import struct


def block(data):
    return data + bytes(-len(data) % 512)


def header(name, size, type_=b"0", magic=b"ustar\00000", link=b"", mode=b"0000644\0", size_field=None, sum_form="octal", raw=None):
    name = name.encode() if isinstance(name, str) else name
    size_field = size_field if size_field is not None else b"%011o\0" % size
    head = name[:100].ljust(100, b"\0") + mode + b"0000000\0" * 2 + size_field + b"00000000000\0" + b" " * 8 + type_ + link[:100].ljust(100, b"\0") + magic
    head = head.ljust(512, b"\0") if raw is None else (head + raw).ljust(512, b"\0")[:512]
    unsigned = sum(head)
    signed = sum(byte - 256 if byte > 127 else byte for byte in head)
    forms = {
        "octal": b"%06o\0 " % unsigned,
        "signed": b"%06o\0 " % signed if signed >= 0 else b"\xff" + struct.pack(">q", signed)[1:],
        "base256": b"\x80" + struct.pack(">Q", unsigned)[1:],
        "prefix": b"0o%05o\0" % unsigned,
        "plus": b"+%06o\0" % unsigned,
        "underscore": (b"%03o_%03o" % (unsigned >> 9, unsigned & 511) + b"\0")[:8].ljust(8, b"\0"),
        "spaces": b" %06o\0" % unsigned,
        "tab": b"\t%06o\0" % unsigned,
        "nul-tail": (b"%06o\0" % unsigned).ljust(7, b"\0") + b"9",
        "wrong": b"0000001\0",
    }
    return head[:148] + forms[sum_form][:8].ljust(8, b" ") + head[156:]


def pax_record(key, value):
    body = b" " + key.encode() + b"=" + value + b"\n"
    size = len(body) + 1
    while len(str(size)) + len(body) != size:
        size = len(str(size)) + len(body)
    return b"%d" % size + body


def pax(records, type_=b"x"):
    data = b"".join(pax_record(key, value) for key, value in records)
    return header("PaxHeaders/x", len(data), type_) + block(data)


def gnu_long(name, type_=b"L"):
    data = name.encode() + b"\0"
    return header("././@LongLink", len(data), type_, magic=b"ustar  \0") + block(data)


END = bytes(1024)
SUM_FORMS = ["octal", "signed", "base256", "prefix", "plus", "underscore", "spaces", "tab", "nul-tail", "wrong"]


def member(rng, name, data):
    """One member in one of the forms that tarfile takes."""
    size = len(data)
    kind = rng.choice(["plain", "plain", "sum", "sum", "size-base256", "size-form", "pax-path", "pax-size", "pax-size-zero", "long-name", "gnu", "v7", "contiguous", "prefix",
                       "sparse", "pax-sparse", "unknown-type", "folder-before", "link-before", "device-before", "pax-global", "high-bytes", "solaris", "volume"])
    plain = header(name, size) + block(data)
    if kind == "sum":
        form = rng.choice(SUM_FORMS)
        return f"sum-{form}", header(name, size, sum_form=form, raw=b"\xff" * 200 if form == "signed" else None) + block(data)
    if kind == "high-bytes":
        return kind, header(name, size, raw=b"\xe9" * 30) + block(data)
    if kind == "size-base256":
        return kind, header(name, size, size_field=b"\x80" + struct.pack(">Q", size).rjust(11, b"\0")) + block(data)
    if kind == "size-form":
        field = rng.choice([b"0o%09o" % size, b"+%010o" % size, b"%05o_%05o" % (size >> 15, size & 32767), b" %010o" % size, b"%o" % size, b"\t%o" % size])
        return kind, header(name, size, size_field=field.ljust(12, b"\0")) + block(data)
    if kind == "pax-path":
        return kind, pax([("path", name.encode())]) + header("other", size) + block(data)
    if kind == "pax-size":
        return kind, pax([("size", b"%d" % size)]) + header(name, rng.choice([0, 1, size + 512])) + block(data)
    if kind == "pax-size-zero":
        return kind, pax([("size", b"0")]) + header("decoy", size + 1024) + plain
    if kind == "long-name":
        return kind, gnu_long(name) + header("other", size, magic=b"ustar  \0") + block(data)
    if kind == "gnu":
        return kind, header(name, size, magic=b"ustar  \0") + block(data)
    if kind == "v7":
        return kind, header(name, size, rng.choice([b"\0", b"0"]), magic=bytes(8)) + block(data)
    if kind == "contiguous":
        return kind, header(name, size, b"7") + block(data)
    if kind == "prefix":
        return kind, header(name, size, raw=bytes(80) + b"folder") + block(data)
    if kind == "sparse":
        # Two pieces in the wrong order: the bytes of the file are not those of the tar.
        half = size // 2
        pieces = struct.pack("12s12s12s12s", b"%011o" % half, b"%011o" % (size - half), b"%011o" % 0, b"%011o" % half)
        raw = bytes(129) + pieces + bytes(48) + b"\0" + b"%011o\0" % size
        return kind, header(name, size, b"S", magic=b"ustar  \0", raw=raw) + block(data[half:] + data[:half])
    if kind == "pax-sparse":
        half = size // 2
        records = [("GNU.sparse.major", b"0"), ("GNU.sparse.minor", b"1"), ("GNU.sparse.name", name.encode()), ("GNU.sparse.size", b"%d" % size),
                   ("GNU.sparse.map", b"%d,%d,0,%d" % (half, size - half, half))]
        return kind, pax(records) + header("x", size) + block(data[half:] + data[:half])
    if kind == "unknown-type":
        return kind, header(name, size, rng.choice([b"A", b"Z", b"8"])) + block(data)
    if kind == "folder-before":
        return kind, header(rng.choice(["folder", "folder/"]), size + 4096, rng.choice([b"5", b"0"])) + plain
    if kind == "link-before":
        return kind, header("link", size + 4096, rng.choice([b"1", b"2"]), link=b"target") + plain
    if kind == "device-before":
        return kind, header("device", size + 4096, rng.choice([b"3", b"4", b"6"])) + plain
    if kind == "pax-global":
        return kind, pax([("size", b"%d" % size)], b"g") + header(name, 0) + block(data)
    if kind == "solaris":
        return kind, pax([("size", b"%d" % size)], b"X") + header(name, 0) + block(data)
    if kind == "volume":
        return kind, header("volume", rng.choice([0, size]), b"V", magic=b"ustar  \0") + plain
    return kind, plain


def make_tar(rng, members, last=True):
    kinds, out = [], b""
    for name, data in members:
        kind, made = member(rng, name, data)
        kinds.append(kind)
        out += made
    return "+".join(kinds), out + rng.choice([END, END, bytes(512), b"", END + bytes(8192)])
