/** Metric lines on the worker's stdout, in TorchServe's format (contract 5.5). */
import { hostname } from 'node:os';
import { HandlerFault } from './failure.ts';
import type { LineBuffer } from './line-buffer.ts';

export type MetricLines = Pick<LineBuffer, 'add' | 'replace'>;

export interface Meter {
  /** Milliseconds. */
  time(name: string, ms: number, requestIds: readonly string[]): void;
  /** Throws a HandlerFault for a negative value, as TorchServe does. */
  count(name: string, value: number, requestIds: readonly string[]): void;
}

export function createMeter(modelName: string, lines: MetricLines, now: () => number = Date.now): Meter {
  const dimensions = `|#ModelName:${modelName},Level:Model|#type:`;
  const host = hostname();
  const format = (metric: string, type: 'GAUGE' | 'COUNTER', ids: readonly string[]) => {
    const seconds = Math.floor(now() / 1000);
    const requests = ids.length === 0 ? '' : `,${ids.join(',')}`;
    return `[METRICS]${metric}${dimensions}${type}|#hostname:${host},${seconds}${requests}`;
  };
  return {
    // Only the latest value of a gauge counts: it replaces one that is not written yet.
    time: (name, ms, ids) => lines.replace(name, () => format(`${toName(name)}.Milliseconds:${ms}`, 'GAUGE', ids)),
    count(name, value, ids) {
      if (!(value >= 0)) throw new HandlerFault(`the counter ${name} cannot grow by ${value}`);
      lines.add(format(`${toName(name)}.Count:${value}`, 'COUNTER', ids));
    },
  };
}

/** The format allows word characters and spaces in a name. */
function toName(name: string): string {
  return name.replace(/[^\w ]/g, '_');
}
