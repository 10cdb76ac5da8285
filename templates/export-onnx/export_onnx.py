#!/usr/bin/env python3
"""Writes the ONNX model of a PyTorch model and checks that both give the same outputs.

    python export_onnx.py --weights model_weights.pth --model-file model_definition.py --output model.onnx
    python export_onnx.py --weights scripted.pt --output model.onnx

A state dict needs --model-file, as in TorchServe: a module that defines exactly one class, made without arguments. Needs torch;
the check needs onnxruntime.
"""

import argparse
import importlib.util
import inspect
import sys

import torch


def main():
    args = parse_arguments()
    torch.manual_seed(0)
    model = load_model(args.weights, args.model_file)
    example = torch.randn(args.shape)
    with torch.inference_mode():
        expected = to_tensors(model(example))
    outputs = ["output"] if len(expected) == 1 else [f"output{index}" for index in range(len(expected))]
    free = {} if args.fixed_batch else {name: {0: "batch"} for name in ["input", *outputs]}
    torch.onnx.export(
        model,
        example,
        args.output,
        input_names=["input"],
        output_names=outputs,
        dynamic_axes=free,
        opset_version=args.opset,
        **({"example_outputs": expected} if needs_example_outputs() and is_scripted(model) else {}),
        # Newer exporters of torch write a different graph and ignore dynamic_axes.
        **({"dynamo": False} if "dynamo" in inspect.signature(torch.onnx.export).parameters else {}),
    )
    return check(args, model, outputs)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--weights", required=True, help="state dict (.pth) or TorchScript (.pt)")
    parser.add_argument("--model-file", help="module with the model's class, for a state dict")
    parser.add_argument("--output", default="model.onnx", help="default: model.onnx")
    parser.add_argument("--shape", type=lambda text: [int(side) for side in text.split(",")], default=[1, 3, 224, 224],
                        help="of the input, the batch first (default: 1,3,224,224)")
    parser.add_argument("--opset", type=int, default=13, help="default: 13")
    parser.add_argument("--fixed-batch", action="store_true", help="the model takes batches of this size only")
    parser.add_argument("--tolerance", type=float, default=1e-4, help="largest difference allowed (default: 1e-4)")
    return parser.parse_args()


def load_model(weights, model_file):
    if model_file is None:
        try:
            return torch.jit.load(weights, map_location="cpu").eval()
        except RuntimeError as error:
            sys.exit(f"{weights} is not TorchScript ({str(error).splitlines()[0]}). A state dict needs --model-file.")
    spec = importlib.util.spec_from_file_location("model_definition", model_file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    classes = [item for _, item in inspect.getmembers(module, inspect.isclass) if item.__module__ == spec.name]
    if len(classes) != 1:
        sys.exit(f"{model_file} must define exactly one class, it defines {len(classes)}.")
    model = classes[0]()
    # A state dict is tensors only; the restricted unpickler keeps code in it from running.
    model.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    return model.eval()


def is_scripted(model):
    return isinstance(model, torch.jit.ScriptModule)


def needs_example_outputs():
    return "example_outputs" in inspect.signature(torch.onnx.export).parameters


def to_tensors(result):
    return list(result) if isinstance(result, (tuple, list)) else [result]


def check(args, model, outputs):
    """Compares on inputs that the export has not seen, and on another batch size."""
    try:
        import onnxruntime
    except ImportError:
        sys.exit(f"{args.output} is written but NOT checked: pip install onnxruntime")
    session = onnxruntime.InferenceSession(args.output, providers=["CPUExecutionProvider"])
    batches = [args.shape[0]] if args.fixed_batch else [args.shape[0], args.shape[0] + 2]
    worst = 0.0
    for size in batches:
        inputs = torch.randn([size, *args.shape[1:]])
        with torch.inference_mode():
            expected = to_tensors(model(inputs))
        for one, other in zip(expected, session.run(outputs, {"input": inputs.numpy()})):
            worst = max(worst, float((one - torch.from_numpy(other)).abs().max()))
    if not worst <= args.tolerance:
        sys.exit(f"{args.output} differs from {args.weights} by {worst:.2e}, more than {args.tolerance:.0e}.")
    print(f"{args.output}: equal to {args.weights} within {worst:.1e} (batches of {' and '.join(map(str, batches))})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
