// What the servers are asked. Each piece of work is a body, a number of callers, and what its table tells.
const frames = (count) => `frames-${count}`;

export const work = [
  { title: "small requests, 32 callers", size: "small", callers: 32, tells: ["rate", "added"] },
  { title: "small requests, 1 caller", size: "small", callers: 1, tells: ["rate", "added"] },
  { title: "48 KB requests, 8 callers", size: "medium", callers: 8, tells: ["rate"] },
  { title: "140 KB agent requests, 8 callers", size: "large", callers: 8, tells: ["rate"] },
  {
    title: "streams of 2,000 frames at full speed, 8 callers",
    size: "small",
    model: frames(2000),
    callers: 8,
    tells: ["frames"],
  },
  {
    title: "streams of 20 frames, 1 caller",
    size: "small",
    model: frames(20),
    callers: 1,
    tells: ["first"],
  },
  {
    title: "128 paced streams, a frame each 20 ms",
    size: "small",
    model: "paced-50x20",
    callers: 128,
    isPaced: true,
    spreadMs: 500,
    rounds: { whole: 4, quick: 1 },
    tells: ["gaps"],
  },
  {
    title: "1,000 paced streams, a frame each 100 ms",
    size: "small",
    model: "paced-30x100",
    callers: 1000,
    isPaced: true,
    spreadMs: 1500,
    rounds: { whole: 2, quick: 1 },
    tells: ["gaps"],
  },
].map((job) => ({ ...job, isStream: job.model !== undefined }));
