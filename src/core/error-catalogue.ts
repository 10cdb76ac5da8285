import { quote } from './names/quote.ts';
import { type ErrorWords, servingErrors } from './serving-errors.ts';

/**
 * Every error code, with its message and hint. A code is permanent: never renamed, never reused. Message: what happened
 * and why, with the value seen and the value expected. Hint: the next step. `npm run docs` writes docs/errors.md from
 * it, and `npm run check` reports an outdated page.
 */
export const errorCatalogue = {
  FILE_NOT_FOUND: (v: { what: string; path: string }) => ({
    message: `No ${v.what} at ${v.path}.`,
    hint: 'Check the spelling and the folder the command runs in.',
  }),
  NOT_A_FILE: (v: { what: string; path: string; found: string }) => ({
    message: `${v.path} is a ${v.found}; the ${v.what} must be a regular file.`,
    hint: 'Give the path of the file itself.',
  }),
  FILE_UNREADABLE: (v: { path: string; reason: string }) => ({
    message: `${v.path} cannot be read: ${v.reason}.`,
    hint: 'Check the permissions of the file and of its folders.',
  }),
  FILE_UNWRITABLE: (v: { path: string; reason: string }) => ({
    message: `${v.path} cannot be written: ${v.reason}.`,
    hint: 'Check permissions and free space of the target folder; no partial output was left behind.',
  }),
  LOG_UNWRITABLE: (v: { path: string; reason: string }) => ({
    message: `The log file ${v.path} cannot be written: ${v.reason}.`,
    hint: 'Set LOG_LOCATION and METRICS_LOCATION to folders that can be written, or start without --log-files and --log-config.',
  }),
  SOURCE_TRUNCATED: (v: { label: string; offset: number; wanted: number; found: number }) => ({
    message: `${v.label} ended early: ${v.wanted} bytes expected at offset ${v.offset}, ${v.found} found.`,
    hint: 'The file is truncated or was changed while it was read; fetch or write it again.',
  }),
  HTTP_FAILED: (v: { url: string; reason: string }) => ({
    message: `${v.url} cannot be read: ${v.reason}.`,
    hint: 'Check the address, and that it needs no login in a browser; or download the file and give its path.',
  }),
  HTTP_NO_RANGES: (v: { url: string }) => ({
    message: `${v.url} is on a server that only sends whole files (it ignores Range requests).`,
    hint: 'Download the file and give its path.',
  }),
  MEMBER_NOT_FOUND: (v: { label: string; member: string; meant?: string }) => ({
    message: `${v.label} has no member named ${quote(v.member)}.`,
    hint: v.meant === undefined ? 'List the members with: mar inspect --files' : `Did you mean ${quote(v.meant)}?`,
  }),
  MEMBER_CORRUPT: (v: { member: string; reason: string }) => ({
    message: `The content of ${quote(v.member)} is damaged: ${v.reason}.`,
    hint: 'Fetch or write the archive again; see every finding with: mar validate',
  }),
  INPUT_CHANGED: (v: { path: string; expected: number; found: string }) => ({
    message: `${v.path} changed while it was read: ${v.expected} bytes expected, ${v.found} found.`,
    hint: 'Run the command again when nothing writes to the file.',
  }),
  UNSAFE_NAME: (v: { name: string; reason: string }) => ({
    message: `The name ${quote(v.name)} is not safe inside an archive: ${v.reason}.`,
    hint: 'Rename the file; archive names are relative, use "/" and no "..".',
  }),
  NOT_AN_ARCHIVE: (v: { path: string; found: string }) => ({
    message: `${v.path} is not a model archive: ${v.found}.`,
    hint: 'Expected a .mar (ZIP), a .tar.gz or an unpacked folder with MAR-INF/MANIFEST.json.',
  }),
  ARCHIVE_REFUSED: (v: { path: string; count: number; first: string }) => ({
    message: `${v.path} is refused: ${v.first}${v.count > 1 ? ` (and ${v.count - 1} more)` : ''}`,
    hint: 'See every finding with: mar validate',
  }),
  OUTPUT_EXISTS: (v: { path: string }) => ({
    message: `${v.path} already exists.`,
    hint: 'Choose another place, or overwrite it with --force.',
  }),
  FOLDER_NOT_REPLACED: (v: { path: string; reason: string }) => ({
    message: `The folder ${v.path} is not replaced: ${v.reason}.`,
    hint: 'Only an unpacked archive or an empty folder is replaced. Choose another place with --output (--export-path), or remove the folder yourself.',
  }),
  EXPORT_PATH_NOT_FOLDER: (v: { path: string }) => ({
    message: `Given export-path ${v.path} is not a directory. Point to a valid export-path directory.`,
    hint: 'Give a folder; it is created when it does not exist.',
  }),
  INVALID_MODEL_NAME: (v: { name: string; pattern: string }) => ({
    message: `Model name contains special characters.\nThe allowed regular expression filter for model name is: ${v.pattern}`,
    hint: `Seen: ${quote(v.name)}. Use letters, digits, "_", "-" and "."; begin with a letter or digit.`,
  }),
  INVALID_WORKFLOW_NAME: (v: { name: string; pattern: string }) => ({
    message: `Workflow name contains special characters.\nThe allowed regular expression filter for workflow name is: ${v.pattern}`,
    hint: `Seen: ${quote(v.name)}. Use letters, digits, "_", "-" and "."; begin with a letter or digit.`,
  }),
  WORKFLOW_OUTPUT_EXISTS: (v: { path: string }) => ({
    message: `${v.path} already exists.\nPlease specify --force/-f option to overwrite the workflow archive output file.\nSee -h/--help for more details.`,
    hint: 'Choose another place, or overwrite it with --force.',
  }),
  PACK_CONFIG_INVALID: (v: { path: string; at: string; reason: string }) => ({
    message: `${v.path} is not a valid config: ${v.at}: ${v.reason}.`,
    hint: 'The keys are listed in schemas/pack-config.json and by: mar pack --help',
  }),
  VALIDATE_CONFIG_INVALID: (v: { path: string; at: string; reason: string }) => ({
    message: `${v.path} is not a valid config of mar validate: ${v.at}: ${v.reason}.`,
    hint: 'The keys are listed in schemas/validate-config.json.',
  }),
  OPTION_MISSING: (v: { option: string; what: string }) => ({
    message: `Not given: ${v.what}.`,
    hint: `Give ${v.option}, or write a mar.config.json.`,
  }),
  HANDLER_NOT_FOUND: (v: { handler: string; looked: string }) => ({
    message: `No handler at ${v.handler}: looked for ${v.looked}, and it is not the name of a built-in handler.`,
    hint: 'Give a .py, .ts or .js file, or a built-in name such as image_classifier.',
  }),
  ARTEFACT_UNKNOWN: (v: { path: string }) => ({
    message: `${v.path} is not known as the artefact of another tool.`,
    hint: 'The tools and their marks are listed in docs/from-other-tools.md. Name the files yourself, with --weights, --handler and the rest.',
  }),
  ARTEFACT_NOT_PACKED: (v: { path: string; name: string; advice: string }) => ({
    message: `${v.path} (${v.name}) holds no one model that could be packed.`,
    hint: v.advice,
  }),
  ARTEFACT_NEEDS_HANDLER: (v: { path: string; name: string; what: string }) => ({
    message: `${v.path} (${v.name}) brings no handler that could be packed. ${v.what}`,
    hint: 'Give it with --handler.',
  }),
  LIMIT_EXCEEDED: (v: { what: string; found: number; limit: number; unit: string; option?: string }) => ({
    message: `${v.what}: ${v.found} ${v.unit}, more than the limit of ${v.limit} ${v.unit}.`,
    hint: v.option ? `Raise it with ${v.option} if you trust this input.` : 'The limit protects against hostile input.',
  }),
  INVALID_OPTION: (v: { option: string; found: string; expected: string }) => ({
    message: `${v.option}: expected ${v.expected}, got ${v.found}.`,
    hint: 'See --help.',
  }),
  HANDLER_NOT_BUNDLED: (v: { path: string; problems: string }) => ({
    message: `The handler ${v.path} cannot be bundled into one module: ${v.problems}`,
    hint: 'Fix that line: the handler must compile before it is packed.',
  }),
  HANDLER_NOT_SELF_CONTAINED: (v: { specifier: string; chain: string; reason: string }) => ({
    message: `The handler cannot be packed as one file: ${quote(v.specifier)} ${v.reason}. Import chain: ${v.chain}.`,
    hint: 'An archive must run without installed packages: use a package written in JavaScript. context.decodeImage decodes images, context.model runs the model.',
  }),
  PACKAGE_MISSING: (v: { package: string; purpose: string; install: string }) => ({
    message: `The optional package ${v.package} is not installed; it is needed to ${v.purpose}.`,
    hint: `Install it with: ${v.install}`,
  }),
  PACKAGE_CHANGED: (v: { package: string; lacks: string; expected: string }) => ({
    message: `The installed package ${v.package} lacks ${v.lacks}, which its version ${v.expected} has.`,
    hint: `Install it with: npm install ${v.package}@${v.expected}`,
  }),
  MODEL_REFUSED: (v: { path: string; reason: string }) => ({
    message: `onnxruntime refuses ${v.path}: ${v.reason.replace(/\.$/, '')}.`,
    hint: 'Check the file with: mar validate; a newer opset may need a newer onnxruntime-node.',
  }),
  HANDLER_INVALID: (v: { handler: string; reason: string }) => ({
    message: `The handler ${quote(v.handler)} cannot be run: ${v.reason}.`,
    hint: 'Export an object of steps (preprocess, inference, postprocess) by default, as `handler`, or by the name after the colon.',
  }),
  HANDLER_UNSUPPORTED: (v: { handler: string; reason: string }) => ({
    message: `The handler ${quote(v.handler)} cannot be run by this worker: ${v.reason}.`,
    hint: 'A Node worker runs the built-in ONNX handlers and handlers written in TypeScript or JavaScript.',
  }),
  LABELS_INVALID: (v: { path: string; reason: string }) => ({
    message: `${v.path} is not a label map: ${v.reason}.`,
    hint: 'Expected an object from class index to name, like {"0": "cat", "1": "dog"}.',
  }),
  CONFIG_INVALID: (v: { path: string; reason: string }) => ({
    message: `${v.path} is not a usable model configuration: ${v.reason}.`,
    hint: 'Correct the file; it is YAML with one mapping at the top.',
  }),
  CANCELLED: (v: { what: string }) => ({
    message: `${v.what} was cancelled.`,
    hint: 'No partial output was left behind.',
  }),
  // Serving. Messages that TorchServe has are TorchServe's, word for word: clients match on them (contract 3).
  ...servingErrors,
} as const satisfies ErrorWords;

export type ErrorCode = keyof typeof errorCatalogue;
export type ErrorValues<C extends ErrorCode> = Parameters<(typeof errorCatalogue)[C]>[0];

export function wordError<C extends ErrorCode>(code: C, values: ErrorValues<C>): { message: string; hint: string } {
  // The record's union of functions cannot be called with a generic value; the constructor's signature ties the two.
  return (errorCatalogue[code] as (v: ErrorValues<C>) => { message: string; hint: string })(values);
}
