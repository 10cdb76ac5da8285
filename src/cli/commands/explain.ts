import type { CommandEntry } from '../program/command.ts';
import { exitCodes } from '../program/exit-code.ts';

export const explainCommand: CommandEntry = {
  name: 'explain',
  summary: 'explain what a rule of mar validate requires, and why',
  arguments: [{ name: 'rule', help: 'the id of a rule, or an area (default: a list of all)', optional: true }],
  flags: [],
  examples: [
    { command: 'mar explain weights/pickle-unsafe-global', what: 'one rule' },
    { command: 'mar explain hygiene', what: 'every rule of an area' },
  ],
  async run({ words: [rule] }, { print }) {
    const [{ explain }, { formatExplain }] = await Promise.all([
      import('../../commands/explain.ts'),
      import('../../ui/reporters/explain-human.ts'),
    ]);
    const result = await explain(rule === undefined ? {} : { rule });
    await print(result, (style) => formatExplain(result, style));
    return exitCodes.done;
  },
};
