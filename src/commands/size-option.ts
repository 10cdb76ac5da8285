import { z } from 'zod';

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1000,
  m: 1000 ** 2,
  g: 1000 ** 3,
  ki: 1024,
  mi: 1024 ** 2,
  gi: 1024 ** 3,
};

/** Bytes: a number, or "500 MB", "2GiB". */
export const sizeSchema = z.union(
  [
    z.number().int().positive(),
    z
      .string()
      .regex(/^\d+(\.\d+)?\s*([kmg]i?)?b?$/i)
      .transform((text) => {
        const [, number = '', unit = ''] = /^([\d.]+)\s*([kmg]i?)?/i.exec(text) ?? [];
        return Math.floor(Number(number) * (UNITS[unit.toLowerCase()] ?? 1));
      }),
  ],
  // zod's message for a union does not say what is expected.
  { error: 'a size such as 500MB or 2GiB' },
);
