import { describe, expect, test } from 'vitest';
import { commands } from '../../../src/cli/commands/index.ts';
import { archiverFlags } from '../../../src/cli/drop-in/archiver-flags.ts';
import { workflowFlags } from '../../../src/cli/drop-in/workflow-flags.ts';
import { toKey } from '../../../src/cli/program/flags.ts';
import { nameTypedOption } from '../../../src/cli/program/typed-options.ts';
import { ToolError } from '../../../src/core/errors.ts';

const invalid = (option: string) => new ToolError('INVALID_OPTION', { option, found: '"x"', expected: 'another' });

const tools = [
  ...commands,
  { name: 'ts-model-archiver', flags: archiverFlags },
  { name: 'ts-workflow-archiver', flags: workflowFlags },
];

describe('the error of an option', () => {
  test.each(tools)('$name: names every flag as it is typed', (tool) => {
    for (const { name } of tool.flags) {
      const told = nameTypedOption(invalid(toKey(name)), tool, { [toKey(name)]: 'x' });
      expect(told).toMatchObject({ message: `--${name}: expected another, got "x".` });
    }
  });

  test('names the argument whose key or item is wrong', () => {
    const serve = { flags: [], arguments: [{ name: 'archives', help: '' }] };
    expect(nameTypedOption(invalid('archives.0'), serve, {})).toMatchObject({ values: { option: '<archives>' } });
    const inspect = { flags: [], arguments: [{ name: 'archive', key: 'path', help: '' }] };
    expect(nameTypedOption(invalid('path'), inspect, {})).toMatchObject({ values: { option: '<archive>' } });
  });

  test('names the entry of a setting, and not the place in a list', () => {
    const validate = {
      flags: [
        { name: 'rule', key: 'rules', help: '' },
        { name: 'only', help: '' },
      ],
    };
    const told = nameTypedOption(invalid('rules.hygiene/junk'), validate, { rule: ['hygiene/junk=loud'] });
    expect(told).toMatchObject({ values: { option: '--rule hygiene/junk' } });
    expect(nameTypedOption(invalid('only.0'), validate, { only: ['x'] })).toMatchObject({
      values: { option: '--only' },
    });
  });

  test('names the flag of a key of config.properties only where the flag was typed', () => {
    const serve = { flags: [{ name: 'inference-address', help: '' }] };
    const typed = nameTypedOption(invalid('inference_address'), serve, { inferenceAddress: 'x' });
    expect(typed).toMatchObject({ values: { option: '--inference-address' } });
    const fromFile = invalid('inference_address');
    expect(nameTypedOption(fromFile, serve, {})).toBe(fromFile);
  });

  test('leaves any other error as it is', () => {
    const other = new ToolError('CANCELLED', { what: 'The command' });
    expect(nameTypedOption(other, { flags: [] }, {})).toBe(other);
  });
});
