import { hasCode, ToolError } from '../../core/errors.ts';
import { type Argument, type Flag, type RawValues, toKey } from './flags.ts';

interface Typed {
  readonly flags: readonly Flag[];
  readonly arguments?: readonly Argument[];
}

/**
 * The error of an option, with the option as the user typed it: `--grpc-port` for the key `grpcPort`, `<archives>` for
 * `archives.0`. An option that was not typed keeps its key: its value comes from a file.
 */
export function nameTypedOption(error: unknown, declared: Typed, values: RawValues): unknown {
  if (!hasCode(error, 'INVALID_OPTION')) return error;
  const [key = '', ...rest] = error.values.option.split('.');
  const typed = findTyped(key, declared, values);
  if (typed === undefined) return error;
  // The place in a list says nothing; the name of an entry does: `rules.hygiene/junk` is `--rule hygiene/junk`.
  const entry = rest.filter((part) => !/^\d+$/.test(part)).map((part) => ` ${part}`);
  return new ToolError('INVALID_OPTION', { ...error.values, option: `${typed}${entry.join('')}` }, error);
}

function findTyped(key: string, { flags, arguments: words = [] }: Typed, values: RawValues): string | undefined {
  const word = words.find(({ name, key: keyOfWord = name }) => keyOfWord === key);
  if (word) return `<${word.name}>`;
  // Keys of config.properties have underscores: `inference_address`.
  const keyOfFlag = toKey(key.replaceAll('_', '-'));
  const flag = flags.find(({ name, key: keyOfOption }) => toKey(name) === keyOfFlag || keyOfOption === key);
  return flag && values[toKey(flag.name)] !== undefined ? `--${flag.name}` : undefined;
}
