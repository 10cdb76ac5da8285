/** Request parameters → handler rows (contract 3.3). */
import type { Row } from '../../handlers/sdk.ts';
import { type JsonOptions, parseJson } from '../../handlers/tensors/parse-json.ts';
import type { InferenceRequest, InputParameter } from '../protocol/messages.ts';

const strictText = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export interface RowOptions extends JsonOptions {
  /** If false, every value stays bytes (TS_DECODE_INPUT_REQUEST). */
  readonly decode: boolean;
}

/** One key for each parameter; the last of duplicate names wins. */
export function toRow(request: InferenceRequest, options: RowOptions): Row {
  // Names come from the client: without a prototype, "__proto__" is a name like any other.
  const row: Record<string, unknown> = Object.create(null);
  for (const parameter of request.parameters)
    row[parameter.name] = options.decode ? toValue(parameter, options) : parameter.value;
  return row;
}

/** Parses JSON and decodes text; everything else, and what fails to decode, stays bytes. */
function toValue({ contentType, value }: InputParameter, options: JsonOptions): unknown {
  try {
    if (contentType === 'application/json') return parseJson(strictText.decode(value), options);
    if (contentType.startsWith('text')) return strictText.decode(value);
  } catch {
    return value;
  }
  return value;
}
