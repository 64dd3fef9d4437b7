export interface Point {
  lat: number
  lng: number
}

export interface Bounds {
  west: number
  south: number
  east: number
  north: number
}

/** The convex hull of points (Andrew's monotone chain), counter-clockwise; fewer than three points are returned as they are. */
export function hull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a.lng - b.lng || a.lat - b.lat)
  if (sorted.length < 3) return sorted
  const cross = (o: Point, a: Point, b: Point) => (a.lng - o.lng) * (b.lat - o.lat) - (a.lat - o.lat) * (b.lng - o.lng)
  const chain = (list: Point[]) => {
    const out: Point[] = []
    for (const point of list) {
      while (out.length >= 2 && cross(out[out.length - 2] as Point, out[out.length - 1] as Point, point) <= 0) out.pop()
      out.push(point)
    }
    out.pop()
    return out
  }
  return [...chain(sorted), ...chain(sorted.reverse())]
}

export interface Cluster<T> {
  at: Point
  members: T[]
}

/** Points that fall into the same square of a grid, `size` in the units of `project`, stand together at their mean. */
export function clusters<T extends Point>(points: readonly T[], size: number, project: (point: T) => { x: number; y: number }): Cluster<T>[] {
  const cells = new Map<string, T[]>()
  for (const point of points) {
    const { x, y } = project(point)
    const cell = `${Math.floor(x / size)}:${Math.floor(y / size)}`
    const members = cells.get(cell)
    if (members) members.push(point)
    else cells.set(cell, [point])
  }
  return [...cells.values()].map((members) => ({
    at: {
      lat: members.reduce((sum, one) => sum + one.lat, 0) / members.length,
      lng: members.reduce((sum, one) => sum + one.lng, 0) / members.length,
    },
    members,
  }))
}
