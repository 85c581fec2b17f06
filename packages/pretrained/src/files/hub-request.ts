/** A repository of a hub, and how to reach it. */
export interface HubRequest {
  readonly repository: string;
  /** A branch, tag or commit. */
  readonly revision: string;
  /** The address of the hub, without a slash at its end. */
  readonly hubUrl: string;
  readonly accessToken: string | undefined;
  readonly fetch: typeof fetch;
}
