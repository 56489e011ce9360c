import type { Server } from 'node:http';

/** A port that another program listens on; `option` chooses another one. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';

  constructor(port: number, option: string) {
    super(
      `Port ${port} is taken, perhaps by another "npm start" (\`ss -ltnp 'sport = :${port}'\` names the program); stop that one, or choose another port with ${option}.`,
    );
  }
}

/** Listens on the loopback address only; port 0 takes any. Answers the port. Throws PortTakenError. */
export async function listen(server: Server, port: number, option: string): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, '127.0.0.1', resolve);
  try {
    await promise;
  } catch (error) {
    throw portTaken(error) ? new PortTakenError(port, option) : error;
  } finally {
    server.off('error', reject);
  }
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new TypeError('The server listens on no port.');
  return address.port;
}

export const portTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES');
