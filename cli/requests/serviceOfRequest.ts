import { type Service, serviceOf } from '../service.ts';
import { rememberedRequest } from './rememberedRequests.ts';

/** The service that a request was made at, where this machine knows; `--url` counts before it. */
export async function serviceOfRequest(id: string, { url }: { url?: string | undefined }): Promise<Service> {
  return serviceOf({ url, madeAt: (await rememberedRequest(id))?.url });
}
