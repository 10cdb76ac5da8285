"""Train the digit classifier of this template and write everything the template ships:

    digits.onnx         the network, with its input put into one form first (see `export`)
    index_to_name.json  the labels
    samples/            twenty drawings the training never saw, the right digit in the file name
    held-out.png        every drawing the training never saw, one tile each; the digits stand in held-out.json
    accuracy.json       what the exported file answers on them, counted by onnxruntime

Run it with `python train.py`. It needs torch, scikit-learn, onnx, onnxruntime and pillow, takes about two minutes on one
core, and gives the same numbers every time on the same versions. `python train.py --tune` trains on fewer forms and
scores the rest of the training part instead: choices are made there, so that the held-out drawings stay unseen.
"""

import json
import math
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper, numpy_helper
from PIL import Image
from sklearn.datasets import load_digits
from torch import nn

HERE = Path(__file__).parent
NAMES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
SIDE = 28  # pixels of a drawing
INK = 20  # pixels of the box the digit is drawn in, centred
SEED = 7
EPOCHS = 150
BATCH = 64
TILES_A_ROW = 24

# scikit-learn keeps the order of the UCI file: form after form, each beginning with three times 0 to 9. Cutting where a
# form begins keeps each hand wholly on one side, which is harder, and more honest, than a random split.
TUNING_FROM = 1029
HELD_OUT_FROM = 1415


def draw(blocks: torch.Tensor, sharpness: torch.Tensor | float) -> torch.Tensor:
    """Nx8x8 counts of ink (0 to 16) to Nx1x28x28 drawings, white (1) on black (0), quantised as a PNG would."""
    ink = F.interpolate(blocks[:, None] / 16, size=(INK, INK), mode="bicubic", align_corners=False)
    ink = ((ink - 0.5) * sharpness + 0.5).clamp(0, 1)
    margin = (SIDE - INK) // 2
    return (F.pad(ink, [margin] * 4) * 255).round() / 255


def vary(blocks: torch.Tensor, random: torch.Generator) -> torch.Tensor:
    """Drawings as other hands and pens might have made them: turned, sheared, scaled, shifted, thicker, softer."""
    count = len(blocks)

    def between(low: float, high: float) -> torch.Tensor:
        return torch.rand(count, generator=random) * (high - low) + low

    angle, shear = between(-0.22, 0.22), between(-0.2, 0.2)
    width, height = between(0.8, 1.25), between(0.85, 1.25)
    cos, sin = torch.cos(angle), torch.sin(angle)
    turn = torch.stack([
        torch.stack([cos * width, (shear - sin) * height, between(-0.16, 0.16)], 1),
        torch.stack([sin * width, cos * height, between(-0.16, 0.16)], 1),
    ], 1)
    drawings = draw(blocks, torch.exp(between(0, 1.4))[:, None, None, None])
    drawings = F.grid_sample(drawings, F.affine_grid(turn, list(drawings.shape), align_corners=False), align_corners=False)
    pen = between(-0.2, 0.2)[:, None, None, None]
    noise = torch.randn(drawings.shape, generator=random) * between(0, 0.06)[:, None, None, None]
    return (drawings * (1 + pen) + pen * (drawings > 0.1) + noise).clamp(0, 1)


def network() -> nn.Sequential:
    def block(inputs: int, outputs: int) -> list[nn.Module]:
        return [nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]

    return nn.Sequential(
        *block(1, 16), nn.MaxPool2d(2),
        *block(16, 32), nn.MaxPool2d(2),
        *block(32, 48), nn.MaxPool2d(2),
        nn.Flatten(), nn.Dropout(0.4), nn.Linear(48 * 3 * 3, len(NAMES)),
    )


def train(blocks: torch.Tensor, digits: torch.Tensor) -> nn.Sequential:
    torch.manual_seed(SEED)
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)
    random = torch.Generator().manual_seed(SEED)
    model = network()
    steps = EPOCHS * math.ceil(len(blocks) / BATCH)
    optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 6e-3, total_steps=steps)
    for epoch in range(EPOCHS):
        order = torch.randperm(len(blocks), generator=random)
        total = 0.0
        for chosen in order.split(BATCH):
            # The exported file is given pixels from -1 to 1 and takes the background off first: ink goes from 0 to 2.
            ink = vary(blocks[chosen], random) * 2
            loss = F.cross_entropy(model(ink), digits[chosen], label_smoothing=0.05)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item() * len(chosen)
        if epoch % 25 == 24:
            print(f"epoch {epoch + 1:3}: loss {total / len(blocks):.4f}", flush=True)
    return model.eval()


def export(model: nn.Sequential) -> onnx.ModelProto:
    """The network as ONNX operators, batch normalisation folded into the convolutions.

    Two nodes are put in front: the background (the mean of the four corners) is taken off and the sign dropped, so that
    black on white and white on black look the same to the network.
    """
    nodes, weights = [], []

    def constant(name: str, value: np.ndarray) -> str:
        weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(kind: str, inputs: list[str], output: str, **attributes: object) -> str:
        nodes.append(helper.make_node(kind, inputs, [output], output, **attributes))
        return output

    far = np.array([SIDE - 1], np.int64)
    span = [constant("corner_starts", np.array([0, 0])), constant("corner_ends", np.array([SIDE, SIDE])),
            constant("corner_axes", np.array([2, 3])), constant("corner_steps", np.repeat(far, 2))]
    corners = node("Slice", ["image", *span], "corners")
    background = node("ReduceMean", [corners], "background", axes=[2, 3], keepdims=1)
    last = node("Abs", [node("Sub", ["image", background], "difference")], "ink")

    layers = list(model)
    for at, layer in enumerate(layers):
        if isinstance(layer, nn.Conv2d):
            norm = layers[at + 1]
            gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
            kernel = (layer.weight * gain[:, None, None, None]).detach().numpy()
            shift = (norm.bias - norm.running_mean * gain).detach().numpy()
            inputs = [last, constant(f"kernel_{at}", kernel), constant(f"bias_{at}", shift)]
            last = node("Conv", inputs, f"conv_{at}", kernel_shape=[3, 3], pads=[1, 1, 1, 1])
        elif isinstance(layer, nn.ReLU):
            last = node("Relu", [last], f"relu_{at}")
        elif isinstance(layer, nn.MaxPool2d):
            last = node("MaxPool", [last], f"pool_{at}", kernel_shape=[2, 2], strides=[2, 2])
        elif isinstance(layer, nn.Flatten):
            last = node("Flatten", [last], "features", axis=1)
        elif isinstance(layer, nn.Linear):
            inputs = [last, constant("weight", layer.weight.detach().numpy()), constant("bias", layer.bias.detach().numpy())]
            node("Gemm", inputs, "scores", transB=1)

    graph = helper.make_graph(
        nodes, "digits",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 1, SIDE, SIDE])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["batch", len(NAMES)])],
        weights,
    )
    exported = helper.make_model(graph, producer_name="ts-model-archiver digits template", ir_version=8,
                                 opset_imports=[helper.make_opsetid("", 13)])
    exported.doc_string = "Hand-written digits, trained on the UCI optical digits (CC BY 4.0) as scikit-learn ships them."
    onnx.checker.check_model(exported, full_check=True)
    return exported


def answers(exported: onnx.ModelProto, drawings: torch.Tensor) -> np.ndarray:
    session = onnxruntime.InferenceSession(exported.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(["scores"], {"image": (drawings * 2 - 1).numpy()})[0].argmax(1)


def picture(drawing: torch.Tensor) -> np.ndarray:
    return (drawing * 255).round().byte().numpy()


def sheet(drawings: torch.Tensor) -> np.ndarray:
    rows = math.ceil(len(drawings) / TILES_A_ROW)
    page = np.zeros((rows * SIDE, TILES_A_ROW * SIDE), np.uint8)
    for at, drawing in enumerate(drawings):
        row, column = divmod(at, TILES_A_ROW)
        page[row * SIDE:(row + 1) * SIDE, column * SIDE:(column + 1) * SIDE] = picture(drawing[0])
    return page


def write_json(name: str, value: object) -> None:
    (HERE / name).write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


def write_template(model: nn.Sequential, drawings: torch.Tensor, digits: torch.Tensor) -> None:
    exported = export(model)
    onnx.save(exported, HERE / "digits.onnx")
    write_json("index_to_name.json", {str(at): name for at, name in enumerate(NAMES)})
    Image.fromarray(sheet(drawings)).save(HERE / "held-out.png", optimize=True)
    labels = "".join(str(int(digit)) for digit in digits)
    write_json("held-out.json", {"side": SIDE, "tilesPerRow": TILES_A_ROW, "digits": labels})
    (HERE / "samples").mkdir(exist_ok=True)
    for digit in range(len(NAMES)):
        found = [at for at, label in enumerate(digits) if label == digit]
        for letter, at in (("a", found[0]), ("b", found[-1])):
            Image.fromarray(picture(drawings[at, 0])).save(HERE / "samples" / f"{digit}-{letter}.png", optimize=True)
    right = int((answers(exported, drawings) == digits.numpy()).sum())
    write_json("accuracy.json", {"heldOut": len(digits), "right": right, "accuracy": round(right / len(digits), 4)})


def main() -> None:
    data = load_digits()
    blocks, digits = torch.tensor(data.images, dtype=torch.float32), torch.tensor(data.target)
    tuning = "--tune" in sys.argv[1:]
    cut, end = (TUNING_FROM, HELD_OUT_FROM) if tuning else (HELD_OUT_FROM, len(blocks))
    model = train(blocks[:cut], digits[:cut])
    drawings = draw(blocks[cut:end], 2.0)
    right = int((answers(export(model), drawings) == digits[cut:end].numpy()).sum())
    print(f"{right} of {end - cut} right on drawings the training never saw ({right / (end - cut):.2%})")
    if not tuning:
        write_template(model, drawings, digits[cut:end])


if __name__ == "__main__":
    main()
