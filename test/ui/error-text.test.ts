import { expect, test } from 'vitest';
import { formatError, formatNotice } from '../../src/ui/error-text.ts';
import { createStyle } from '../../src/ui/style.ts';

const plain = createStyle({ color: false, width: 60 });

test('formatError shows code and message, then the cause, then the hint', () => {
  const text = formatError({ code: 'CODE', message: 'It failed.', cause: 'disk full', hint: 'Make room.' }, plain);
  expect(text).toBe('CODE  It failed.\n  cause: disk full\n  hint: Make room.\n');
});

test('formatError omits a cause that the message contains', () => {
  expect(formatError({ message: 'It failed: disk full.', cause: 'disk full' }, plain)).toBe('It failed: disk full.\n');
});

test('formatError escapes control characters in a value', () => {
  expect(formatError({ message: 'No file \u001b[2Jx' }, plain)).toBe('No file \\u001b[2Jx\n');
});

test('formatNotice marks a warning, and not a notice', () => {
  expect(formatNotice('warning', 'Careful.', 'Do this.', plain)).toBe('warning  Careful.\n  hint: Do this.\n');
  expect(formatNotice('notice', 'By the way.', undefined, plain)).toBe('By the way.\n');
});

test('only a coloured style has colour in its text', () => {
  const facts = { code: 'CODE', message: 'It failed.', hint: 'Do this.' };
  const colored = formatError(facts, createStyle({ color: true, width: 60 }));
  expect(colored).toContain('\u001b[31mCODE');
  expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(formatError(facts, plain));
});
