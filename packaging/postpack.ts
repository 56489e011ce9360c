import { putBack } from './checkout.ts';

// What `npm pack` runs last.
await putBack();
