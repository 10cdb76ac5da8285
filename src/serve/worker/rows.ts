/** Request parameters → handler rows (contract 3.3). */
import type { Row } from '../../handlers/sdk.ts';
import type { InferenceRequest, InputParameter } from '../protocol/messages.ts';

const strictText = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A key for each parameter; the last of equal names wins. Without `decode` every value stays bytes (TS_DECODE_INPUT_REQUEST). */
export function toRow(request: InferenceRequest, decode = true): Row {
  // Names come from the client: without a prototype, "__proto__" is a name like any other.
  const row: Record<string, unknown> = Object.create(null);
  for (const parameter of request.parameters) row[parameter.name] = decode ? toValue(parameter) : parameter.value;
  return row;
}

/** Parses JSON and decodes text; everything else, and what fails to decode, stays bytes. */
function toValue({ contentType, value }: InputParameter): unknown {
  try {
    if (contentType === 'application/json') return JSON.parse(strictText.decode(value));
    if (contentType.startsWith('text')) return strictText.decode(value);
  } catch {
    return value;
  }
  return value;
}
