/** Numbers as a person reads them: with units, and no more digits than mean something. */

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 })
const day = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})

export function formatCount(value: number): string {
  return whole.format(value)
}

/** 4200000 → "4.2M". */
export function formatCompact(value: number): string {
  return compact.format(value)
}

/** Decimal units, as disks and browsers count: 1400000000 → "1.4 GB". */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2
  return `${Number(value.toFixed(digits))} ${units[unit]}`
}

/** 19 → "19 s", 250 → "4 min 10 s", 3900 → "1 h 5 min". */
export function formatSeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  const all = Math.round(seconds)
  if (all < 60) return `${all} s`
  if (all < 3600) return all % 60 === 0 ? `${all / 60} min` : `${Math.floor(all / 60)} min ${all % 60} s`
  const minutes = Math.round(all / 60)
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** A length that was judged, no finer than it can be: 8.3 → "8 s", 43 → "45 s", 131 → "2 min 10 s", 4000 → "1 h 5 min". */
export function formatAbout(seconds: number): string {
  if (seconds < 1.5) return '1 s'
  if (seconds < 9.5) return `${Math.round(seconds)} s`
  const unit = seconds < 60 ? 5 : seconds < 600 ? 10 : seconds < 3600 ? 60 : 300
  return formatSeconds(Math.round(seconds / unit) * unit)
}

export function formatLoss(loss: number): string {
  if (!Number.isFinite(loss)) return 'not a number'
  return loss >= 0.1 || loss === 0 ? loss.toFixed(2) : loss.toPrecision(2)
}

export function formatDate(iso: string): string {
  const date = new Date(iso)
  return Number.isNaN(date.getTime()) ? iso : day.format(date)
}

/** "1 pair", "60 pairs". */
export function formatPlural(value: number, one: string, many = `${one}s`): string {
  return `${formatCount(value)} ${value === 1 ? one : many}`
}

/** A probability: 0.913 → "91 %", 0.004 → "0.4 %". */
export function formatShare(share: number): string {
  const percent = 100 * share
  if (percent > 0 && percent < 0.1) return '< 0.1 %'
  return `${percent < 9.95 ? Number(percent.toFixed(1)) : Math.round(percent)} %`
}
