/** KitOps: a Kitfile, which names the model, its parts, code and data. */
import { z } from 'zod';
import { isOnnxName } from '../../../weights/onnx-name.ts';
import { WEIGHTS_NAME } from '../../../weights/weights-name.ts';
import { type Artefact, newArtefact, type RecipeHandler } from '../common/artefact.ts';
import { type ArtefactFiles, filesAt } from '../common/files.ts';
import { asIs, findTorchServeHandler, weightsPieces } from '../common/pieces.ts';
import { listOf, parseAs, text } from '../common/values.ts';

const KITFILE = 'Kitfile';

const part = z.object({ path: text });
const schema = z.object({
  package: z.object({ name: text, version: text }).optional().catch(undefined),
  model: z
    .object({ name: text, path: text, framework: text, version: text, parts: listOf(part) })
    .optional()
    .catch(undefined),
  code: listOf(part),
  docs: listOf(part),
});

export async function readKitops(files: ArtefactFiles): Promise<Artefact | undefined> {
  if (!files.has(KITFILE)) return undefined;
  const kit = parseAs(schema, await files.yaml(KITFILE));
  const listed = (parts: readonly { path?: string | undefined }[] = []) =>
    [...new Set(parts.flatMap(({ path }) => (path === undefined ? [] : filesAt(files, path))))].filter(
      (path) => path !== KITFILE,
    );
  const model = listed([...(kit?.model === undefined ? [] : [kit.model, ...kit.model.parts])]);
  const [first] = [...model.filter(isOnnxName), ...model.filter((path) => WEIGHTS_NAME.test(path)), ...model];
  const code = listed(kit?.code).filter((path) => !model.includes(path));
  const requirements = code.find((path) => /(^|\/)requirements\.txt$/.test(path));
  const handler = await findTorchServeHandler(files, code);
  const weights = first === undefined ? [] : await weightsPieces(files, first);
  const taken = new Set([
    ...weights.flatMap((piece) => ('member' in piece ? [piece.member] : [])),
    requirements,
    handler,
  ]);
  const named = [kit?.model, ...(kit?.model?.parts ?? []), ...(kit?.code ?? [])].flatMap((one) => one?.path ?? []);
  return {
    ...newArtefact('ModelKit of KitOps'),
    modelName: kit?.package?.name ?? kit?.model?.name ?? files.name,
    ...versionOf(kit?.package?.version ?? kit?.model?.version),
    ...(kit?.model?.framework !== undefined && { framework: kit.model.framework }),
    weights: model.filter((path) => WEIGHTS_NAME.test(path)),
    requirements: await files.requirements(requirements),
    notes: named
      .filter((path) => filesAt(files, path).length === 0)
      .map((path) => `The Kitfile names ${JSON.stringify(path)}, which is not there.`),
    recipe: {
      handler: chooseHandler(first, handler),
      weights,
      ...(requirements !== undefined && { requirements: asIs(requirements) }),
      files: [...model, ...(handler === undefined && isOnnxName(first) ? [] : code)]
        .filter((path) => !taken.has(path))
        .map(asIs),
    },
  };
}

const versionOf = (version: string | undefined) => (version === undefined ? {} : { modelVersion: version });

function chooseHandler(model: string | undefined, handler: string | undefined): RecipeHandler {
  if (handler !== undefined) return { kind: 'member', piece: { to: handler.replace(/^.*\//, ''), member: handler } };
  if (isOnnxName(model)) return { kind: 'builtin', name: 'base_handler' };
  const what = `A Kitfile says nothing of requests and answers: write a TorchServe handler in Python that loads ${model ?? 'the model'} and answers with it.`;
  return { kind: 'own', what };
}
