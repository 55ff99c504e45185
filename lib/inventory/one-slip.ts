/** Whether a name is another one with a letter more, less or other, or with two neighbours swapped. */
export function isOneSlip(name: string, other: string): boolean {
  let same = 0
  while (same < name.length && name[same] === other[same]) same += 1
  const [rest, meant] = [name.slice(same), other.slice(same)]
  if (rest === meant) return false
  const isSwapped = rest[0] === meant[1] && rest[1] === meant[0] && rest.slice(2) === meant.slice(2)
  return isSwapped || [rest.slice(1), rest].some((one) => one === meant.slice(1)) || rest.slice(1) === meant
}
