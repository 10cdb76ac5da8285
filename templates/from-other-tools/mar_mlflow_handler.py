"""Runs an MLflow model in TorchServe, through its python_function flavour.

The archive has the layout of the model's folder, with MLmodel at the top. Requests and answers are those of `mlflow models serve`:
JSON with dataframe_split, dataframe_records, instances or inputs, and params beside it if the model takes some; or CSV with a header.
The answer is {"predictions": …}. It needs mlflow, and pandas for tables.
"""

import base64
import io
import json

import mlflow.pyfunc

FORMS = ("dataframe_split", "dataframe_records", "instances", "inputs")


class MlflowHandler:
    def initialize(self, context):
        self.model = mlflow.pyfunc.load_model(context.system_properties["model_dir"])
        self.schema = self.model.metadata.get_input_schema()

    def handle(self, data, context):
        return [self.predict(row, index, context) for index, row in enumerate(data)]

    def predict(self, row, index, context):
        body = row.get("body") if row.get("body") is not None else row.get("data")
        if media_type(context, index) == "text/csv":
            values, params = read_csv(body, self.schema), None
        else:
            values, params = read_json(body, self.schema)
        predictions = self.model.predict(values) if params is None else self.model.predict(values, params=params)
        context.set_response_content_type(index, "application/json")
        return json.dumps({"predictions": to_plain(predictions)}, default=to_plain)


def media_type(context, index):
    value = context.get_request_header(index, "Content-Type") or context.get_request_header(index, "content-type") or ""
    return (value.decode() if isinstance(value, bytes) else value).split(";")[0].strip().lower()


def read_csv(body, schema):
    import pandas

    text = bytes(body).decode("utf-8") if isinstance(body, (bytes, bytearray)) else body
    return cast_frame(pandas.read_csv(io.StringIO(text)), schema)


def read_json(body, schema):
    # TorchServe has parsed what was sent as JSON.
    request = json.loads(body) if isinstance(body, (bytes, bytearray, str)) else body
    found = [form for form in FORMS if isinstance(request, dict) and form in request]
    if len(found) != 1:
        raise ValueError(f"Expected a JSON object with one of {', '.join(FORMS)}; found {found}.")
    return read_form(found[0], request[found[0]], schema), request.get("params")


def read_form(form, value, schema):
    if form == "dataframe_split":
        import pandas

        frame = pandas.DataFrame(value["data"], columns=value.get("columns"), index=value.get("index"))
        return cast_frame(frame, schema)
    if form == "dataframe_records":
        import pandas

        return cast_frame(pandas.DataFrame.from_records(value), schema)
    return read_tensors(form, value, schema)


def cast_frame(frame, schema):
    """JSON has one kind of number and no bytes: columns get the types that the model's signature names."""
    import pandas

    if schema is None or not schema.has_input_names() or schema.is_tensor_spec():
        return frame
    for column in schema.inputs:
        if column.name not in frame or not hasattr(column.type, "to_pandas"):
            continue
        if column.type.name == "binary":
            frame[column.name] = [base64.b64decode(value) for value in frame[column.name]]
        elif column.type.name == "datetime":
            frame[column.name] = pandas.to_datetime(frame[column.name])
        elif column.type.name not in ("string", "any"):
            frame[column.name] = frame[column.name].astype(column.type.to_pandas())
    return frame


def read_tensors(form, value, schema):
    import numpy

    is_tensor = schema is not None and schema.is_tensor_spec()
    types = {spec.name: spec.type for spec in schema.inputs} if is_tensor else {}
    if form == "instances" and value and all(isinstance(item, dict) for item in value):
        # A row each, as TensorFlow Serving has it.
        value = {name: [item[name] for item in value] for name in value[0]}
    if isinstance(value, dict) and (schema is None or is_tensor or not schema.has_input_names()):
        return {name: numpy.array(item, dtype=types.get(name)) for name, item in value.items()}
    if schema is not None and not is_tensor and schema.has_input_names():
        import pandas

        columns = None if isinstance(value, dict) else schema.input_names()
        return cast_frame(pandas.DataFrame(value, columns=columns), schema)
    return numpy.array(value, dtype=next(iter(types.values()), None))


def to_plain(value):
    """Tables as records, arrays as lists, all else as JSON has it."""
    if hasattr(value, "to_dict") and hasattr(value, "columns"):
        return value.to_dict(orient="records")
    if hasattr(value, "tolist"):
        return value.tolist()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value
