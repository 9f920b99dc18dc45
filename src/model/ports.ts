export interface PortRange {
  readonly ports: readonly number[];
  readonly protocol: 'tcp' | 'udp' | 'sctp';
}

const PROTOCOLS = ['tcp', 'udp', 'sctp'] as const;

/** Reads `[ip:][host:]port[-port][/protocol]` as BuildKit does; a text says what is wrong with it. */
export const readPort = (text: string): PortRange | string => {
  const slash = text.indexOf('/');
  const name = (slash < 0 ? '' : text.slice(slash + 1)).toLowerCase() || 'tcp';
  const protocol = PROTOCOLS.find((each) => each === name);
  if (!protocol) return `invalid port: "${text}": invalid proto: ${name}`;
  const address = slash < 0 ? text : text.slice(0, slash);
  const parts = address.split(':');
  const container = parts.at(-1) ?? '';
  if (!container) return `invalid port: "${text}": no port specified`;
  const range = rangeOf(container);
  if (!range) return `invalid containerPort: ${container}`;
  const ip = parts.slice(0, -2).join(':');
  if (parts.length > 2 && ip !== '' && !isIpAddress(ip)) return `invalid port: "${text}": invalid IP address: ${ip}`;
  const host = parts.length > 1 ? (parts.at(-2) ?? '') : '';
  const hostRange = host ? rangeOf(host) : undefined;
  if (host && !hostRange) return `invalid hostPort: ${host}`;
  if (hostRange && range.length > 1 && hostRange.length !== range.length)
    return `invalid port: "${text}": invalid ranges`;
  return { ports: range, protocol };
};

const rangeOf = (text: string): readonly number[] | undefined => {
  const [, first = '', last = first] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  const start = Number(first || Number.NaN);
  const end = Number(last || Number.NaN);
  if (!(start <= end && end <= 65_535)) return undefined;
  return Array.from({ length: end - start + 1 }, (_, index) => start + index);
};

const BYTE = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const IPV4 = new RegExp(`^${BYTE}(?:\\.${BYTE}){3}$`);

const isIpAddress = (text: string): boolean => {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  return IPV4.test(bare) || (/^[0-9a-f:.]+$/i.test(bare) && bare.split(':').length > 2);
};
