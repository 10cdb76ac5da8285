import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/core/package-info.ts';
import { builtinHandlers } from '../../src/handlers/builtin/index.ts';
import {
  imageClassifierKeys,
  imageSegmenterKeys,
  objectDetectorKeys,
  tabularKeys,
  textClassifierKeys,
  textEmbeddingKeys,
} from '../../src/model/config/handler-keys.ts';

const page = readFileSync(join(packageRoot, 'docs', 'builtin-handlers.md'), 'utf8');

test('the page names every handler and every key of model-config.yaml, and no other', () => {
  const all = [
    imageClassifierKeys,
    imageSegmenterKeys,
    objectDetectorKeys,
    textClassifierKeys,
    textEmbeddingKeys,
    tabularKeys,
  ];
  const known = all.flatMap((keys) =>
    Object.entries(keys.known).flatMap(([section, names]) => names.map((name) => `${section}.${name}`)),
  );
  const named = [...page.matchAll(/^\| `((?:pre|post)process)\.[^|]*/gm)].flatMap(([cell, part]) =>
    [...cell.matchAll(/`(?:(?:pre|post)process)?\.(\w+)`/g)].map(([, key]) => `${part}.${key}`),
  );
  expect([...new Set(named)].sort()).toEqual([...new Set(known)].sort());
  const handlers = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
  expect(handlers.sort()).toEqual(Object.keys(builtinHandlers).sort());
});
