"""TorchServe's own side of the worker protocol: what it reads of our requests, and its bytes for answers that we describe.

stdin: {"requests": [base64], "answers": [{"code", "message", "predictions"}]}; stdout: {"read": [...], "written": [base64]}
"""

import base64
import json
import logging
import sys

from ts.context import Context, RequestProcessor
from ts.protocol.otf_message_handler import create_load_model_response, create_predict_response, retrieve_msg


class Connection:
    def __init__(self, content):
        self.content = content
        self.at = 0

    def recv(self, length):
        piece = self.content[self.at : self.at + length]
        self.at += len(piece)
        return piece


def read(content):
    connection = Connection(content)
    command, message = retrieve_msg(connection)
    assert connection.at == len(content), "bytes are left"
    return {"command": command.decode(), "message": show(message)}


def show(value):
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {name: show(inner) for name, inner in value.items()}
    return [show(inner) for inner in value] if isinstance(value, list) else value


def write(answer):
    predictions = answer["predictions"]
    if not predictions:
        return create_load_model_response(answer["code"], answer["message"])
    context = Context("m", "/m", {}, 1, None, "0.12.0")
    context.request_processor = [RequestProcessor({}) for _ in predictions]
    for index, prediction in enumerate(predictions):
        context.set_response_status(prediction["status"], prediction["reason"], index)
        for name, value in prediction["headers"]:
            context.set_response_header(index, name, value)
        if prediction["contentType"]:
            context.set_response_content_type(index, prediction["contentType"])
    ids = {index: prediction["id"] for index, prediction in enumerate(predictions)}
    bodies = [base64.b64decode(prediction["body"]) for prediction in predictions]
    return create_predict_response(bodies, ids, answer["message"], answer["code"], context)


logging.disable()
given = json.load(sys.stdin)
print(
    json.dumps(
        {
            "read": [read(base64.b64decode(content)) for content in given["requests"]],
            "written": [show(write(answer)) for answer in given["answers"]],
        }
    )
)
