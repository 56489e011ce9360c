import { boundedText } from '#client/boundedText.ts';
import { jsonOf } from '#client/json.ts';
import { errorCode } from '../errorCode.ts';
import { chosenServiceUrl } from '../signIn/chosenServiceUrl.ts';
import { longestConfig } from '../signIn/signInClient.ts';
import { type Check, fine, note, wrong } from './check.ts';

/** Milliseconds; somebody waits for the answer. */
const timeLimit = 10_000;
/** Seconds. AWS refuses requests that are five minutes off; tokens and sessions suffer earlier. */
const mostSkew = 60;

/** Whether the service answers, as what, how fast, and whether its clock and this one agree. */
export const service: Check = {
  about: 'Service',
  async find() {
    const url = await chosenServiceUrl(undefined);
    const begun = Date.now();
    const answer = await fetch(new URL('assets/config.json', url), {
      redirect: 'manual',
      signal: AbortSignal.timeout(timeLimit),
    }).catch(causeOf);
    if (typeof answer === 'string') return [wrong(`${url} does not answer (${answer}). ${advice(answer)}`)];
    const ended = Date.now();
    const config = await boundedText(answer, longestConfig).catch(() => undefined);
    const isService = answer.ok && jsonOf(config ?? '') instanceof Object;
    if (!isService)
      return [
        wrong(
          `${url} answers ${answer.status}, and is no Countersign. Check the address: countersign login URL`,
        ),
      ];
    return [fine(`${url} answers within ${ended - begun} ms`), ...clock(answer, (begun + ended) / 2)];
  },
};

/** What stands between: `fetch` says only that it failed. */
function causeOf(error: unknown): string {
  const code = error instanceof Error ? errorCode(error.cause) : undefined;
  if (code !== undefined) return code;
  return error instanceof Error && error.name === 'TimeoutError'
    ? `no answer in ${timeLimit / 1_000} s`
    : 'failed';
}

const advice = (code: string): string =>
  /CERT|SELF_SIGNED|ISSUER/.test(code)
    ? 'Its certificate is not trusted here: if your network has its own authority, name its file in NODE_EXTRA_CA_CERTS.'
    : 'Check the network, a VPN, and the address: countersign login URL';

/** The header has whole seconds. */
function clock({ headers }: Response, measuredAt: number) {
  const served = Date.parse(headers.get('date') ?? '');
  if (Number.isNaN(served)) return [note('the service does not say what time it is')];
  const skew = Math.round((measuredAt - served) / 1_000);
  const off = Math.abs(skew);
  if (off <= mostSkew) return [fine(off <= 2 ? 'the clocks agree' : `the clocks agree to ${off} s`)];
  const way = skew > 0 ? 'ahead of' : 'behind';
  return [
    wrong(
      `this machine’s clock is ${off} s ${way} the service’s: times shown here are off by as much, and AWS refuses what is signed. Turn on time synchronisation.`,
    ),
  ];
}
