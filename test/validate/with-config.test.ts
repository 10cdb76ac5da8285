import { expect, test } from 'vitest';
import { withConfig } from '../../src/validate/with-config.ts';

type Subject = Parameters<ReturnType<typeof withConfig>>[0];

test('a check runs only with a readable configuration', async () => {
  const about = (reading: unknown) =>
    withConfig(() => [{ message: 'x' }])({ config: async () => reading } as unknown as Subject);
  expect(await about({ kind: 'ok', member: 'model-config.yaml', values: {} })).toHaveLength(1);
  expect(await about({ kind: 'unreadable', member: 'model-config.yaml', reason: 'x' })).toEqual([]);
  expect(await about(undefined)).toEqual([]);
});
