import type { Style } from './style.ts';
import { hangText, showLines } from './text.ts';

/** What the text of an error is made from; a thrown value of any kind fits. */
export interface ErrorFacts {
  readonly message: string;
  readonly code?: string;
  readonly hint?: string | undefined;
  readonly cause?: string | undefined;
  /** Where an unexpected error came from. */
  readonly stack?: string | undefined;
}

/** Code and message, the cause when it says more, then what to do. */
export function formatError({ message, code, hint, cause, stack }: ErrorFacts, style: Style): string {
  const label = code === undefined ? '' : `${style.bad(code)}  `;
  const lines = [hangText(label, showLines(message), style.width)];
  if (cause !== undefined && !message.includes(cause)) {
    lines.push(style.dim(hangText('  cause: ', showLines(cause), style.width)));
  }
  if (hint !== undefined) lines.push(hangText(`  ${style.accent('hint:')} `, showLines(hint), style.width));
  if (stack !== undefined) lines.push(style.dim(showLines(stack)));
  return `${lines.join('\n')}\n`;
}

/** A notice or a warning on one line or more. */
export function formatNotice(
  kind: 'notice' | 'warning',
  message: string,
  hint: string | undefined,
  style: Style,
): string {
  const label = kind === 'warning' ? `${style.warn('warning')}  ` : '';
  const text = hangText(label, showLines(message), style.width);
  return hint === undefined
    ? `${text}\n`
    : `${text}\n${hangText(`  ${style.accent('hint:')} `, showLines(hint), style.width)}\n`;
}
