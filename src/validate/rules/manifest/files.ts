import { findNameProblems } from '../../../core/paths.ts';
import { fileFields } from '../../manifest-fields.ts';
import { defineRule } from '../../rule.ts';
import { atField, withModel } from '../../with-manifest.ts';

export const manifestFiles = defineRule({
  id: 'manifest/files',
  severity: 'error',
  title: 'Every file the manifest names is in the archive',
  help: 'TorchServe does not check this: the worker dies later, when it opens the file. Pack the file with the model.',
  check: withModel(async (model, subject) => {
    const members = await subject.members();
    return fileFields.flatMap((field) => {
      const name = model[field];
      // Another rule reports an unsafe name.
      if (name === undefined || name === '' || members.has(name) || findNameProblems(name).length > 0) return [];
      const message = `The manifest names ${JSON.stringify(name)} as ${field}, and the archive has no such member.`;
      return [{ message, at: atField(`/model/${field}`), hint: 'Pack the file too, or leave the field out.' }];
    });
  }),
});
