/** What an artefact of another tool is, and how it becomes an archive. */
import { z } from 'zod';
import type { OnnxBuiltin } from '../../handler/builtin-names.ts';
import type { AdapterName } from './adapters.ts';

/** Every tool whose artefacts are known. */
export const artefactTools = [
  'kitops',
  'cog',
  'bentoml',
  'mlserver',
  'mlflow',
  'triton',
  'sagemaker',
  'torchserve',
  'sentence-transformers',
  'hugging-face',
  'tensorflow',
] as const;

/** What the artefact says of itself; every value is text from a file of a stranger. */
export const artefactFactsSchema = z.object({
  tool: z.enum(artefactTools),
  /** What it is, in the tool's own words: "MLflow model". */
  name: z.string(),
  /** Folder inside the path or archive that holds it; absent for the top. */
  folder: z.string().optional(),
  modelName: z.string().optional(),
  modelVersion: z.string().optional(),
  /** What made the weights: "pytorch", "onnx". */
  framework: z.string().optional(),
  /** Kinds within the tool: flavours of MLflow, architectures of Hugging Face, the backend of Triton. */
  flavours: z.array(z.string()),
  /** Version by the name of the program: `python`, `mlflow`, `torch`. */
  versions: z.record(z.string(), z.string()),
  /** Where its own server begins: `code/inference.py`, `service.py:Classifier`. */
  entryPoint: z.string().optional(),
  /** Members that hold its weights. */
  weights: z.array(z.string()),
  /** Python packages, as its files have them. */
  requirements: z.array(z.string()),
  /** Folders of the models, where it holds several. */
  models: z.array(z.string()),
  /** What could not be read, and what does not come along. */
  notes: z.array(z.string()),
});
export type ArtefactFacts = z.infer<typeof artefactFactsSchema>;

/** A file of the archive: a member of the artefact, or a text made from one (`from` says of which). */
export type Piece = { readonly to: string } & (
  | { readonly member: string }
  | { readonly text: string; readonly from: string }
);

export type RecipeHandler =
  | { readonly kind: 'builtin'; readonly name: OnnxBuiltin }
  /** A TorchServe handler among the artefact's own code. */
  | { readonly kind: 'member'; readonly piece: Piece }
  /** A handler of ours in Python that calls what the artefact brings. */
  | { readonly kind: 'adapter'; readonly name: AdapterName }
  /** The user's to write; `what` says what it has to do. */
  | { readonly kind: 'own'; readonly what: string };

/** What goes into the archive, unless a flag or a config says otherwise. */
export interface Recipe {
  readonly handler: RecipeHandler;
  /** The first is the manifest's serializedFile; what they refer to is among them. */
  readonly weights: readonly Piece[];
  readonly requirements?: Piece;
  readonly modelConfig?: Piece;
  readonly files: readonly Piece[];
}

/** What a reader gives of the artefact it knows. */
export type Artefact = Omit<ArtefactFacts, 'tool'> & {
  /** Undefined where there is no single model to pack; `advice` then says the next step. */
  readonly recipe: Recipe | undefined;
  readonly advice?: string;
};

/** An artefact with nothing known yet but its name; readers add to it. */
export function newArtefact(name: string): Omit<ArtefactFacts, 'tool'> {
  return { name, flavours: [], versions: {}, weights: [], requirements: [], models: [], notes: [] };
}
