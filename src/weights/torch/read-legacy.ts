import type { ByteSource } from '../../core/byte-source.ts';
import { judgePickle } from '../pickle/judge.ts';
import type { PickleRun } from '../pickle/run.ts';
import { isConvincing, runPickles } from '../pickle/stream.ts';
import { describeGlobals, reportWeightsOnly } from '../pickle/summary.ts';
import type { Value } from '../pickle/values.ts';
import type { TorchLegacyFacts } from '../reading/facts.ts';
import { Problems, quote } from '../reading/problem.ts';
import type { WeightsReading } from '../reading/reading.ts';
import { Window } from '../reading/window.ts';
import { itemBytes } from './dtypes.ts';
import { type CollectedTensors, collectTensors } from './tensors.ts';

/** torch/serialization.py: MAGIC_NUMBER, PROTOCOL_VERSION. */
const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn;
const LEGACY_PROTOCOL = 1001;
/** Magic, protocol version, system info, the object, the keys of its storages in file order. */
const PARTS = ['magic number', 'protocol version', 'system info', 'object', 'storage keys'] as const;
/** Each storage is the number of its elements, then their bytes. */
const COUNT_BYTES = 8;

/** Facts of a checkpoint in torch's format before 1.6: five pickles, then the storages. */
export async function readTorchLegacy(source: ByteSource): Promise<WeightsReading> {
  const problems = new Problems();
  const window = new Window(source);
  const { runs } = await runPickles(window, PARTS.length);
  for (const [index, run] of runs.entries()) {
    await judgePickle(run, { label: `The pickle with the ${PARTS[index]}`, persistentIds: index === 3 }, problems);
  }
  const [magic, protocol, info, object, keys] = runs;
  if (magic && magic.value !== LEGACY_MAGIC) {
    problems.add(
      'weights/torch-malformed',
      'The magic number of the legacy checkpoint is computed or in the wrong place.',
      { offset: 0 },
    );
  }
  if (protocol && protocol.value !== LEGACY_PROTOCOL) {
    problems.add('weights/torch-malformed', 'The legacy checkpoint does not have protocol version 1001.', {
      offset: protocol.start,
    });
  }
  await judgeRest(source, window.position, problems);
  const data = collectTensors(object?.value ?? null);
  for (const text of data.misfits) problems.add('weights/torch-storage', text);
  if (keys && !keys.error) await checkStorages(source, keys, data, problems);
  else
    problems.add(
      'weights/torch-malformed',
      `The legacy checkpoint ends after ${runs.length} of its ${PARTS.length} pickles.`,
    );
  if (object) reportWeightsOnly([object], problems);
  return { facts: toFacts(runs, info, data), detected: 'torch-legacy', problems: problems.list() };
}

/**
 * torch stops after the keys; a loader that reads pickles until the file ends continues. Storages may start like a
 * pickle by accident.
 */
async function judgeRest(source: ByteSource, start: number, problems: Problems): Promise<void> {
  const { runs } = await runPickles(new Window(source, start));
  if (!runs.some(isConvincing)) return;
  for (const run of runs) await judgePickle(run, { label: 'A pickle after the checkpoint' }, problems);
}

async function checkStorages(
  source: ByteSource,
  keys: PickleRun,
  data: CollectedTensors,
  problems: Problems,
): Promise<void> {
  let offset = keys.end;
  for (const key of toKeys(keys.value)) {
    const storage = data.storages.get(key);
    const label = `The storage ${quote(key)}`;
    if (!storage) {
      problems.add('weights/torch-storage', `${label} belongs to no tensor, so its size is not known.`, { offset });
      return;
    }
    if (offset + COUNT_BYTES > source.size) {
      problems.add('weights/torch-storage', `${label} is missing: the file ends at ${source.size}.`, { offset });
      return;
    }
    const elements = Number(Buffer.from(await source.read(offset, COUNT_BYTES)).readBigInt64LE());
    if (elements !== storage.elements) {
      problems.add(
        'weights/torch-storage',
        `${label} has ${elements} elements, but its tensors need ${storage.elements}.`,
        { offset },
      );
      return;
    }
    offset += COUNT_BYTES + elements * (itemBytes(storage.dtype) ?? 1);
    if (offset > source.size) {
      problems.add(
        'weights/torch-storage',
        `${label} is truncated: ${offset - source.size} of its bytes are missing.`,
        {
          offset: source.size,
        },
      );
      return;
    }
  }
  if (offset < source.size) {
    problems.add('weights/pickle-trailing', `${source.size - offset} bytes follow the last storage.`, { offset });
  }
}

function toKeys(value: Value | undefined): string[] {
  if (typeof value !== 'object' || value === null || value.kind !== 'list') return [];
  return value.items.filter((key) => typeof key === 'string' || typeof key === 'number').map(String);
}

function toFacts(runs: readonly PickleRun[], info: PickleRun | undefined, data: CollectedTensors): TorchLegacyFacts {
  return {
    format: 'torch-legacy',
    tensors: data.tensors,
    parameters: data.parameters,
    storages: [...data.storages.values()],
    protocol: Math.max(0, ...runs.map(({ machine }) => machine.protocol)),
    globals: describeGlobals(runs),
    loadsWithWeightsOnly:
      runs.length === PARTS.length && runs.every(({ error, machine }) => !error && machine.obstacle === undefined),
    byteOrder: isBigEndian(info?.value) ? 'big' : 'little',
  };
}

function isBigEndian(info: Value | undefined): boolean {
  if (typeof info !== 'object' || info === null || info.kind !== 'dict') return false;
  const at = info.items.indexOf('little_endian');
  return at >= 0 && at % 2 === 0 && info.items[at + 1] === false;
}
