import { hasSqueezenet } from './store.ts';

/** A way in which we answer differently on purpose; each is a row of the table in docs/migrate-from-torchserve.md. */
export interface Difference {
  readonly what: string;
  readonly why: string;
  /** `group/name`, or a pattern of them. */
  readonly exchanges: RegExp;
  /** What the difference must look like: anything else still fails. */
  readonly status: number;
  readonly body: RegExp;
}

const messageOf = (text: string) => new RegExp(`"message": "${text}`);

export const differences: readonly Difference[] = [
  {
    what: 'enable_model_api applies to workflows too',
    why: 'upstream lets anybody who reaches the management port register workflows, and with them their models, while it refuses the models',
    exchanges: /^defaults\/workflow-register$/,
    status: 405,
    body: messageOf('Requested method is not allowed'),
  },
  {
    what: 'a file that is not an archive is refused as such',
    why: 'upstream reads it as an archive without a manifest and complains of a missing name',
    exchanges: /^main\/register-bad-notzip$/,
    status: 400,
    body: messageOf('.*neither a ZIP'),
  },
  {
    what: 'an archive that escapes its folder is 400 with the reason',
    why: 'upstream says 500 "Failed to save model"; it is the archive that is bad, not the server',
    exchanges: /^main\/register-bad-zipslip$/,
    status: 400,
    body: messageOf('.*zipslip.mar is refused'),
  },
  {
    what: 'an archive that nothing here can run is refused when it is registered',
    why: 'upstream registers it, and every prediction fails',
    exchanges: /^main\/register-bad-nohandler$/,
    status: 400,
    body: messageOf('.*The manifest names no handler'),
  },
  {
    what: 'a failure to start workers says why',
    why: 'the same first words, then the reason and the last lines of the worker',
    exchanges: /^main\/register-init-error$/,
    status: 500,
    body: messageOf('Failed to start workers for model init-error version: 1.0\\. .*cannot start'),
  },
  {
    what: 'the error of a dead worker says how it died',
    why: 'the same first words, then the reason',
    exchanges: /^main\/predict-timeout$/,
    status: 500,
    body: messageOf('Worker died\\. .+'),
  },
  {
    what: 'a negative number of workers is 400',
    why: 'upstream answers 500 with a Java exception',
    exchanges: /^main\/scale-neg$/,
    status: 400,
    body: messageOf('min_worker and max_worker cannot be negative'),
  },
  {
    what: 'a 503 says when to try again',
    why: 'the header Retry-After; status, type and message are the same',
    exchanges: /^main\/predict-scaled-zero$/,
    status: 503,
    body: messageOf('Model \\\\"defw\\\\" has no worker to serve inference request'),
  },
  {
    what: 'a body over the limit is a JSON 413 that names the option',
    why: 'upstream closes with a bare 413',
    exchanges: /^main\/predict-too-large$/,
    status: 413,
    body: messageOf('.*max_request_size'),
  },
  {
    what: 'OpenAPI documents describe what this server answers',
    why: 'upstream documents fields and statuses that it never sends (210, `status` of a model) and omits those that it does; paths, operations and parameters are the same',
    exchanges: /openapi|^main\/(api-description-inference|predict-options|method-options-model)$/,
    status: 200,
    body: /"openapi": "3\.0\.1"/,
  },
  {
    what: 'a registration whose workers cannot start is undone',
    why: 'upstream leaves the model registered without workers: 503 to its clients, and 409 to the next try',
    exchanges: /^main\/(describe|unregister)-init-error$/,
    status: 404,
    body: messageOf('Model not found: init-error'),
  },
  {
    what: 'a gray picture is turned into a coloured one',
    why: 'upstream’s image_classifier fails on any picture that is not RGB',
    exchanges: /^main\/predict-kitten-gray-png$/,
    status: 200,
    body: /French_loaf/,
  },
  {
    what: 'a JSON body that lacks the model’s inputs is 400 and names the input',
    why: 'upstream’s base_handler says 503 "Prediction failed"',
    exchanges: /^main\/v1-predict$/,
    status: 400,
    body: messageOf('.+'),
  },
  {
    what: 'default handlers run over ONNX',
    why: 'upstream loads such an archive and fails every request',
    exchanges: /^main\/(predict-linear-json|predict-kitten-onnx-default)$|^envelope-kservev2\/v2-infer-linear$/,
    status: 200,
    body: /./,
  },
];

/** What cannot be replayed here, and why. */
export const notRun: readonly { readonly why: string; readonly exchanges: RegExp }[] = [
  ...(hasSqueezenet
    ? []
    : [{ why: 'the weights of squeezenet are not in this repository', exchanges: /squeezenet|kitten/ }]),
];

/** What follows later from a difference: a model that was refused, or that is not here, is in no list. */
export function withoutRefused(body: string): string {
  const absent = hasSqueezenet ? 'nohandler' : 'nohandler|squeezenet\\w*';
  return body.replace(new RegExp(` {4}\\{\\n {6}"modelName": "(?:${absent})",\\n.*\\n {4}\\},\\n`, 'g'), '');
}
