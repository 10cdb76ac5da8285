import type { IdentityOverrides } from './model-identity.ts';
import type { ModelSettings, RequestedSettings } from './model-settings.ts';

export interface RegisterRequest extends IdentityOverrides, RequestedSettings {
  /** The archive or folder on disk. */
  readonly path: string;
  /** Its name in describe and list. */
  readonly url: string;
  readonly loadedAtStartup?: boolean;
  /** The archive was fetched into the store for this registration; it is removed with the model, or when it is refused. */
  readonly fetched?: boolean;
  /** The workflow of which it is a node. */
  readonly workflow?: string;
  /** Settings of a snapshot; they override every other source. */
  readonly restored?: Partial<ModelSettings> | undefined;
}
