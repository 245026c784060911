/** Addresses requested by this worker, seen by the browser itself. To be begun before anything else asks for one. */
export function watchRequests(): () => string[] {
  const addresses: string[] = []
  const observer = new PerformanceObserver((list) => addresses.push(...list.getEntries().map(({ name }) => name)))
  observer.observe({ type: 'resource', buffered: true })
  return () => {
    addresses.push(...observer.takeRecords().map(({ name }) => name))
    return [...addresses]
  }
}
