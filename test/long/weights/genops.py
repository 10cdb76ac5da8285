"""What pickletools.genops reads of each input: opcodes with their places, a digest of the arguments, and how it ends."""
import hashlib, json, pickletools, struct, sys
from inputs import read_inputs

sys.set_int_max_str_digits(0)


def canonical(arg):
    if arg is None:
        return ""
    if isinstance(arg, bool):
        return f"b{int(arg)}"
    if isinstance(arg, int):
        return f"i{arg}"
    if isinstance(arg, float):
        return "fnan" if arg != arg else "f" + struct.pack(">d", arg).hex()
    if isinstance(arg, str):
        return "s" + arg.encode("utf-8", "surrogatepass").hex()
    return "y" + bytes(arg).hex()


for data in read_inputs(sys.argv[1]):
    digest, count, error = hashlib.sha1(), 0, None
    try:
        for opcode, arg, place in pickletools.genops(data):
            digest.update(f"{opcode.name}@{place}:{canonical(arg)}\n".encode())
            count += 1
    except Exception as problem:
        error = type(problem).__name__
    print(json.dumps({"count": count, "digest": digest.hexdigest(), "error": error}))
