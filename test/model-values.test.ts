import { describe, expect, it } from 'vitest';
import { parse } from '../src/ast/create.ts';
import { modelOf, readPort } from '../src/model/index.ts';
import { configOf, refusalIn } from './support/plan.ts';

/* Ports and mounts: what BuildKit reads in them, and what it refuses. */

describe('ports', () => {
  it.each([
    ['80', [80], 'tcp'],
    ['80/', [80], 'tcp'],
    ['80/UDP', [80], 'udp'],
    ['0', [0], 'tcp'],
    ['65535/sctp', [65535], 'sctp'],
    ['8000-8002', [8000, 8001, 8002], 'tcp'],
    ['8080:80', [80], 'tcp'],
    ['127.0.0.1:8080:80/tcp', [80], 'tcp'],
    ['1-2:3-4', [3, 4], 'tcp'],
    ['1-2:3', [3], 'tcp'],
  ])('%s', (text, ports, protocol) => {
    expect(readPort(text)).toEqual({ ports, protocol });
  });

  it.each([
    ['x', 'invalid containerPort: x'],
    ['65536', 'invalid containerPort: 65536'],
    ['2-1', 'invalid containerPort: 2-1'],
    ['-1', 'invalid containerPort: -1'],
    ['x:80', 'invalid hostPort: x'],
    ['80/http', 'invalid port: "80/http": invalid proto: http'],
    ['80:', 'invalid port: "80:": no port specified'],
    ['', 'invalid port: "": no port specified'],
    ['1-3:4-5', 'invalid port: "1-3:4-5": invalid ranges'],
  ])('%s is none', (text, reason) => {
    expect(readPort(text)).toBe(reason);
  });

  it('a variable that is empty exposes nothing', () => {
    expect(configOf('FROM a\nEXPOSE $X\n').ports).toEqual([]);
  });
});

describe('mounts', () => {
  it.each([
    ['type=nope,target=/x', 'There is no mount type `nope`'],
    ['unknown=1,target=/x', 'A mount has no option `unknown`'],
    ['target', '`target` has no value'],
    ['type=cache,target=/x,sharing=no', 'A cache cannot be shared as `no`'],
    ['type=bind,target=/x,sharing=locked', 'A bind mount takes no `sharing`'],
    ['type=tmpfs,target=/x,uid=1', 'A tmpfs mount takes no `uid`'],
    ['type=cache,target=/x,mode=9', '`mode` is an octal number, not `9`'],
    ['type=cache,target=/x,uid=a', '`uid` is a number, not `a`'],
    ['target=/x,ro=maybe', '`ro` is true or false, not `maybe`'],
    ['type=secret,id=a,from=b', 'A secret mount takes no `from`'],
    ['type=cache,target=/x,size=1', 'A cache mount takes no `size`'],
    ['size=1,type=tmpfs,target=/x', 'A bind mount takes no `size`'],
    ['type=cache,target=/x,required', 'A cache mount takes no `required`'],
    ['type=secret,id=a,source=b', 'A secret mount takes `source` or `id`, not both'],
    ['type=secret', 'The mount names no secret'],
    ['target=/', 'invalid mount target "/"'],
    ['target=/a/..', 'invalid mount target "/"'],
  ])('%s is refused', (mount, reason) => {
    expect(refusalIn(`FROM a\nRUN --mount=${mount} y\n`)).toBe(reason);
  });

  it.each([
    'target=/x',
    'TYPE=Cache,TARGET=/x,ID=a,SHARING=Locked,mode=0755,uid=1,gid=2,ro',
    'type=secret,id=a,required,env=B',
    'type=ssh',
    'type=tmpfs,target=/x,size=1m',
    'type=bind,source=a,dst=/x,rw=true',
    '\\"target=/a,b\\"',
  ])('%s is fine', (mount) => {
    expect(refusalIn(`FROM a\nRUN --mount=${mount} y\n`)).toBeUndefined();
  });

  it('have their values expanded, but not from', () => {
    const file = parse('FROM a\nENV X=/x Y=id\nRUN --mount=type=cache,target=$X,id=$Y --mount=target=$Z y\n');
    const run = file.instructions.at(-1);
    const mounts = run?.kind === 'Run' ? modelOf(file).mountsOf(run) : [];
    expect(mounts.map(({ type, target, id }) => [type, target, id])).toEqual([
      ['cache', '/x', 'id'],
      ['bind', undefined, undefined],
    ]);
  });
});
