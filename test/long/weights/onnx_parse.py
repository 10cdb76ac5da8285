"""Whether onnx parses each input, and the initializers it then sees."""
import json, sys
import onnx
from inputs import read_inputs

for data in read_inputs(sys.argv[1]):
    try:
        model = onnx.load_model_from_string(data)
        rows = [[one.name if isinstance(one.name, str) else one.name.decode("utf-8", "replace"), list(map(str, one.dims))] for one in model.graph.initializer]
        print(json.dumps({"ok": True, "initializers": rows}))
    except Exception as problem:
        print(json.dumps({"ok": False, "error": str(problem)[:200]}))
