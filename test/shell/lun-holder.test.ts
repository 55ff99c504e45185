import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readHolder } from '../../playbooks/parts/storage/conditions.mjs'

// Who has a shared disk, read by the real debugfs from a file system of the real mkfs.

let folder = ''
let disk = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runsheet-lun-'))
  disk = join(folder, 'disk')
  writeFileSync(disk, '')
  truncateSync(disk, 16 * 1024 * 1024)
  execFileSync('mkfs.ext4', ['-q', '-O', 'mmp,metadata_csum', '-b', `${BLOCK}`, disk])
})
afterEach(() => rmSync(folder, { recursive: true }))

/** CRC-32C as ext4 keeps it: not inverted in the end. */
const crc32c = (start: number, bytes: Uint8Array) =>
  bytes.reduce((crc, byte) => {
    let rest = crc ^ byte
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0x82f63b78 : rest >>> 1
    return rest
  }, start)

const BLOCK = 1024
const numberOf = (what: RegExp) =>
  Number(execFileSync('dumpe2fs', [disk], { encoding: 'utf8', stdio: 'pipe' }).match(what)?.[1])

/** As a kernel leaves it that has it mounted: struct mmp_struct of ext4. */
function mountedBy(node: string) {
  const image = readFileSync(disk)
  const uuid = image.subarray(BLOCK + 104, BLOCK + 120)
  const at = numberOf(/MMP block number: +(\d+)/) * BLOCK
  const block = image.subarray(at, at + BLOCK)
  block.writeUInt32LE(4711, 4)
  block.fill(0, 16, 80)
  block.write(node, 16)
  block.writeUInt32LE(crc32c(crc32c(0xffffffff, uuid), block.subarray(0, BLOCK - 4)) >>> 0, BLOCK - 4)
  writeFileSync(disk, image)
}

function spoilBitmap() {
  const image = readFileSync(disk)
  image.writeUInt8(0, numberOf(/Inode bitmap at (\d+)/) * BLOCK)
  writeFileSync(disk, image)
}

const holder = () => {
  const storage = { kind: 'lun', disk } as Parameters<typeof readHolder>[0]
  return execFileSync('sh', ['-c', `${readHolder(storage).text}\necho $holder`], { encoding: 'utf8' }).trim()
}

it('nobody has one that is clean', () => expect(holder()).toBe('none'))

it('this node has its own', () => {
  mountedBy(hostname())
  expect(holder()).toBe('own')
})

it('the peer has it, also while its bitmaps are about to be written', () => {
  mountedBy('peer')
  expect(holder()).toBe('peer')
  // A bitmap that does not fit to its checksum: the kernel of the peer writes one after the other.
  spoilBitmap()
  const strict = execFileSync('sh', ['-c', `debugfs -R dump_mmp ${disk} 2>&1`], { encoding: 'utf8' })
  expect(strict).toContain('bitmap checksum does not match')
  expect(holder()).toBe('peer')
})
