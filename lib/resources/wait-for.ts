import { defineResource } from '../resource/contract.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { isLine, isPath, problemsOf } from './checks.ts'
import { fail } from './snippets.ts'

/**
 * Waits until a port is open, a path is there or a command succeeds; with `gone`, until it is not. The target
 * tries once a second by itself, so that waiting costs no round trip. One of `port`, `path` and `command`.
 *
 * @example waitFor({ port: 3306, timeout: 60 })
 */
export interface WaitFor {
  /**
   * A TCP port. Without an address: one that this host listens at, by whatever address, as the kernel's own
   * tables tell, so that the service sees no connection.
   */
  port?: number
  /** A name or an address to connect to; takes bash or a `nc` that knows `-z`, and timeout(1). */
  address?: string
  /** Absolute. */
  path?: string
  /** POSIX sh that changes nothing. Exit 0: the wait is over. */
  command?: Shell
  /** What `command` waits for, as a person reads it. */
  name?: string
  /** Waits for the opposite. */
  gone?: true
  /** In seconds; by default 300. The try that runs then is the last. */
  timeout?: number
}

/** @see WaitFor */
export const waitFor = defineResource<WaitFor>({
  kind: 'wait-for',
  id: describe,
  problems: (want) => {
    const { port, address, path, command, name, timeout = 1 } = want
    return problemsOf(
      [count(port, path, command) === 1, 'one of a port, a path and a command is waited for'],
      [port === undefined || (Number.isInteger(port) && port > 0 && port < 65536), `no port: ${port}`],
      [address === undefined || port !== undefined, 'an address without a port'],
      [/^[A-Za-z0-9:][\w.:%-]*$/.test(address ?? 'x'), `no address: ${address}`],
      [path === undefined || isPath(path), `the path that is waited for is absolute: ${path}`],
      [command === undefined || isLine(name ?? ''), 'a wait for a command has a name, in one line'],
      [Number.isInteger(timeout) && timeout > 0, `a timeout is a number of seconds: ${timeout}`],
    )
  },
  needs: ({ address }) => (address === undefined ? [] : ['timeout']),
  probe: (want) => sh`
    if (
    ${test(want)}
    ) > /dev/null 2>&1; then echo ${`met ${want.gone ? 'no' : 'yes'}`}; else echo ${`met ${want.gone ? 'yes' : 'no'}`}; fi
  `,
  expect: () => ({ met: true }),
  apply: (want) => sh`
    end=$(($(date +%s) + ${want.timeout ?? 300}))
    ${want.gone ? sh`while` : sh`until`} (
    ${test(want)}
    ) > /dev/null 2>&1; do
      if [ "$(date +%s)" -ge "$end" ]; then
        ${fail(`waited ${want.timeout ?? 300} s in vain for `, describe(want))}
      fi
      sleep 1
    done
  `,
})

function describe({ port, address, path, name, gone }: WaitFor): string {
  const host = address === undefined ? '' : `${address} `
  const what = port === undefined ? (path ?? name ?? '') : `${host}port ${port}`
  return gone ? `${what}, gone` : what
}

function count(...values: readonly unknown[]): number {
  return values.filter((value) => value !== undefined).length
}

function test({ port, address, path, command }: WaitFor): Shell {
  if (command !== undefined) return command
  if (path !== undefined) return sh`[ -e ${path} ] || [ -L ${path} ]`
  return address === undefined ? listens(port ?? 0) : connects(address, port ?? 0)
}

/** /proc/net/tcp, proc(5): the second field ends in the local port, the fourth is 0A where it listens. */
function listens(port: number): Shell {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  return sh`
    for table in /proc/net/tcp /proc/net/tcp6; do
      [ ! -e "$table" ] || while read -r _ local _ state _; do
        case $local/$state in *:${hex}/0A) exit 0 ;; esac
      done < "$table"
    done
    exit 1
  `
}

/** Five seconds a try: where packets are dropped, the kernel alone would try for minutes. */
function connects(address: string, port: number): Shell {
  return sh`
    if command -v bash; then timeout 5 bash -c 'exec 3<> "/dev/tcp/$0/$1"' ${address} ${port}
    else timeout 5 nc -z ${address} ${port}
    fi
  `
}
