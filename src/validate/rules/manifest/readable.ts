import { MANIFEST_PATH } from '../../../core/paths.ts';
import { defineRule } from '../../rule.ts';

export const manifestReadable = defineRule({
  id: 'manifest/readable',
  severity: 'error',
  title: 'The manifest is JSON that every reader reads alike',
  help: 'Strict JSON in UTF-8, at most 1 MiB, at most 32 levels deep, without a byte order mark and without duplicate keys: if readers differ, a scanner sees another model than the server.',
  async check(subject) {
    const reading = await subject.manifest();
    if (reading.kind !== 'unreadable') return [];
    const { reason, offset } = reading;
    return [
      {
        message: `The manifest cannot be read as JSON: ${reason}.`,
        at: { member: MANIFEST_PATH, ...(offset === undefined ? {} : { offset }) },
        hint: 'Pack the files again, or fix the file and repack.',
      },
    ];
  },
});
