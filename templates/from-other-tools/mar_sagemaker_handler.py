"""Runs the inference script of a SageMaker model in TorchServe.

The archive has the layout of /opt/ml/model: the model's files at the top, the script in code/. Its functions are called as
SageMaker's inference toolkit calls them: model_fn once, then transform_fn, or input_fn, predict_fn and output_fn. What the script
does not define has the toolkit's default: TorchScript from model.pt; JSON, CSV and .npy in and out; model(input) of a torch module,
else model.predict(input).
"""

import glob
import importlib.util
import inspect
import io
import json
import os
import re
import sys

JSON, CSV, NPY = "application/json", "text/csv", "application/x-npy"


class SagemakerHandler:
    def initialize(self, context):
        self.model_dir = context.system_properties["model_dir"]
        self.script = load_script(os.path.join(self.model_dir, "code"))
        model_fn = getattr(self.script, "model_fn", default_model_fn)
        self.model = call(model_fn, context, self.model_dir)

    def handle(self, data, context):
        return [self.transform(row, index, context) for index, row in enumerate(data)]

    def transform(self, row, index, context):
        body = row.get("body") if row.get("body") is not None else row.get("data")
        content_type = header(context, index, "Content-Type") or JSON
        accept = header(context, index, "Accept")
        if not accept or accept == "*/*":
            accept = os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", JSON)
        answer = self.run(to_input(body, content_type), content_type, accept, context)
        if isinstance(answer, tuple):
            answer, accept = answer
        context.set_response_content_type(index, accept)
        return answer

    def run(self, body, content_type, accept, context):
        transform_fn = getattr(self.script, "transform_fn", None)
        if transform_fn:
            return call(transform_fn, context, self.model, body, content_type, accept)
        inputs = call(getattr(self.script, "input_fn", default_input_fn), context, body, content_type)
        prediction = call(getattr(self.script, "predict_fn", default_predict_fn), context, inputs, self.model)
        return call(getattr(self.script, "output_fn", default_output_fn), context, prediction, accept)


def load_script(folder):
    """code/inference.py, or the one script of code/ that defines model_fn."""
    path = os.path.join(folder, "inference.py")
    if not os.path.isfile(path):
        scripts = [name for name in sorted(glob.glob(os.path.join(folder, "*.py"))) if defines_model(name)]
        if len(scripts) != 1:
            raise RuntimeError(f"Expected code/inference.py, or one script of code/ that defines model_fn; found {scripts}.")
        path = scripts[0]
    # Modules beside the script are imported by their plain names.
    sys.path.insert(0, folder)
    name = os.path.splitext(os.path.basename(path))[0]
    spec = importlib.util.spec_from_file_location(name, path)
    script = importlib.util.module_from_spec(spec)
    sys.modules[name] = script
    spec.loader.exec_module(script)
    return script


def defines_model(path):
    with open(path, encoding="utf-8") as file:
        return re.search(r"^(def|from .* import .*)\bmodel_fn\b", file.read(), re.MULTILINE) is not None


def call(function, context, *values):
    """Newer scripts take a context behind the other arguments."""
    takes = len(inspect.signature(function).parameters)
    return function(*(values + (context,))[: max(takes, len(values))])


def header(context, index, name):
    # Names are compared as they were sent.
    for form in (name, name.lower()):
        value = context.get_request_header(index, form)
        if value:
            return value.decode() if isinstance(value, (bytes, bytearray)) else value
    return None


def media_type(text):
    return text.split(";")[0].strip().lower()


def to_input(body, content_type):
    """TorchServe has parsed JSON already; a script wants its text, and text for CSV."""
    if not isinstance(body, (bytes, bytearray, str)):
        return json.dumps(body)
    if isinstance(body, (bytes, bytearray)):
        return bytes(body).decode("utf-8") if media_type(content_type) in (JSON, CSV) else bytes(body)
    return body


def default_model_fn(model_dir):
    import torch

    path = os.path.join(model_dir, "model.pt")
    if not os.path.isfile(path):
        raise NotImplementedError("The script defines no model_fn, and there is no model.pt (TorchScript) to load without one.")
    return torch.jit.load(path, map_location=torch.device("cuda" if torch.cuda.is_available() else "cpu"))


def default_input_fn(body, content_type):
    import numpy as np

    kind = media_type(content_type)
    if kind == JSON:
        return np.array(json.loads(body))
    if kind == CSV:
        return np.genfromtxt(io.StringIO(body), delimiter=",")
    if kind == NPY:
        return np.load(io.BytesIO(body), allow_pickle=False)
    raise ValueError(f"The script defines no input_fn, and {content_type} is not one of {JSON}, {CSV}, {NPY}.")


def default_predict_fn(inputs, model):
    torch = sys.modules.get("torch")
    if torch is None or not isinstance(model, torch.nn.Module):
        return model.predict(inputs)
    device = next((parameter.device for parameter in model.parameters()), torch.device("cpu"))
    tensor = inputs if isinstance(inputs, torch.Tensor) else torch.as_tensor(inputs, dtype=torch.float32)
    model.eval()
    with torch.no_grad():
        return model(tensor.to(device))


def default_output_fn(prediction, accept):
    import numpy as np

    if hasattr(prediction, "detach"):
        prediction = prediction.detach().cpu().numpy()
    kind = media_type(accept)
    if kind == JSON:
        return json.dumps(prediction, default=lambda value: value.tolist())
    if kind == CSV:
        text = io.StringIO()
        np.savetxt(text, np.atleast_2d(prediction), delimiter=",", fmt="%s")
        return text.getvalue()
    if kind == NPY:
        content = io.BytesIO()
        np.save(content, prediction)
        return content.getvalue()
    raise ValueError(f"The script defines no output_fn, and {accept} is not one of {JSON}, {CSV}, {NPY}.")
