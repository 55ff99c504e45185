import { defineResource } from '../resource/contract.ts'
import { type Shell, sh } from '../shell/sh.ts'
import { problemsOf } from './checks.ts'
import { isLvmName, isSize, lvm, mebibytes } from './lvm.ts'
import { fail } from './snippets.ts'

/**
 * A logical volume of LVM. It grows, with the ext or xfs file system on it, and is never made smaller: where it is
 * larger than wished, that is a refusal.
 *
 * @example logicalVolume({ group: 'data', name: 'mysql', size: '20G' })
 */
export interface LogicalVolume {
  /** The volume group, which must be there. */
  group: string
  /** Letters, digits, `_`, `+`, `.` and `-`. */
  name: string
  /** A whole number of `M`, `G` or `T`, powers of 1024; LVM rounds it up to whole extents. */
  size: string
}

/** @see LogicalVolume */
export const logicalVolume = defineResource<LogicalVolume>({
  kind: 'logical-volume',
  id: ({ group, name }) => `${group}/${name}`,
  problems: ({ group, name, size }) =>
    problemsOf(
      [isLvmName(group), `no volume group can be called ${group}`],
      [isLvmName(name), `no logical volume can be called ${name}`],
      [isSize(size), `a size is a whole number with M, G or T: ${size}`],
    ),
  needs: () => ['lvs', 'awk'],
  probe: (want) => sh`
    ${readVolume(want)}
    if [ "$size" = none ]; then echo volume absent; else echo volume present; echo "size $size"; fi
  `,
  expect: ({ size }) => ({ volume: 'present', size }),
  apply: (want) => sh`
    ${readVolume(want)}
    export LVM_SUPPRESS_FD_WARNINGS=1
    case $size in
    none) lvcreate -n ${want.name} -L ${want.size} ${want.group} ;;
    ${want.size}) ;;
    *larger*) ${fail(pathOf(want), ' is larger: ', sh`"$size"`, '. Whoever makes it smaller does so by hand')} ;;
    *) ${grow(want)} ;;
    esac
  `,
})

function pathOf({ group, name }: LogicalVolume): string {
  return `/dev/${group}/${name}`
}

/**
 * Sets `size`: none, what is wished for, or `N KiB, smaller` or `larger`. awk counts, since the integers of mksh
 * end at 2 GiB.
 */
function readVolume({ group, name, size }: LogicalVolume): Shell {
  return sh`
    found=$(${lvm('lvs', 'vg_name,lv_name,lv_size,vg_extent_size')}) || exit 1
    size=$(echo "$found" | group=${group} name=${name} size=${size} kib=${mebibytes(size) * 1024} awk '
      $1 == ENVIRON["group"] && $2 == ENVIRON["name"] {
        extents = ENVIRON["kib"] / $4
        wanted = (extents == int(extents) ? extents : int(extents) + 1) * $4
        if ($3 == wanted) said = ENVIRON["size"]
        else said = sprintf("%.0f KiB, %s", $3, $3 < wanted ? "smaller" : "larger")
      }
      END { print said == "" ? "none" : said }
    ')
  `
}

/** lvextend(8) `-r` lets fsadm(8) grow what is there; it would fail where that is no file system. */
function grow(want: LogicalVolume): Shell {
  return sh`
    type=$(blkid -p -o value -s TYPE ${pathOf(want)}) || [ $? -eq 2 ]
    case $type in
    ext[234] | xfs) lvextend -r -L ${want.size} ${pathOf(want)} ;;
    *) lvextend -L ${want.size} ${pathOf(want)} ;;
    esac
  `
}
