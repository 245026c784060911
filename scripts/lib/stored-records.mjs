/** What lies in the page's IndexedDB, looked at without the page's own code. */

/**
 * @typedef {object} StoredRecord
 * @property {string[]} key
 * @property {string} [checksum] as it was written
 * @property {string} [digest] SHA-256 of the bytes as they are
 * @property {string} [text] the bytes of an adapter's record, which is JSON
 */

/**
 * Every record of the page.
 * @param {import('@playwright/test').Page} page
 * @returns {Promise<StoredRecord[]>}
 */
function storedRecords(page) {
  return page.evaluate(async () => {
    /** @param {IDBRequest} request @returns {Promise<any>} */
    const done = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
    const database = await done(indexedDB.open('homespun'))
    const store = database.transaction('records').objectStore('records')
    const [keys, values] = await Promise.all([done(store.getAllKeys()), done(store.getAll())])
    database.close()
    return Promise.all(keys.map(async (/** @type {string[]} */ key, /** @type {number} */ at) => {
      const { body, checksum } = values[at]
      if (!body) return { key }
      const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', body))
      const digest = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
      return { key, checksum, digest, ...(key[0] === 'adapter' && { text: new TextDecoder().decode(body) }) }
    }))
  })
}

/**
 * Keys of records whose bytes do not match their checksum, and of those that the page has set aside.
 * @param {import('@playwright/test').Page} page
 */
export async function storedFaults(page) {
  const records = await storedRecords(page)
  return records.filter(({ key, checksum, digest }) => key[0] === 'quarantine' || checksum !== digest).map(({ key }) => key.join('/'))
}

/**
 * Of each adapter: its weights as their SHA-256, and its losses as JSON.
 * @param {import('@playwright/test').Page} page
 */
export async function storedAdapters(page) {
  const records = await storedRecords(page)
  const weights = new Map(records.filter(({ key }) => key[0] === 'adapter-weights').map(({ key, digest }) => [key[1], digest]))
  return records.filter(({ key }) => key[0] === 'adapter').map(({ key, text = '{}' }) => {
    const { trainingLosses, validationLosses } = JSON.parse(text)
    if (trainingLosses.length === 0) throw new Error('An adapter without losses.')
    return { weights: weights.get(key[1] ?? ''), losses: JSON.stringify([trainingLosses, validationLosses]) }
  })
}
