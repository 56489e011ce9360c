import { crc32 } from 'node:zlib';

/** A ZIP archive with one file, stored as it is: what Lambda takes for code. APPNOTE.TXT 6.3.10, sections 4.3.7 to 4.3.16. */
export function zipOf(name: string, text: string): Buffer {
  const [path, data] = [Buffer.from(name), Buffer.from(text)];
  const version = 20;
  // Version, flags, method 0, time, date (1 January 1980), check sum, sizes, length of the name and of what follows it.
  const common = Buffer.alloc(26);
  common.writeUInt16LE(version, 0);
  common.writeUInt16LE(0x21, 8);
  common.writeUInt32LE(crc32(data), 10);
  common.writeUInt32LE(data.length, 14);
  common.writeUInt32LE(data.length, 18);
  common.writeUInt16LE(path.length, 22);

  const local = Buffer.concat([signature(0x04034b50), common, path, data]);
  // Comment, disk, attributes, and the offset of the file: all at the start of the only disk. Readable by everybody.
  const attributes = Buffer.alloc(14);
  attributes.writeUInt32LE(0o100644 * 0x10000, 6);
  const entry = Buffer.concat([signature(0x02014b50), uint16(0x0300 | version), common, attributes, path]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(entry.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, entry, signature(0x06054b50), end]);
}

const signature = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

const uint16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
};
