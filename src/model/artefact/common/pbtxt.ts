/** Text form of protobuf, as far as configurations use it: fields by name, messages, lists, strings, numbers and words. */
export type PbtxtValue = string | PbtxtMessage;
/** Every value of a field in its order: a field may stand several times. */
export type PbtxtMessage = ReadonlyMap<string, readonly PbtxtValue[]>;

export type PbtxtReading =
  | { readonly kind: 'ok'; readonly message: PbtxtMessage }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Messages in one another; an ensemble has four. */
const MAX_DEPTH = 32;

const TOKEN =
  /\s+|#[^\n]*|([A-Za-z_][\w.]*)|([-+]?(?:\d|\.\d)[\w.+-]*)|("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|([{}[\]<>:,;-])/sy;

class Unreadable extends Error {}

export function readPbtxt(text: string): PbtxtReading {
  try {
    const tokens = tokenize(text);
    const message = readFields(tokens, undefined, 0);
    return { kind: 'ok', message };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { kind: 'unreadable', reason: error.message };
  }
}

interface Token {
  readonly kind: 'word' | 'string' | 'mark';
  readonly text: string;
}

class Tokens {
  readonly #list: readonly Token[];
  #at = 0;

  constructor(list: readonly Token[]) {
    this.#list = list;
  }

  peek(): Token | undefined {
    return this.#list[this.#at];
  }

  next(what: string): Token {
    const token = this.#list[this.#at++];
    if (token === undefined) throw new Unreadable(`it ends where ${what} should stand`);
    return token;
  }

  /** Takes the mark if it comes next. */
  take(mark: string): boolean {
    const token = this.peek();
    if (token?.kind !== 'mark' || token.text !== mark) return false;
    this.#at++;
    return true;
  }
}

function tokenize(text: string): Tokens {
  const list: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null)
      throw new Unreadable(`line ${text.slice(0, at).split('\n').length} is no text form of protobuf`);
    const [, name, number, string, mark] = match;
    const word = name ?? number;
    if (word !== undefined) list.push({ kind: 'word', text: word });
    else if (string !== undefined) list.push({ kind: 'string', text: unescapeText(string.slice(1, -1)) });
    else if (mark !== undefined) list.push({ kind: 'mark', text: mark });
  }
  return new Tokens(list);
}

function unescapeText(text: string): string {
  return text.replace(/\\(n|t|.)/gs, (_all, letter: string) => ({ n: '\n', t: '\t' })[letter] ?? letter);
}

function readFields(tokens: Tokens, end: string | undefined, depth: number): PbtxtMessage {
  if (depth > MAX_DEPTH) throw new Unreadable(`messages are nested deeper than ${MAX_DEPTH}`);
  const fields = new Map<string, PbtxtValue[]>();
  for (;;) {
    if (tokens.peek() === undefined && end === undefined) return fields;
    if (end !== undefined && tokens.take(end)) return fields;
    const name = tokens.next('a field');
    if (name.kind !== 'word') throw new Unreadable(`${JSON.stringify(name.text)} stands where a field should`);
    const hasColon = tokens.take(':');
    const values = fields.get(name.text) ?? [];
    fields.set(name.text, values);
    if (tokens.take('[')) readList(tokens, values, depth);
    else values.push(readValue(tokens, depth, hasColon));
    if (!tokens.take(',')) tokens.take(';');
  }
}

function readList(tokens: Tokens, values: PbtxtValue[], depth: number): void {
  if (tokens.take(']')) return;
  do values.push(readValue(tokens, depth, true));
  while (tokens.take(','));
  if (!tokens.take(']')) throw new Unreadable('a list does not end');
}

function readValue(tokens: Tokens, depth: number, mayBePlain: boolean): PbtxtValue {
  if (tokens.take('{')) return readFields(tokens, '}', depth + 1);
  if (tokens.take('<')) return readFields(tokens, '>', depth + 1);
  const token = tokens.next('a value');
  if (!mayBePlain || token.kind === 'mark')
    throw new Unreadable(`${JSON.stringify(token.text)} stands where a value should`);
  let text = token.text;
  // Strings that follow each other are one.
  while (token.kind === 'string' && tokens.peek()?.kind === 'string') text += tokens.next('a string').text;
  return text;
}

export function firstText(message: PbtxtMessage, field: string): string | undefined {
  const value = message.get(field)?.[0];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function messagesOf(message: PbtxtMessage, field: string): readonly PbtxtMessage[] {
  return (message.get(field) ?? []).filter((value) => typeof value !== 'string');
}
