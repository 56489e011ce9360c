import * as z from 'zod';

/** Routes that take no input refuse any, rather than ignore it. */
export const noBody = z.strictObject({});
