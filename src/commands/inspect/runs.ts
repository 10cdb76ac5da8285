import type { Manifest } from '../../model/documents/manifest.ts';
import type { HandlerReference } from '../../model/handler/handler-reference.ts';
import type { RunVerdict } from './result.ts';

/** What decides who can run an archive. */
export interface RunFacts {
  readonly handler: HandlerReference;
  readonly manifest: Manifest | undefined;
  /** Format of the manifest's serialized file, by content. */
  readonly weightsFormat: string | undefined;
  /** Names of the built-in handlers of our own server. */
  readonly ownBuiltins: readonly string[];
  /** No structural error: our server takes no other archive. */
  readonly sound: boolean;
}

type Verdict = Omit<RunVerdict, 'server'>;

const yes = (why: string): Verdict => ({ able: 'yes', why });
const no = (why: string): Verdict => ({ able: 'no', why });
/** As the readers of weights call the model and onnxruntime's own form of it. */
const isOnnx = (format: string | undefined): boolean => format === 'onnx' || format === 'ORT';
const unknown = (why: string): Verdict => ({ able: 'unknown', why });

/** Which servers can answer predictions with this archive, and why (not). */
export function judgeRuns(facts: RunFacts): RunVerdict[] {
  return [
    { server: 'mar serve', ...judgeOwn(facts) },
    { server: 'TorchServe', ...judgeTorchServe(facts) },
  ];
}

function judgeOwn({ handler, manifest, weightsFormat, ownBuiltins, sound }: RunFacts): Verdict {
  if (!sound) return no('Its structure is refused: see the findings.');
  if (!manifest) return no('There is no manifest it could read.');
  switch (handler.kind) {
    case 'none':
      return no('The manifest names no handler.');
    case 'missing':
      return no(`The handler ${JSON.stringify(handler.text)} is not in the archive.`);
    case 'python':
      return yes("Its handler is Python: TorchServe's own worker runs it, with a Python that has torchserve.");
    case 'cpp':
      return no('Its handler is a C++ library.');
    case 'module':
      return yes('Its handler is a JavaScript module.');
    case 'builtin':
      if (!isOnnx(weightsFormat))
        return yes(`TorchServe's own worker runs its built-in ${handler.name}, with a Python that has torchserve.`);
      if (!ownBuiltins.includes(handler.name)) return no(`There is no built-in ${handler.name} over ONNX.`);
      return yes(`ONNX weights with the built-in ${handler.name}.`);
  }
}

function judgeTorchServe({ handler, manifest, weightsFormat }: RunFacts): Verdict {
  const gap = findManifestGap(manifest);
  if (gap !== undefined) return no(gap);
  switch (handler.kind) {
    case 'none':
      return unknown('No handler: it depends on default_service_handler in config.properties.');
    case 'missing':
      return no(`The handler ${JSON.stringify(handler.text)} is not in the archive.`);
    case 'module':
      return no('It refuses the runtime nodejs.');
    case 'python':
      return yes('Its handler is Python.');
    case 'cpp':
      return unknown('It needs the C++ backend.');
    case 'builtin':
      if (handler.twin !== undefined) return yes(`${handler.twin} runs the ONNX weights there; it needs onnxruntime.`);
      // Its built-in handlers call an ONNX session as if it were a function (contract 6.1).
      if (isOnnx(weightsFormat))
        return no('It loads the archive, then fails every prediction: its built-in handlers cannot call ONNX.');
      return yes(`PyTorch weights with the built-in ${handler.name}.`);
  }
}

/** TorchServe's own checks, in its order (contract 2.3). */
function findManifestGap(manifest: Manifest | undefined): string | undefined {
  if (!manifest) return 'There is no manifest it could read.';
  if (!manifest.model) return 'The manifest has no model.';
  if (!manifest.model.modelName) return 'The manifest names no model (model.modelName).';
  if (manifest.runtime === 'nodejs') return 'It refuses the runtime nodejs.';
  if (manifest.runtime !== undefined && !['python', 'python3', 'LSP'].includes(manifest.runtime)) {
    return `It does not know the runtime ${JSON.stringify(manifest.runtime)}.`;
  }
  return undefined;
}
