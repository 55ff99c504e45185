import type { Become } from './become.ts'

/** How to reach a host and as whom, from Ansible's own variables. Times are in seconds. */
export interface Connection {
  kind: 'ssh' | 'local'
  address: string
  port: number
  /** Undefined: the user who runs the controller. */
  user: string | undefined
  privateKeyFile: string | undefined
  /** Files in the format of sshd(8), SSH_KNOWN_HOSTS FILE FORMAT; undefined: those of the user and the system. */
  knownHostsFiles: readonly string[] | undefined
  become: Become | undefined
  connectTimeout: number
}
