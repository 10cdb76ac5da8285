import { z } from 'zod';
import { type Context, createContext } from '../../core/context.ts';
import { parseOptions } from '../parse-options.ts';
import {
  compareConfigs,
  compareLabels,
  compareManifests,
  compareRequirements,
  compareRuns,
  compareWorkflows,
} from './compare-documents.ts';
import { compareFiles } from './compare-files.ts';
import { compareHandlers } from './compare-handlers.ts';
import { noTensors, type TensorCounts } from './compare-tensors.ts';
import { compareWeights, pairWeights } from './compare-weights.ts';
import { Differences, semverStep } from './differences.ts';
import { readSide, type Side } from './read-side.ts';
import { type DiffResult, diffVerdicts } from './result.ts';

export type { DiffResult } from './result.ts';

export const diffOptionsSchema = z.object({
  /** Archives, unpacked folders, weights files, or http(s) URLs of them. */
  before: z.string().min(1),
  after: z.string().min(1),
  /** The least verdict that does not pass; by default every one passes. */
  failOn: z.enum(['metadata-only', 'handler-only', 'weights-only', 'compatible', 'breaking']).optional(),
});
export type DiffOptions = z.input<typeof diffOptionsSchema>;

/**
 * What changed between two archives, and what it means to who uses the model. Nothing is executed. Throws ARCHIVE_REFUSED when
 * one of them cannot be read.
 */
export async function diff(options: DiffOptions, context: Context = createContext()): Promise<DiffResult> {
  const { before, after, failOn } = parseOptions(diffOptionsSchema, options, 'diff');
  const one = await readSide(before, context);
  try {
    const two = await readSide(after, context);
    try {
      const differences = new Differences();
      const tensors = await compareSides(one, two, differences);
      const verdict = differences.verdict();
      return {
        schemaVersion: 1,
        before: one.summary,
        after: two.summary,
        verdict,
        semver: semverStep(verdict),
        passed: failOn === undefined || diffVerdicts.indexOf(verdict) < diffVerdicts.indexOf(failOn),
        differences: differences.listed,
        unlisted: differences.unlisted,
        tensors,
      };
    } finally {
      await two.close();
    }
  } finally {
    await one.close();
  }
}

/** A weights file by itself is compared with the weights of the other: there is nothing else of it. */
async function compareSides(before: Side, after: Side, differences: Differences): Promise<TensorCounts> {
  const kinds = [before.summary.kind, after.summary.kind];
  if (kinds.includes('weights')) return compareWeights(before, after, await pairWeights(before, after), differences);
  if (kinds[0] !== kinds[1]) {
    differences.add({
      area: 'archive',
      change: 'changed',
      name: '',
      before: before.summary.kind,
      after: after.summary.kind,
      impact: 'breaking',
      why: 'A model and a workflow are asked by other paths.',
    });
    return noTensors();
  }
  compareRuns(before, after, differences);
  const tensors = await compareWeights(before, after, await pairWeights(before, after), differences);
  compareHandlers(before, after, differences);
  await compareLabels(before, after, differences);
  compareConfigs(before, after, differences);
  await compareRequirements(before, after, differences);
  compareWorkflows(before, after, differences);
  compareManifests(before, after, differences);
  await compareFiles(before, after, differences);
  return tensors;
}
