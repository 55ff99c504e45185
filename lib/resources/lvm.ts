import { type Shell, sh } from '../shell/sh.ts'

/** What is asked of LVM, with bare numbers of KiB; it would tell of every descriptor that it inherits. */
export function lvm(command: 'pvs' | 'lvs', columns: string): Shell {
  return sh`LVM_SUPPRESS_FD_WARNINGS=1 ${command} --noheadings --nosuffix --units k -o ${columns}`
}

/** Names of groups and volumes: lvm(8), "Valid names". */
export function isLvmName(name: string): boolean {
  return /^[A-Za-z0-9_+.][A-Za-z0-9_+.-]*$/.test(name) && !/^[.]{1,2}$/.test(name) && name.length < 128
}

const UNITS = { M: 1, G: 1024, T: 1024 * 1024 }

/** MiB of a size such as `10G`; binary units, as LVM has them. */
export function mebibytes(size: string): number {
  const [, number = '', unit = 'M'] = /^([1-9]\d*)([MGT])$/.exec(size) ?? []
  return Number(number) * UNITS[unit as keyof typeof UNITS]
}

export function isSize(size: string): boolean {
  return /^[1-9]\d*[MGT]$/.test(size)
}
