import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../../src/core/package-info.ts';
import {
  classifySchema,
  detectSchema,
  preprocessSchema,
  segmentSchema,
} from '../../../src/handlers/builtin/image/image-options.ts';
import { builtinHandlers } from '../../../src/handlers/builtin/index.ts';
import * as text from '../../../src/handlers/builtin/text/text-options.ts';

const page = readFileSync(join(packageRoot, 'src', 'handlers', 'builtin', 'README.md'), 'utf8');

const keysOf = (part: string, schema: { unwrap(): unknown }): string[] => {
  // Each is a strict object behind a default.
  const { shape } = schema.unwrap() as { shape: Record<string, unknown> };
  return Object.keys(shape).map((key) => `${part}.${key}`);
};

test('the page names every handler and every key of model-config.yaml, and no other', () => {
  const known = [
    ...keysOf('preprocess', preprocessSchema),
    ...keysOf('preprocess', text.preprocessSchema),
    ...[classifySchema, segmentSchema, detectSchema, text.postprocessSchema].flatMap((schema) =>
      keysOf('postprocess', schema),
    ),
  ];
  const named = [...page.matchAll(/^\| `((?:pre|post)process)\.[^|]*/gm)].flatMap(([cell, part]) =>
    [...cell.matchAll(/`(?:(?:pre|post)process)?\.(\w+)`/g)].map(([, key]) => `${part}.${key}`),
  );
  expect([...new Set(named)].sort()).toEqual([...new Set(known)].sort());
  const handlers = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  expect(handlers.sort()).toEqual(Object.keys(builtinHandlers).sort());
});
