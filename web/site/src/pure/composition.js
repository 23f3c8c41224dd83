/** How a lot's drawing is composed: chosen by its id, so that it is always the same for one lot and seldom the same for two. */

/**
 * @param {string} seed
 * @returns {{hueShift: number, angle: number, mirrored: boolean, scale: number, discs: {x: number, y: number, radius: number}[]}}
 */
export function composition(seed) {
  const draw = dice(seed);
  return {
    hueShift: draw(-16, 16),
    angle: draw(-5, 5),
    mirrored: draw(0, 1) === 1,
    scale: draw(86, 98) / 100,
    discs: [
      { x: draw(10, 60), y: draw(0, 40), radius: draw(34, 58) },
      { x: draw(100, 150), y: draw(70, 120), radius: draw(26, 50) },
    ],
  };
}

/** Whole numbers between two bounds, both possible, following from the seed (FNV-1a, then xorshift). */
function dice(seed) {
  let state = 0x811c9dc5;
  for (const character of seed) state = Math.imul(state ^ character.codePointAt(0), 0x01000193) >>> 0;
  return (low, high) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return low + ((state >>> 0) % (high - low + 1));
  };
}
