import type { PredictOptions } from '../../commands/predict.ts';
import type { CommandEntry } from '../program/command.ts';
import { exitCodes } from '../program/exit-code.ts';
import { toOptions } from '../program/values.ts';
import { deviceFlag, pythonFlag, skipValidationFlag, threadsFlag } from './shared-flags.ts';

/** HTTP statuses from here on are errors. */
const FIRST_ERROR_STATUS = 400;

export const predictCommand: CommandEntry = {
  name: 'predict',
  summary: 'run one request without a server',
  arguments: [{ name: 'archive', key: 'path', help: '.mar, .tar.gz or unpacked folder' }],
  flags: [
    {
      name: 'input',
      short: 'i',
      value: 'FILE',
      required: true,
      help: 'the request body: an image, a JSON document, …',
    },
    { name: 'content-type', value: 'TYPE', help: 'media type of the request (default: from the file extension)' },
    { name: 'expect', value: 'FILE', help: 'the expected answer: exit code 1 if the answer differs' },
    deviceFlag,
    threadsFlag,
    pythonFlag,
    skipValidationFlag,
  ],
  examples: [
    { command: 'mar predict model_store/digits.mar -i seven.png', what: 'the answer, probabilities as bars' },
    { command: 'mar predict digits.mar -i seven.png --expect seven.json --json', what: 'a smoke test for CI' },
  ],
  async run({ words: [path = ''], values }, { context, print }) {
    const [{ predict }, { formatPrediction }] = await Promise.all([
      import('../../commands/predict.ts'),
      import('../../ui/reporters/predict-human.ts'),
    ]);
    const result = await predict({ ...toOptions<Omit<PredictOptions, 'path'>>(values), path }, context);
    await print(result, (style) => formatPrediction(result, style));
    if (result.matches === false) return exitCodes.findings;
    return result.status < FIRST_ERROR_STATUS ? exitCodes.done : exitCodes.failed;
  },
};
