import { Buffer, isUtf8 } from 'node:buffer';
import { failure } from '../stage/problem.js';
import { clipped } from '../text/clipped.js';

/** Bytes as text, a byte-order mark included. Throws `StageError('input')` where they are no UTF-8. */
export const decodeText = (bytes: Uint8Array, label: string): string => {
  // A TextDecoder would start ICU, which takes as long as all the rest of the reading.
  if (isUtf8(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe;
  const came = wide ? 'UTF-16, as PowerShell writes it' : 'bytes that are not';
  const message = `${clipped(label)}: expected UTF-8 text, came ${came}. Save it as UTF-8 and run this again.`;
  throw failure('input', 'not-utf-8', message);
};
