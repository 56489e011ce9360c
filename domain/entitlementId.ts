import * as z from 'zod';

/** Lower-case words joined by `-`: fits every AWS name and tag grammar it ends up in. */
export const entitlementIdSchema = z.string().regex(/^[a-z][a-z0-9-]{1,39}$/, 'must look like orders-read');
