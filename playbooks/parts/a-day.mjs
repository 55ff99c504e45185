/** Seconds that a change may take which copies or reads all data: a large database or disk takes its time. */
export const A_DAY = 86_400
