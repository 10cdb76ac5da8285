import { makeMar } from './make-mar.ts';

export interface WarContent {
  readonly name?: string;
  /** The specification as YAML. */
  readonly spec?: string;
  /** File name and text of the functions. */
  readonly handler?: readonly [name: string, code: string];
  /** WAR-INF/MANIFEST.json; upstream's form when absent. */
  readonly manifest?: unknown;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

/** Writes a workflow archive of upstream's form. */
export function makeWar(target: string, content: WarContent): Promise<string> {
  const { name = 'wf', spec, handler, files } = content;
  const workflow = { workflowName: name, specFile: `${name}.yaml`, handler: handler?.[0] };
  const manifest =
    'manifest' in content
      ? content.manifest
      : { createdOn: '29/11/2020 10:20:30', workflow, archiverVersion: '0.2.15' };
  return makeMar(target, {
    files: {
      ...files,
      ...(spec === undefined ? {} : { [`${name}.yaml`]: spec }),
      ...(handler === undefined ? {} : { [handler[0]]: handler[1] }),
      ...(manifest === undefined ? {} : { 'WAR-INF/MANIFEST.json': JSON.stringify(manifest) }),
    },
  });
}
