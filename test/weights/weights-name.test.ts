import { expect, test } from 'vitest';
import { WEIGHTS_NAME } from '../../src/weights/weights-name.ts';

test.each(['model.onnx', 'MODEL.PT', 'a/b.safetensors', 'net.pt2', 'x.keras'])('%s is the name of weights', (name) => {
  expect(WEIGHTS_NAME.test(name)).toBe(true);
});

test.each(['handler.py', 'model.onnx.json', 'onnx', 'labels.txt', 'x.pth.bak'])('%s is not', (name) => {
  expect(WEIGHTS_NAME.test(name)).toBe(false);
});
