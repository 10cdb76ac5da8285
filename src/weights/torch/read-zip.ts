import { readAhead } from '../../archive/zip/read-ahead.ts';
import type { ByteSource } from '../../core/byte-source.ts';
import { Malformed } from '../../core/documents/malformed.ts';
import { findCutFormat } from '../named-zip/find-cut-format.ts';
import { findZipFormat } from '../named-zip/find-zip-format.ts';
import { readZipFormat } from '../named-zip/read.ts';
import { readNumpyZip } from '../numpy/read.ts';
import { isScriptClass } from '../pickle/script-classes.ts';
import { describeGlobals, reportWeightsOnly } from '../pickle/summary.ts';
import type { TorchScriptFacts, TorchZipFacts } from '../reading/facts.ts';
import { Problems, quote } from '../reading/problem.ts';
import type { WeightsReading } from '../reading/reading.ts';
import { newScanBudget } from '../scan/scan-for-pickles.ts';
import { findContradictions } from '../zip/contradictions.ts';
import { type LenientMember, readLenientZip } from '../zip/lenient-zip.ts';
import { listLocalNames } from '../zip/local-names.ts';
import { openMember } from '../zip/open-member.ts';
import { type MemberPolicy, type PickleMember, readPickleMember, scanBehind, scanMember } from './members.ts';
import { bytesOf } from './rebuild.ts';
import { type CollectedTensors, collectTensors } from './tensors.ts';

/** Facts of a ZIP that holds weights: a torch checkpoint, a TorchScript archive, numpy's .npz. `name` tells formats apart that begin alike. */
export async function readZipWeights(file: ByteSource, name: string): Promise<WeightsReading> {
  const problems = new Problems();
  // The first bytes of thousands of small members are read, in file order.
  const source = readAhead(file);
  try {
    const { members, contradictions, shift } = await readLenientZip(readAhead(file));
    for (const text of contradictions) {
      problems.add('weights/torch-zip-form', `The ZIP contradicts itself: ${text}.`, {
        hint: 'No version of torch writes this. Fetch the file from its origin again, and do not load this one.',
      });
    }
    // Contradictions that the strict reader reports and the lenient one ignores: torch may follow either view.
    if (contradictions.length === 0)
      for (const text of await findContradictions(file))
        problems.add('weights/torch-zip-form', `The ZIP contradicts itself: ${text}`, {
          hint: 'Fetch the file from its origin again, and do not load this one.',
        });
    if (shift > 0 && (await listLocalNames(file)).length > 0)
      throw new Malformed('its directory is not there, and the ZIP that ends it lies within', shift);
    const files = members.filter(({ name, size }) => !name.endsWith('/') || size > 0);
    if (files.length > 0 && files.every(({ name }) => name.endsWith('.npy'))) {
      const budget = newScanBudget(file);
      for (const member of files)
        if (member.method === 0 || member.method === 8) await scanBehind(file, member, problems, budget);
      return await readNumpyZip(source, files, problems);
    }
    return await readTorch(file, source, files, problems);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    const format = findCutFormat(await listLocalNames(file), name);
    const what = format === undefined ? '' : `begins like ${format.name} and `;
    problems.add(
      format?.rule ?? 'weights/torch-malformed',
      `The file ${what}cannot be read as a ZIP: ${error.message}.`,
      {
        offset: error.offset,
        hint: 'It is cut short or damaged: save or fetch it again.',
      },
    );
    return { facts: undefined, detected: format?.detected ?? 'zip', problems: problems.list() };
  }
}

async function readTorch(
  file: ByteSource,
  source: ByteSource,
  files: readonly LenientMember[],
  problems: Problems,
): Promise<WeightsReading> {
  const layout = findLayout(files);
  const other = layout.dataPickle === '' ? findZipFormat(files) : undefined;
  // No format of weights: the caller has it scanned as any ZIP is.
  if (layout.dataPickle === '' && other === undefined) return refuse(files.length, problems);
  const policy: MemberPolicy = { expected: layout.isScript ? isScriptClass : () => false };
  const pickles: PickleMember[] = [];
  const budget = newScanBudget(file);
  for (const member of files) {
    try {
      const pickle = await readPickleMember(source, member, policy, problems);
      if (pickle) pickles.push(pickle);
      else await scanMember({ file, source, member }, problems, budget);
    } catch (error) {
      // A member that cannot be opened does not hide the others.
      if (!(error instanceof Malformed)) throw error;
      problems.add('weights/torch-malformed', `The member ${quote(member.name)} cannot be read: ${error.message}.`, {
        offset: error.offset,
      });
    }
  }
  const main = pickles.find(({ member }) => member.name === layout.dataPickle);
  if (other !== undefined) return readZipFormat(other, source, files, problems);
  if (!main) return refuse(files.length, problems);
  const data = collectTensors(main.runs[0]?.value ?? null);
  checkStorages(data, `${layout.top}data/`, files, problems);
  const facts = await toFacts(source, files, layout, pickles, data, policy);
  if (layout.isScript) reportScript(facts.format === 'torchscript' ? facts.code.length : 0, problems);
  else reportWeightsOnly(main.runs.slice(0, 1), problems);
  return { facts, detected: facts.format, problems: problems.list() };
}

function refuse(count: number, problems: Problems): WeightsReading {
  problems.add(
    'weights/torch-malformed',
    `The ZIP has no data.pkl, so it is no torch checkpoint; it has ${count} members.`,
  );
  return { facts: undefined, detected: 'zip', problems: problems.list() };
}

interface Layout {
  /** The folder all members are in, with its slash; torch takes that of the first member. */
  readonly top: string;
  readonly dataPickle: string;
  /** A checkpoint with constants.pkl is TorchScript: torch.load itself decides by it. */
  readonly isScript: boolean;
}

function findLayout(files: readonly LenientMember[]): Layout {
  const first = files[0]?.name ?? '';
  const top = first.includes('/') ? first.slice(0, first.indexOf('/') + 1) : '';
  const names = new Set(files.map(({ name }) => name));
  const isScript = names.has(`${top}constants.pkl`) && files.some(({ name }) => name.startsWith(`${top}code/`));
  const dataPickle = names.has(`${top}data.pkl`)
    ? `${top}data.pkl`
    : (files.find(({ name }) => /^([^/]+\/)?data\.pkl$/.test(name))?.name ?? '');
  return { top: dataPickle.slice(0, -'data.pkl'.length), dataPickle, isScript };
}

function checkStorages(
  data: CollectedTensors,
  folder: string,
  files: readonly LenientMember[],
  problems: Problems,
): void {
  for (const text of data.misfits) problems.add('weights/torch-storage', text);
  const sizes = new Map(files.map(({ name, size }) => [name, size]));
  for (const storage of data.storages.values()) {
    const size = sizes.get(folder + storage.key);
    const needed = bytesOf(storage);
    if (size === undefined) {
      problems.add(
        'weights/torch-storage',
        `The storage ${quote(folder + storage.key)} is missing; tensors of ${storage.dtype} need ${needed} bytes of it.`,
      );
    } else if (size < needed) {
      problems.add(
        'weights/torch-storage',
        `The storage ${quote(folder + storage.key)} has ${size} bytes, but ${needed} are needed.`,
      );
    }
  }
}

async function toFacts(
  source: ByteSource,
  files: readonly LenientMember[],
  layout: Layout,
  pickles: readonly PickleMember[],
  data: CollectedTensors,
  policy: MemberPolicy,
): Promise<TorchZipFacts | TorchScriptFacts> {
  const runs = pickles.flatMap((pickle) => pickle.runs);
  const main = pickles.find(({ member }) => member.name === layout.dataPickle)?.runs[0];
  const common = {
    tensors: data.tensors,
    parameters: data.parameters,
    storages: [...data.storages.values()],
    protocol: main?.machine.protocol ?? 0,
    globals: describeGlobals(runs, policy.expected),
    loadsWithWeightsOnly: !layout.isScript && main !== undefined && !main.error && main.machine.obstacle === undefined,
    byteOrder: await readByteOrder(source, files, layout.top),
  };
  if (!layout.isScript) return { format: 'torch-zip', ...common };
  const code = files
    .map(({ name }) => name)
    .filter((name) => name.startsWith(`${layout.top}code/`) && name.endsWith('.py'));
  return { format: 'torchscript', ...common, code };
}

/** `byteorder` is "little" or "big"; files without it are little-endian. */
async function readByteOrder(
  source: ByteSource,
  files: readonly LenientMember[],
  top: string,
): Promise<'little' | 'big'> {
  const member = files.find(({ name }) => name === `${top}byteorder`);
  if (!member || member.size > 16) return 'little';
  const content = await openMember(source, member, 16);
  return Buffer.from(await content.read(0, content.size))
    .toString('latin1')
    .trim() === 'big'
    ? 'big'
    : 'little';
}

function reportScript(files: number, problems: Problems): void {
  problems.add(
    'weights/torchscript-code',
    `This is TorchScript: ${files} files of code run when the model is loaded and called.`,
  );
}
