import { MANIFEST_PATH } from '../../../core/paths.ts';
import { defineRule } from '../../rule.ts';

export const manifestShape = defineRule({
  id: 'manifest/shape',
  severity: 'error',
  title: 'The fields of the manifest have the right types',
  help: 'The manifest is an object; its fields and those of "model" are texts. Unknown fields are allowed. schemas/manifest.json is the whole description.',
  async check(subject) {
    const reading = await subject.manifest();
    if (reading.kind !== 'invalid') return [];
    return reading.problems.map(({ pointer, message }) => ({
      message: `${pointer === '' ? 'The manifest' : `The field ${pointer}`} has the wrong type: ${message}.`,
      at: { member: MANIFEST_PATH, pointer },
      hint: 'Pack the files again, or fix the field.',
    }));
  },
});
