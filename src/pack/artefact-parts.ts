/** The recipe of an artefact → inputs of an archive. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileEntry, FileTree } from '../core/file-tree.ts';
import { packageRoot } from '../core/package-info.ts';
import { adapterFile } from '../model/artefact/common/adapters.ts';
import type { Piece, Recipe } from '../model/artefact/common/artefact.ts';
import type { ArtefactReading } from '../model/artefact/read-artefact.ts';
import type { CollectedHandler } from './collect-handler.ts';
import type { IsIgnored } from './ignore-rules.ts';
import type { CollectedParts } from './parts.ts';
import type { PackInput } from './plan.ts';

/** Parts that the user gave otherwise, which are then not taken from the artefact. */
export type GivenParts = Readonly<Record<'weights' | 'requirements' | 'modelConfig', boolean>>;

/** What the artefact brings, but for its handler. */
export async function collectArtefact(
  { files }: ArtefactReading,
  recipe: Recipe,
  given: GivenParts,
  isIgnored: IsIgnored,
): Promise<Omit<CollectedParts, 'handler'>> {
  const entries = await entriesOf(files.tree);
  const toInput = (role: string) => (piece: Piece) => makeInput(piece, role, files.tree, entries);
  const weights = given.weights ? [] : recipe.weights.map(toInput('weights file'));
  const requirements = given.requirements
    ? undefined
    : recipe.requirements && toInput('requirements file')(recipe.requirements);
  const config = given.modelConfig ? undefined : recipe.modelConfig && toInput('model config')(recipe.modelConfig);
  const others = recipe.files.filter((piece) => !('member' in piece) || !isIgnored(piece.member)).map(toInput('file'));
  return {
    inputs: [...weights, ...others, requirements, config].filter((input) => input !== undefined),
    names: {
      ...(weights[0] && { serializedFile: weights[0].destination }),
      ...(requirements && { requirementsFile: requirements.destination }),
      ...(config && { configFile: config.destination }),
    },
  };
}

async function entriesOf(tree: FileTree): Promise<ReadonlyMap<string, FileEntry>> {
  return new Map((await tree.list()).map((entry) => [entry.path, entry]));
}

function makeInput(piece: Piece, role: string, tree: FileTree, entries: ReadonlyMap<string, FileEntry>): PackInput {
  const { to: destination } = piece;
  if ('text' in piece) {
    const bytes = Buffer.from(piece.text);
    return { role, destination, origin: `${destination} of ${piece.from}`, size: bytes.length, mode: 0o644, bytes };
  }
  const { member } = piece;
  const { size = 0, mode = 0o644 } = entries.get(member) ?? {};
  return { role, destination, origin: `${tree.label}/${member}`, size, mode, open: () => tree.open(member) };
}

/** The handler of the recipe; undefined where the user has to write it. A built-in one is only a name. */
export async function collectRecipeHandler(
  { files: { tree } }: ArtefactReading,
  { handler }: Recipe,
): Promise<string | CollectedHandler | undefined> {
  switch (handler.kind) {
    case 'builtin':
      return handler.name;
    case 'member': {
      const input = makeInput(handler.piece, 'handler', tree, await entriesOf(tree));
      return { name: handler.piece.to, input };
    }
    case 'adapter': {
      const name = adapterFile(handler.name);
      const bytes = await readFile(join(packageRoot, 'templates', 'from-other-tools', name));
      const origin = `the handler for ${handler.name}`;
      return { name, input: { role: 'handler', destination: name, origin, size: bytes.length, mode: 0o644, bytes } };
    }
    case 'own':
      return undefined;
  }
}
