import type { ByteSource } from '../core/byte-source.ts';
import type { WeightsReading } from './reading/reading.ts';
import type { Packed } from './scan/container.ts';
import type { OpenStream } from './scan/open-packed.ts';
import { readPickle } from './torch/read-pickle.ts';

/** What people call a file that is compressed so. */
const packedNames: Readonly<Record<Packed, string>> = {
  gzip: 'gzip file',
  zlib: 'zlib stream',
  bzip2: 'bzip2 file',
  xz: 'xz file',
  lzma: 'LZMA file',
  lz4: 'lz4 file',
  zfile: 'file of joblib before 0.9.3',
};

/** Formats by names that go behind "holds"; others are called by the name they were found under. */
const contentNames: Readonly<Record<string, string>> = {
  onnx: 'ONNX',
  'torch-zip': 'a torch checkpoint',
  'torch-legacy': 'a torch checkpoint',
  torchscript: 'TorchScript',
  npy: 'an array of numpy',
  npz: 'arrays of numpy',
  zip: 'a ZIP',
};

/** Reads the content by itself; its problems are only kept where a loader would read it so. */
type ReadContent = (content: ByteSource, name: string) => Promise<WeightsReading>;

/**
 * A file in a compressed stream: joblib reads pickles so, NeMo its tar. No other loader does; then the file is named for what
 * it holds, and refused. Undefined for bytes that only begin like a stream.
 */
export async function readPacked(
  name: string,
  packing: Packed,
  opened: OpenStream | undefined,
  readContent: ReadContent,
): Promise<WeightsReading | undefined> {
  const what = packedNames[packing];
  // A stream in a stream is only named.
  if (opened === undefined) return refuse(name, what, undefined);
  const { content, end } = opened;
  const reading = content.size === 0 ? undefined : await readContent(content, name.replace(/\.[^.]*$/, ''));
  const { detected, facts } = reading ?? {};
  if (facts?.format === 'pickle' || facts?.format === 'joblib')
    return readPickle(content, { compression: packing, isCut: end === 'limit' });
  if (reading !== undefined && facts?.format === 'nemo') return reading;
  const isMarked = packing !== 'zlib' && packing !== 'lzma';
  if (!isMarked && facts === undefined) return undefined;
  return refuse(name, what, detected);
}

function refuse(name: string, what: string, detected: string | undefined): WeightsReading {
  const content = detected && (contentNames[detected] ?? withArticle(detected));
  return {
    facts: undefined,
    detected: content === undefined ? what : `${what} with ${content}`,
    problems: [
      {
        rule: 'weights/unsupported-format',
        message:
          content === undefined
            ? `${name} is ${withArticle(what)}.`
            : `${name} is ${withArticle(what)} that holds ${content}, which is not loaded from a compressed file.`,
        hint: 'Unpack it and use the file it holds.',
      },
    ],
  };
}

const withArticle = (what: string) =>
  /(file|stream|archive|document|page|pointer|library|program|GraphDef|SavedModel)\b/.test(what)
    ? `${/^([aeioux]|LZMA|LFS)/i.test(what) && !/^(u|one)/i.test(what) ? 'an' : 'a'} ${what}`
    : what;
