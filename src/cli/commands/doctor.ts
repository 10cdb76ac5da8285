import type { DoctorOptions } from '../../commands/doctor/doctor.ts';
import type { CommandEntry } from '../program/command.ts';
import { exitCodes } from '../program/exit-code.ts';
import { toOptions } from '../program/values.ts';
import { pythonFlag } from './shared-flags.ts';

export const doctorCommand: CommandEntry = {
  name: 'doctor',
  summary: 'check what this machine has, and what it lacks for an archive',
  arguments: [{ name: 'archive', help: 'archive, unpacked folder or URL whose needs are checked too', optional: true }],
  flags: [pythonFlag],
  examples: [
    { command: 'mar doctor', what: 'Node, packages, Python, temporary folder, ports' },
    { command: 'mar doctor model_store/digits.mar', what: 'and whether this archive can be served here' },
  ],
  async run({ words: [path], values }, { context, print }) {
    const [{ doctor }, { formatDoctor }] = await Promise.all([
      import('../../commands/doctor/doctor.ts'),
      import('../../ui/reporters/doctor-human.ts'),
    ]);
    const options = { ...toOptions<DoctorOptions>(values), ...(path !== undefined && { path }) };
    const result = await doctor(options, context);
    await print(result, (style) => formatDoctor(result, style));
    return result.passed ? exitCodes.done : exitCodes.findings;
  },
};
