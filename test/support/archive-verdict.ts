import { readArchive } from '../../src/archive/read.ts';
import type { Finding } from '../../src/core/finding.ts';
import type { Limits } from '../../src/core/limits.ts';

/** All that the container layer says about a file: structure first, then every byte of every member. */
export async function archiveFindings(path: string, limits: Partial<Limits> = {}): Promise<Finding[]> {
  const reading = await readArchive(path, { limits });
  try {
    return [...reading.findings, ...(await reading.verify())];
  } finally {
    await reading.close();
  }
}

export function verdictOf(findings: readonly Finding[]): 'accept' | 'warn' | 'reject' {
  if (findings.some(({ severity }) => severity === 'error')) return 'reject';
  return findings.some(({ severity }) => severity === 'warning') ? 'warn' : 'accept';
}
