import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { publishedSchemas } from '../../../src/core/documents/published-schemas.ts';
import { manifestSchema } from '../../../src/model/documents/manifest.ts';

const root = new URL('../../../', import.meta.url);

test('the file that defines a schema publishes it', () => {
  expect(publishedSchemas.get(manifestSchema)).toMatchObject({ file: 'manifest', io: 'input' });
});

test('every file of schemas/ is published once in src', () => {
  const sources = readdirSync(new URL('src', root), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(new URL(`src/${file}`, root), 'utf8'))
    .join('\n');
  for (const file of readdirSync(new URL('schemas', root))) {
    const name = file.replace(/(\.schema)?\.json$/, '');
    expect(sources.split(`file: '${name}'`), file).toHaveLength(2);
  }
});
