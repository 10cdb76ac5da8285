import type { ValidateOptions } from '../../commands/validate/options.ts';
import type { ValidateResult } from '../../commands/validate/validate.ts';
import { packageVersion } from '../../core/package-info.ts';
import type { CommandEntry } from '../program/command.ts';
import { exitCodes } from '../program/exit-code.ts';
import { toOptions, toSettings } from '../program/values.ts';
import { pythonFlag } from './shared-flags.ts';

type Values = Omit<ValidateOptions, 'path' | 'rules' | 'only'> & {
  readonly only?: readonly string[];
  readonly rule?: readonly string[];
  readonly reporter?: readonly string[];
};

export const validateCommand: CommandEntry = {
  name: 'validate',
  summary: 'check that an archive is valid, safe and complete',
  arguments: [{ name: 'archives', key: 'path', help: '.mar, .tar.gz, unpacked folders, or weights files', many: true }],
  flags: [
    {
      name: 'only',
      value: 'AREA[,AREA]',
      repeats: true,
      help: 'areas to check: archive, manifest, workflow, config, weights, handler, compatibility, hygiene (default: all)',
    },
    {
      name: 'fail-on',
      value: 'SEVERITY',
      choices: ['error', 'warning', 'info'],
      help: 'the lowest severity that gives exit code 1 (default: error)',
    },
    { name: 'rule', key: 'rules', value: 'ID=SETTING', repeats: true, help: 'set a rule to off, info, warn or error' },
    {
      name: 'target',
      value: 'SERVER',
      choices: ['mar', 'torchserve', 'both'],
      help: 'the target server; limits of other servers are only infos (default: mar)',
    },
    { name: 'max-size', value: 'SIZE', help: 'size budget of the archive, such as 500MB' },
    { name: 'config', value: 'FILE', help: 'mar.validate.{json,yaml} (default: the one in this folder)' },
    {
      name: 'reporter',
      value: 'FORMAT[=FILE]',
      repeats: true,
      help: 'human, json, sarif, junit, github or markdown, on stdout or into a file (default: human)',
    },
    { name: 'run', help: 'also load the model in a worker and send it one request: this runs its code' },
    pythonFlag,
    { name: 'fix', help: 'first fix in place what can be fixed safely (mar explain RULE describes the fix)' },
  ],
  examples: [
    { command: 'mar validate model_store/digits.mar', what: 'every rule, for people' },
    { command: 'mar validate model_store/*.mar', what: 'several archives, one verdict' },
    {
      command: 'mar validate digits.mar --fail-on warning --reporter github --reporter sarif=digits.sarif',
      what: 'annotations in a GitHub workflow, and a file for code scanning',
    },
    {
      command: 'mar validate digits.mar --only weights,handler --rule weights/unknown-format=off',
      what: 'some rules only',
    },
    { command: 'mar validate digits.mar --run', what: 'every rule, and whether it loads and answers' },
  ],
  async run({ words, values }, { context, print }) {
    const [{ validate }, { validateReporters }, { toValidateReport }, { parseReporters, writeReports }] =
      await Promise.all([
        import('../../commands/validate/validate.ts'),
        import('../../ui/reporters/validate/index.ts'),
        import('../../ui/reporters/validate/json.ts'),
        import('../program/reports.ts'),
      ]);
    const { reporter, rule, only, ...rest } = toOptions<Values>(values);
    const { printed, files } = parseReporters(reporter);
    const options = {
      ...rest,
      ...(only && { only: only.flatMap((areas) => areas.split(',')) }),
      rules: toSettings('rule', rule),
    };
    // Plain strings: the command's schema checks areas and settings.
    const results: ValidateResult[] = [];
    for (const path of words) results.push(await validate({ ...options, path } as ValidateOptions, context));
    const toolVersion = packageVersion();
    await writeReports(files, (name, style) => validateReporters[name](results, { style, toolVersion }), context);
    await print(toValidateReport(results), (style) => validateReporters[printed](results, { style, toolVersion }));
    return results.every(({ passed }) => passed) ? exitCodes.done : exitCodes.findings;
  },
};
