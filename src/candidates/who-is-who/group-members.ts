/** The members of each number, in their original order. */
export type Members = (number: number) => Int32Array

/**
 * Sorts pairs of a number (below `size`) and a member by the number, in linear time. `each` is called twice and must give the same pairs.
 */
export async function groupMembers(
  size: number,
  each: (pair: (number: number, member: number) => void) => Promise<number>,
): Promise<Members> {
  const starts = new Int32Array(size + 1)
  const count = await each((number) => {
    starts[number + 1] = (starts[number + 1] ?? 0) + 1
  })
  for (let number = 1; number <= size; number += 1) starts[number] = (starts[number] ?? 0) + (starts[number - 1] ?? 0)
  const next = starts.slice()
  const members = new Int32Array(count)
  await each((number, member) => {
    const at = next[number] ?? 0
    members[at] = member
    next[number] = at + 1
  })
  return (number) => members.subarray(starts[number], starts[number + 1])
}
