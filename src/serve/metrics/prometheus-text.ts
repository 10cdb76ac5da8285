/** Prometheus' text form as TorchServe's client library prints it (contract 3.5). */

/** With a comma at the end. */
export function formatLabels(labels: Readonly<Record<string, string>>): string {
  const quote = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${quote(value)}",`)
    .join('')}}`;
}

/** As Java prints a double: always with a fraction, with an exponent from 10^7 on and below 10^-3. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (value === 0 || (size >= 1e-3 && size < 1e7)) return Number.isInteger(value) ? value.toFixed(1) : String(value);
  if (!Number.isFinite(value)) return String(value);
  const [digits = '', exponent] = value.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
}

/** HELP and TYPE lines of a metric. */
export function formatHead(name: string, type: string, unit: string): string[] {
  return [`# HELP ${name} Torchserve prometheus ${type} metric with unit: ${unit}`, `# TYPE ${name} ${type}`];
}
