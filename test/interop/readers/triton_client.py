"""Drives a server with the official KServe v2 client and prints what it answered, as JSON."""

import json
import sys

import numpy as np
import tritonclient.http as http

client = http.InferenceServerClient(sys.argv[1])
rows = np.array([[1, 2, 3, 4], [0, 0, 0, 0]], dtype=np.float32)
answers = []
for binary_in in (True, False):
    for binary_out in (True, False):
        given = http.InferInput('input', list(rows.shape), 'FP32')
        given.set_data_from_numpy(rows, binary_data=binary_in)
        wanted = http.InferRequestedOutput('output', binary_data=binary_out)
        answers.append(client.infer('linear', [given], outputs=[wanted]).as_numpy('output').tolist())
# Large enough for the server to compress its answers.
many = np.arange(4000, dtype=np.float32).reshape(1000, 4) % 7
coded = {}
for coding in (None, 'gzip', 'deflate'):
    given = http.InferInput('input', list(many.shape), 'FP32')
    given.set_data_from_numpy(many)
    answer = client.infer('linear', [given], request_compression_algorithm=coding, response_compression_algorithm=coding)
    coded[coding or 'plain'] = answer.as_numpy('output')
same = [bool((coded['plain'] == coded[coding]).all()) for coding in ('gzip', 'deflate')]
try:
    given = http.InferInput('nothing', list(rows.shape), 'FP32')
    given.set_data_from_numpy(rows)
    client.infer('linear', [given])
    error = None
except Exception as problem:
    error = str(problem)
print(
    json.dumps(
        {
            'live': client.is_server_live(),
            'ready': client.is_server_ready(),
            'model_ready': client.is_model_ready('linear'),
            'metadata': client.get_model_metadata('linear'),
            'answers': answers,
            'same_compressed': same,
            'error': error,
        }
    )
)
