import type { Ora } from 'ora';
import type { LogEvent } from '../core/context.ts';
import { formatBytes } from './size.ts';

type ProgressEvent = Extract<LogEvent, { kind: 'progress' }>;

export type ProgressMode = 'spinner' | 'plain' | 'none';

export interface ProgressDisplay {
  update(event: ProgressEvent): void;
  /** Runs `write` while the spinner is hidden. */
  around(write: () => void): void;
  stop(): void;
}

/** `pack  12.3 MB of 45.6 MB  27 %`; without a total only what is done. */
export function formatProgress(job: string, done: number, total: number | undefined): string {
  if (total === undefined || total <= 0) return `${job}  ${formatBytes(done)}`;
  const percent = Math.min(100, Math.floor((done / total) * 100));
  return `${job}  ${formatBytes(done)} of ${formatBytes(total)}  ${percent} %`;
}

/** Delay before the spinner appears, against flicker. */
const DELAY_MS = 300;
/** Lines for each job with `--progress plain`. */
const PLAIN_STEPS = 10;

export function createProgress(mode: ProgressMode, stream: NodeJS.WriteStream): ProgressDisplay {
  switch (mode) {
    case 'spinner':
      return createSpinner(stream);
    case 'plain':
      return createPlain(stream);
    case 'none':
      return { update() {}, around: (write) => write(), stop() {} };
  }
}

function createPlain(stream: NodeJS.WriteStream): ProgressDisplay {
  let shown = '';
  return {
    update({ job, done, total }) {
      const step = total ? Math.floor((done / total) * PLAIN_STEPS) : 0;
      if (shown === `${job} ${step}`) return;
      shown = `${job} ${step}`;
      stream.write(`${formatProgress(job, done, total)}\n`);
    },
    around: (write) => write(),
    stop() {},
  };
}

function createSpinner(stream: NodeJS.WriteStream): ProgressDisplay {
  let spinner: Ora | undefined;
  let text = '';
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const start = async () => {
    const { default: ora } = await import('ora');
    // ora would read the keyboard, and Ctrl-C must stay a signal.
    if (!stopped) spinner = ora({ text, stream, discardStdin: false }).start();
  };
  return {
    update({ job, done, total }) {
      text = formatProgress(job, done, total);
      if (spinner) spinner.text = text;
      else timer ??= setTimeout(() => void start(), DELAY_MS).unref();
    },
    around(write) {
      spinner?.clear();
      write();
      spinner?.render();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      spinner?.stop();
    },
  };
}
