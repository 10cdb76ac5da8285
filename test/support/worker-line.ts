import type { WorkerLine } from '../../src/serve/process/worker-output.ts';

/** A line as a worker printed it. */
export function workerLine(text: string, more: Partial<WorkerLine> = {}): WorkerLine {
  return { model: 'm', version: '1.0', worker: '9000', stream: 'stdout', text, ...more };
}
