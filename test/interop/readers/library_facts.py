"""Prints, a line of JSON each, what its own library says of the weights file named on standard input: null where it refuses or is missing.
With a folder as argument, each checkpoint is also written there by the library safetensors, whose files are named in a second row."""
import json, os, sys, warnings

warnings.filterwarnings("ignore")

SAFETENSORS_DTYPES = {
    **{f"F{bits}": f"float{bits}" for bits in (16, 32, 64)},
    **{f"I{bits}": f"int{bits}" for bits in (8, 16, 32, 64)},
    **{f"U{bits}": f"uint{bits}" for bits in (8, 16, 32, 64)},
    **{"BF16": "bfloat16", "BOOL": "bool", "F8_E4M3": "float8_e4m3fn", "F8_E5M2": "float8_e5m2", "C64": "complex64"},
}


def onnx(path):
    import onnxruntime

    onnxruntime.set_default_logger_severity(4)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    # Free axes have no length: their names are onnxruntime's own where the file gives none.
    rows = lambda values: [[value.name, [size if isinstance(size, int) else None for size in value.shape]] for value in values]
    return {"kind": "onnx", "inputs": rows(session.get_inputs()), "outputs": [value.name for value in session.get_outputs()]}


def tensors_of(value):
    import torch

    found = {}

    def walk(value, name):
        if isinstance(value, torch.Tensor):
            found[".".join(name)] = value
        elif isinstance(value, dict):
            for key, item in value.items():
                walk(item, [*name, str(key)])
        elif isinstance(value, (list, tuple)):
            for index, item in enumerate(value):
                walk(item, [*name, str(index)])

    walk(value, [])
    return found


def describe(tensors):
    return {name: [str(tensor.dtype).replace("torch.", ""), list(tensor.shape)] for name, tensor in tensors.items()}


def torch_checkpoint(path):
    import torch

    try:
        # A state dict leaves out what is no parameter and no buffer.
        state = torch.jit.load(path, map_location="cpu").state_dict()
        return {"kind": "torchscript", "tensors": describe(tensors_of(dict(state)))}
    except RuntimeError:
        loaded = torch.load(path, map_location="cpu", weights_only=True)
        return {"kind": "checkpoint", "tensors": describe(tensors_of(loaded))}


def safetensors(path):
    from safetensors import safe_open

    with safe_open(path, "np") as file:
        slices = {name: file.get_slice(name) for name in file.keys()}
        return {
            "kind": "safetensors",
            "tensors": {name: [SAFETENSORS_DTYPES[one.get_dtype()], list(one.get_shape())] for name, one in slices.items()},
        }


def numpy(path):
    import numpy

    loaded = numpy.load(path, allow_pickle=False)
    arrays = {name: loaded[name] for name in loaded.files} if hasattr(loaded, "files") else {"": loaded}
    return {"kind": "numpy", "tensors": {name: [str(array.dtype), list(array.shape)] for name, array in arrays.items()}}


def convert(path, target):
    """The tensors of a checkpoint as the library safetensors writes them; it takes no views and none that lie sparsely."""
    import torch
    from safetensors.torch import save_file

    tensors = tensors_of(torch.load(path, map_location="cpu", weights_only=True))
    dense = {name: tensor.detach().clone().contiguous() for name, tensor in tensors.items()}
    save_file(dense, target, metadata={"format": "pt"})
    return {**safetensors(target), "path": target}


READERS = {".onnx": onnx, ".safetensors": safetensors, ".npy": numpy, ".npz": numpy}
folder = sys.argv[1] if len(sys.argv) > 1 else None
for number, line in enumerate(sys.stdin):
    path = line.strip()
    known = converted = None
    try:
        known = READERS.get(os.path.splitext(path)[1], torch_checkpoint)(path)
        if folder and known["kind"] == "checkpoint" and known["tensors"]:
            converted = convert(path, os.path.join(folder, f"{number}.safetensors"))
    except Exception:
        pass
    print(json.dumps({"known": known, "converted": converted}))
