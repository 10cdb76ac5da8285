import { expect, test } from 'vitest';
import { formatExplain } from '../../../src/ui/reporters/explain-human.ts';
import { createStyle } from '../../../src/ui/style.ts';

const style = createStyle({ color: false });
type Result = Parameters<typeof formatExplain>[0];
const rule = (id: string) => ({ id, severity: 'error', title: 'Names are relative', help: 'Why it is so.' });
const show = (...rules: unknown[]) => formatExplain({ rules } as Result, style);

test('one rule is shown in full, with its fix', () => {
  const text = show({ ...rule('archive/a'), fix: 'writes it anew', run: true });
  for (const part of ['Names are relative.', 'Why it is so.', '--fix writes it anew.', '--run', '--rule archive/a='])
    expect(text).toContain(part);
});

test('several rules are a line each, in columns', () => {
  const [first = '', second = ''] = show(rule('archive/a'), rule('archive/longer')).split('\n');
  expect(first.indexOf('error')).toBe(second.indexOf('error'));
  expect(first).not.toContain('Why');
});
