import { expect, test } from 'vitest';
import { createTracebackReader } from '../../../src/serve/process/python-traceback.ts';

const read = (text: string) => {
  const reader = createTracebackReader();
  for (const line of text.split('\n')) reader.push(line);
  return reader.cause;
};

test('an exception is reported with file and line, without frames of the import system', () => {
  expect(
    read(`Backend worker process died.
Traceback (most recent call last):
  File "/ts/model_loader.py", line 153, in _load_handler_file
    module = importlib.import_module(module_name)
  File "<frozen importlib._bootstrap>", line 241, in _call_with_frames_removed
  File "/models/1/handler.py", line 3, in <module>
    import numpy_typo
ModuleNotFoundError: No module named 'numpy_typo'`),
  ).toBe("ModuleNotFoundError: No module named 'numpy_typo' (handler.py, line 3)");
});

test('an exception that the worker survived is not reported as its cause of death', () => {
  const survived = `Traceback (most recent call last):
  File "/models/1/handler.py", line 3, in handle
    raise ValueError("one request of many")
ValueError: one request of many`;
  expect(read(survived)).toBe('ValueError: one request of many (handler.py, line 3)');
  expect(read(`${survived}\nBackend received inference at: 1764108000`)).toBeUndefined();
});

test('a later exception of the worker does not hide the cause', () => {
  const first = `Traceback (most recent call last):
  File "/models/1/handler.py", line 3, in <module>
    import numpy_typo
ModuleNotFoundError: No module named 'numpy_typo'
`;
  const lookedElsewhere = `
During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/ts/model_loader.py", line 159, in _load_default_handler
    module = importlib.import_module(module_name, "ts.torch_handler")
ModuleNotFoundError: No module named 'ts.torch_handler.handler'`;
  expect(read(first + lookedElsewhere)).toBe("ModuleNotFoundError: No module named 'numpy_typo' (handler.py, line 3)");
  const raisedAnew = `Backend worker process died.
Traceback (most recent call last):
  File "/ts/model_service_worker.py", line 200, in handle_connection
    raise RuntimeError("{} - {}".format(code, result))
RuntimeError: 500 - Unknown exception`;
  expect(read(first + raisedAnew)).toContain('numpy_typo');
});

test('of chained exceptions the last is reported; a single later one is reported too', () => {
  expect(
    read(`Traceback (most recent call last):
  File "a.py", line 1, in f
KeyError: 'x'

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "a.py", line 3, in f
ValueError: no x`),
  ).toBe('ValueError: no x (a.py, line 3)');
  expect(
    read("Traceback (most recent call last):\nModuleNotFoundError: No module named 'ts.torch_handler.x'"),
  ).toContain('ts.torch_handler.x');
  expect(read('ValueError: printed by the handler, not raised\nall is well')).toBeUndefined();
});
