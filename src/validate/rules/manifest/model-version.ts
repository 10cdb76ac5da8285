import { defineRule } from '../../rule.ts';
import { atField, withModel } from '../../with-manifest.ts';

/** Characters allowed in a URL path (RFC 3986, unreserved characters). */
const VERSION = /^[A-Za-z0-9._~+-]{1,128}$/;

export const manifestModelVersion = defineRule({
  id: 'manifest/model-version',
  severity: 'warning',
  title: 'The model has a version that is valid in a URL',
  help: 'Clients ask for /predictions/{model}/{version}. Without a version TorchServe uses "1.0"; a version with a slash, a space or another reserved character cannot be requested.',
  check: withModel(({ modelVersion, version }) => {
    const at = atField('/model/modelVersion');
    const found = modelVersion ?? version;
    if (found === undefined || found === '') {
      return [
        {
          severity: 'info',
          message: 'The manifest gives the model no version; servers use "1.0".',
          at,
          hint: 'Pack the files again with --version.',
        },
      ];
    }
    if (VERSION.test(found)) return [];
    return [
      {
        message: `The version ${JSON.stringify(found)} is not valid in a URL.`,
        at,
        hint: 'Use letters, digits, ".", "_", "-", "~" and "+".',
      },
    ];
  }),
});
