/**
 * Which errors keep an archive from running. TorchServe runs almost anything; refused is what is dangerous, and what certainly
 * cannot load. Everything else is for `mar validate` to say.
 */
export interface Refusal {
  /** A rule, or an area for all rules of it that have no row of their own. */
  readonly rule: string;
  /**
   * `builtin`: unless the archive brings a handler of its own, which may read anything.
   * `handler`: when it is about the file of the handler itself; other code may never be imported.
   * `never`: an exception to the row of its area.
   */
  readonly when: 'always' | 'builtin' | 'handler' | 'never';
  readonly why: string;
}

const OWN_FORMAT = 'only a built-in handler is known to read the file in this way';
const PIP = 'pip is asked only where it is told to, and then says so itself';

/** The most specific row counts; a rule without one refuses nothing. */
export const refusals: readonly Refusal[] = [
  { rule: 'archive', when: 'always', why: 'readers may disagree about the files, or writing them leaves the folder' },
  { rule: 'internal', when: 'always', why: 'what could not be judged is not known to be safe' },
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
  { rule: 'weights/pickle-limit', when: 'always', why: 'what it runs behind the limit is not known' },
  { rule: 'weights/torch-zip-form', when: 'always', why: 'torch may load another pickle than the one judged' },
  { rule: 'weights/onnx-external-path', when: 'always', why: 'it reads files outside the archive' },
  { rule: 'handler', when: 'always', why: 'the worker ends when it loads the handler' },
  { rule: 'handler/python-syntax', when: 'handler', why: 'only what is imported must parse' },
  { rule: 'handler/module-syntax', when: 'handler', why: 'only what is imported must parse' },
  { rule: 'handler/module-imports', when: 'handler', why: 'only what is imported must find its imports' },
];

/** The row that decides about a rule. */
export function refusalOf(rule: string): Refusal | undefined {
  const row = refusals.find((one) => one.rule === rule) ?? refusals.find((one) => one.rule === rule.split('/')[0]);
  return row?.when === 'never' ? undefined : row;
}
