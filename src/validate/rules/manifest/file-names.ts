import { findNameProblems } from '../../../core/paths.ts';
import { fileFields } from '../../manifest-fields.ts';
import { defineRule } from '../../rule.ts';
import { atField, withModel } from '../../with-manifest.ts';

export const manifestFileNames = defineRule({
  id: 'manifest/file-names',
  severity: 'error',
  title: 'The files the manifest names stay inside the archive',
  help: 'A path with ".." or an absolute path makes a server open a file outside the archive.',
  check: withModel((model) =>
    fileFields.flatMap((field) => {
      const name = model[field];
      const [problem] = name === undefined || name === '' ? [] : findNameProblems(name);
      if (!problem) return [];
      const message = `The manifest names ${JSON.stringify(name)} as ${field}, which is not safe: ${problem.message}.`;
      return [{ message, at: atField(`/model/${field}`), hint: 'Name a member of the archive.' }];
    }),
  ),
});
