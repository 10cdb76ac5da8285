import { PredictionError, type Row } from '../sdk.ts';

/** What the request is about: the field `data`, or else the raw body (contract 6.2). Empty values count as absent, as in Python. */
export function requestValue(row: Row): unknown {
  const value = isEmpty(row.data) ? row.body : row.data;
  if (value === undefined) throw new PredictionError('The request has no field named data or body.', 400);
  return value;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (value instanceof Uint8Array && value.length === 0);
}
