import type { Result } from './run.ts';

/** Says on stderr how far a run is: a line for each result, and on a terminal one that counts the time. */
export function showProgress(total: number, stream: NodeJS.WriteStream) {
  const began = Date.now();
  let done = 0;
  const clear = () => void (stream.isTTY && stream.write('\r\u001b[K'));
  const count = () => {
    const seconds = Math.floor((Date.now() - began) / 1_000);
    const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    stream.write(`\r${done} of ${total} checks done, ${time}; the last take up to 20 minutes`);
  };
  const timer = stream.isTTY ? setInterval(count, 1_000) : undefined;
  return {
    onResult({ check, finding }: Result) {
      done += 1;
      clear();
      stream.write(`${done}/${total} ${finding.outcome}: ${check.name}\n`);
    },
    stop() {
      clearInterval(timer);
      clear();
    },
  };
}
