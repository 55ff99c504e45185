import type { Secret } from '../secret.ts'
import type { Become } from './become.ts'

/**
 * How the inventory says to reach a host and as whom, from Ansible's own variables. What it leaves open, ssh_config
 * says. Times are in seconds.
 */
export interface Connection {
  /** `ssh` in this process, `ssh-cli` through the system's own ssh, `docker` through `docker exec`. */
  kind: 'ssh' | 'ssh-cli' | 'docker' | 'local'
  /** A name or an address, or a `Host` of ssh_config; of `docker` the container. */
  address: string
  port: number | undefined
  /** Undefined: that of ssh_config, or the user who runs the controller. */
  user: string | undefined
  privateKeyFile: string | undefined
  /** Files in the format of sshd(8), SSH_KNOWN_HOSTS FILE FORMAT; undefined: those of ssh_config. */
  knownHostsFiles: readonly string[] | undefined
  become: Become | undefined
  connectTimeout: number
  /** Words for ssh(1), such as `-o ProxyJump=bastion`. */
  sshArguments?: readonly string[]
  /** Of the login user. */
  password?: Secret | undefined
  /** Offers what servers of the CentOS 5 era know, and what nobody should use who need not. */
  legacyAlgorithms?: boolean
}
