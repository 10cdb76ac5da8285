import { posix } from 'node:path';
import { CONTROL, HIDDEN } from '../../core/names/characters.ts';
import type { ArtefactReading } from './read-artefact.ts';

/** The handler that the user still has to write, as the line names it. */
const OWN_HANDLER = 'handler.py';

/** The command lines that make an archive of the artefact at `path`; none where there is nothing to pack. */
export function packLines(path: string, { facts, recipe, modelName, modelVersion }: ArtefactReading): string[] {
  if (facts.models.length > 0)
    return facts.models.map((model) => line(posix.join(path, facts.folder ?? '', model), []));
  if (recipe === undefined) return [];
  return [
    line(path, [
      ...['--model-name', modelName],
      ...(modelVersion === undefined ? [] : ['--version', modelVersion]),
      ...(recipe.handler.kind === 'own' ? ['--handler', OWN_HANDLER] : []),
    ]),
  ];
}

/** A path that begins with "-" is no flag. */
function line(path: string, more: readonly string[]): string {
  return ['mar', 'pack', '--from', path.startsWith('-') ? `./${path}` : path, ...more].map(quoteWord).join(' ');
}

const UNSHOWN = new RegExp(`${CONTROL.source}|${HIDDEN.source}`, 'u');

/** A word as a shell reads it back; characters that do not show in the form that bash and zsh have for them. */
function quoteWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (UNSHOWN.test(word))
    return `$'${word.replace(/[\\']/g, '\\$&').replace(new RegExp(UNSHOWN, 'gu'), escapeUnshown)}'`;
  return `'${word.replaceAll("'", "'\\''")}'`;
}

function escapeUnshown(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
}

/** What has to be done before the line works, or instead of it. */
export function packAdvice({ recipe, advice }: ArtefactReading): string | undefined {
  return recipe?.handler.kind === 'own' ? `${OWN_HANDLER} is yours to write. ${recipe.handler.what}` : advice;
}
