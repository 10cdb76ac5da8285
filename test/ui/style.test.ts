import { expect, test } from 'vitest';
import { createStyle } from '../../src/ui/style.ts';

test('a plain style adds nothing, a coloured one escapes', () => {
  const plain = createStyle({ color: false });
  expect([plain.bad('x'), plain.title('x'), plain.dim('x')]).toEqual(['x', 'x', 'x']);
  expect(createStyle({ color: true }).bad('x')).toBe('\u001b[31mx\u001b[39m');
});

test('the width has a minimum and a maximum', () => {
  const widths = [undefined, 10, 80, 500].map((width) => createStyle({ color: false, ...(width && { width }) }).width);
  expect(widths).toEqual([100, 40, 80, 120]);
});
