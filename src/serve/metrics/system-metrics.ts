import { statfs } from 'node:fs/promises';
import { cpus, freemem, totalmem } from 'node:os';
import type { MetricName } from './metric-families.ts';

const MEGABYTE = 1024 ** 2;
const GIGABYTE = 1024 ** 3;

/** Gauges of the machine, read on every scrape; TorchServe starts a script every minute. */
export function createSystemMetrics(folder: string): () => Promise<Partial<Record<MetricName, number>>> {
  let last = readTimes();
  return async () => {
    const now = readTimes();
    const total = now.total - last.total;
    const busy = now.busy - last.busy;
    last = now;
    const used = totalmem() - freemem();
    return {
      CPUUtilization: total === 0 ? 0 : round((100 * busy) / total),
      MemoryUsed: used / MEGABYTE,
      MemoryAvailable: freemem() / MEGABYTE,
      MemoryUtilization: round((100 * used) / totalmem()),
      ...(await readDisk(folder)),
    };
  };
}

/** Milliseconds of all processors since the machine started. */
function readTimes(): { busy: number; total: number } {
  let [busy, total] = [0, 0];
  for (const { times } of cpus()) {
    const working = times.user + times.nice + times.sys + times.irq;
    busy += working;
    total += working + times.idle;
  }
  return { busy, total };
}

async function readDisk(folder: string): Promise<Partial<Record<MetricName, number>>> {
  const { bsize, blocks, bfree, bavail } = await statfs(folder);
  const used = (blocks - bfree) * bsize;
  return {
    DiskUsage: used / GIGABYTE,
    DiskAvailable: (bavail * bsize) / GIGABYTE,
    DiskUtilization: round((100 * used) / (blocks * bsize)),
  };
}

/** One decimal, as psutil. */
function round(percent: number): number {
  return Math.round(percent * 10) / 10;
}
