// Waiting for something to become true, with a deadline: tests never sleep for luck.

export const delay = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Polls `probe` (may be async; a throw counts as "not yet") until it returns something truthy, and
// returns that. Throws when `deadlineMs` pass.
export async function until(what, deadlineMs, probe, everyMs = 50) {
  const end = performance.now() + deadlineMs;
  let last;
  for (;;) {
    try {
      const got = await probe();
      if (got) return got;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) {
      throw new Error(`waited ${deadlineMs} ms for ${what}${last ? `: ${last.message}` : ''}`);
    }
    await delay(everyMs);
  }
}
