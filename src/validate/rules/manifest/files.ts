import { findNameProblems } from '../../../core/paths.ts';
import { defineRule } from '../../rule.ts';
import { atField, withModel } from '../../with-manifest.ts';

const fields = ['serializedFile', 'modelFile', 'requirementsFile', 'configFile'] as const;

export const manifestFiles = defineRule({
  id: 'manifest/files',
  severity: 'error',
  title: 'Every file the manifest names is in the archive',
  help: 'TorchServe does not check this: the worker dies later, when it opens the file. Pack the file with the model.',
  check: withModel(async (model, subject) => {
    const members = await subject.members();
    return fields.flatMap((field) => {
      const name = model[field];
      // A name that is not safe has a rule of its own.
      if (name === undefined || name === '' || members.has(name) || findNameProblems(name).length > 0) return [];
      const message = `The manifest names ${JSON.stringify(name)} as ${field}, and the archive has no such member.`;
      return [{ message, at: atField(`/model/${field}`), hint: 'Pack the file too, or leave the field out.' }];
    });
  }),
});

export const manifestFileNames = defineRule({
  id: 'manifest/file-names',
  severity: 'error',
  title: 'The files the manifest names stay inside the archive',
  help: 'A path that climbs with ".." or is absolute makes a server open a file of its own machine.',
  check: withModel((model) =>
    fields.flatMap((field) => {
      const name = model[field];
      const [problem] = name === undefined || name === '' ? [] : findNameProblems(name);
      if (!problem) return [];
      const message = `The manifest names ${JSON.stringify(name)} as ${field}, which is not safe: ${problem.message}.`;
      return [{ message, at: atField(`/model/${field}`), hint: 'Name a member of the archive.' }];
    }),
  ),
});
