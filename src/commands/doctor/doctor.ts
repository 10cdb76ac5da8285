import { z } from 'zod';
import { type Context, createContext } from '../../core/context.ts';
import { optionalPackages, packageVersion } from '../../core/package-info.ts';
import { parseOptions } from '../parse-options.ts';
import { checkArchive } from './check-archive.ts';
import { checkPorts, checkPython, checkTemporaryFolder } from './check-machine.ts';
import { checkPackage } from './check-package.ts';
import type { Check, DoctorResult } from './result.ts';

export type { DoctorResult } from './result.ts';

export const doctorOptionsSchema = z.object({
  /** An archive, unpacked folder or URL: what it needs must then be there. */
  path: z.string().min(1).optional(),
  /** The Python for Python archives: a program, or the folder of a virtual environment. */
  python: z.string().min(1).optional(),
});
export type DoctorOptions = z.input<typeof doctorOptionsSchema>;

/** What this machine can do, and what it lacks for an archive. Nothing of the archive is executed. */
export async function doctor(options: DoctorOptions = {}, context: Context = createContext()): Promise<DoctorResult> {
  const { path, python } = parseOptions(doctorOptionsSchema, options, 'doctor');
  const archive = path === undefined ? undefined : await checkArchive(path, context);
  const node: Check = {
    id: 'node',
    status: 'good',
    found: `${process.version} (${process.execPath})`,
    purpose: 'everything; 20.19 or newer',
  };
  const found = await Promise.all([
    ...Object.values(optionalPackages).map((optional) => checkPackage(optional, context)),
    checkPython(python, context),
    checkTemporaryFolder(),
    checkPorts(),
  ]);
  const needed = found.map((check) => (archive?.needs.includes(check.id) ? requireGood(check) : check));
  const checks = [node, ...needed, ...(archive === undefined ? [] : [archive.check])];
  return {
    schemaVersion: 1,
    version: packageVersion(),
    platform: `${process.platform} ${process.arch}`,
    checks,
    passed: checks.every(({ status }) => status !== 'bad'),
  };
}

/** What the archive needs and is not there stops it. */
function requireGood(check: Check): Check {
  return check.status === 'absent'
    ? { ...check, status: 'bad', purpose: `${check.purpose}: the archive needs it` }
    : check;
}
