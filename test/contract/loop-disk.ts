import { type Shell, sh } from '../../lib/shell/sh.ts'

/** An empty disk of 64 MiB at that path, made of a file: no disk of the machine is ever touched. */
export function loopDisk(path: string): Shell {
  return sh`
    if [ ! -e ${path} ]; then
      backing=$(mktemp /run/disk.XXXXXX)
      truncate -s 64M "$backing"
      ln -s "$(losetup -f --show "$backing")" ${path}
    fi
  `
}
