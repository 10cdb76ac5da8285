/** Records of named columns in, the answers of a model of scikit-learn's kind out: a label and the classes' probabilities, or a number. */
import { join } from 'node:path';
import { openFile } from '../../../core/byte-source.ts';
import { readHandlerOptions, tabularKeys } from '../../../model/config/handler-keys.ts';
import { readZipMapLabels } from '../../../weights/onnx/zip-map-labels.ts';
import { float, type Handler, type HandlerContext, type Row, type Tensor, type Tensors } from '../../sdk.ts';
import { tensorOf, toFloat32, toNested } from '../../tensor-values.ts';
import { type LoadFacts, requireModel } from '../common/require-model.ts';
import { runItems } from '../common/run-items.ts';
import { type Columns, planColumns } from './columns.ts';
import { type Records, readRecords } from './read-records.ts';

type ClassNames = ReadonlyMap<string, readonly string[]>;

interface Prepared {
  readonly columns: Columns;
  /** Of outputs that a ZipMap makes. */
  readonly classNames: ClassNames;
}

interface Answered {
  readonly records: Records;
  readonly outputs: readonly Tensors[];
}

export function createTabular(): Handler<readonly Records[], readonly Answered[]> {
  let prepared: Prepared;
  return {
    async initialize(context) {
      prepared = { columns: planTabular(context), classNames: await readClassNames(context) };
    },
    preprocess: (rows: readonly Row[]) => rows.map((row) => readRecords(row, prepared.columns)),
    inference: (requests, context) => answerAll(requests, prepared, context),
    postprocess: (answers, context) =>
      answers.map(({ records, outputs }) => {
        const values = outputs.map((one) => toAnswer(one, prepared.classNames, context));
        return records.isList ? values : values[0];
      }),
  };
}

/** All that the signature and the configuration decide; throws what they cannot do. */
export function planTabular(facts: LoadFacts): Columns {
  const { preprocess } = readHandlerOptions(tabularKeys, facts.modelConfig);
  return planColumns(requireModel(facts).inputs, preprocess);
}

export function describeColumns(facts: LoadFacts): string {
  const { all } = planTabular(facts);
  const named = all.flatMap(({ name, dtype }) => (name === undefined ? [] : [`${name} (${dtype})`]));
  return named.length === 0 ? `${all.length} columns without names` : `columns ${named.join(', ')}`;
}

async function readClassNames({ manifest, modelDir }: HandlerContext): Promise<ClassNames> {
  const { serializedFile }: { readonly serializedFile?: string } = manifest.model ?? {};
  if (serializedFile === undefined) return new Map();
  const source = await openFile(join(modelDir, serializedFile));
  try {
    return await readZipMapLabels(source);
  } finally {
    await source.close();
  }
}

async function answerAll(
  requests: readonly Records[],
  { columns }: Prepared,
  context: HandlerContext,
): Promise<readonly Answered[]> {
  const items = requests.flatMap(({ rows }) => rows.map(columns.toItem));
  const outputs = await runItems(items, requireModel(context));
  let next = 0;
  return requests.map((records) => {
    const start = next;
    next += records.rows.length;
    return { records, outputs: outputs.slice(start, next) };
  });
}

/** A model's only output stands for itself, several stand by name. */
function toAnswer(outputs: Tensors, classNames: ClassNames, { model }: HandlerContext): unknown {
  const names = (model?.outputs ?? []).map(({ name }) => name).filter((name) => Object.hasOwn(outputs, name));
  const values = names.map((name): [string, unknown] => [name, toValue(tensorOf(outputs, name), classNames.get(name))]);
  const [only] = values;
  return values.length === 1 && only !== undefined ? only[1] : new Map(values);
}

/** Probabilities by class where the classes have names; a list of one number is that number. */
function toValue(tensor: Tensor, classes: readonly string[] | undefined): unknown {
  const { dtype, shape, data } = tensor;
  if (classes !== undefined && classes.length === data.length) {
    const shares = toFloat32(dtype, data);
    return new Map(classes.map((name, at) => [name, float(shares[at] ?? NaN)]));
  }
  return shape.length === 1 && shape[0] === 1 ? toNested({ dtype, shape: [], data }) : toNested(tensor);
}
