import type { InspectResult } from '../../../commands/inspect/result.ts';
import type { Style } from '../../style.ts';
import { hangText, padEnd, showText, textWidth } from '../../text.ts';

type InspectedConfig = NonNullable<InspectResult['config']>;

/** The file's settings, marked where they are not used; then the defaults. */
export function formatConfig(config: InspectedConfig, style: Style): string {
  const title = `${style.title('config')}  ${style.strong(showText(config.member))}`;
  if (config.status === 'unreadable') return `${title}  ${style.bad(`cannot be read: ${showText(config.reason)}`)}`;
  const { values, effective } = config;
  const width = Math.max('by default'.length, ...Object.keys(values).map((key) => textWidth(showText(key))));
  const labelled = (label: string, text: string) =>
    hangText(`  ${style.dim(padEnd(showText(label), width))}  `, text, style.width);
  const lines = Object.entries(values).map(([key, value]) => {
    const used = Object.hasOwn(effective, key) ? effective[key] : value;
    const isTaken = JSON.stringify(used) === JSON.stringify(value);
    return labelled(key, isTaken ? show(value) : `${show(value)} is not taken: ${show(used)} is in use`);
  });
  const defaults = Object.entries(effective).filter(([key]) => !Object.hasOwn(values, key));
  const rest = defaults.map(([key, value]) => `${key} ${show(value)}`).join(', ');
  return [title, ...lines, ...(rest === '' ? [] : [labelled('by default', rest)])].join('\n');
}

function show(value: unknown): string {
  return showText(typeof value === 'string' ? value : JSON.stringify(value));
}
