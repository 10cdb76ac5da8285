import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { readYaml } from '../../core/documents/yaml.ts';
import { isToolError, ToolError } from '../../core/errors.ts';
import { toFileError } from '../../core/read-file.ts';
import { type CustomMetric, metricTypes } from './custom-metrics.ts';

/** Bytes; it is written by hand. */
const MAX_BYTES = 1024 ** 2;
/** Uses of anchors: such files define each dimension once and refer to it everywhere. */
const MAX_ALIASES = 10_000;

const definitions = z
  .array(
    z.looseObject({
      name: z.string().regex(/^[A-Za-z_]\w*$/, 'expected a name of letters, digits and "_"'),
      unit: z.string(),
      dimensions: z.array(z.string().regex(/^[A-Za-z_]\w*$/, 'expected a name of letters, digits and "_"')).default([]),
    }),
  )
  .nullish();

const metricsConfigSchema = z.looseObject({
  model_metrics: z.object({ counter: definitions, gauge: definitions, histogram: definitions }).nullish(),
});

/** Handler metrics of a TorchServe metrics.yaml (metrics_config); the server's own metrics in it are ignored. */
export async function readMetricsConfig(path: string): Promise<readonly CustomMetric[]> {
  const parsed = metricsConfigSchema.safeParse(await readDocument(path));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ToolError('PROPERTIES_INVALID', { path, problem: `${issue?.path.join('.')}: ${issue?.message}` });
  }
  const { model_metrics } = parsed.data;
  return metricTypes.flatMap((type) =>
    (model_metrics?.[type] ?? []).map(({ name, unit, dimensions }) => ({
      name,
      type,
      unit,
      // It is added to each.
      dimensions: dimensions.filter((dimension) => dimension !== 'Hostname'),
    })),
  );
}

async function readDocument(path: string): Promise<unknown> {
  const text = await readText(path);
  const reading = await readYaml(text, { schema: 'torchserve', maxAliases: MAX_ALIASES });
  if (reading.kind === 'ok') return reading.value ?? {};
  throw new ToolError('PROPERTIES_INVALID', { path, problem: `${reading.reason} (line ${reading.line})` });
}

async function readText(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size <= MAX_BYTES) return await readFile(path, 'utf8');
    throw new ToolError('LIMIT_EXCEEDED', { what: path, found: size, limit: MAX_BYTES, unit: 'bytes' });
  } catch (cause) {
    if (isToolError(cause)) throw cause;
    throw toFileError(cause, path, 'metrics configuration');
  }
}
