"""Prints, a line of JSON each, what onnxruntime or torch says of the weights files named on standard input: null where it refuses."""
import json, sys, warnings

warnings.filterwarnings("ignore")


def onnx(path):
    import onnxruntime

    onnxruntime.set_default_logger_severity(4)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    # Free axes have no length: their names are onnxruntime's own where the file gives none.
    rows = lambda values: [[value.name, [size if isinstance(size, int) else None for size in value.shape]] for value in values]
    return {"inputs": rows(session.get_inputs()), "outputs": [value.name for value in session.get_outputs()]}


def torch_checkpoint(path):
    import torch

    found = {}

    def walk(value, name):
        if isinstance(value, torch.Tensor):
            found[".".join(name)] = [str(value.dtype).replace("torch.", ""), list(value.shape)]
        elif isinstance(value, dict):
            for key, item in value.items():
                walk(item, [*name, str(key)])
        elif isinstance(value, (list, tuple)):
            for index, item in enumerate(value):
                walk(item, [*name, str(index)])

    walk(torch.load(path, map_location="cpu", weights_only=True), [])
    return {"tensors": found}


for line in sys.stdin:
    path = line.strip()
    try:
        print(json.dumps(onnx(path) if path.endswith(".onnx") else torch_checkpoint(path)))
    except Exception:
        print("null")
