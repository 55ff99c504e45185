import { commandLine } from '../host/run.ts'
import type { ImagePaths } from '../image/paths.ts'
import type { LabPaths } from '../instance/paths.ts'
import { lunsOf, type Topology } from '../topology/load.ts'
import type { Accel } from './accel.ts'
import { powerSwitchArgv, switchAddress } from './switch.ts'

/** All that one machine's command line depends on. */
export type Start = {
  readonly lab: string
  readonly topology: Topology
  readonly node: string
  readonly port: number
  readonly accel: Accel
  readonly image: ImagePaths
  readonly paths: LabPaths
}

// A comma ends a value in QEMU's options; two are one that does not.
const value = (text: string): string => text.replaceAll(',', ',,')

/** What QEMU calls the content of a disk; its id names the way of a device to it. Pure. */
export const nodeName = (disk: string): string => `${disk}-disk`

const mac = (card: number, node: number): string =>
  `52:54:00:00:${card.toString(16).padStart(2, '0')}:${node.toString(16).padStart(2, '0')}`

// The serial is the name of the disk in /dev/disk/by-id: letters change with the order of the devices.
const disk = (name: string, file: string, format: string, device = ''): string[] => [
  '-drive',
  `if=none,id=${name},node-name=${nodeName(name)},file=${value(file)},format=${format}`,
  '-device',
  `virtio-blk-pci,drive=${name},serial=${name}${device}`,
]

// Two machines write to it: each would else lock the file, and refuse what the other may change behind its back.
const lun = (name: string, file: string): string[] =>
  disk(name, file, 'raw,cache=none,file.locking=off', ',share-rw=on')

// No rom: nothing boots from a card, and loading it costs time at each start.
const card = (name: string, backend: string, address: string): string[] => [
  '-netdev',
  `${backend},id=${name}-net`,
  '-device',
  `virtio-net-pci,netdev=${name}-net,id=${name},mac=${address},romfile=`,
]

// QEMU 7.2 keeps what it has translated by virtual address. Where each process has its programs and libraries elsewhere,
// it translates the same code again for each: a fork and exec took 29 ms, and 5 ms without (`info jit` of its monitor tells).
const translated = 'norandmaps'

const kernelLine = ({ accel, node }: Start): string =>
  [
    'root=LABEL=lab-root rw fsck.mode=skip console=ttyS0 quiet systemd.show_status=no',
    'net.ifnames=0 mitigations=off init_on_alloc=0 selinux=0 apparmor=0 audit=0',
    ...(accel === 'tcg' ? [translated] : []),
    `systemd.hostname=${node}`,
  ].join(' ')

// Without KVM an old processor is the faster one: guests then leave AVX alone, whose translation is dear (a boot
// took 16 s instead of 21 s of this machine's time). The kernel's zeroing of each page it hands out is as dear.
const processor = ({ accel, topology, node }: Start): string[] => [
  '-accel',
  accel === 'kvm' ? 'kvm' : 'tcg,thread=multi',
  '-cpu',
  accel === 'kvm' ? 'host' : 'Nehalem',
  '-smp',
  String(topology.nodes[node]?.cpus),
  '-m',
  String(topology.nodes[node]?.memory),
]

const disks = ({ paths, topology, node }: Start): string[] => {
  const files = paths.node(node)
  return [
    ...disk('system', files.system, 'qcow2'),
    ...disk('identity', files.identity, 'raw,read-only=on'),
    ...Object.keys(topology.nodes[node]?.disks ?? {}).flatMap((name) =>
      disk(name, files.disk(name), 'qcow2'),
    ),
    ...lunsOf(topology, node).flatMap((name) => lun(name, paths.lun(name))),
  ]
}

const cards = ({ lab, paths, topology, node, port }: Start): string[] => {
  const number = Object.keys(topology.nodes).indexOf(node) + 1
  // QEMU splits the command as a shell would, but runs it without one.
  const command = commandLine(powerSwitchArgv(lab, topology.name, node))
  const forward = `guestfwd=tcp:${switchAddress.host}:${switchAddress.port}-cmd:${value(command)}`
  return [
    ...card('management', `user,restrict=on,hostfwd=tcp:127.0.0.1:${port}-:22,${forward}`, mac(0, number)),
    ...Object.keys(topology.networks).flatMap((name, index) =>
      card(name, `vde,sock=${value(paths.network(name).socket)}`, mac(index + 1, number)),
    ),
  ]
}

/** The command that starts a node as a daemon. Pure. */
export const qemuArgv = (start: Start): string[] => {
  const files = start.paths.node(start.node)
  return [
    'qemu-system-x86_64',
    ...['-name', `${start.lab}-${start.node}`, '-daemonize', '-pidfile', files.pid],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-M', 'pc,usb=off', '-rtc', 'base=utc'],
    ...processor(start),
    ...['-kernel', start.image.kernel, '-initrd', start.image.initrd, '-append', kernelLine(start)],
    ...['-qmp', `unix:${value(files.monitor)},server=on,wait=off`],
    ...['-chardev', `file,id=console,path=${value(files.console)},append=on`, '-serial', 'chardev:console'],
    ...disks(start),
    ...cards(start),
    ...['-device', 'virtio-rng-pci'],
    // Paused: cables that are pulled must be so before the first instruction.
    '-S',
  ]
}
