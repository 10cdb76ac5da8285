"""What onnxruntime answers: for each model that is named, a line of JSON with two requests in every form, and their answers."""

import base64
import json
import sys

import numpy as np
import onnxruntime

DATATYPES = {
    'float': 'FP32', 'double': 'FP64', 'float16': 'FP16', 'int8': 'INT8', 'int16': 'INT16', 'int32': 'INT32',
    'int64': 'INT64', 'uint8': 'UINT8', 'uint16': 'UINT16', 'uint32': 'UINT32', 'uint64': 'UINT64', 'bool': 'BOOL',
    'string': 'BYTES',
}
NUMPY = {'float': 'float32', 'double': 'float64'}
FIELDS = {
    'FP32': 'fp32_contents', 'FP64': 'fp64_contents', 'INT8': 'int_contents', 'INT16': 'int_contents', 'INT32': 'int_contents',
    'INT64': 'int64_contents', 'UINT8': 'uint_contents', 'UINT16': 'uint_contents', 'UINT32': 'uint_contents',
    'UINT64': 'uint64_contents', 'BOOL': 'bool_contents', 'BYTES': 'bytes_contents',
}
FREE = 2


def of_type(type_text):
    return type_text[len('tensor('):-1] if type_text.startswith('tensor(') else None


def make(kind, shape, random):
    if kind == 'string':
        return np.array([f'w{n}é' for n in random.integers(0, 9, shape).ravel()], dtype=object).reshape(shape)
    if kind == 'bool':
        return random.integers(0, 2, shape).astype(bool)
    dtype = NUMPY.get(kind, kind)
    values = random.standard_normal(shape) if 'float' in dtype else random.integers(0, 3, shape)
    return np.asarray(values).astype(dtype)


def to_bytes(value):
    if value.dtype == object:
        texts = [str(one).encode() for one in value.ravel()]
        return b''.join(len(one).to_bytes(4, 'little') + one for one in texts)
    return np.ascontiguousarray(value).tobytes()


def tensor(name, value, kind):
    datatype = DATATYPES[kind]
    raw = to_bytes(value)
    data = value.ravel().tolist()
    wide = datatype in ('INT64', 'UINT64')
    texts = [base64.b64encode(one.encode()).decode() for one in data] if datatype == 'BYTES' else data
    return {
        'name': name,
        'datatype': datatype,
        'shape': list(value.shape),
        'data': data,
        'raw': base64.b64encode(raw).decode(),
        'contents': {FIELDS[datatype]: [str(one) for one in data] if wide else texts} if datatype in FIELDS else None,
    }


def ask(path):
    session = onnxruntime.InferenceSession(path, providers=['CPUExecutionProvider'])
    given, answered = session.get_inputs(), session.get_outputs()
    others = [one.type for one in [*given, *answered] if of_type(one.type) not in DATATYPES]
    if others:
        return {'skipped': ', '.join(others)}
    random = np.random.default_rng(7)
    requests = []
    for _ in range(2):
        feeds = {}
        for one in given:
            shape = [size if isinstance(size, int) else FREE for size in one.shape]
            feeds[one.name] = make(of_type(one.type), shape, random)
        outputs = session.run(None, feeds)
        requests.append(
            {
                'inputs': [tensor(one.name, feeds[one.name], of_type(one.type)) for one in given],
                'outputs': [tensor(one.name, np.asarray(got), of_type(one.type)) for one, got in zip(answered, outputs)],
            }
        )
    return {'requests': requests}


onnxruntime.set_default_logger_severity(4)
for path in sys.stdin.read().split():
    try:
        facts = ask(path)
    except Exception as problem:
        facts = {'skipped': str(problem).splitlines()[0]}
    print(json.dumps({'path': path, **facts}), flush=True)
