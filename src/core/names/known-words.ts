/** The keys of a literal: its type names them all, which TypeScript cannot assume of any object. */
export function keysOf<T extends object>(literal: T): (keyof T & string)[] {
  return Object.keys(literal) as (keyof T & string)[];
}

/** Whether a word is one of a closed list. */
export function isOneOf<T extends string>(words: readonly T[], word: string): word is T {
  return words.some((known) => known === word);
}
