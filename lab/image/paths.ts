import { join } from 'node:path'

/** The parts of a built image: a raw ext4 disk without partitions, and the kernel and initrd that start it. */
export type ImagePaths = {
  readonly folder: string
  readonly disk: string
  readonly kernel: string
  readonly initrd: string
}

/** Where the image of that key is. Pure. */
export const imagePaths = (root: string, key: string): ImagePaths => {
  const folder = join(root, 'images', key)
  return {
    folder,
    disk: join(folder, 'disk.ext4'),
    kernel: join(folder, 'vmlinuz'),
    initrd: join(folder, 'initrd'),
  }
}
