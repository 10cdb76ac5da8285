import { showText } from './text.ts';

/** Untrusted text in a cell of a Markdown table: control characters, Markdown and HTML are escaped. */
export function escapeMarkdown(text: string): string {
  return showText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_{}[\]()#+!|~@]/g, (character) => `\\${character}`);
}
