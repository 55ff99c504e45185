import { defineResource } from '../resource/contract.ts'
import { sh } from '../shell/sh.ts'

/** A path whose content lives on the shared storage. */
export interface SharedPath {
  path: string
  /** The shared copy, seen only where the storage is mounted: elsewhere the link dangles, and that is right. */
  target: string
}

/**
 * A link to the shared storage in the place of a local directory. The directory is kept aside by a rename,
 * and only if it holds nothing but files of installed packages; anything else is somebody's data. (`ln -s`
 * onto a directory would have put the link inside it.)
 */
export const sharedPath = defineResource<SharedPath>({
  kind: 'shared-path',
  id: ({ path }) => path,
  problems: ({ path, target }) =>
    [path, target].filter((one) => !/^(\/[^/]+)+$/.test(one)).map((one) => `'${one}' is no absolute path`),
  probe: ({ path }) => sh`
    if [ -L ${path} ]; then echo "link $(readlink ${path})"
    elif [ -d ${path} ]; then echo 'link none, a directory'
    elif [ -e ${path} ]; then echo 'link none, a file'
    else echo 'link none'
    fi`,
  expect: ({ target }) => ({ link: target }),
  apply: ({ path, target }) => sh`
    if [ -d ${path} ] && [ ! -L ${path} ]; then
      if command -v dpkg-query >/dev/null; then
        owned=$(dpkg-query --search ${`${path}/*`} 2>/dev/null | sed 's/^.*: //') || true
      else
        packages=$(find ${path} ! -type d -exec rpm -qf --qf '%{NAME}\\n' {} + | grep -v ' ' | sort -u) || true
        owned=$([ -z "$packages" ] || rpm -ql $packages) || true
      fi
      foreign=$(find ${path} ! -type d | grep -vxF -e "$owned" || true)
      if [ -n "$foreign" ]; then
        printf '%s holds files of no package; move them to %s on the node that has the storage, or away:\n%s\n' \\
          ${path} ${target} "$foreign" >&2
        exit 1
      fi
      if [ -e ${`${path}.local`} ] || [ -L ${`${path}.local`} ]; then
        echo ${`${path}.local is there already, so ${path} cannot be kept under that name`} >&2
        exit 1
      fi
      mv ${path} ${`${path}.local`}
    elif [ -e ${path} ] && [ ! -L ${path} ]; then
      echo ${`${path} is a file, not a directory`} >&2
      exit 1
    fi
    mkdir -p ${parent(path)}
    ln -sfn ${target} ${path}`,
})

function parent(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/'
}
