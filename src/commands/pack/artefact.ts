import { basename } from 'node:path';
import { refuseErrors } from '../../archive/structure/refuse.ts';
import type { Context } from '../../core/context.ts';
import { ToolError } from '../../core/errors.ts';
import { locate } from '../../core/user-path.ts';
import type { Recipe } from '../../model/artefact/common/artefact.ts';
import type { ArtefactReading } from '../../model/artefact/read-artefact.ts';
import { findLocalPlace, openFacts } from '../../model/open-facts.ts';
import { collectRecipeHandler } from '../../pack/artefact-parts.ts';
import type { CollectedHandler } from '../../pack/collect-handler.ts';

/** What `--from` names, open until the archive is written. */
export interface OpenArtefact {
  readonly path: string;
  readonly reading: ArtefactReading;
  readonly recipe: Recipe;
  /** Undefined where the user has to write it. */
  readonly handler: string | CollectedHandler | undefined;
  close(): Promise<void>;
}

/** Throws ARTEFACT_UNKNOWN, ARTEFACT_NOT_PACKED, or ARCHIVE_REFUSED for a carrier that no archive could be read from. */
export async function openArtefact(path: string, context: Context): Promise<OpenArtefact> {
  const place = await findLocalPlace(locate(path, context));
  // Any ZIP or tar carries an artefact; a checkpoint by itself is none.
  const { facts, archive, close } = await openFacts(place, { asArchive: true });
  try {
    // A folder of links is read by its own tree, which follows them where that is safe.
    if (place.kind === 'file') refuseErrors(path, archive.findings);
    const reading = await facts.artefact();
    if (reading === undefined) throw new ToolError('ARTEFACT_UNKNOWN', { path });
    const { recipe, facts: known, advice = 'Pack each of its models by itself.' } = reading;
    if (recipe === undefined) throw new ToolError('ARTEFACT_NOT_PACKED', { path, name: known.name, advice });
    for (const message of known.notes) context.log({ kind: 'notice', message });
    return { path, reading, recipe, handler: await collectRecipeHandler(reading, recipe), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Why there is no handler to be had from the artefact. */
export function handlerNeeded({ path, reading, recipe }: OpenArtefact): ToolError {
  const what = recipe.handler.kind === 'own' ? recipe.handler.what : '';
  return new ToolError('ARTEFACT_NEEDS_HANDLER', { path: basename(path), name: reading.facts.name, what });
}
