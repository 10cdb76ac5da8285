import { defineRule } from '../../rule.ts';
import { atField, withModel } from '../../with-manifest.ts';

/** What stands in a URL path as it is (RFC 3986, unreserved characters). */
const VERSION = /^[A-Za-z0-9._~+-]{1,128}$/;

export const manifestModelVersion = defineRule({
  id: 'manifest/model-version',
  severity: 'warning',
  title: 'The model has a version that can stand in a URL',
  help: 'Clients ask for /predictions/{model}/{version}. Without a version TorchServe takes "1.0"; a version with a slash, a space or other reserved characters cannot be asked for.',
  check: withModel(({ modelVersion, version }) => {
    const at = atField('/model/modelVersion');
    const found = modelVersion ?? version;
    if (found === undefined || found === '') {
      return [
        {
          severity: 'info',
          message: 'The manifest gives the model no version; servers take "1.0".',
          at,
          hint: 'Pack the files again with --version.',
        },
      ];
    }
    if (VERSION.test(found)) return [];
    return [
      {
        message: `The version ${JSON.stringify(found)} cannot stand in a URL as it is.`,
        at,
        hint: 'Use letters, digits, ".", "_", "-", "~" and "+".',
      },
    ];
  }),
});
