/**
 * The rules whose errors refuse an archive: it is dangerous, or certainly cannot load. All others are only reported by
 * `mar validate`. TorchServe refuses almost nothing.
 */
export interface Refusal {
  /** A rule, or an area: the default of its rules. */
  readonly rule: string;
  /**
   * `builtin`: unless the archive has its own handler, which may read any format.
   * `handler`: only if the finding is about the handler's file; other code may never be imported.
   * `never`: an exception to its area.
   */
  readonly when: 'always' | 'builtin' | 'handler' | 'never';
  readonly why: string;
}

const OWN_FORMAT = 'only a built-in handler is known to read the file in this way';
const PIP = 'pip runs only on request, and then reports this itself';

/** The most specific row counts; a rule without a row refuses nothing. */
export const refusals: readonly Refusal[] = [
  { rule: 'archive', when: 'always', why: 'readers may disagree about the files, or writing them leaves the folder' },
  { rule: 'internal', when: 'always', why: 'what could not be checked may be unsafe' },
  { rule: 'manifest', when: 'always', why: 'it cannot be registered without a manifest that says what to run' },
  { rule: 'manifest/files', when: 'builtin', why: 'a handler of its own may do without the file' },
  { rule: 'workflow', when: 'always', why: 'the graph cannot be run' },
  { rule: 'config', when: 'always', why: 'the worker reads it before it loads the model' },
  { rule: 'config/requirement-lines', when: 'never', why: PIP },
  { rule: 'config/requirement-files', when: 'never', why: PIP },
  { rule: 'weights', when: 'builtin', why: OWN_FORMAT },
  { rule: 'weights/pickle-unsafe-global', when: 'always', why: 'loading it can run any code' },
  { rule: 'weights/pickle-unsafe-class', when: 'always', why: 'loading it can run any code' },
  { rule: 'weights/pickle-malformed', when: 'always', why: 'a broken pickle runs up to the break' },
  { rule: 'weights/pickle-limit', when: 'always', why: 'what it runs beyond the limit is unknown' },
  { rule: 'weights/torch-zip-form', when: 'always', why: 'torch may load another pickle than the checked one' },
  { rule: 'weights/onnx-external-path', when: 'always', why: 'it reads files outside the archive' },
  { rule: 'handler', when: 'always', why: 'the worker ends when it loads the handler' },
  { rule: 'handler/python-syntax', when: 'handler', why: 'only what is imported must parse' },
  { rule: 'handler/module-syntax', when: 'handler', why: 'only what is imported must parse' },
  { rule: 'handler/module-imports', when: 'handler', why: 'only what is imported must find its imports' },
];

/** The most specific row of a rule. */
export function refusalOf(rule: string): Refusal | undefined {
  const row = refusals.find((one) => one.rule === rule) ?? refusals.find((one) => one.rule === rule.split('/')[0]);
  return row?.when === 'never' ? undefined : row;
}
