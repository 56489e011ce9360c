import type { Api } from '#client/api.ts';

/** A Countersign service that somebody is signed in to. */
export interface Service {
  url: string;
  api: Api;
}

/** Options of every command that talks to the service. */
export const serviceOptions = {
  url: { type: 'string', value: 'URL', says: 'the service (COUNTERSIGN_URL, else that of the last login)' },
} as const;

/** The same of commands that are for a request of this machine. */
export const requestServiceOptions = {
  url: {
    type: 'string',
    value: 'URL',
    says: 'the service (else the one that a request of this machine was made at, COUNTERSIGN_URL, or that of the last login)',
  },
} as const;

/** How a service is named. */
export interface ServiceWords {
  /** By whoever typed the command: it counts for most, and a token that is given is meant for it. */
  url?: string | undefined;
  /** By a request that this machine remembers, which was made there. */
  madeAt?: string | undefined;
}

/**
 * The service that a command talks to, with a token that is renewed where it can be. Throws a `CommandError`: `unusable` where no service
 * is known, `notSignedIn` where nobody is signed in.
 */
export async function serviceOf({ url: named, madeAt }: ServiceWords): Promise<Service> {
  // A command that finds all it needs on this machine loads none of this.
  const [{ chosenServiceUrl }, { bearerOf }, { renewingApi }] = await Promise.all([
    import('./signIn/chosenServiceUrl.ts'),
    import('./signIn/bearerToken.ts'),
    import('./signIn/renewingApi.ts'),
  ]);
  const url = await chosenServiceUrl(named ?? madeAt);
  return { url, api: renewingApi(url, await bearerOf(url, named)) };
}
