import { adapterFile } from '../../model/artefact/common/adapters.ts';
import type { RecipeHandler } from '../../model/artefact/common/artefact.ts';
import { packAdvice, packLines } from '../../model/artefact/pack-line.ts';
import type { ModelFacts } from '../../model/facts.ts';
import type { InspectResult } from './result.ts';

type InspectedArtefact = NonNullable<InspectResult['artefact']>;

/** What another tool made; undefined for an archive, and where no tool is known. */
export async function describeArtefact(path: string, facts: ModelFacts): Promise<InspectedArtefact | undefined> {
  const reading = await facts.artefact();
  if (reading === undefined) return undefined;
  const handler = reading.recipe && nameHandler(reading.recipe.handler);
  const advice = packAdvice(reading);
  return {
    ...reading.facts,
    pack: {
      lines: packLines(path, reading),
      ...(handler !== undefined && { handler }),
      ...(advice !== undefined && { advice }),
    },
  };
}

function nameHandler(handler: RecipeHandler): string | undefined {
  switch (handler.kind) {
    case 'builtin':
      return handler.name;
    case 'member':
      return handler.piece.to;
    case 'adapter':
      return adapterFile(handler.name);
    case 'own':
      return undefined;
  }
}
