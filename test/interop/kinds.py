"""Answers by the header X-Kind; the interop suite runs it in TorchServe and in TorchServe's worker under our server."""

import json
import os
import time

from ts.handler_utils.utils import send_intermediate_predict_response
from ts.utils.util import PredictionException


def handle(data, context):
    if data is None:
        return None
    return [answer(row, index, context) for index, row in enumerate(data)]


def answer(row, index, context):
    kind = context.get_request_header(index, "X-Kind")
    if context.get_request_header(index, "describe") == "True":
        return json.dumps({"purpose": "interop"})
    if context.get_request_header(index, "explain") == "True":
        return {"explained": True}
    if kind == "status":
        context.set_response_status(418, "teapot", index)
        context.set_response_header(index, "x-own", "yes")
        return "short and stout"
    if kind == "stream":
        for word in ("one ", "two "):
            send_intermediate_predict_response([word], context.request_ids, "part", 200, context)
        return "three"
    if kind == "numbers":
        return [1.0, 1e-05, float("nan"), 2**60, "é"]
    if kind == "raise":
        raise KeyError("of the handler")
    if kind == "prediction-exception":
        raise PredictionException("worded by the handler", 513)
    if kind == "exit":
        print("last words")
        os._exit(7)
    if kind == "slow":
        time.sleep(0.05)
    return {name: value.decode() if isinstance(value, (bytes, bytearray)) else value for name, value in row.items()}
