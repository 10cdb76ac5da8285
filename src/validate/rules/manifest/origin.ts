import { formatCreatedOn, UPSTREAM_ARCHIVER_VERSION } from '../../../model/documents/manifest.ts';
import { editManifest } from '../../fix-files.ts';
import { defineRule } from '../../rule.ts';
import { atField, withManifest } from '../../with-manifest.ts';

export const manifestOrigin = defineRule({
  id: 'manifest/origin',
  severity: 'info',
  title: 'The manifest says when and by what it was written',
  help: 'TorchServe warns when createdOn or archiverVersion is missing. Archives from before torch-model-archiver 0.2.0 have neither.',
  fix: {
    what: 'adds the time of the fix and the archiver version whose form is written',
    apply: (files, subject, now) =>
      editManifest(files, subject, (manifest) => ({
        ...manifest,
        createdOn: manifest.createdOn || formatCreatedOn(now),
        archiverVersion: manifest.archiverVersion || UPSTREAM_ARCHIVER_VERSION,
      })),
  },
  check: withManifest((manifest) => {
    const missing = (['createdOn', 'archiverVersion'] as const).filter((field) => !manifest[field]);
    if (missing.length === 0) return [];
    return [
      {
        message: `The manifest has no ${missing.join(' and no ')}.`,
        at: atField(''),
        hint: 'Pack the files again with a current archiver.',
      },
    ];
  }),
});
