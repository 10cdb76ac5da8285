"""Whether the safetensors library reads each input, and the tensors it then sees."""
import json, sys
import safetensors
from inputs import read_inputs

for data in read_inputs(sys.argv[1]):
    try:
        rows = sorted([name, one["dtype"], list(map(str, one["shape"])), len(one["data"])] for name, one in safetensors.deserialize(data))
        print(json.dumps({"ok": True, "tensors": rows}))
    except BaseException as problem:
        print(json.dumps({"ok": False, "error": str(problem)[:200]}))
