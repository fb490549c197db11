/** Who may ask: programs on this machine, or on those it was opened to; never a page in somebody's browser. */
import type { IncomingHttpHeaders } from 'node:http';
import { ApiError } from './wire.js';

const localNames: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** A host as it stands in a URL and in the Host header: `[::1]`. An IPv4 address that came by IPv6 is itself again. */
export const hostInUrl = (host: string): string => {
  const name = host.replace(/^::ffff:(?=\d+\.)/i, '');
  return name.includes(':') ? `[${name}]` : name;
};

const nameIn = (header: string): string => header.toLowerCase().replace(/:\d*$/, '');

/**
 * Refuses a request that a browser may have been led to make: for a name that somebody else has pointed at this machine (DNS
 * rebinding), or from a page. `own` are the addresses that the server listens at, and the names that it was told it has.
 */
export const checkAsker = ({ host = '', origin }: IncomingHttpHeaders, own: readonly string[]): void => {
  const allowed = [...new Set([...localNames, ...own.map((name) => hostInUrl(name).toLowerCase())])];
  if (!allowed.includes(nameIn(host)))
    throw new ApiError(
      'AccessDeniedException',
      `Host: expected one of ${allowed.join(', ')}. Start with --allow-host NAME to be asked by another.`,
    );
  if (origin !== undefined)
    throw new ApiError('AccessDeniedException', 'Origin: requests from web pages are not answered.');
};
