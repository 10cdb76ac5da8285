import { expect, test } from 'vitest';
import { formatServeConfig } from '../../../src/ui/reporters/serve-config-human.ts';
import { createStyle } from '../../../src/ui/style.ts';

type Result = Parameters<typeof formatServeConfig>[0];

test('each setting is shown with its value and origin; settings without effect are listed separately', () => {
  const text = formatServeConfig(
    {
      values: [
        { key: 'grace', value: 5, origin: '--grace' },
        { key: 'model_store', value: null, origin: 'default' },
      ],
      ignored: [{ key: 'vmargs', reason: 'there is no Java' }],
    } as unknown as Result,
    createStyle({ color: false }),
  );
  expect(text).toMatch(/^grace +5 +--grace$/m);
  expect(text).toMatch(/^model_store +– +default$/m);
  expect(text).toMatch(/No effect here:\n.*vmargs +there is no Java/);
});
