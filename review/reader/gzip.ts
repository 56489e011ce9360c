import { promisify } from 'node:util';
import { crc32, gunzip, inflateRawSync } from 'node:zlib';

/** RFC 1952: what CloudTrail compresses its files with. */
export const isGzip = (file: Buffer): boolean => file[0] === 0x1f && file[1] === 0x8b;

/** How every member begins. */
const beginning = Buffer.of(0x1f, 0x8b, 8);

export interface GzipMember {
  content: Buffer;
  /** Of the member in the file, header and trailer included. */
  bytes: number;
}

/**
 * Uncompresses the first member of a gzip file. Never more of it: AWS writes one, and node:zlib would silently join what others have
 * put behind it. Undefined where it is damaged or longer than `longest` bytes.
 */
export function firstMember(file: Buffer, longest: number): GzipMember | undefined {
  const start = headerBytes(file);
  if (start === undefined) return undefined;
  const deflated = file.subarray(start);
  try {
    const inflated = inflateRawSync(deflated, inflateOptions(deflated, longest)) as unknown as Inflated;
    const content = inflated.buffer;
    const bytes = start + inflated.engine.bytesWritten + trailerBytes;
    const trailer = file.subarray(bytes - trailerBytes, bytes);
    const isWhole =
      trailer.length === trailerBytes && isTrailer(trailer, { crc: crc32(content), length: content.length });
    return isWhole ? { content, bytes } : undefined;
  } catch {
    return undefined;
  }
}

/** The same on a thread of node's own, while this one does something else. */
export async function firstMemberMeanwhile(file: Buffer, longest: number): Promise<GzipMember | undefined> {
  // A second member would begin so, and node would join it. Of single members one in a hundred has these bytes within.
  if (file.includes(beginning, beginning.length)) return firstMember(file, longest);
  try {
    const whole = (await gunzipMeanwhile(file, inflateOptions(file, longest))) as unknown as Inflated;
    return { content: whole.buffer, bytes: whole.engine.bytesWritten };
  } catch {
    return firstMember(file, longest);
  }
}

const gunzipMeanwhile = promisify(gunzip);

export const trailerBytes = 8;

/** Bytes of a member's header; undefined where it is none, or does not end in this part of the file. */
export function headerBytes(file: Buffer): number | undefined {
  if (file.length < 10 || !isGzip(file) || file[2] !== 8) return undefined;
  const flags = file[3] as number;
  let end = 10;
  if (flags & 4) end += 2 + (file.length >= 12 ? file.readUInt16LE(10) : Number.NaN);
  for (const flag of [8, 16]) if (flags & flag) end = 1 + indexOfZero(file, end);
  if (flags & 2) end += 2;
  return end <= file.length ? end : undefined;
}

function indexOfZero(file: Buffer, from: number): number {
  const index = file.indexOf(0, from);
  return index === -1 ? Number.NaN : index;
}

/** What comes with `info`: @types/node do not know of it. The engine tells how much of its input it took. */
interface Inflated {
  buffer: Buffer;
  engine: { bytesWritten: number };
}

const inflateOptions = (deflated: Buffer, longest: number) => ({
  info: true,
  maxOutputLength: longest,
  // One chunk for the whole content saves joining many.
  chunkSize: chunkBytes(deflated, longest),
});

/**
 * The file's last bytes tell the content's length. They may lie: it only costs time then. Shorter pieces than half a pool node cuts from
 * one that many share, and this memory is to be given back by itself.
 */
function chunkBytes(deflated: Buffer, longest: number): number {
  const told = deflated.length >= 4 ? deflated.readUInt32LE(deflated.length - 4) : 0;
  return Math.max(Math.min(told + 1, longest, deflated.length * 64 + 1024), Buffer.poolSize / 2);
}

/** Whether the end of a member fits its content; the length stands there modulo 2³². */
export const isTrailer = (trailer: Buffer, { crc, length }: { crc: number; length: number }): boolean =>
  trailer.readUInt32LE(0) === crc && trailer.readUInt32LE(4) === length % 2 ** 32;
