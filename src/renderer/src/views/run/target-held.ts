/** Below this share of the target the rate is a shortfall, and coloured (ux.md §4.3, target-bound). */
export const HELD = 0.95
