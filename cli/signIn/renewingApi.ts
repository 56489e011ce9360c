import type { Api } from '#client/api.ts';
import { apiOf } from '#client/apiOf.ts';
import { RefusedError } from '#client/errors.ts';
import type { Bearer } from './bearerToken.ts';

type Call<Words extends unknown[], Answer> = (...words: Words) => Promise<Answer>;

/**
 * The API, with a call repeated once where the service did not take a token that should still be good: this machine's clock may be wrong,
 * and the issuer may have withdrawn it. Whoever is refused for that has changed nothing.
 */
export function renewingApi(url: string, bearer: Bearer): Api {
  const api = apiOf({ url, token: bearer.token });
  const renewing =
    <Words extends unknown[], Answer>(call: Call<Words, Answer>): Call<Words, Answer> =>
    async (...words) => {
      try {
        return await call(...words);
      } catch (error) {
        const isRefused = error instanceof RefusedError && error.status === 401;
        if (!isRefused || !(await bearer.renew())) throw error;
        return call(...words);
      }
    };
  return {
    entitlements: renewing(api.entitlements),
    create: renewing(api.create),
    list: renewing(api.list),
    load: renewing(api.load),
    send: renewing(api.send),
    sealedSession: renewing(api.sealedSession),
  };
}
