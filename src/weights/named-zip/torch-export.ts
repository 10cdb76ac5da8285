import type { TensorFacts, TorchExportFacts } from '../reading/facts.ts';
import { countElementsOf } from '../reading/named.ts';
import type { Problems } from '../reading/problem.ts';
import { toSafeNumber } from '../reading/safe-number.ts';
import { type Documents, isObject, type Json, listAt, objectAt, textAt } from './documents.ts';

/** torch._export.serde.schema.ScalarType by number. */
const dtypes =
  'unknown uint8 int8 int16 int32 int64 float16 float32 float64 complex32 complex64 complex128 bool bfloat16'.split(
    ' ',
  );

/** A program of torch.export (.pt2): its graph as JSON, its weights as plain bytes; in older files, one checkpoint beside it. */
export async function describeTorchExport(
  documents: Documents,
  top: string,
  problems: Problems,
): Promise<TorchExportFacts> {
  const names = documents.names();
  const models = names.filter((name) => name.startsWith(`${top}models/`) && name.endsWith('.json'));
  const old = 'serialized_exported_program.json';
  const [main] = names.includes(old) ? [old] : models;
  const program = (main === undefined ? undefined : await documents.json(main)) ?? {};
  const libraries = names.filter((name) => /\.(so|dll|dylib|cubin)$/i.test(name));
  if (libraries.length > 0)
    problems.add(
      'weights/compiled-code',
      `The file carries ${libraries.length} compiled libraries, which run when it is loaded.`,
    );
  const archiveVersion = (await documents.word(`${top}archive_version`)) ?? (await documents.word('version'));
  const schema = objectAt(program, 'schema_version');
  const torch = textAt(program, 'torch_version');
  const tensors = await readTensors(documents, top);
  return {
    format: 'torch-export',
    ...(archiveVersion !== undefined && { archiveVersion }),
    ...(typeof schema.major === 'number' && {
      schema: { major: schema.major, minor: typeof schema.minor === 'number' ? schema.minor : 0 },
    }),
    ...(torch !== undefined && { torch }),
    models: models.map((name) => name.slice(`${top}models/`.length, -'.json'.length)),
    ...readSignature(program),
    operators: countOperators(program),
    libraries,
    tensors: tensors ?? [],
    ...(tensors && { parameters: toSafeNumber(tensors.reduce((sum, { shape }) => sum + countElementsOf(shape), 0)) }),
  };
}

function readSignature(program: Json): { inputs: string[]; outputs: string[] } {
  const signature = objectAt(objectAt(program, 'graph_module'), 'signature');
  const namesOf = (specs: string, kind: string) =>
    listAt(signature, specs).flatMap((spec) => {
      const name = textAt(objectAt(objectAt(objectAt(spec, kind), 'arg'), 'as_tensor'), 'name');
      return name === undefined ? [] : [name];
    });
  return { inputs: namesOf('input_specs', 'user_input'), outputs: namesOf('output_specs', 'user_output') };
}

function countOperators(program: Json): Record<string, number> {
  const counts = new Map<string, number>();
  for (const node of listAt(objectAt(objectAt(program, 'graph_module'), 'graph'), 'nodes')) {
    const target = textAt(node, 'target')?.replace(/^torch\.ops\./, '');
    if (target !== undefined) counts.set(target, (counts.get(target) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)));
}

/** Undefined if the weights are a checkpoint of their own. */
async function readTensors(documents: Documents, top: string): Promise<TensorFacts[] | undefined> {
  const lists = documents
    .names()
    .filter((name) => name.startsWith(`${top}data/`) && name.endsWith('_weights_config.json'));
  if (lists.length === 0) return undefined;
  const tensors: TensorFacts[] = [];
  for (const list of lists)
    for (const [name, entry] of Object.entries(objectAt(await documents.json(list), 'config'))) {
      const meta = objectAt(entry, 'tensor_meta');
      const { dtype } = meta;
      tensors.push({
        name,
        dtype: (typeof dtype === 'number' ? dtypes[dtype] : undefined) ?? `type ${String(dtype)}`,
        shape: listAt(meta, 'sizes').map(readSize),
      });
    }
  return tensors;
}

function readSize(size: unknown): number | null {
  const number = isObject(size) ? size.as_int : undefined;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : null;
}
