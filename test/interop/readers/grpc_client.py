"""Drives a server over gRPC with the client of Triton or of KServe, and prints what it answered, as JSON.

Models: `linear` (4 numbers in, 3 out) and `types`, which gives back a tensor of each type as it came.
"""

import asyncio
import json
import sys

import numpy as np

client, target = sys.argv[1:3]

ROWS = np.arange(8, dtype=np.float32).reshape(2, 4)
NAMES = {'BOOL': 'bool', 'FP16': 'float16', 'FP32': 'float', 'FP64': 'double', 'BYTES': 'string'}
TYPES = 'BOOL INT8 INT16 INT32 INT64 UINT8 UINT16 UINT32 UINT64 FP16 FP32 FP64 BYTES'.split()
NUMPY = {'BOOL': 'bool', 'FP16': 'float16', 'FP32': 'float32', 'FP64': 'float64', 'BYTES': 'object'}


def values():
    """Two of each type, the least and the greatest where there is one; by name of the input."""
    made = {}
    for kind in TYPES:
        name = f'{NAMES.get(kind, kind.lower())}_in'
        dtype = NUMPY.get(kind, kind.lower())
        if kind == 'BYTES':
            value = np.array(['a', 'ö€'], dtype=object)
        elif kind == 'BOOL':
            value = np.array([True, False])
        elif kind.startswith('FP'):
            value = np.array([np.finfo(dtype).max, -1.5], dtype=dtype)
        else:
            value = np.array([np.iinfo(dtype).min, np.iinfo(dtype).max], dtype=dtype)
        made[name] = (kind, value)
    return made


def to_text(array):
    return [one.decode() if isinstance(one, bytes) else one for one in array.ravel().tolist()]


def changed(outputs):
    """Names of the outputs whose values are not those that were sent."""
    sent = {name.replace('_in', '_out'): value for name, (_, value) in values().items()}
    return [name for name, got in outputs if to_text(got) != to_text(sent[name])] + [
        f'{name} is missing' for name in sent if name not in dict(outputs)
    ]


def triton():
    import tritonclient.grpc as grpc

    asked = grpc.InferenceServerClient(target)
    given = grpc.InferInput('input', [2, 4], 'FP32')
    given.set_data_from_numpy(ROWS)
    linear = asked.infer('linear', [given], request_id='mine')
    tensors = []
    for name, (kind, value) in values().items():
        tensor = grpc.InferInput(name, list(value.shape), kind)
        tensor.set_data_from_numpy(np.char.encode(value.astype(str), 'utf8').astype(object) if kind == 'BYTES' else value)
        tensors.append(tensor)
    types = asked.infer('types', tensors)
    try:
        asked.infer('nothing', [given])
        error = None
    except grpc.InferenceServerException as caught:
        error = caught.status()
    metadata = asked.get_model_metadata('linear')
    return {
        'live': asked.is_server_live(),
        'ready': asked.is_server_ready(),
        'model_ready': asked.is_model_ready('linear'),
        'metadata': [(one.name, one.datatype, list(one.shape)) for one in metadata.inputs],
        'id': linear.get_response().id,
        'linear': linear.as_numpy('output').tolist(),
        'changed': changed([(one.name, types.as_numpy(one.name)) for one in types.get_response().outputs]),
        'error': error,
    }


async def kserve():
    from kserve import InferenceGRPCClient, InferInput, InferRequest

    asked = InferenceGRPCClient(target)
    answers, differing = [], []
    for raw in (False, True):
        given = InferInput('input', [2, 4], 'FP32')
        given.set_data_from_numpy(ROWS, binary_data=raw)
        answer = await asked.infer(InferRequest('linear', [given], request_id='mine'))
        answers.append([answer.id, answer.outputs[0].as_numpy().tolist()])
        tensors = []
        for name, (kind, value) in values().items():
            tensor = InferInput(name, list(value.shape), kind)
            # There is no typed field for FP16 in the protocol.
            tensor.set_data_from_numpy(value, binary_data=raw or kind == 'FP16')
            tensors.append(tensor)
        types = await asked.infer(InferRequest('types', tensors))
        differing += changed([(one.name, one.as_numpy()) for one in types.outputs])
    return {
        'live': await asked.is_server_live(),
        'ready': await asked.is_server_ready(),
        'model_ready': await asked.is_model_ready('linear'),
        'answers': answers,
        'changed': differing,
    }


print(json.dumps(triton() if client == 'triton' else asyncio.run(kserve())))
