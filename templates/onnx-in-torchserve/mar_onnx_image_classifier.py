"""image_classifier over ONNX for TorchServe, with the answers of `mar serve`.

TorchServe loads ONNX weights but its own handlers cannot call them; this one can. It needs onnxruntime, numpy and Pillow.
What model-config.yaml says under "preprocess" and "postprocess" means the same in both servers: resize, crop, size, mean, std,
range, mode; output, topk, name. `mar serve` knows this file by its name and runs its own image_classifier in its place.
"""

import base64
import io
import json
import os

import numpy as np

# onnxruntime reports each session to its maker unless it is told not to before it loads.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
import onnxruntime
from PIL import Image

MEAN = [0.485, 0.456, 0.406]
STD = [0.229, 0.224, 0.225]


class OnnxImageClassifier:
    def initialize(self, context):
        folder = context.system_properties["model_dir"]
        if not context.system_properties.get("limit_max_image_pixels", True):
            Image.MAX_IMAGE_PIXELS = None
        config = context.model_yaml_config or {}
        self.pre = config.get("preprocess") or {}
        self.post = config.get("postprocess") or {}
        options = onnxruntime.SessionOptions()
        if "OMP_NUM_THREADS" in os.environ:
            options.intra_op_num_threads = int(os.environ["OMP_NUM_THREADS"])
        weights = os.path.join(folder, context.manifest["model"]["serializedFile"])
        wanted = ["CUDAExecutionProvider", "CPUExecutionProvider"]
        providers = [name for name in wanted if name in onnxruntime.get_available_providers()]
        self.session = onnxruntime.InferenceSession(weights, options, providers=providers)
        (self.input,) = self.session.get_inputs()
        self.output = self.post.get("name") or self.session.get_outputs()[0].name
        self.channels = self.input.shape[1] if self.input.shape[1] in (1, 3) else 3
        self.labels = read_labels(os.path.join(folder, "index_to_name.json"))

    def handle(self, rows, context):
        return [self.classify(row.get("data") or row.get("body")) for row in rows]

    def classify(self, value):
        if isinstance(value, str):
            value = base64.b64decode(value)
        if isinstance(value, (bytes, bytearray)):
            item = self.to_tensor(Image.open(io.BytesIO(value)))
        else:
            item = np.asarray(value, np.float32)
        (scores,) = self.session.run([self.output], {self.input.name: item[None]})
        row = scores[0].astype(np.float32)
        probabilities = row if self.post.get("output") == "probabilities" else softmax(row)
        best = np.argsort(-probabilities, kind="stable")[: self.post.get("topk", 5)]
        return {self.labels.get(str(index), str(index)): float(probabilities[index]) for index in best}

    def to_tensor(self, image):
        mode = self.pre.get("mode") or ("L" if self.channels == 1 else "RGB")
        image = self.shape(image if image.mode == mode else image.convert(mode))
        low, high = self.pre.get("range", [0, 1])
        pixels = np.asarray(image, np.float32).reshape(image.height, image.width, self.channels)
        mean = self.pre.get("mean", MEAN if self.channels == 3 else 0)
        std = self.pre.get("std", STD if self.channels == 3 else 1)
        scaled = pixels / np.float32(255)
        if (low, high) != (0, 1):
            scaled = scaled * np.float32(high - low) + np.float32(low)
        normal = (scaled - np.asarray(mean, np.float32)) / np.asarray(std, np.float32)
        return np.ascontiguousarray(normal.transpose(2, 0, 1))

    def shape(self, image):
        signature = self.input.shape[2:]
        fixed = all(isinstance(side, int) for side in signature) and list(signature) != [224, 224]
        size = self.pre.get("size") or (signature if fixed and not {"resize", "crop"} & set(self.pre) else None)
        if size is not None:
            height, width = both_sides(size)
            return image.resize((width, height), Image.BILINEAR)
        short = self.pre.get("resize", 256)
        width, height = image.size
        if width <= height:
            image = image.resize((short, int(short * height / width)), Image.BILINEAR)
        else:
            image = image.resize((int(short * width / height), short), Image.BILINEAR)
        height, width = both_sides(self.pre.get("crop", 224))
        left = int(round((image.width - width) / 2.0))
        top = int(round((image.height - height) / 2.0))
        return image.crop((left, top, left + width, top + height))


def both_sides(size):
    return [size, size] if isinstance(size, int) else size


def softmax(row):
    powers = np.exp(row - row.max())
    return powers / powers.sum()


def read_labels(path):
    if not os.path.isfile(path):
        return {}
    with open(path) as file:
        names = json.load(file)
    if isinstance(names.get("object_type_names"), list):
        names = dict(enumerate(names["object_type_names"]))
    return {str(key): name[-1] if isinstance(name, list) else name for key, name in names.items()}
