import { setTimeout } from 'node:timers/promises';
import * as oauth from 'oauth4webapi';
import { visibleLine } from '#domain/visibleText.ts';
import { CommandError } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';
import { remark } from '../terminal/answer.ts';
import { clockTime } from '../terminal/times.ts';
import { type Issuer, safePage, withIssuer } from './issuer.ts';
import type { SignInClient } from './signInClient.ts';

type Pause = (milliseconds: number) => Promise<unknown>;

/** Signs in with the device grant (RFC 8628): any browser will do, on any machine. */
export const signInByDevice = (
  issuer: Issuer,
  config: SignInClient,
  pause: Pause = setTimeout,
): Promise<oauth.TokenEndpointResponse> =>
  withIssuer(config.issuer, async () => {
    const device = await deviceCode(issuer, config);
    const over = Date.now() + Math.min(device.expires_in, longestLife) * 1_000;
    remark(
      `Open   ${safePage(config.issuer, device.verification_uri).href}`,
      `in a browser on any machine, and type   ${visibleLine(device.user_code)}`,
      `The code is good until ${clockTime(new Date(over).toISOString())}. Waiting for you to sign in there …`,
    );
    return tokensOf(issuer, config, { device, over, pause });
  });

async function deviceCode(
  { server, client, options }: Issuer,
  { scope, parameters }: SignInClient,
): Promise<oauth.DeviceAuthorizationResponse> {
  const query = { ...parameters, scope };
  const response = await oauth.deviceAuthorizationRequest(server, client, oauth.None(), query, options);
  return oauth.processDeviceAuthorizationResponse(server, client, response);
}

/** Seconds. Nobody waits longer, and a date has no room for everything that an issuer may say. */
const longestLife = 86_400;

/** Seconds. Whoever has typed the code waits for it. */
const longestInterval = 60;

/** Asks until somebody has typed the code, no oftener than the issuer wants. */
async function tokensOf(
  { server, client, options }: Issuer,
  { parameters }: SignInClient,
  { device, over, pause }: { device: oauth.DeviceAuthorizationResponse; over: number; pause: Pause },
): Promise<oauth.TokenEndpointResponse> {
  let interval = Math.min(device.interval ?? 5, longestInterval);
  while (Date.now() < over) {
    await pause(interval * 1_000);
    try {
      const response = await oauth.deviceCodeGrantRequest(server, client, oauth.None(), device.device_code, {
        ...options,
        additionalParameters: parameters,
      });
      return await oauth.processDeviceCodeResponse(server, client, response);
    } catch (error) {
      interval += slowerBy(error);
    }
  }
  throw codeIsOver();
}

/** Seconds to add to the pause, where asking again is what the issuer expects (RFC 8628 section 3.5). Throws where it is not. */
function slowerBy(error: unknown): number {
  const code = error instanceof oauth.ResponseBodyError ? error.error : undefined;
  if (code === 'authorization_pending') return 0;
  if (code === 'slow_down') return 5;
  if (code === 'expired_token') throw codeIsOver();
  if (code === 'access_denied')
    throw new CommandError('The sign-in was cancelled. Begin again: countersign login', exitCodes.no);
  // A connection that broke: half as often from here on would be the standard's advice; five seconds do.
  if (error instanceof TypeError || error instanceof DOMException) return 5;
  throw error;
}

const codeIsOver = (): CommandError =>
  new CommandError('Nobody typed the code in time. Begin again: countersign login', exitCodes.notSignedIn);
