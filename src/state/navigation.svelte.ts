/** Which of the five rooms is open, kept in the address so that back and reload work. */

export const rooms = ['model', 'data', 'train', 'try', 'keep'] as const
export type Room = (typeof rooms)[number]

function fromAddress(): Room {
  const name = window.location.hash.slice(1)
  return rooms.find((room) => room === name) ?? 'model'
}

export class Navigation {
  room = $state<Room>(fromAddress())

  constructor() {
    window.addEventListener('hashchange', () => (this.room = fromAddress()))
  }

  open(room: Room) {
    this.room = room
    if (fromAddress() !== room) window.location.hash = room
  }
}
