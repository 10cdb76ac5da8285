import type { InspectResult } from '../../../commands/inspect/result.ts';
import type { Style } from '../../style.ts';
import { formatTable } from '../../table.ts';
import { hangText, showText } from '../../text.ts';

type InspectedArtefact = NonNullable<InspectResult['artefact']>;

/** Elements of a list that are shown; the JSON has all. */
const SHOWN = 12;

/** What it is and says of itself, then the command line that packs it, by itself on a line to be copied. */
export function formatArtefact(artefact: InspectedArtefact, style: Style): string {
  const { name, pack, notes } = artefact;
  const rows = factRows(artefact).map(([label, value]) => [style.dim(label), value]);
  const advice = pack.advice === undefined ? [] : [hangText('  ', showText(pack.advice), style.width)];
  return [
    `${style.title('made by another tool')}  ${style.strong(showText(name))}`,
    ...(rows.length > 0 ? [formatTable(rows, [], '  ')] : []),
    ...notes.map((note) => hangText(`  ${style.warn('note')}  `, showText(note), style.width)),
    ...advice,
    ...(pack.lines.length > 0
      ? ['  pack it with', ...pack.lines.map((line) => `    ${style.accent(showText(line))}`)]
      : []),
  ].join('\n');
}

function factRows(artefact: InspectedArtefact): [string, string][] {
  const { folder, modelName, modelVersion, framework, entryPoint, pack } = artefact;
  const versions = Object.entries(artefact.versions).map(([program, version]) => `${program} ${version}`);
  const model = [modelName, modelVersion && `version ${modelVersion}`].filter((part) => part !== undefined).join('  ');
  const rows: [string, string | undefined][] = [
    ['in', folder],
    ['model', model === '' ? undefined : model],
    ['framework', framework],
    ['kinds', list(artefact.flavours)],
    ['versions', list(versions)],
    ['entry', entryPoint],
    ['weights', list(artefact.weights)],
    ['packages', list(artefact.requirements)],
    ['models', list(artefact.models)],
    ['handler', pack.handler],
  ];
  return rows.flatMap(([label, value]): [string, string][] => (value === undefined ? [] : [[label, showText(value)]]));
}

function list(words: readonly string[]): string | undefined {
  if (words.length === 0) return undefined;
  const rest = words.length - SHOWN;
  return `${words.slice(0, SHOWN).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
