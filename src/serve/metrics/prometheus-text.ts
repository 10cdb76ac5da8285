/** Prometheus' text form as TorchServe's client library prints it (contract 3.5). */

/** With a comma at the end. */
export function formatLabels(labels: Readonly<Record<string, string>>): string {
  const quote = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${quote(value)}",`)
    .join('')}}`;
}

/** As Java prints a double: always with a fraction. */
export function formatNumber(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** HELP and TYPE lines of a metric. */
export function formatHead(name: string, type: string, unit: string): string[] {
  return [`# HELP ${name} Torchserve prometheus ${type} metric with unit: ${unit}`, `# TYPE ${name} ${type}`];
}
