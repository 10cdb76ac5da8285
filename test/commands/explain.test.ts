import { describe, expect, it } from 'vitest';
import { explain, explainResultSchema } from '../../src/commands/explain.ts';
import { formatExplain } from '../../src/ui/reporters/explain-human.ts';
import { createStyle } from '../../src/ui/style.ts';
import { allRules } from '../../src/validate/rules/index.ts';

describe('explain', () => {
  it('returns the text of one rule, with its fix and whether it needs --run', async () => {
    const junk = await explain({ rule: 'hygiene/junk' });
    expect(explainResultSchema.parse(junk)).toEqual(junk);
    expect(junk.rules).toEqual([expect.objectContaining({ id: 'hygiene/junk', fix: 'removes them' })]);
    expect((await explain({ rule: 'handler/loads' })).rules[0]).toMatchObject({ run: true });
  });

  it('returns the rules of an area, or all', async () => {
    const ids = (await explain({ rule: 'hygiene' })).rules.map(({ id }) => id);
    expect(ids).toEqual(['hygiene/secrets', 'hygiene/junk', 'hygiene/size']);
    expect((await explain({})).rules).toHaveLength(allRules.length);
  });

  it('suggests the nearest rule', async () => {
    await expect(explain({ rule: 'hygiene/jnuk' })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining('hygiene/junk'),
    });
  });
});

describe('formatExplain', () => {
  const style = createStyle({ color: false, width: 80 });

  it('shows one rule in full, wrapped to the width', async () => {
    const text = formatExplain(await explain({ rule: 'hygiene/junk' }), style);
    for (const part of ['hygiene/junk  info', 'mar validate --fix removes them.', '--rule hygiene/junk=off'])
      expect(text).toContain(part);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('shows several rules as one line each', async () => {
    const [first, second] = formatExplain(await explain({ rule: 'hygiene' }), style).split('\n');
    expect(first).toBe('hygiene/secrets  warning  The archive contains no credentials');
    expect(second).toBe('hygiene/junk     info     The archive has no accidental files');
  });
});
