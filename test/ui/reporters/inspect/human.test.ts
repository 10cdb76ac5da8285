import { expect, test } from 'vitest';
import type { InspectResult } from '../../../../src/commands/inspect/result.ts';
import { formatInspect } from '../../../../src/ui/reporters/inspect/human.ts';
import { createStyle } from '../../../../src/ui/style.ts';

const plain = createStyle({ color: false, width: 90 });

const tensor = (name: string, shape: (number | string | null)[]) => ({ name, dtype: 'float32', shape });

const digits: InspectResult = {
  schemaVersion: 1,
  path: 'digits.mar',
  format: 'zip',
  size: 24_000,
  manifest: {
    status: 'ok',
    value: {
      createdOn: '23/11/2026 10:20:30',
      runtime: 'python',
      model: { modelName: 'digits', modelVersion: '1.0', handler: 'image_classifier', serializedFile: 'digits.onnx' },
      archiverVersion: '0.12.0',
    },
  },
  files: [
    { path: 'MAR-INF/MANIFEST.json', size: 251, packed: { method: 'deflated', size: 165, crc32: 'e401ceaa' } },
    { path: 'digits.onnx', size: 26_500, packed: { method: 'stored', size: 26_500, crc32: '00000001' } },
  ],
  weights: [
    {
      member: 'digits.onnx',
      detected: 'onnx',
      problems: [],
      facts: {
        format: 'onnx',
        irVersion: 8,
        opsets: [{ domain: '', version: 17 }],
        producer: 'digits.py',
        metadata: {},
        inputs: [tensor('image', ['batch', 1, 28, 28])],
        outputs: [tensor('scores', [null, 10]), { ...tensor('free', []), unranked: true }],
        tensors: [],
        parameters: 5998,
        operators: { Conv: 2, Relu: 3, Gemm: 2 },
        customDomains: [],
        functions: [],
        externalData: [],
      },
    },
  ],
  parameters: 5998,
  handler: { kind: 'builtin', name: 'image_classifier' },
  runs: [
    { server: 'mar serve', able: 'yes', why: 'ONNX weights.' },
    { server: 'TorchServe', able: 'no', why: 'It fails every prediction.' },
  ],
  findings: [],
};

test('formatInspect fits on one screen', () => {
  expect(formatInspect(digits, plain)).toBe(`digits.mar  ZIP archive, 24 kB
  model    digits  version 1.0
  handler  image_classifier  built-in
  runtime  python
  created  23/11/2026 10:20:30 by archiver 0.12.0

files  2 files, 26.8 kB unpacked
  MAR-INF/MANIFEST.json    251 B  deflated to 165 B  e401ceaa
  digits.onnx            26.5 kB  stored             00000001

weights  digits.onnx  ONNX, 5,998 parameters
  in     image   float32[batch,1,28,28]
  out    scores  float32[?,10]
  out    free    float32[…]
  nodes  7: Relu 3, Conv 2, Gemm 2
  opset  17, IR version 8, made by digits.py

runs on
  mar serve   yes  ONNX weights.
  TorchServe  no   It fails every prediction.

findings  none
`);
});

test('formatInspect lists findings with their rule, the worst first', () => {
  const findings = [
    { rule: 'archive/zip64-small', severity: 'warning' as const, message: 'Second.', at: {} },
    {
      rule: 'archive/crc',
      severity: 'error' as const,
      message: 'First.',
      at: { member: 'a.py' },
      hint: 'Fetch it again.',
    },
  ];
  const text = formatInspect({ ...digits, findings }, plain);
  expect(text.slice(text.indexOf('findings'))).toBe(`findings  1 error, 1 warning
  archive/crc  a.py: First.
    → Fetch it again.
  archive/zip64-small  Second.
`);
});

test('formatInspect escapes hostile names', () => {
  const files = [{ path: 'a\u001b[2J\u202eb', size: 1 }];
  const text = formatInspect({ ...digits, files }, plain);
  expect(text).toContain('a\\u001b[2J\\u202eb');
  expect(text).not.toMatch(/[\u001b\u202e]/);
});

test('formatInspect counts the files beyond forty', () => {
  const files = Array.from({ length: 45 }, (_, index) => ({ path: `f${index}`, size: 1 }));
  expect(formatInspect({ ...digits, files }, plain)).toContain('… and 5 more files (all of them with --files)');
});

test('formatInspect of a broken archive starts with the error', () => {
  const { files: _, ...broken } = digits;
  const findings = [
    { rule: 'archive/format', severity: 'error' as const, message: 'Neither a ZIP nor a tar.', at: {} },
  ];
  const text = formatInspect({ ...broken, weights: [], runs: [], findings }, plain);
  expect(text).toBe(`digits.mar  not readable as an archive, 24 kB

findings  1 error
  archive/format  Neither a ZIP nor a tar.
`);
});
