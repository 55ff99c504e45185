import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers'
import { inject } from 'vitest'
import type { Connection } from '../../../lib/transport/index.ts'
import { type Machine, openMachine } from './machine.ts'

/** What takes the place of `sh` on a target, by the name of the program. */
export const TARGET_SHELLS = ['dash', 'bash', 'busybox', 'mksh'] as const
export type TargetShell = (typeof TARGET_SHELLS)[number]

export type ContainerKind = 'debian' | 'rpm' | 'sysv' | 'systemd'

/**
 * Docker holds three files by mounts, over which no file can be renamed; as a container of its own it may set
 * the parameters of its network.
 */
const UNHOLD = `
for file in /etc/hosts /etc/hostname /etc/resolv.conf; do
  cp $file $file.own; umount $file; mv $file.own $file
done
mount -o remount,rw /proc/sys
`

/** busybox brings its own tools, but for those of which Debian has others with the same name. */
const BUSYBOX = `
busybox --install -s /usr/local/bin
cd /usr/local/bin; rm -f dpkg dpkg-deb rpm rpm2cpio blkid start-stop-daemon run-parts init ip mount umount
`

/**
 * systemd mounts and writes its own groups of processes, which Docker leaves read-only. Where the host is of the
 * first version of cgroups(7), systemd must not look for the second.
 */
const SYSTEMD = `
for groups in /sys/fs/cgroup /sys/fs/cgroup/systemd; do
  [ ! -d $groups ] || mount -o remount,bind,rw $groups
done
mount -t tmpfs none /run
exec /lib/systemd/systemd systemd.legacy_systemd_cgroup_controller=1`

const SSHD = 'mkdir -p /run/sshd; exec /usr/sbin/sshd -D -e'

/** How each kind of machine comes up from the one image. */
const START: Readonly<Record<ContainerKind, string>> = {
  debian: SSHD,
  rpm: `rm -f /usr/bin/dpkg* /usr/bin/apt*; ${SSHD}`,
  sysv: 'exec /sbin/init',
  systemd: SYSTEMD,
}

/** Mounts and parameters of the network are the contract's own; nothing of the host's devices is. */
class Target extends GenericContainer {
  constructor(image: string) {
    super(image)
    Object.assign(this.hostConfig, {
      CapAdd: ['SYS_ADMIN', 'NET_ADMIN'],
      CgroupnsMode: 'private',
      SecurityOpt: ['apparmor=unconfined', 'seccomp=unconfined'],
    })
  }
}

/** Starts a machine with its own sshd, in about a second. */
export async function startContainer(kind: ContainerKind, shell: TargetShell): Promise<Machine> {
  const { image, key } = inject('contract')
  const link = `ln -sf $(command -v ${shell}) /bin/sh`
  const script = ['set -e', UNHOLD, shell === 'busybox' ? BUSYBOX : '', link, START[kind]].join('\n')
  const container = await new Target(image)
    .withExposedPorts(22)
    // How systemd knows where it is: systemd-detect-virt(1).
    .withEnvironment({ container: 'docker' })
    .withCommand(['bash', '-c', script])
    .withCopyContentToContainer([
      { content: readFileSync(`${key}.pub`, 'utf8'), target: '/root/.ssh/authorized_keys', mode: 0o600 },
    ])
    .withWaitStrategy(Wait.forListeningPorts())
    .start()
  try {
    return await connect(container, key)
  } catch (error) {
    await container.stop({ timeout: 0 })
    throw error
  }
}

async function connect(container: StartedTestContainer, privateKeyFile: string): Promise<Machine> {
  const { output } = await container.exec(['cat', '/etc/ssh/ssh_host_ed25519_key.pub'])
  const [address, port] = [container.getHost(), container.getMappedPort(22)]
  const folder = mkdtempSync(join(tmpdir(), 'runsheet-contract-'))
  const knownHosts = join(folder, 'known_hosts')
  writeFileSync(knownHosts, `[${address}]:${port} ${output}`)
  const connection: Connection = {
    kind: 'ssh',
    address,
    port,
    user: 'root',
    privateKeyFile,
    knownHostsFiles: [knownHosts],
    become: undefined,
    connectTimeout: 30,
  }
  return openMachine(connection, async () => {
    await container.stop({ timeout: 0 })
    rmSync(folder, { recursive: true })
  })
}
