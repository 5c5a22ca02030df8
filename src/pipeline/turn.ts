/**
 * What exchanges do in one turn of the event loop, done step by step instead of exchange by exchange: all that has arrived is
 * taken up first, then all that is to be sent leaves. One exchange after the other, each would fetch the code of every step
 * into the processor's caches anew, which costs more than running it (docs/performance.md).
 */
type Step = () => void;

let arrived: Step[] = [];
let leaving: Step[] = [];
let isPlanned = false;

/** What is taken up before something may leave: the first of many must not wait for the last. */
const mostAtOnce = 16;

/** Has what arrived be taken up in this turn, in the order of arrival. `step` must not throw. */
export function takeUp(step: Step): void {
  arrived.push(step);
  plan();
}

/** Has something leave in this turn, behind all that is taken up in it and what follows from that. `step` must not throw. */
export function letLeave(step: Step): void {
  leaving.push(step);
  plan();
}

/** Both at once, so that both run when this turn has read its sockets, with the promises of the first settled in between. */
function plan(): void {
  if (isPlanned) return;
  isPlanned = true;
  setImmediate(takeAllUp);
  setImmediate(letAllLeave);
}

function takeAllUp(): void {
  const due = arrived;
  arrived = due.length > mostAtOnce ? due.splice(mostAtOnce) : [];
  for (const step of due) step();
}

function letAllLeave(): void {
  const due = leaving;
  leaving = [];
  isPlanned = false;
  for (const step of due) step();
  if (arrived.length > 0) plan();
}
