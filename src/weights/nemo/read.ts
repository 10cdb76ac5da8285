import { type ByteSource, sliceSource } from '../../core/byte-source.ts';
import { Malformed } from '../../core/documents/malformed.ts';
import type { NemoFacts, TensorFacts } from '../reading/facts.ts';
import { readNamed } from '../reading/named.ts';
import { quote } from '../reading/problem.ts';
import type { WeightsReading } from '../reading/reading.ts';
import { readLenientTar } from '../scan/lenient-tar.ts';
import { readZipWeights } from '../torch/read-zip.ts';

const CONFIG = 'model_config.yaml';
const WEIGHTS = 'model_weights.ckpt';
/** Members of one model: configuration, weights, files of a tokenizer. */
const MAX_MEMBERS = 1000;
/**
 * Maximum size of the part of the configuration that is searched for the class of the model; the largest seen has 30
 * kB.
 */
const MAX_CONFIG_BYTES = 1024 ** 2;

/** A model of NVIDIA NeMo: a tar of its configuration and a checkpoint of torch. Undefined for a tar that is none, also by its name. */
export async function readNemo(source: ByteSource, name: string): Promise<WeightsReading | undefined> {
  const { members, cut } = await listMembers(source);
  const config = members.get(CONFIG);
  if (config === undefined && !/\.nemo$/i.test(name)) return undefined;
  return readNamed('nemo', async (problems): Promise<NemoFacts> => {
    if (cut !== undefined) throw new Malformed(`it ends inside of its member ${quote(cut)}`, source.size);
    if (config === undefined) throw new Malformed(`it has no ${CONFIG}`, 0);
    if (![...members.keys()].some((member) => member.startsWith('model_weights')))
      throw new Malformed(`it has no ${WEIGHTS}`, source.size);
    const text = Buffer.from(await config.read(0, Math.min(config.size, MAX_CONFIG_BYTES))).toString('utf8');
    const [target, version] = [findValue('target', text), findValue('nemo_version', text)];
    const weights = members.get(WEIGHTS);
    const reading = weights && (await readZipWeights(weights, WEIGHTS));
    // What its pickles would run is found by the scan of the whole tar.
    const own = reading?.problems.filter(({ rule }) => !rule.startsWith('weights/pickle')) ?? [];
    problems.addAll(own, (message) => `${WEIGHTS}: ${message}`);
    return {
      format: 'nemo',
      ...(target !== undefined && { target }),
      ...(version !== undefined && { version }),
      members: [...members.keys()],
      tensors: reading?.facts?.tensors.map(toPlain) ?? [],
      ...(reading?.facts?.parameters !== undefined && { parameters: reading.facts.parameters }),
    };
  });
}

interface Members {
  readonly members: ReadonlyMap<string, ByteSource>;
  /** The member in which the file ends. */
  readonly cut?: string;
}

async function listMembers(source: ByteSource): Promise<Members> {
  const members = new Map<string, ByteSource>();
  for await (const { name: given, start, size, isCut } of readLenientTar(source)) {
    if (members.size === MAX_MEMBERS) break;
    const name = given.replace(/^\.\//, '');
    if (isCut) return { members: members.set(name, sliceSource(source, name, start, size)), cut: name };
    if (!members.has(name)) members.set(name, sliceSource(source, name, start, size));
  }
  return { members };
}

/** A plain value at the top of the configuration. */
function findValue(key: string, text: string): string | undefined {
  return new RegExp(`^${key}: *["']?([\\w.+-]+)["']? *$`, 'm').exec(text)?.[1];
}

/** Without what only torch knows: strides and storages. */
function toPlain({ name, dtype, shape, bytes }: TensorFacts): TensorFacts {
  return { name, dtype, shape, ...(bytes !== undefined && { bytes }) };
}
