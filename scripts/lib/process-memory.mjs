/** Resident memory of a browser's processes, on Linux. */
import { readdir, readFile } from 'node:fs/promises'

/**
 * Whether a process or one above it was started with this profile.
 * @param {string} id
 * @param {string} profile
 */
async function belongs(id, profile) {
  for (let at = id; Number(at) > 1;) {
    if ((await readFile(`/proc/${at}/cmdline`, 'utf8')).includes(profile)) return true
    at = /PPid:\s+(\d+)/.exec(await readFile(`/proc/${at}/status`, 'utf8'))?.[1] ?? '0'
  }
  return false
}

/**
 * Bytes of this browser profile's processes by type, the largest of each: Linux's VmHWM (the most so far) or VmRSS (now), which
 * count shared pages in each.
 * @param {string} profile
 * @param {'VmHWM' | 'VmRSS'} what
 */
export async function processMemory(profile, what) {
  /** @type {Record<string, number>} */
  const bytes = {}
  for (const id of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    try {
      const line = await readFile(`/proc/${id}/cmdline`, 'utf8')
      if (!(await belongs(id, profile))) continue
      const type = /--type=([\w-]+)/.exec(line)?.[1] ?? 'browser'
      const kilobytes = Number(new RegExp(`${what}:\\s+(\\d+) kB`).exec(await readFile(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0)
      bytes[type] = Math.max(bytes[type] ?? 0, kilobytes * 1024)
    } catch {
      // The process ended while it was looked at.
    }
  }
  return bytes
}
