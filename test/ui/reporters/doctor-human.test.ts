import { expect, test } from 'vitest';
import type { DoctorResult } from '../../../src/commands/doctor/result.ts';
import { formatDoctor } from '../../../src/ui/reporters/doctor-human.ts';
import { createStyle } from '../../../src/ui/style.ts';

const result: DoctorResult = {
  schemaVersion: 1,
  version: '1.2.3',
  platform: 'linux x64',
  checks: [
    { id: 'node', status: 'good', found: 'v20.19.0', purpose: 'everything' },
    { id: 'sharp', status: 'absent', found: 'not installed', purpose: 'decode images', remedy: 'npm install sharp' },
    { id: 'archive', status: 'bad', found: 'm\u001b.mar: it has no manifest', purpose: 'the archive' },
  ],
  passed: false,
};

test('each check is a line, its remedy below it, and the verdict last', () => {
  expect(formatDoctor(result, createStyle({ color: false })).split('\n')).toEqual([
    'ts-model-archiver 1.2.3  linux x64',
    '',
    '  ✓ node     v20.19.0',
    '  – sharp    not installed (for: decode images)',
    '             → npm install sharp',
    '  ✗ archive  m\\u001b.mar: it has no manifest (for: the archive)',
    '',
    '✗ something is in the way',
    '',
  ]);
});
