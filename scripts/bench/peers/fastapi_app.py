"""The digits model behind FastAPI and onnxruntime, as one would write it in an afternoon: the bench's second opinion."""

import io
import os

import numpy as np
import onnxruntime as ort
from fastapi import FastAPI, Request
from PIL import Image

options = ort.SessionOptions()
options.intra_op_num_threads = 1
session = ort.InferenceSession(os.environ["DIGITS_ONNX"], options, providers=["CPUExecutionProvider"])
name = session.get_inputs()[0].name
app = FastAPI()


@app.get("/ping")
def ping():
    return {"status": "Healthy"}


@app.post("/predictions/digits")
async def predict(request: Request):
    image = Image.open(io.BytesIO(await request.body())).convert("L").resize((28, 28))
    pixels = (np.asarray(image, dtype=np.float32) / 255 - 0.5) / 0.5
    scores = session.run(None, {name: pixels[None, None]})[0][0]
    exp = np.exp(scores - scores.max())
    best = exp / exp.sum()
    order = best.argsort()[::-1][:5]
    return {str(index): float(best[index]) for index in order}
