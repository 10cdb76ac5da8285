/** MLServer and Seldon: model-settings.json, which names the runtime and where the model lies. */
import { posix } from 'node:path';
import { z } from 'zod';
import { isOnnxName } from '../../../weights/onnx-name.ts';
import { WEIGHTS_NAME } from '../../../weights/weights-name.ts';
import { type Artefact, newArtefact, type RecipeHandler } from '../common/artefact.ts';
import { type ArtefactFiles, filesAt } from '../common/files.ts';
import { asIs, weightsPieces } from '../common/pieces.ts';
import { parseAs, text } from '../common/values.ts';

const SETTINGS = 'model-settings.json';

const schema = z.object({
  name: text,
  implementation: text,
  parameters: z.object({ uri: text, version: text }).optional().catch(undefined),
});

export async function readMlserver(files: ArtefactFiles): Promise<Artefact | undefined> {
  const settings = parseAs(schema, await files.json(SETTINGS));
  if (settings?.implementation === undefined) return undefined;
  const { uri, version } = settings.parameters ?? {};
  const named = uri === undefined ? files.paths : filesAt(files, uri);
  const weights = named.filter((path) => WEIGHTS_NAME.test(path));
  const [first = named.length === 1 ? named[0] : undefined] = weights;
  const pieces = first === undefined ? [] : await weightsPieces(files, first);
  const taken = new Set(pieces.flatMap((piece) => ('member' in piece ? [piece.member] : [])));
  const requirements = files.has('requirements.txt') ? asIs('requirements.txt') : undefined;
  const inner = first === undefined ? undefined : posix.basename(first);
  const what = `A TorchServe handler in Python that does what ${settings.implementation} does: load ${inner ?? 'the model'} in initialize(context), answer the tensors of a request in handle(data, context).`;
  const handler: RecipeHandler = isOnnxName(first) ? { kind: 'builtin', name: 'base_handler' } : { kind: 'own', what };
  return {
    ...newArtefact('MLServer model'),
    modelName: settings.name ?? files.name,
    ...(version !== undefined && { modelVersion: version }),
    framework: settings.implementation.split('.')[0]?.replace(/^mlserver_/, '') ?? settings.implementation,
    entryPoint: settings.implementation,
    weights,
    requirements: await files.requirements(requirements?.to),
    notes:
      uri !== undefined && named.length === 0 ? [`${SETTINGS} names ${JSON.stringify(uri)}, which is not there.`] : [],
    recipe: {
      handler,
      weights: pieces,
      ...(requirements && { requirements }),
      files: files.paths.filter((path) => !taken.has(path) && path !== requirements?.to).map(asIs),
    },
  };
}
