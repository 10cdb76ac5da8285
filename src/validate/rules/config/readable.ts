import { defineRule } from '../../rule.ts';

export const configReadable = defineRule({
  id: 'config/readable',
  severity: 'error',
  title: 'model-config.yaml can be read',
  help: 'Expected: one YAML document with a mapping at the top, no duplicate keys, no tags that build objects, limited aliases, at most 1 MiB. TorchServe logs an error and ignores a file it cannot parse, and answers 500 to the registration when the file is empty.',
  async check(subject) {
    const config = await subject.config();
    if (config?.kind !== 'unreadable') return [];
    const { member, reason, line } = config;
    return [
      {
        message: `${member} cannot be read as YAML: ${reason}.`,
        at: { member, ...(line === undefined ? {} : { line }) },
        hint: 'Fix the file and pack again, or leave it out.',
      },
    ];
  },
});
