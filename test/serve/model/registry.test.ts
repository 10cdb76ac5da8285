import { expect, test } from 'vitest';
import type { Model } from '../../../src/serve/model/model.ts';
import { createRegistry } from '../../../src/serve/model/registry.ts';

/** The registry looks at name and version alone. */
const model = (name: string, version: string) => ({ name, version }) as Model;

function registryWith(...models: readonly Model[]) {
  const registry = createRegistry();
  for (const one of models) registry.reserve(one.name, one.version).commit(one);
  return registry;
}

test('of two overlapping registrations of one name and version only one succeeds', () => {
  const registry = createRegistry();
  const reservation = registry.reserve('m', '1.0');
  expect(() => registry.reserve('m', '1.0')).toThrow('Model version 1.0 is already registered for model m');
  reservation.release();
  registry.reserve('m', '1.0').commit(model('m', '1.0'));
  expect(() => registry.reserve('m', '1.0')).toThrow('already registered');
});

test('a reserved name is not found', () => {
  const registry = createRegistry();
  registry.reserve('m', '1.0');
  expect(() => registry.get('m')).toThrow('Model not found: m');
});

test('versions are sorted numerically', () => {
  const registry = registryWith(model('m', '1.10'), model('m', '1.9'), model('m', '2'));
  expect(registry.versions('m').map(({ version }) => version)).toEqual(['1.9', '1.10', '2']);
  expect(registry.get('m').version).toBe('1.10');
});

test('names of Object.prototype are ordinary model names', () => {
  const registry = registryWith(model('__proto__', 'constructor'));
  expect(registry.get('__proto__', 'constructor').name).toBe('__proto__');
  expect(() => registry.get('toString')).toThrow('Model not found: toString');
});

test('withdrawing removes exactly that model; of a default version another one takes over', () => {
  const [first, second] = [model('m', '1'), model('m', '2')];
  const registry = registryWith(first, second);
  expect(registry.withdraw(model('m', '1'))).toBe(false);
  expect(registry.withdraw(first)).toBe(true);
  expect(registry.withdraw(first)).toBe(false);
  expect(registry.get('m')).toBe(second);
  expect(registry.withdraw(second)).toBe(true);
  expect(() => registry.get('m')).toThrow('Model not found: m');
});
