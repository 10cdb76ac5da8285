"""Runs a Hugging Face model in TorchServe, through a pipeline of transformers.

The archive has the files of the model's folder at the top; model-config.yaml names the pipeline under `handler: task:`. A request is
a text or a picture as it is, or JSON {"inputs": …, "parameters": {…}} as Hugging Face's own inference servers take it. The answer is
what the pipeline answers, as JSON. It needs transformers and torch, and Pillow for pictures.
"""

import base64
import io
import json

import torch
from transformers import pipeline

OF_PICTURES = ("image-classification", "object-detection")


class TransformersHandler:
    def initialize(self, context):
        properties = context.system_properties
        self.task = context.model_yaml_config["handler"]["task"]
        gpu = properties.get("gpu_id")
        device = f"cuda:{gpu}" if gpu is not None and torch.cuda.is_available() else "cpu"
        self.pipeline = pipeline(self.task, model=properties["model_dir"], device=torch.device(device))

    def handle(self, data, context):
        return [self.answer(row, index, context) for index, row in enumerate(data)]

    def answer(self, row, index, context):
        body = row.get("body") if row.get("body") is not None else row.get("data")
        inputs, parameters = self.read(body)
        result = self.pipeline(inputs, **parameters)
        context.set_response_content_type(index, "application/json")
        return json.dumps(result, default=to_plain)

    def read(self, body):
        if isinstance(body, (bytes, bytearray)) and self.task not in OF_PICTURES:
            body = bytes(body).decode("utf-8")
        if isinstance(body, str) and body.lstrip().startswith("{"):
            body = json.loads(body)
        parameters = {}
        if isinstance(body, dict) and "inputs" in body:
            body, parameters = body["inputs"], body.get("parameters") or {}
        return (self.read_picture(body) if self.task in OF_PICTURES else body), parameters

    def read_picture(self, body):
        from PIL import Image

        content = base64.b64decode(body) if isinstance(body, str) else bytes(body)
        return Image.open(io.BytesIO(content)).convert("RGB")


def to_plain(value):
    """Scores are numpy's or torch's own numbers."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"The pipeline answers {type(value).__name__}, which JSON cannot say.")
