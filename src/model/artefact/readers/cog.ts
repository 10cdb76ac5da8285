/** Cog: cog.yaml, and the predictor it names. */

import { z } from 'zod';
import { definedOnly } from '../../../core/documents/defined-only.ts';
import { WEIGHTS_NAME } from '../../../weights/weights-name.ts';
import { type Artefact, newArtefact } from '../common/artefact.ts';
import { type ArtefactFiles, resolvePath } from '../common/files.ts';
import { asIs } from '../common/pieces.ts';
import { parseAs, text, texts } from '../common/values.ts';

const COG = 'cog.yaml';

const schema = z.object({
  image: text,
  predict: text,
  build: z
    .object({ python_version: text, cuda: text, python_packages: texts, python_requirements: text })
    .optional()
    .catch(undefined),
});

export async function readCog(files: ArtefactFiles): Promise<Artefact | undefined> {
  if (!files.has(COG)) return undefined;
  const cog = parseAs(schema, await files.yaml(COG));
  const { python_packages: packages = [], python_requirements: named, python_version: python, cuda } = cog?.build ?? {};
  const requirements = named === undefined ? undefined : resolvePath(files, '', named);
  const [script = '', predictor = 'Predictor'] = cog?.predict?.split(':') ?? [];
  const weights = files.paths.filter((path) => WEIGHTS_NAME.test(path));
  const [first] = weights;
  const what = `A TorchServe handler in Python that calls the predictor: make ${predictor}() of ${script || 'its script'} and call setup() in initialize(context), call predict(…) with the fields of a request in handle(data, context). Its inputs and their defaults stand in the signature of predict.`;
  return {
    ...newArtefact('Cog model'),
    modelName: cog?.image?.replace(/^.*\//, '').replace(/[:@].*$/, '') ?? files.name,
    versions: definedOnly({ python, cuda }),
    ...(cog?.predict !== undefined && { entryPoint: cog.predict }),
    weights,
    requirements: requirements === undefined ? packages : await files.requirements(requirements),
    notes: [
      ...(script !== '' && resolvePath(files, '', script) === undefined
        ? [`cog.yaml names ${JSON.stringify(script)}, which is not there.`]
        : []),
      ...(named !== undefined && requirements === undefined
        ? [`cog.yaml names ${JSON.stringify(named)}, which is not there.`]
        : []),
    ],
    recipe: {
      handler: { kind: 'own', what },
      weights: first === undefined ? [] : [asIs(first)],
      ...(requirements !== undefined
        ? { requirements: asIs(requirements) }
        : packages.length > 0 && {
            requirements: { to: 'requirements.txt', text: `${packages.join('\n')}\n`, from: COG },
          }),
      files: files.paths
        .filter(
          (path) => path !== first && path !== requirements && (path !== 'requirements.txt' || packages.length === 0),
        )
        .map(asIs),
    },
  };
}
