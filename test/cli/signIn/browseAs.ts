import { signInAs } from './visitor.ts';

/** A program for BROWSER: signs in as somebody at the address that it is started with. */
const [email = '', url = ''] = process.argv.slice(2);
await signInAs(email, url);
