import { startTimeSlice } from './time-slice.ts'

const PIECE_BYTES = 65_536

/**
 * Regroups bytes into pieces of 64 KB and yields to the rest of the process. The sender chooses the size of its
 * pieces; each piece costs a few hundred bytes of overhead and keeps alive the buffer that it was cut from.
 */
export async function* evenPieces(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, undefined> {
  const slice = startTimeSlice()
  let piece = Buffer.allocUnsafeSlow(PIECE_BYTES)
  let filled = 0
  for await (const chunk of chunks) {
    if (slice.isOver()) await slice.giveWay()
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + PIECE_BYTES - filled)
      piece.set(part, filled)
      filled += part.length
      at += part.length
      if (filled < PIECE_BYTES) continue
      yield piece
      piece = Buffer.allocUnsafeSlow(PIECE_BYTES)
      filled = 0
    }
  }
  if (filled > 0) yield Buffer.from(piece.subarray(0, filled))
}
