import { posix } from 'node:path'
import type { Errand } from '../resource/errand.ts'
import { quote } from '../shell/quote.ts'
import { sh } from '../shell/sh.ts'
import { code, fenced } from './markdown.ts'

/**
 * What a person does where the engine has an errand. It is not run by zx: the way of a file leads through the person's
 * own scp, as the login user, and the step stops where the file is not there.
 */
export function errandText(errand: Errand, hosts: readonly string[]): string {
  if (errand.kind === 'restart')
    return `The change ends the connection. Wait until the host answers, at most ${errand.within} s, and **paste the block again**: it must say “as wanted” then.`
  if (errand.kind === 'download') return `Bring the file here:\n\n${fenced('sh', download(errand, hosts))}`
  return `Where ${code('only=look')} says that it differs, bring the file there first: here with ${code('scp')}, then in a root shell there.\n\n${fenced('sh', upload(errand, hosts))}`
}

function upload({ file, stage }: Extract<Errand, { kind: 'upload' }>, hosts: readonly string[]): string {
  const name = posix.basename(stage.folder)
  return [
    ...hosts.map((host) => sh`scp -- ${file} ${`${host}:/tmp/${name}`}`.text),
    `# there: umask 077; mkdir -p ${quote(stage.folder)}; mv /tmp/${name} ${quote(stage.part)}; chown -R "$(id -u)" ${quote(stage.folder)}`,
  ].join('\n')
}

function download({ file, from }: Extract<Errand, { kind: 'download' }>, hosts: readonly string[]): string {
  return hosts.map((host) => sh`scp -- ${`${host}:${from}`} ${file}`.text).join('\n')
}
