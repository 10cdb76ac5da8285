/** A metric line on a worker's stdout (contract 5.5). */
export interface MetricLine {
  readonly name: string;
  readonly unit: string;
  /** COUNTER, GAUGE or HISTOGRAM, where the worker says it. */
  readonly type: string | undefined;
  readonly value: number;
  readonly dimensions: ReadonlyMap<string, string>;
  readonly hostname: string;
  /** Ids of the requests it was measured in, with commas between them. */
  readonly requestId: string | undefined;
}

const PREFIX = /^(?:INFO > )?\[METRICS\]/;
/** Name.Unit:value|#Dim:value,…|#type:GAUGE|#hostname:host,seconds,request ids */
const LINE =
  /^\s*([\w\s]+)\.([\w\s]+):([0-9\-,.e]+)\|#([^|\n]*)(?:\|#type:([^|,]+))?\|#hostname:([^,]+),[^,]+(?:,(.*))?$/;

/** Undefined for any other line, also if it begins like one. */
export function parseMetricLine(line: string): MetricLine | undefined {
  if (!PREFIX.test(line)) return undefined;
  const [, name, unit, number, dimensions = '', type, hostname = '', requestId] =
    LINE.exec(line.replace(PREFIX, '')) ?? [];
  const value = Number(number);
  if (name === undefined || unit === undefined || !Number.isFinite(value)) return undefined;
  const pairs = dimensions.split(',').map((pair): [string, string] => {
    const colon = pair.indexOf(':');
    return [pair.slice(0, colon), pair.slice(colon + 1)];
  });
  const named = new Map(pairs.filter(([key]) => key !== ''));
  return { name, unit, type, value, dimensions: named, hostname, requestId };
}
