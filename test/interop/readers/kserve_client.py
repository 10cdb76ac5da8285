"""Drives a server with KServe's own REST client over one of its protocols, and prints what it answered, as JSON."""

import asyncio
import json
import sys

import numpy as np
from kserve import InferenceRESTClient, InferInput, InferRequest, RESTConfig

url, protocol, model = sys.argv[1:4]
rows = [[1.0, 2.0, 3.0, 4.0], [0.0, 0.0, 0.0, 0.0]]


async def v1(client):
    answer = await client.infer(url, {'instances': rows}, model_name=model)
    return {'predictions': answer['predictions'], 'model_ready': await client.is_model_ready(url, model)}


async def v2(client):
    answers = []
    for binary in (False, True):
        given = InferInput('input', [2, 4], 'FP32')
        given.set_data_from_numpy(np.array(rows, dtype=np.float32), binary_data=binary)
        answer = await client.infer(url, InferRequest(model, [given]), model_name=model)
        answers.append([answer.model_name, answer.outputs[0].as_numpy().tolist()])
    return {
        'answers': answers,
        'live': await client.is_server_live(url),
        'ready': await client.is_server_ready(url),
        'model_ready': await client.is_model_ready(url, model),
    }


async def main():
    client = InferenceRESTClient(RESTConfig(protocol=protocol, timeout=60))
    print(json.dumps(await (v1 if protocol == 'v1' else v2)(client)))


asyncio.run(main())
