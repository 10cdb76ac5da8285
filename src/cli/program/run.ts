import { describeError, isToolError, systemCode, ToolError } from '../../core/errors.ts';
import { formatError } from '../../ui/error-text.ts';
import { createProgress, type ProgressMode } from '../../ui/progress.ts';
import { formatFindings } from '../../ui/reporters/findings-text.ts';
import { createStyle, type Style } from '../../ui/style.ts';
import { formatJson, showText } from '../../ui/text.ts';
import type { Terminal } from './command.ts';
import { createContext } from './context.ts';
import type { RawValues } from './flags.ts';
import { createOutput, type Output } from './output.ts';
import { columnsOf, showsUnicode, takesSpinner, wantsColor } from './terminal.ts';

/** What differs between `mar` and the drop-ins: stderr and exit codes. */
export interface Dialect {
  formatError(error: unknown, style: Style): string;
  formatNotice(kind: 'notice' | 'warning', message: string, hint: string | undefined, style: Style): string;
  exitCodeOf(error: unknown): number;
}

/** Runs one command: sets up the terminal, prints its error, resolves with the exit code. */
export async function runCommand(
  values: RawValues,
  dialect: Dialect,
  job: (terminal: Terminal) => Promise<number>,
): Promise<number> {
  const stdout = createOutput(process.stdout, 'stdout');
  const stderr = createOutput(process.stderr, 'stderr');
  const errorStyle = styleFor(stderr);
  const progress = createProgress(progressMode(values, stderr), process.stderr);
  const say = (text: string) => progress.around(() => void stderr.write(text).catch(() => {}));
  const quiet = values.quiet === true;
  let hasAnswered = false;
  const context = createContext((event) => {
    if (quiet) return;
    if (event.kind === 'progress') progress.update(event);
    else if (event.kind === 'line') say(`${showText(event.message)}\n`);
    else say(dialect.formatNotice(event.kind, event.message, event.hint, errorStyle));
  });
  const print: Terminal['print'] = async (result, toText) => {
    progress.stop();
    hasAnswered = true;
    await stdout.write(values.json ? formatJson(result) : toText(styleFor(stdout)));
  };
  try {
    return await job({
      context,
      print,
      async report(result, toText) {
        if (values.json || !quiet) await print(result, toText);
      },
      async write(piece) {
        progress.stop();
        hasAnswered = true;
        await stdout.write(piece);
      },
      notice(toText) {
        if (!quiet) say(toText(errorStyle));
      },
    });
  } catch (thrown) {
    // Ctrl-C ends the workers too; the resulting error is of no interest.
    const isCancelled = context.signal.aborted || isAbort(thrown);
    const error = isCancelled ? new ToolError('CANCELLED', { what: 'The command' }) : thrown;
    progress.stop();
    if (values.json && !hasAnswered) await stdout.write(formatJson(toErrorAnswer(error))).catch(() => {});
    await stderr.write(dialect.formatError(error, errorStyle)).catch(() => {});
    return dialect.exitCodeOf(error);
  } finally {
    progress.stop();
  }
}

function styleFor(output: Output): Style {
  const width = columnsOf(process.env, output);
  const color = wantsColor(process.env, output);
  return createStyle({ color, unicode: showsUnicode(process.env), ...(width === undefined ? {} : { width }) });
}

function progressMode({ quiet, progress }: RawValues, stderr: Output): ProgressMode {
  if (quiet || progress === 'none') return 'none';
  if (progress === 'plain') return 'plain';
  return takesSpinner(process.env, stderr) ? 'spinner' : 'none';
}

/** Anything thrown → text: a ToolError with code, cause and hint; anything else is reported as a bug of ours. */
export function wordThrown(error: unknown, style: Style): string {
  if (isToolError(error)) {
    const { code, message, findings } = error;
    const [only] = findings;
    const facts = { code, message, cause: wordCause(error) };
    // A single finding is in the message, and its hint is better; several are listed, each with its hint.
    if (findings.length > 1) return `${formatError(facts, style)}\n${formatFindings(findings, style)}\n`;
    return formatError({ ...facts, hint: only?.hint ?? error.hint }, style);
  }
  return formatError(
    {
      code: 'UNEXPECTED',
      message: describeError(error),
      hint: 'This is a bug in ts-model-archiver: please report it with the lines below.',
      stack: error instanceof Error ? error.stack : undefined,
    },
    style,
  );
}

/** The `--json` output instead of a result. */
export function toErrorAnswer(error: unknown) {
  if (!isToolError(error)) return { schemaVersion: 1, error: { code: 'UNEXPECTED', message: describeError(error) } };
  const { code, message, hint, findings } = error;
  const cause = wordCause(error);
  const facts = { code, message, ...(hint !== undefined && { hint }), ...(cause !== undefined && { cause }) };
  return { schemaVersion: 1, error: findings.length === 0 ? facts : { ...facts, findings } };
}

/** The cause, unless the message covers it: system errors ("ENOENT: …") and signals. */
export function wordCause({ cause }: Error): string | undefined {
  return cause === undefined || systemCode(cause) !== undefined || isAbort(cause) ? undefined : describeError(cause);
}

/** Whether an error was thrown because of an abort, by `throwIfAborted` or by Node. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
