/** What whoever asks should know of the cache, told once a process and state: why an answer took long, and what to do about it. */

const told = new Set<string>()
let pending: string[] = []

/** Say something with the next answer, unless it was said before. */
export function notice(message: string): void {
  if (told.has(message)) return
  told.add(message)
  pending.push(message)
}

/** What is to be said now. */
export function takeNotices(): string[] {
  const messages = pending
  pending = []
  return messages
}
