import type { ValidateOptions } from '../../commands/validate.ts';
import { packageVersion } from '../../core/package-info.ts';
import type { CommandEntry } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { toOptions, toSettings } from '../values.ts';

type Values = Omit<ValidateOptions, 'path' | 'rules'> & {
  readonly reporter?: 'human' | 'json' | 'sarif' | 'junit' | 'github' | 'markdown';
  readonly rule?: readonly string[];
};

export const validateCommand: CommandEntry = {
  name: 'validate',
  summary: 'check that an archive is sound, safe and complete',
  arguments: [{ name: 'archive', help: '.mar, .tar.gz, unpacked folder, or a weights file' }],
  flags: [
    {
      name: 'only',
      value: 'AREA',
      many: true,
      choices: ['archive', 'manifest', 'config', 'weights', 'handler', 'compatibility', 'hygiene'],
      help: 'areas to check (default: all)',
    },
    {
      name: 'fail-on',
      value: 'SEVERITY',
      choices: ['error', 'warning', 'info'],
      help: 'the least severity that gives exit code 1 (default: error)',
    },
    { name: 'rule', value: 'ID=SETTING', many: true, help: 'set a rule to off, info, warn or error' },
    {
      name: 'reporter',
      value: 'FORMAT',
      choices: ['human', 'json', 'sarif', 'junit', 'github', 'markdown'],
      help: 'what is printed (default: human)',
    },
  ],
  examples: [
    { command: 'mar validate model_store/digits.mar', what: 'every rule, for people' },
    {
      command: 'mar validate digits.mar --fail-on warning --reporter github',
      what: 'annotations in a GitHub workflow',
    },
    { command: 'mar validate digits.mar --only weights --rule weights/unknown-format=off', what: 'some rules only' },
  ],
  async run({ words: [path = ''], values }, { context, print }) {
    const [{ validate }, { validateReporters }, { toValidateReport }] = await Promise.all([
      import('../../commands/validate.ts'),
      import('../../ui/reporters/validate.ts'),
      import('../../ui/reporters/validate-json.ts'),
    ]);
    const { reporter = 'human', rule, ...rest } = toOptions<Values>(values);
    // The command's schema judges the settings, which are plain words here.
    const rules = toSettings('--rule', rule) as NonNullable<ValidateOptions['rules']>;
    const result = await validate({ ...rest, rules, path }, context);
    await print(toValidateReport(result), (style) => {
      return validateReporters[reporter](result, { style, toolVersion: packageVersion() });
    });
    return result.passed ? exitCodes.done : exitCodes.findings;
  },
};
