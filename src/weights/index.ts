import { type ByteSource, bufferSource, toBuffer } from '../core/byte-source.ts';
import { type Detected, detect } from './detect.ts';
import { findNameProblem } from './extension.ts';
import { readNumpy } from './numpy/read.ts';
import { readOnnx } from './onnx/read.ts';
import { isHarmless } from './pickle/globals.ts';
import { opcodes } from './pickle/opcodes.ts';
import { isConvincing, mayBePickle, runPickles } from './pickle/stream.ts';
import { readPacked } from './read-packed.ts';
import { Problems, type WeightsProblem } from './reading/problem.ts';
import type { WeightsReading } from './reading/reading.ts';
import { Window } from './reading/window.ts';
import { readSafetensors } from './safetensors/read.ts';
import { CONTAINER_HEAD_BYTES, findContainer, isClosed, type Packed } from './scan/container.ts';
import { findStream, type OpenStream, openStream } from './scan/open-packed.ts';
import {
  newScanBudget,
  type ScanBudget,
  scanContainer,
  scanPickle,
  scanStream,
  scanZipBehind,
} from './scan/scan-for-pickles.ts';
import { readTorchLegacy } from './torch/read-legacy.ts';
import { readPickle } from './torch/read-pickle.ts';
import { readZipWeights } from './torch/read-zip.ts';

export type { WeightsProblem } from './reading/problem.ts';
export type { WeightsReading } from './reading/reading.ts';
export { type WeightsRule, weightsRules } from './reading/rules.ts';
export { checkReferredFiles, referredFiles } from './referred-files.ts';
export { checkShards, isShardIndexName, readShardIndex } from './safetensors/shard-index.ts';

/**
 * Reads a weights file of any format as data: nothing in it is executed. The format is found by content; `name` only
 * decides between formats without magic bytes, and is itself checked against the content.
 */
export async function readWeights(file: ByteSource, name: string): Promise<WeightsReading> {
  // Read once: of an archive's tens of thousands of small files the beginning and the end are asked for several times.
  const isSmall = file.size <= SMALL_BYTES;
  const source = isSmall ? bufferSource(file.label, await file.read(0, file.size)) : file;
  const found = await detect(source, name);
  const budget = newScanBudget(source);
  const opened = found.kind === 'packed' ? await openPacked(source, found.packing, budget) : undefined;
  try {
    const own = await readDetected(source, name, found, opened);
    const reading = await addHidden(source, found, own, budget, opened);
    const problem = findNameProblem(name, reading.detected);
    return problem ? { ...reading, problems: [...reading.problems, problem] } : reading;
  } finally {
    await opened?.close();
  }
}

/** Files that are read at once, as large as the end in which a ZIP is looked for. */
const SMALL_BYTES = 64 * 1024;

async function openPacked(source: ByteSource, kind: Packed, { bytes }: ScanBudget): Promise<OpenStream> {
  const { packing, stream } = await findStream(source, kind);
  return openStream(stream, packing, bytes);
}

/** Kinds whose reader has searched for every pickle in them; of the others at most the first bytes were tried. */
const JUDGED: ReadonlySet<Detected['kind']> = new Set(['zip', 'torch-legacy', 'pickle', 'npy', 'empty']);
const TRIED: ReadonlySet<Detected['kind']> = new Set(['pickle', 'text', 'unknown', 'safetensors']);

/** What the bytes are besides: the format that was found hides another from nobody who loads the file as that one. */
async function addHidden(
  source: ByteSource,
  found: Detected,
  reading: WeightsReading,
  budget: ScanBudget,
  opened: OpenStream | undefined,
): Promise<WeightsReading> {
  const head = toBuffer(await source.read(0, Math.min(source.size, CONTAINER_HEAD_BYTES)));
  const container = findContainer(head);
  const isTarToo = container === 'tar' && found.kind !== 'unsupported';
  const problems = new Problems();
  if (isTarToo)
    problems.add('weights/torch-malformed', 'The file is also a tar, which torch.load tries first.', {
      hint: 'Save the weights again; no program writes such a file.',
    });
  const isJoblib = reading.facts?.format === 'joblib';
  const place = { label: '', depth: 0, problems, budget, ...(isJoblib && { expected: isHarmless }) };
  const isJudged = JUDGED.has(found.kind) && !isTarToo && !isUnreadZip(found, reading);
  if (container !== 'zip') await scanZipBehind(source, place);
  if (isJudged) return { ...reading, problems: [...reading.problems, ...problems.list()] };
  if (!TRIED.has(found.kind)) await scanPickle(source, place);
  // A format that is refused by name needs no second finding.
  if (container !== undefined && !(found.kind === 'unsupported' && isClosed(container)))
    await (opened && found.kind === 'packed'
      ? scanStream(opened, found.packing, { ...place, depth: 1 })
      : scanContainer(source, container, place));
  const told = new Set(reading.problems.map(({ rule, message }) => `${rule} ${message}`));
  const more = problems.list().filter(({ rule, message }) => !told.has(`${rule} ${message}`));
  return { ...reading, problems: [...reading.problems, ...more] };
}

/** A ZIP that is not a checkpoint, or a member of it that could not be opened as torch would. */
function isUnreadZip({ kind }: Detected, { facts, problems }: WeightsReading): boolean {
  return kind === 'zip' && (facts === undefined || problems.some(({ rule }) => rule === 'weights/torch-malformed'));
}

async function readDetected(
  source: ByteSource,
  name: string,
  found: Detected,
  opened?: OpenStream,
): Promise<WeightsReading> {
  switch (found.kind) {
    case 'packed': {
      const readContent = async (content: ByteSource, inner: string) =>
        readDetected(content, inner, await detect(content, inner));
      return (
        (await readPacked(name, found.packing, opened, readContent)) ??
        (await tryPickle(source)) ??
        readUnknown(source, name)
      );
    }
    case 'onnx':
      return readOnnx(source);
    case 'safetensors':
      // Without a magic number a file can be made to be both; the one that would run code counts.
      return (await tryPickle(source)) ?? readSafetensors(source);
    case 'zip':
      return readZipWeights(source, name);
    case 'torch-legacy':
      return readTorchLegacy(source);
    case 'pickle':
      return readPickle(source);
    case 'npy':
      return readNumpy(source);
    case 'gguf':
    case 'hdf5':
    case 'tflite':
    case 'executorch':
    case 'saved-model':
    case 'tensorflow-graph':
    case 'openvino':
    case 'xgboost':
    case 'lightgbm':
    case 'coreml':
      return (await import('./read-named.ts')).readNamedFormat(source, found.kind);
    case 'empty':
      return refused(undefined, { rule: 'weights/empty', message: `${name} is empty.` });
    case 'text':
      return (await tryPickle(source)) ?? refused(found.name, notWeights(name, found));
    case 'unsupported': {
      // A model of NeMo is a tar.
      const { readNemo } = await import('./read-named.ts');
      return (
        (await readNemo(source, name)) ??
        refused(found.name, {
          rule: 'weights/unsupported-format',
          message: `${name} is a ${found.name}.`,
          hint: found.hint,
        })
      );
    }
    case 'unread':
      return refused(found.name, {
        rule: 'weights/unknown-format',
        message: `${name} is in the ${found.name} format, which is not supported.`,
      });
    case 'unknown':
      return (await tryPickle(source)) ?? readUnknown(source, name);
  }
}

/** A pickle of protocol 0 or 1 has no magic bytes: it is a pickle if it can be read as one, whatever its name. */
async function tryPickle(source: ByteSource): Promise<WeightsReading | undefined> {
  const [first = 0] = await source.read(0, Math.min(source.size, 1));
  if (!mayBePickle(first)) return undefined;
  const { runs, trailing } = await runPickles(new Window(source));
  const isWhole = trailing === undefined && runs.every(({ error }) => !error);
  return isWhole || runs.some(isConvincing) ? readPickle(source) : undefined;
}

/**
 * Unknown bytes: if the file is named as a pickle and starts as one, it is a broken pickle, otherwise its format is
 * unknown.
 */
async function readUnknown(source: ByteSource, name: string): Promise<WeightsReading> {
  const isNamed = /\.(pkl|pickle|pt|pth|ckpt|joblib)$/i.test(name);
  if (!isNamed)
    return refused(undefined, { rule: 'weights/unknown-format', message: `The format of ${name} is unknown.` });
  const [first = 0] = await source.read(0, 1);
  if (opcodes[first]) return { ...(await readPickle(source)), detected: undefined };
  return refused(undefined, {
    rule: 'weights/not-weights',
    message: `${name} is not a weights file: its first bytes match no weights format.`,
  });
}

function notWeights(name: string, { name: what, hint }: { name: string; hint?: string }): WeightsProblem {
  return {
    rule: 'weights/not-weights',
    message: `${name} is not a weights file but a ${what}.`,
    ...(hint ? { hint } : {}),
  };
}

function refused(detected: string | undefined, problem: WeightsProblem): WeightsReading {
  return { facts: undefined, detected, problems: [problem] };
}
