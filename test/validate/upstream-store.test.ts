import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { validate } from '../../src/commands/validate/validate.ts';
import { testContext } from '../support/context.ts';

const store = fileURLToPath(new URL('../fixtures/torchserve/model-store/', import.meta.url));
const sound = fileURLToPath(new URL('../fixtures/torchserve/sound/', import.meta.url));

const entry = 'error handler/python-entry';
const old = 'info manifest/origin';

/** The archives that TorchServe's answers were recorded with: what is wrong with each on purpose, and nothing else. */
const archives: readonly (readonly [name: string, store: string, findings: readonly string[]])[] = [
  ['badjson', store, ['error manifest/readable']],
  ['nohandler', store, ['error manifest/handler', old]],
  ['badruntime', store, ['error manifest/runtime', old, entry]],
  ['zipslip', store, ['error archive/name-parent']],
  ['noname', store, ['error manifest/model-name', old, entry]],
  ['notzip', store, ['error archive/format']],
  ['nomodel', store, ['error manifest/model', old]],
  ['dump', sound, [old]],
  ['kinds', sound, [old]],
  ['linear_base', sound, ['info weights/torchscript-code']],
  ['noversion', sound, ['info manifest/model-version', old]],
];

describe('the archives of the TorchServe that was recorded', () => {
  it.each(archives)('%s.mar has the faults that were put in, and no other', async (name, folder, expected) => {
    const { findings } = await validate({ path: `${folder}${name}.mar`, config: false }, testContext('/'));
    expect(findings.map(({ severity, rule }) => `${severity} ${rule}`)).toEqual(expected);
  });
});
