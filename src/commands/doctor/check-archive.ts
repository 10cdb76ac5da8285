import type { Context } from '../../core/context.ts';
import { isAtLeast } from '../../core/finding.ts';
import type { ModelFacts } from '../../model/facts.ts';
import { openFacts } from '../../model/open-facts.ts';
import { judgeRuns } from '../../model/runs.ts';
import { isOnnxName } from '../../weights/onnx-name.ts';
import { findPlace } from '../open-place.ts';
import type { Check } from './result.ts';

export interface ArchiveNeeds {
  readonly check: Check;
  /** Ids of the checks that must be good for it. */
  readonly needs: readonly string[];
}

/** Whether `mar serve` can run it at all, and what of this machine it takes. */
export async function checkArchive(path: string, context: Context): Promise<ArchiveNeeds> {
  const { facts, archive, close } = await openFacts(await findPlace(path, context));
  try {
    const isSound = !archive.findings.some(({ severity }) => isAtLeast(severity, 'error'));
    const purpose = 'the archive that was given';
    if (facts.kind === 'workflow')
      return { check: { id: 'archive', status: 'good', found: `${path}: a workflow`, purpose }, needs: [] };
    const [verdict] = await judgeRuns(facts, { isSound });
    if (verdict?.able !== 'yes') {
      const found = `${path}: ${verdict?.why ?? 'it cannot be judged'}`;
      const remedy = `See what is wrong with it: mar validate ${path}`;
      return { check: { id: 'archive', status: 'bad', found, purpose, remedy }, needs: [] };
    }
    const needs = await findNeeds(facts);
    const found = `${path}: ${verdict.why}`;
    return { check: { id: 'archive', status: 'good', found, purpose }, needs };
  } finally {
    await close();
  }
}

async function findNeeds(facts: ModelFacts): Promise<string[]> {
  const handler = await facts.handler();
  const isOnnx = isOnnxName((await facts.model()).serializedFile);
  if (handler.kind === 'python' || !(isOnnx || handler.kind === 'module')) return ['python'];
  const needs = isOnnx ? ['onnxruntime-node'] : [];
  if (handler.kind !== 'builtin') return needs;
  if (/^image_|^object_/.test(handler.name)) needs.push('sharp');
  if (/^text_/.test(handler.name) && (await facts.members()).has('tokenizer.json'))
    needs.push('@huggingface/tokenizers');
  return needs;
}
