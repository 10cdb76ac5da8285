import type { IdentityOverrides } from './model-identity.ts';
import type { ModelSettings, RequestedSettings } from './model-settings.ts';

export interface RegisterRequest extends IdentityOverrides, RequestedSettings {
  /** The archive or folder on disk. */
  readonly path: string;
  /** What describe and list call it. */
  readonly url: string;
  readonly loadedAtStartup?: boolean;
  /** The archive was put into the store for this registration: it goes when the model does, or when it is refused. */
  readonly fetched?: boolean;
  /** Of which workflow it is a node. */
  readonly workflow?: string;
  /** Settings it had before, which win over everything else. */
  readonly restored?: Partial<ModelSettings> | undefined;
}
