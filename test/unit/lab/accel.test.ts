import { expect, test } from 'vitest'
import { chooseAccel } from '../../../lab/qemu/accel.ts'

const withFlags = (flags: string) => `processor\t: 0\nflags\t\t: fpu sse2 ${flags} avx\nbogomips\t: 5000\n`

test.each([
  ['vmx and a device', undefined, withFlags('vmx'), true, 'kvm'],
  ['svm and a device', undefined, withFlags('svm'), true, 'kvm'],
  ['a device that opens on a processor that cannot', undefined, withFlags(''), true, 'tcg'],
  ['a flag that only begins like vmx', undefined, withFlags('vmxnet'), true, 'tcg'],
  ['vmx in another line', undefined, `${withFlags('')}bugs\t: vmx\n`, true, 'tcg'],
  ['no device', undefined, withFlags('vmx'), false, 'tcg'],
  ['forced to kvm', 'kvm', withFlags(''), false, 'kvm'],
  ['forced to tcg', 'tcg', withFlags('vmx'), true, 'tcg'],
  ['an empty LAB_ACCEL', '', withFlags('vmx'), true, 'kvm'],
] as const)('%s', (_, forced, cpuinfo, kvmOpens, expected) => {
  expect(chooseAccel({ forced, cpuinfo, kvmOpens })).toBe(expected)
})

test('another value of LAB_ACCEL is refused with the ones that there are', () => {
  const choose = () => chooseAccel({ forced: 'xen', cpuinfo: '', kvmOpens: true })
  expect(choose).toThrow(
    expect.objectContaining({ message: 'LAB_ACCEL is xen', hint: expect.stringContaining('kvm or tcg') }),
  )
})
