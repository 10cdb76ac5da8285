"""The digits model in TorchServe's own worker, on the same onnxruntime: what differs is the server."""

import io
import os

import numpy as np
import onnxruntime as ort
from PIL import Image

session = None


def handle(data, context):
    global session
    if session is None:
        folder = context.system_properties["model_dir"]
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        session = ort.InferenceSession(os.path.join(folder, "digits.onnx"), options, providers=["CPUExecutionProvider"])
    if data is None:
        return None
    images = [Image.open(io.BytesIO(row.get("data") or row.get("body"))).convert("L").resize((28, 28)) for row in data]
    pixels = (np.stack([np.asarray(image, dtype=np.float32) for image in images]) / 255 - 0.5) / 0.5
    scores = session.run(None, {session.get_inputs()[0].name: pixels[:, None]})[0]
    exp = np.exp(scores - scores.max(axis=1, keepdims=True))
    best = exp / exp.sum(axis=1, keepdims=True)
    return [{str(index): float(row[index]) for index in row.argsort()[::-1][:5]} for row in best]
