import { expect, test } from 'vitest'
import { imagePaths } from '../../../lab/image/paths.ts'
import { checkSocketLength, labPaths } from '../../../lab/instance/paths.ts'
import { gatewayArgv, switchArgv } from '../../../lab/network/argv.ts'
import { qemuArgv, type Start } from '../../../lab/qemu/argv.ts'
import { topology, twoNodes } from './fixture.ts'

const paths = labPaths('/c', 'pair')
const start: Start = {
  lab: 'pair',
  topology: topology(),
  node: 'beta',
  port: 2202,
  accel: 'tcg',
  image: imagePaths('/c', 'abc'),
  paths,
}

const after = (argv: readonly string[], option: string): string[] =>
  argv.filter((_, index) => argv[index - 1] === option)

test.each([
  ['-accel', ['tcg,thread=multi']],
  ['-cpu', ['Nehalem']],
  ['-smp', ['1']],
  ['-m', ['512']],
  ['-pidfile', ['/c/labs/pair/beta.pid']],
  ['-kernel', ['/c/images/abc/vmlinuz']],
  ['-qmp', ['unix:/c/labs/pair/beta.qmp,server=on,wait=off']],
  [
    '-drive',
    [
      'if=none,id=system,node-name=system-disk,file=/c/labs/pair/beta.system.qcow2,format=qcow2',
      'if=none,id=identity,node-name=identity-disk,file=/c/labs/pair/beta.identity.tar,format=raw,read-only=on',
      'if=none,id=data,node-name=data-disk,file=/c/labs/pair/beta.data.qcow2,format=qcow2',
    ],
  ],
  [
    '-netdev',
    [
      expect.stringMatching(
        /^user,restrict=on,hostfwd=tcp:127\.0\.0\.1:2202-:22,guestfwd=.*,id=management-net$/,
      ),
      'vde,sock=/c/labs/pair/public.vde,id=public-net',
      'vde,sock=/c/labs/pair/backbone.vde,id=backbone-net',
    ],
  ],
])('%s', (option, expected) => {
  expect(after(qemuArgv(start), option)).toEqual(expected)
})

test('a disk is found by its name, a card has an address of its own in all nodes', () => {
  const devices = (node: string) => after(qemuArgv({ ...start, node }), '-device')
  expect(devices('beta')).toContain('virtio-blk-pci,drive=data,serial=data')
  expect(devices('beta')).toContain(
    'virtio-net-pci,netdev=public-net,id=public,mac=52:54:00:00:01:02,romfile=',
  )
  expect(devices('alpha')).toContain(
    'virtio-net-pci,netdev=public-net,id=public,mac=52:54:00:00:01:01,romfile=',
  )
})

test('a node reaches the power switch of its own lab, and says who it is', () => {
  const management = after(qemuArgv(start), '-netdev')[0] ?? ''
  const [, command] = /guestfwd=tcp:10\.0\.2\.100:623-cmd:([^,]+),/.exec(management) ?? []
  expect(command).toMatch(/^\S+ \S+\/dist\/lab\/power-switch\.js pair pair beta$/)
})

test('a LUN is the same raw file for all who are connected to it, and the last disk', () => {
  const shared = topology(`${twoNodes}luns: { shared: { size: 8, nodes: [alpha, beta] } }\n`)
  const ofNode = (node: string) => {
    const argv = qemuArgv({ ...start, topology: shared, node })
    return [after(argv, '-drive').at(-1), after(argv, '-device').find((device) => device.includes('shared'))]
  }
  expect(ofNode('alpha')).toEqual([
    'if=none,id=shared,node-name=shared-disk,file=/c/labs/pair/shared.lun.raw,format=raw,cache=none,file.locking=off',
    'virtio-blk-pci,drive=shared,serial=shared,share-rw=on',
  ])
  expect(ofNode('beta')).toEqual(ofNode('alpha'))
})

test('with KVM the guest has the processor of the host', () => {
  const argv = qemuArgv({ ...start, accel: 'kvm' })
  expect([after(argv, '-accel'), after(argv, '-cpu')]).toEqual([['kvm'], ['host']])
})

test('only an emulated guest gives up that its programs lie elsewhere each time', () => {
  const kernelLine = (accel: Start['accel']) => after(qemuArgv({ ...start, accel }), '-append')[0]?.split(' ')
  expect(kernelLine('tcg')).toContain('norandmaps')
  expect(kernelLine('kvm')).not.toContain('norandmaps')
})

test('a machine starts paused', () => {
  expect(qemuArgv(start)).toContain('-S')
})

test('a comma in a path does not end it', () => {
  const argv = qemuArgv({ ...start, paths: labPaths('/a,b', 'pair') })
  expect(after(argv, '-drive')[0]).toContain('file=/a,,b/labs/pair/beta.system.qcow2,')
})

test('a switch names its pid file, by which it is known again', () => {
  expect(switchArgv(paths, 'public').slice(-2)).toEqual(['-pidfile', '/c/labs/pair/public.switch.pid'])
})

test('only a network with a gateway has somebody who answers there', () => {
  expect(gatewayArgv(paths, topology(), 'public')).toContain(
    'slirp:///v4/addr=192.168.56.1%2f24/disable_host_loopback',
  )
  expect(gatewayArgv(paths, topology(), 'backbone')).toBeUndefined()
})

test('a socket whose path the kernel would not take is refused with what to do', () => {
  expect(() => checkSocketLength(`/${'x'.repeat(102)}`)).not.toThrow()
  expect(() => checkSocketLength(`/${'x'.repeat(103)}`)).toThrow(/has 104 bytes, and 103 is the most/)
})
